package replay

import (
	"cmp"
	"encoding/json"
	"fmt"
	"time"
)

// Result is what came of playing a transcript once.
type Result struct {
	File      string           `json:"file"`
	Title     string           `json:"title,omitempty"`
	Skipped   string           `json:"skipped,omitempty"` // why it was not played
	Broken    string           `json:"broken,omitempty"`  // why it cannot be
	Failed    string           `json:"failed,omitempty"`  // why no server could be started
	Took      time.Duration    `json:"-"`                 // tookSeconds in JSON
	Exchanges []ExchangeResult `json:"exchanges,omitempty"`

	// Updated is what an update changed in the file, as a unified diff.
	Updated string `json:"updated,omitempty"`
}

// ExchangeResult is what came of one exchange. What follows one that could not
// be had is not played.
type ExchangeResult struct {
	Number      int           `json:"number"`
	Title       string        `json:"title,omitempty"`
	Operation   string        `json:"operation,omitempty"` // the element in the request's Body, or the method and path
	Line        int           `json:"line"`                // of the reply in the transcript
	Status      int           `json:"status,omitempty"`    // of HTTP
	Took        time.Duration `json:"-"`                   // tookSeconds in JSON
	Differences []Difference  `json:"differences,omitempty"`
	Failed      string        `json:"failed,omitempty"` // why it could not be had

	// Unwritten says that nothing was expected of the reply, so that whatever
	// came passed. An update writes it.
	Unwritten bool `json:"unwritten,omitempty"`

	// Sent and Received are the bodies of an exchange that did not pass, or of
	// which nothing was expected.
	Sent     string `json:"sent,omitempty"`
	Received string `json:"received,omitempty"`
}

// MarshalJSON says how long it took in seconds.
func (r Result) MarshalJSON() ([]byte, error) {
	type members Result
	return json.Marshal(struct {
		members
		TookSeconds float64 `json:"tookSeconds"`
	}{members(r), r.Took.Seconds()})
}

// MarshalJSON says how long it took in seconds.
func (e ExchangeResult) MarshalJSON() ([]byte, error) {
	type members ExchangeResult
	return json.Marshal(struct {
		members
		TookSeconds float64 `json:"tookSeconds"`
	}{members(e), e.Took.Seconds()})
}

// Passed says that every reply was as expected.
func (r Result) Passed() bool {
	for _, e := range r.Exchanges {
		if !e.Passed() {
			return false
		}
	}
	return r.Broken == "" && r.Failed == ""
}

// Unwritten counts the exchanges of which nothing was expected.
func (r Result) Unwritten() int {
	n := 0
	for _, e := range r.Exchanges {
		if e.Unwritten {
			n++
		}
	}
	return n
}

// Name returns an exchange's title, with what was asked for.
func (e ExchangeResult) Name() string {
	if e.Title == "" || e.Title == e.Operation || e.Operation == "" {
		return cmp.Or(e.Title, e.Operation)
	}
	return fmt.Sprintf("%s (%s)", e.Title, e.Operation)
}

// Passed says that the reply was as expected.
func (e ExchangeResult) Passed() bool { return len(e.Differences) == 0 && e.Failed == "" }
