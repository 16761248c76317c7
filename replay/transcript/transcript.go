package transcript

import (
	"slices"
	"time"
)

// Extension is how the names of transcripts end, in folders.
const Extension = ".txtar"

// Transcript is a conversation with a server. Format writes it.
type Transcript struct {
	File  string // its name, for messages
	Title string // one line
	Why   string // the rest of the comment

	Header
	Exchanges []Exchange
}

// Header is transcript.toml.
type Header struct {
	Clock  time.Time `toml:"clock,omitempty"`
	Seed   string    `toml:"seed,omitempty"`
	Strict bool      `toml:"strict,omitempty"`

	Request RequestOptions `toml:"request,omitempty"`
	Reply   ReplyOptions   `toml:"reply,omitempty"`

	// Captures are by name: a place "N PATH" or a list of such; the table of a
	// phone by its name.
	Captures map[string]any `toml:"captures,omitempty"`

	Sample
}

// Sample is what a server has to hold before the play.
type Sample struct {
	// Lab begins with the sample of dsappd init.
	Lab            bool            `toml:"sample,omitempty"`
	GatewayID      string          `toml:"gatewayID,omitempty"` // empty: the usual one
	Policies       []Policy        `toml:"policies,omitempty"`
	Components     []Component     `toml:"components,omitempty"`
	Domains        []Domain        `toml:"domains,omitempty"`
	Users          []User          `toml:"users,omitempty"`
	Authenticators []Authenticator `toml:"authenticators,omitempty"`
	Administrators []Administrator `toml:"administrators,omitempty"`
	PlatformKeys   []PlatformKey   `toml:"platformKeys,omitempty"`
	GatewayKeys    []GatewayKey    `toml:"gatewayKeys,omitempty"`
}

// PlatformKey opens the Platform API. It is public, as the transcript is.
type PlatformKey struct {
	Name   string   `toml:"name"`
	Key    string   `toml:"key"`
	Scopes []string `toml:"scopes,omitempty"` // none: all
}

// GatewayKey opens the services of the gateway for a side: front or back. It is
// public, as the transcript is.
type GatewayKey struct {
	Name string `toml:"name"`
	Side string `toml:"side"`
	Key  string `toml:"key"`
}

// Administrator is a user, who is among Users or not, and what the user may
// administer.
type Administrator struct {
	UserID     string   `toml:"userID"`
	Domain     string   `toml:"domain,omitempty"`
	Privileges []string `toml:"privileges"`
	Key        string   `toml:"key,omitempty"` // the API key of a service user; empty: it is none
}

// Policy is a policy; Set holds its settings by their names.
type Policy struct {
	Name   string         `toml:"policy"`
	Parent string         `toml:"parent,omitempty"`
	Set    map[string]any `toml:"set,omitempty"`
}

// Component may call; an empty Location is 127.0.0.1. At 0.0.0.0 it is the door of
// the server that has its name, such as the Platform API, whose policy it sets.
type Component struct {
	ComponentType string `toml:"componentType"`
	Location      string `toml:"location,omitempty"`
	Policy        string `toml:"policy,omitempty"`
}

// Domain is a domain besides master.
type Domain struct {
	Name        string `toml:"domain"`
	Description string `toml:"description,omitempty"`
}

// User is a user.
type User struct {
	UserID         string `toml:"userID"`
	Domain         string `toml:"domain,omitempty"`
	OrgUnit        string `toml:"orgUnit,omitempty"`
	StaticPassword string `toml:"staticPassword,omitempty"`
	NoPassword     bool   `toml:"noPassword,omitempty"`
	Disabled       bool   `toml:"disabled,omitempty"`

	// LocalAuthentication overrides the policy's.
	LocalAuthentication string `toml:"localAuthentication,omitempty"`
}

// Authenticator is an authenticator or, with a limit, a licence. What is left
// out is totp, SHA1, 6 digits and online, for a licence what its instances
// have.
type Authenticator struct {
	SerialNumber   string `toml:"serialNumber"`
	Domain         string `toml:"domain,omitempty"`
	Type           string `toml:"type,omitempty"`
	Algorithm      string `toml:"algorithm,omitempty"`
	Digits         int    `toml:"digits,omitzero"`
	ActivationType string `toml:"activationType,omitempty"`
	Secret         string `toml:"secret,omitempty"` // hex; empty: drawn by the server
	MovingFactor   uint64 `toml:"movingFactor,omitzero"`
	Limit          int    `toml:"limit,omitzero"`
	UserID         string `toml:"userID,omitempty"` // of whom it is assigned to
	PIN            string `toml:"pin,omitempty"`    // the server PIN
	Model          string `toml:"model,omitempty"`  // the DIGIPASS type
}

