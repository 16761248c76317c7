package lab

import "context"

// URLs say where a server answers; one that does not is empty.
type URLs struct {
	SOAP     string `json:"soap"`
	Gateway  string `json:"gateway,omitempty"`
	Console  string `json:"console,omitempty"`
	Platform string `json:"platform,omitempty"`
	Watch    string `json:"watch,omitempty"`
	Operator string `json:"operator,omitempty"`
	Lab      string `json:"lab,omitempty"`
}

// Shown tells a program what it needs to know of a lab.
type Shown struct {
	URLs URLs `json:"urls"`
	Credentials
	Users []User     `json:"users"`
	Clock ClockState `json:"clock"`
}

// Show returns what a program needs to know of the lab, whose server answers at
// these URLs.
func (l *Lab) Show(ctx context.Context, urls URLs) (Shown, error) {
	users, err := l.Users(ctx, "", "")
	return Shown{URLs: urls, Credentials: l.State.Credentials(), Users: users, Clock: l.Clock.State()}, err
}

// Apply asks for the records that a file says, as dsappd apply does.
type Apply struct {
	File  string `json:"file"` // its text, TOML
	Prune bool   `json:"prune,omitempty"`
	Plan  bool   `json:"plan,omitempty"` // say what would be done, and do nothing
}

// Change describes a step towards that.
type Change struct {
	Do     string `json:"do"`   // add, change or delete
	What   string `json:"what"` // the record, such as "user anna of master"
	Detail string `json:"detail,omitempty"`
	Key    string `json:"key,omitempty"` // that was drawn
}
