package audit

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/dsappd/dsappd/internal/names"
	"github.com/dsappd/dsappd/store"
)

// maxExplained bounds the decisions of one request that are explained.
const maxExplained = 100

// OfRequest returns the decisions that were taken under a request ID, in the
// order of their keys, up to 100.
func (l *Log) OfRequest(ctx context.Context, requestID string) ([]Event, error) {
	var events []Event
	err := l.Store.View(ctx, func(v *store.View) error {
		events = nil
		for event, err := range ofRequest(v, requestID, EventKey{}) {
			if err != nil || len(events) == maxExplained {
				return err
			}
			events = append(events, event)
		}
		return nil
	})
	return events, err
}

// Explain tells a decision in words: who asked for what, what was checked in
// which order under which settings, and which check decided.
func (e Event) Explain() string {
	var b strings.Builder
	outcome := "granted"
	if e.Refused() {
		outcome = "refused"
	}
	fmt.Fprintf(&b, "request %s: %s, %s\n", e.RequestID, e.Operation, outcome)
	row := func(name, text string) {
		if text != "" {
			fmt.Fprintf(&b, "  %-13s %s\n", name, text)
		}
	}
	row("at", e.Time.UTC().Format(time.RFC3339Nano))
	row("asked by", e.asker())
	row("component", e.component())
	row("user", e.user())
	row("authenticator", e.SerialNumber)
	row("registration", e.RegistrationID)
	row("policy", e.Policy)
	b.WriteString("checked, in order\n")
	for i, check := range e.Checks {
		fmt.Fprintf(&b, "  %s\n", strings.TrimRight(fmt.Sprintf("%2d. %s: %s", i+1, check.Name, check.Detail), ": "))
		if settings := check.settings(); settings != "" {
			fmt.Fprintf(&b, "      by %s\n", settings)
		}
	}
	if len(e.Checks) == 0 {
		b.WriteString("      nothing but the request itself\n")
	}
	fmt.Fprintf(&b, "decided %s\n", e.decision())
	fmt.Fprintf(&b, "status %s", e.Status)
	if e.Wire != e.Status {
		fmt.Fprintf(&b, "; the peer was shown %s", e.Wire)
	}
	return b.String()
}

// ExplainInOneLine tells a refusal in a line, for the one who was refused: the
// reason, what was checked, and where to read more.
func (e Event) ExplainInOneLine() string {
	var b strings.Builder
	b.WriteString(e.Reason)
	if !strings.HasSuffix(e.Reason, ".") {
		b.WriteString(".")
	}
	for i, check := range e.Checks {
		separator := ", "
		if i == 0 {
			separator = " Checked: "
		}
		b.WriteString(separator + check.Name)
		about := check.Detail
		if settings := check.settings(); settings != "" && i == len(e.Checks)-1 {
			about = strings.TrimPrefix(about+"; "+settings, "; ")
		}
		if about != "" {
			b.WriteString(" (" + about + ")")
		}
	}
	if len(e.Checks) > 0 {
		b.WriteString(".")
	}
	if e.Wire != e.Status {
		fmt.Fprintf(&b, " The true status is %s.", e.Status)
	}
	if e.RequestID != "" {
		fmt.Fprintf(&b, " More: dsappd explain %s", e.RequestID)
	}
	return b.String()
}

func (e Event) decision() string {
	switch {
	case !e.Refused():
		return "because every check passed"
	case len(e.Checks) == 0:
		return "by the request itself: " + e.Reason
	}
	return fmt.Sprintf("by check %d, %s: %s", len(e.Checks), e.Checks[len(e.Checks)-1].Name, e.Reason)
}

func (e Event) asker() string {
	if e.Operator != "" {
		return "operator " + e.Operator
	}
	if e.ComponentType == "" {
		return "an unknown component at " + e.Address
	}
	return "component " + e.ComponentType + " at " + e.Address
}

// component returns the one that an operator gave an order about.
func (e Event) component() string {
	if e.Operator == "" || e.ComponentType == "" {
		return ""
	}
	return e.ComponentType + " at " + e.Address
}

// Ordered returns an operator's order's particulars in words: what it names
// besides the event's own members.
func (e Event) Ordered() []string {
	var words []string
	if component := e.component(); component != "" {
		words = append(words, "component "+component)
	}
	for _, check := range e.Checks {
		if check.Detail != "" {
			words = append(words, check.Name+" "+check.Detail)
		}
	}
	return words
}

func (e Event) user() string {
	if e.UserID == "" {
		return ""
	}
	return names.Shown(e.UserID) + " of domain " + names.Shown(e.Domain)
}

// settings returns those that bore on the check, as name = value.
func (c Check) settings() string {
	decoder := json.NewDecoder(bytes.NewReader(c.Settings))
	decoder.UseNumber()
	var words []string
	for {
		token, err := decoder.Token()
		if err != nil { // the end
			break
		}
		if _, bracket := token.(json.Delim); !bracket {
			words = append(words, fmt.Sprint(token))
		}
	}
	var b strings.Builder
	for i := 0; i+1 < len(words); i += 2 {
		fmt.Fprintf(&b, ", %s = %s", words[i], words[i+1])
	}
	return strings.TrimPrefix(b.String(), ", ")
}
