package audit

import (
	"cmp"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/dsappd/dsappd/store"
)

// EventKey orders events by server run, then time; Random makes it unique.
type EventKey struct {
	Run    string    `json:"run"` // of the server that wrote it; sorts by the run's start
	Time   time.Time `json:"time"`
	Random string    `json:"random"`
}

// String tells an event from others of its run.
func (k EventKey) String() string {
	return fmt.Sprintf("%s of %s", k.Random, k.Time.UTC().Format("2006-01-02T15:04:05.000000000Z"))
}

func (k EventKey) compare(other EventKey) int {
	return cmp.Or(strings.Compare(k.Run, other.Run), k.Time.Compare(other.Time), strings.Compare(k.Random, other.Random))
}

func (k EventKey) after(other EventKey) bool { return k.compare(other) > 0 }

// utc makes equal keys comparable by ==.
func (k EventKey) utc() EventKey {
	k.Time = k.Time.UTC().Round(0)
	return k
}

// Check is one step of a decision.
type Check struct {
	Name   string `json:"name"`
	Detail string `json:"detail,omitempty"`

	// Settings are those that bore on the step, with their effective values
	// at the time: a JSON object of members of Settings.
	Settings json.RawMessage `json:"settings,omitempty"`
}

// Event records one decision and is written in the same transaction.
// It never holds a password, key, one-time password or evidence.
//
// Its JSON is a line of the audit, and what seals vouch for are the line's
// bytes: a member that is added later comes last but for the MAC and is left
// out where it is not set, so that older lines stay as they are.
type Event struct {
	store.Revised
	EventKey
	RequestID string `json:"requestID,omitempty"`
	Operation string `json:"operation"`

	// A component called from Address, or an operator did.
	ComponentType string `json:"componentType,omitempty"`
	Address       string `json:"address,omitempty"`
	Operator      string `json:"operator,omitempty"`

	Domain         string `json:"domain,omitempty"`
	UserID         string `json:"userID,omitempty"`
	SerialNumber   string `json:"serialNumber,omitempty"`
	RegistrationID string `json:"registrationID,omitempty"`

	// Policy is the one that governed, where it was found and has a name.
	Policy string `json:"policy,omitempty"`

	// Status is the true one, Wire the one that the peer was shown.
	Status Status `json:"status"`
	Wire   Status `json:"wire"`

	// Checks are what was checked, in order; the last one decided. Reason
	// says the decision in words.
	Checks []Check `json:"checks,omitempty"`
	Reason string  `json:"reason"`

	// Times is how many refusals the event sums up that were not written one
	// by one; 0: it is one decision.
	Times int `json:"times,omitempty"`

	// Happened are what followers are told of by name, such as user.locked.
	Happened []string `json:"happened,omitempty"`

	// MAC is over the line without it.
	MAC Digest `json:"mac,omitzero"`
}

// Key names the event.
func (e Event) Key() EventKey { return e.EventKey }

// RequestKey orders events by the request that they decided.
type RequestKey struct {
	RequestID string
	EventKey
}

// Request is the entry of an event in the index of requests, written
// with it and removed with it.
type Request struct {
	store.Revised
	RequestKey
}

// Key names the entry.
func (r Request) Key() RequestKey { return r.RequestKey }

// Status holds a pair of the vendor's published codes, as a reply carries it.
type Status struct {
	ReturnCode     int    `json:"returnCode"`
	ReturnCodeEnum string `json:"returnCodeEnum"`
	StatusCode     int    `json:"statusCode"`
	StatusCodeEnum string `json:"statusCodeEnum"`
}

func (s Status) String() string { return fmt.Sprintf("%d %s", s.StatusCode, s.StatusCodeEnum) }

// Refused reports whether the event is a refusal. Status tables give returnCode
// 0 to what was granted and to nothing else.
func (e Event) Refused() bool { return e.Status.ReturnCode != 0 }

// Stages tell when the parts of a decision ended, by the server's clock.
type Stages struct {
	Began     time.Time // the operation; before that, its request was read
	Decided   time.Time // of the round that was committed
	Committed time.Time
}
