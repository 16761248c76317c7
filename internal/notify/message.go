package notify

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/dsappd/dsappd/internal/audit"
)

// Types of messages beside what the audit says happened.
const (
	Decision = "decision" // any decision, for sinks that ask for it by this name
	Test     = "test"     // an operator wants to see one arrive
)

// Message tells a receiver what happened.
type Message struct {
	ID   string    `json:"-"` // the same however often it is sent
	Type string    `json:"type"`
	Time time.Time `json:"timestamp"`
	Data Data      `json:"data"`

	about string // whom it is about: messages about one are sent in order
}

// Data tells what a message says of an event of the audit. Members that do not apply
// are left out.
type Data struct {
	RequestID      string  `json:"requestID,omitempty"`
	Operation      string  `json:"operation,omitempty"`
	ComponentType  string  `json:"componentType,omitempty"`
	Address        string  `json:"address,omitempty"`
	Operator       string  `json:"operator,omitempty"`
	Domain         string  `json:"domain,omitempty"`
	UserID         string  `json:"userID,omitempty"`
	SerialNumber   string  `json:"serialNumber,omitempty"`
	RegistrationID string  `json:"registrationID,omitempty"`
	Status         string  `json:"status,omitempty"`
	Reason         string  `json:"reason,omitempty"`
	Times          int     `json:"times,omitempty"`
	Details        []Named `json:"details,omitempty"`
}

// Named tells a detail of what no request brought about, such as which certificate
// expires when.
type Named struct {
	Name   string `json:"name"`
	Detail string `json:"detail"`
}

// Types filters messages by their types; none: all but decisions.
type Types []string

func (t Types) want(kind string) bool {
	if len(t) == 0 {
		return kind != Decision
	}
	return slices.Contains(t, kind)
}

// wants reports whether any message is made of an event.
func (t Types) wants(e audit.Event) bool {
	return t.want(Decision) || slices.ContainsFunc(e.Happened, t.want)
}

// messages makes those of an event: one for each thing that happened, or one for
// the decision where nothing did.
func (t Types) messages(e audit.Event) (all []Message) {
	for _, kind := range e.Happened {
		if t.want(kind) {
			all = append(all, newMessage(e, kind))
		}
	}
	if len(all) == 0 && t.want(Decision) {
		all = append(all, newMessage(e, Decision))
	}
	return all
}

func newMessage(e audit.Event, kind string) Message {
	m := Message{
		ID:   fmt.Sprintf("evt_%x%s_%s", e.Time.UnixNano(), e.Random, kind),
		Type: kind, Time: e.Time.UTC(),
		Data: Data{
			RequestID: e.RequestID, Operation: e.Operation, ComponentType: e.ComponentType, Address: e.Address, Operator: e.Operator,
			Domain: e.Domain, UserID: e.UserID, SerialNumber: e.SerialNumber, RegistrationID: e.RegistrationID,
			Status: e.Status.StatusCodeEnum, Reason: e.Reason, Times: e.Times,
		},
		about: e.Domain + "\x00" + e.UserID,
	}
	if e.UserID == "" {
		m.about = "\x00" + e.SerialNumber
	}
	if e.ComponentType == "" && e.UserID == "" && e.SerialNumber == "" {
		for _, check := range e.Checks {
			m.Data.Details = append(m.Data.Details, Named{check.Name, check.Detail})
		}
	}
	return m
}

// testMessage is one that an operator asks for.
func testMessage(at time.Time, operator string) Message {
	return Message{ID: fmt.Sprintf("evt_%x_test", at.UnixNano()), Type: Test, Time: at.UTC(), Data: Data{Operator: operator, Reason: "an operator wants to see this arrive"}}
}

func (m Message) body() ([]byte, error) {
	body, err := json.Marshal(m)
	if err != nil {
		return nil, fmt.Errorf("message %s: %w", m.ID, err)
	}
	return body, nil
}