// Exchange is a request and the reply that is expected.
type Exchange struct {
	Number  int
	Title   string        // what somebody calls it; empty: what is asked for says it
	Advance time.Duration // by which the clock moves on beforehand
	Orders  []string      // that an operator gives beforehand, with placeholders
	Request Request
	Reply   Reply
}

// Kind says what a body is, by the end of its file's name.
type Kind string

// The kinds of bodies.
const (
	XML  Kind = "xml"
	JSON Kind = "json"
	Text Kind = "txt"
)

// The doors beside the SOAP interface.
const (
	Platform = "platform" // the Platform API, which is REST
	Gateway  = "gateway"  // the services for phones, which are JSON
)

// DoorNames returns the names of the doors beside the SOAP interface.
func DoorNames() []string { return []string{Platform, Gateway} }

// Request is what is sent, with placeholders.
type Request struct {
	RequestOptions
	Kind Kind
	Body string
}

// RequestOptions are the request in N.toml.
type RequestOptions struct {
	Method  string            `toml:"method,omitempty"` // empty: POST
	Path    string            `toml:"path,omitempty"`   // relative to the server's URL
	Door    string            `toml:"door,omitempty"`   // one of DoorNames; empty: the SOAP interface
	Headers map[string]string `toml:"headers,omitempty"`
}

// Reply is what is expected, with placeholders.
type Reply struct {
	ReplyOptions
	Kind Kind
	Body string
}

// Unwritten reports whether nothing says yet what the reply is to be, so that
// whatever comes passes. An update writes it.
func (r Reply) Unwritten() bool { return r.Kind == "" && !r.expects() }

// ReplyOptions are the reply in N.toml.
type ReplyOptions struct {
	Status    int               `toml:"status,omitzero"`    // 0: 500 for a Fault, else 200
	Statuses  []int             `toml:"statuses,omitempty"` // one of several, in place of Status
	TimeLimit time.Duration     `toml:"timeLimit,omitzero"`
	Headers   map[string]string `toml:"headers,omitempty"`

	// AnyTypes leaves the attributes xsi:type free.
	AnyTypes bool `toml:"anyTypes,omitempty"`

	// Contains and Lacks are texts that the body has, or has not, somewhere.
	Contains []string `toml:"contains,omitempty"`
	Lacks    []string `toml:"lacks,omitempty"`

	// Values are texts, or lists of them, by the paths of elements. One of the
	// elements that a path leads to must have the text; for count(PATH) it is
	// their number.
	Values map[string]any `toml:"values,omitempty"`
}

// ExchangeOptions are N.toml, the file of options of an exchange.
type ExchangeOptions struct {
	Title   string         `toml:"title,omitempty"`
	Advance time.Duration  `toml:"advance,omitzero"`
	Orders  []string       `toml:"orders,omitempty"`
	Request RequestOptions `toml:"request,omitempty"`
	Reply   ReplyOptions   `toml:"reply,omitempty"`
}

// Begins returns the time at which the play begins.
func (t *Transcript) Begins() time.Time {
	if t.Clock.IsZero() {
		return time.Date(2026, time.January, 1, 0, 0, 0, 0, time.UTC)
	}
	return t.Clock
}

// MovesClock reports whether the transcript can be played only where the clock
// is in its hands.
func (t *Transcript) MovesClock() bool {
	return slices.ContainsFunc(t.Exchanges, func(e Exchange) bool { return e.Advance != 0 })
}

// Doors returns the doors beside the SOAP interface that are asked.
func (t *Transcript) Doors() []string {
	var all []string
	for _, e := range t.Exchanges {
		if e.Request.Door != "" && !slices.Contains(all, e.Request.Door) {
			all = append(all, e.Request.Door)
		}
	}
	return all
}

// AsksSOAP reports whether the SOAP interface is asked.
func (t *Transcript) AsksSOAP() bool {
	return slices.ContainsFunc(t.Exchanges, func(e Exchange) bool { return e.Request.Door == "" })
}

// HasOrders reports whether the transcript can be played only where it can give
// an operator's orders.
func (t *Transcript) HasOrders() bool {
	return slices.ContainsFunc(t.Exchanges, func(e Exchange) bool { return len(e.Orders) > 0 })
}

// expects reports whether a reply is held to something besides its body.
func (o ReplyOptions) expects() bool {
	return o.Status != 0 || len(o.Statuses) > 0 || o.TimeLimit != 0 || len(o.Headers) > 0 || o.checks()
}

func (o ReplyOptions) checks() bool {
	return len(o.Contains) > 0 || len(o.Lacks) > 0 || len(o.Values) > 0
}

// CaptureName returns the name of a capture: PHONE.NAME, or NAME for the phone
// without a name.
func CaptureName(phone, name string) string {
	if phone == "" {
		return name
	}
	return phone + "." + name
}
