package operator

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/dsappd/dsappd/internal/audit"
	"github.com/dsappd/dsappd/internal/server/timeline"
)

// requestPage is one request.
type requestPage struct {
	row
	Summary []fact
	Why     *why // nil: it was not refused

	Decisions []decision
	Timing    []share

	Request, Reply message
	Curl           string // empty: the door's bodies are not kept
	Transcript     bool   // it can be saved as one
	Gone           bool   // the request is remembered no more, its decision is
}

// message is what came in or went out.
type message struct {
	Headers []fact
	Body    []span
	Note    string // why there is no body; empty: there is one
}

// share is a part of the time that a request took.
type share struct {
	Name, Took string
	Percent    int
}

// decision is an event of the audit.
type decision struct {
	audit.Event
	Title  string
	Checks []check
	Policy string
	Line   string // of the audit, as it is stored but for its seal
	Seal   string
}

// check is a step of a decision.
type check struct {
	Name, Detail string
	Decided      bool // it turned the request down
	Settings     []setting
}

// setting is one that bore on a check.
type setting struct{ Name, Value, URL string }

// request shows one request: what is remembered of it, and what the audit has.
func (e *exchange) request() error {
	name := e.HTTP.PathValue("name")
	kept, found := e.Requests.Get(name)
	events, err := e.Service.Audit.OfRequest(e.HTTP.Context(), name)
	if err != nil {
		return err
	}
	v := e.session.viewer
	events = slices.DeleteFunc(events, func(event audit.Event) bool { return !v.sees(event.Domain) })
	if found && !v.sees(kept.Domain) {
		found = false
	}
	if !found && len(events) == 0 {
		return notHere("No request has this ID, as far as the server remembers, and no decision in the audit. Requests go from memory when others come.")
	}
	p := requestPage{row: newRow(kept), Gone: !found}
	if !found {
		p.row = rowOfEvent(events[0])
	}
	if p.Decisions, err = e.decisions(events); err != nil {
		return err
	}
	if found {
		e.describe(&p, kept)
	}
	p.Summary = summary(p.row, kept, events)
	if p.Why, err = e.why(p.row, kept, events); err != nil {
		return err
	}
	return e.render(http.StatusOK, "request", page{Title: p.Operation + ", " + p.Status, Here: "requests", Body: p})
}

// rowOfEvent is a request of which the audit alone knows.
func rowOfEvent(event audit.Event) row {
	return newRow(timeline.Exchange{
		RequestID: event.RequestID, Time: event.Time.UTC(), HTTP: http.StatusOK, Operation: event.Operation, Component: event.ComponentType,
		User: event.UserID, Domain: event.Domain, RegistrationID: event.RegistrationID, Status: event.Status.StatusCodeEnum,
		Operator: event.Operator, Refused: event.Refused(),
	})
}

// describe adds what is remembered of the request itself.
func (e *exchange) describe(p *requestPage, kept timeline.Exchange) {
	if timing, ok := kept.Timing(); ok {
		p.Timing = shares(timing)
	}
	raw, keeps := kept.Raw()
	p.Request = message{Headers: headerFacts(raw.RequestHeader), Body: markup(kept.Request)}
	p.Reply = message{Headers: headerFacts(raw.ReplyHeader), Body: markup(kept.Reply)}
	p.Request.Note, p.Reply.Note = missing(keeps, raw.Request, kept.Request), missing(keeps, raw.Reply, kept.Reply)
	if keeps {
		p.Curl = e.curl(kept, raw)
		p.Transcript = raw.Whole && len(raw.Request) > 0
	}
}

// missing says why a body is not shown.
func missing(keeps bool, raw []byte, shown string) string {
	switch {
	case shown != "":
		return ""
	case !keeps:
		return "Bodies at this door are not kept: they are forms with passwords, or orders."
	case len(raw) == 0:
		return "There was none, or it was too large to keep."
	}
	return fmt.Sprintf("%d bytes that are not well-formed: nobody can tell what in them is secret.", len(raw))
}

func shares(t timeline.Timing) []share {
	parts := []struct {
		name string
		took time.Duration
	}{{"wait", t.Wait}, {"decide", t.Decide}, {"commit", t.Commit}, {"reply", t.Reply}}
	whole := max(1, t.Wait+t.Decide+t.Commit+t.Reply)
	var all []share
	for _, part := range parts {
		all = append(all, share{part.name, milliseconds(part.took.Seconds()), int(100 * part.took / whole)})
	}
	return all
}

// openHeaders are the headers whose values are no secret.
var openHeaders = []string{
	"Accept", "Accept-Encoding", "Accept-Language", "Allow", "Cache-Control", "Connection", "Content-Encoding", "Content-Length", "Content-Security-Policy",
	"Content-Type", "Cross-Origin-Opener-Policy", "Cross-Origin-Resource-Policy", "Date", "Dsappd-Fault", "Expect", "Location", "Log-Correlation-Id", "Permissions-Policy",
	"Referrer-Policy", "Request-Id", "Retry-After", "Soapaction", "Strict-Transport-Security",
	"Traceparent", "Transfer-Encoding", "User-Agent", "Vary", "X-Content-Type-Options", "X-Forwarded-For", "X-Frame-Options",
}

// headerFacts lists headers by their names; values that may be secret are hidden.
func headerFacts(header http.Header) []fact {
	var all []fact
	for name, values := range header {
		text := strings.Join(values, ", ")
		if !slices.Contains(openHeaders, name) {
			text = hidden
		}
		all = append(all, fact{Name: name, Text: text})
	}
	slices.SortFunc(all, func(a, b fact) int { return strings.Compare(a.Name, b.Name) })
	return all
}

// curl returns a command that sends the request again. Secrets are hidden in it:
// whoever sends it puts them back.
func (e *exchange) curl(kept timeline.Exchange, raw timeline.Raw) string {
	var b strings.Builder
	b.WriteString("curl -sS")
	if kept.Method != http.MethodGet {
		b.WriteString(" -X " + quoted(kept.Method))
	}
	for _, name := range []string{"Content-Type", "Soapaction", "Authorization", "Accept"} {
		value := raw.RequestHeader.Get(name)
		if value == "" || value == "*/*" {
			continue
		}
		if !slices.Contains(openHeaders, name) {
			value = hidden
		}
		b.WriteString(" -H " + quoted(name+": "+value))
	}
	at := strings.TrimSuffix(e.URL(kept.Door), "/")
	b.WriteString(" " + quoted(at+kept.Path))
	if kept.Request != "" {
		b.WriteString(" -d " + quoted(kept.Request))
	}
	return b.String()
}

// quoted is a word for a shell.
func quoted(word string) string { return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'" }

// decisions are the events of a request, with the seals that vouch for them.
func (e *exchange) decisions(events []audit.Event) ([]decision, error) {
	var all []decision
	for _, event := range events {
		seal, sealed, err := e.Service.Audit.SealOf(e.HTTP.Context(), event.EventKey)
		if err != nil {
			return nil, err
		}
		line, err := json.Marshal(event)
		if err != nil {
			return nil, err
		}
		var laidOut bytes.Buffer
		if err := json.Indent(&laidOut, line, "", "  "); err != nil {
			return nil, err
		}
		d := decision{Event: event, Title: outcome(event), Policy: event.Policy, Line: laidOut.String(), Seal: "not sealed yet: seals are written once a second"}
		if sealed {
			d.Seal = fmt.Sprintf("seal %s of %s", seal.SealKey, seal.Time.UTC().Format(time.RFC3339))
		}
		for i, c := range event.Checks {
			d.Checks = append(d.Checks, check{c.Name, c.Detail, event.Refused() && i == len(event.Checks)-1, settingsOf(c, event.Policy)})
		}
		all = append(all, d)
	}
	return all, nil
}

func outcome(event audit.Event) string {
	if event.Refused() {
		return event.Operation + " was refused: " + event.Status.StatusCodeEnum
	}
	return event.Operation + " was granted"
}

// settingsOf are those that bore on a check, each with the place where it can be
// changed.
func settingsOf(c audit.Check, policy string) []setting {
	var all []setting
	decoder := json.NewDecoder(bytes.NewReader(c.Settings))
	if _, err := decoder.Token(); err != nil { // there are none
		return nil
	}
	for decoder.More() {
		name, err := decoder.Token()
		var value json.RawMessage
		if err != nil || decoder.Decode(&value) != nil {
			break
		}
		s := setting{Name: fmt.Sprint(name), Value: string(value)}
		if policy != "" {
			s.URL = policyURL(policy) + "#" + url.PathEscape(s.Name)
		}
		all = append(all, s)
	}
	return all
}

// summary is the head of a request.
func summary(r row, kept timeline.Exchange, events []audit.Event) []fact {
	facts := []fact{{Name: "Time", Text: r.Time}, {Name: "Door", Text: r.Door}, {Name: "From", Text: kept.Remote}}
	event := audit.Event{ComponentType: kept.Component, Domain: kept.Domain, UserID: kept.User, SerialNumber: kept.SerialNumber, RegistrationID: kept.RegistrationID}
	if len(events) > 0 {
		event = events[0]
	}
	facts = append(facts, fact{Name: "Component", Text: event.ComponentType}, fact{Name: "Operator", Text: event.Operator})
	if event.UserID != "" {
		facts = append(facts, fact{Name: "User", Text: event.UserID + "@" + event.Domain, URL: userURL(event.Domain, event.UserID)})
	}
	if event.SerialNumber != "" {
		facts = append(facts, fact{Name: "Authenticator", Text: event.SerialNumber, URL: authenticatorURL(event.SerialNumber)})
	}
	if event.RegistrationID != "" {
		facts = append(facts, fact{Name: "Registration", Text: event.RegistrationID, URL: registrationURL(event.RegistrationID)})
	}
	if event.Policy != "" {
		facts = append(facts, fact{Name: "Policy", Text: event.Policy, URL: policyURL(event.Policy)})
	}
	if kept.Method != "" {
		facts = append(facts, fact{Name: "Request", Text: fmt.Sprintf("%s %s, answered with HTTP %d", kept.Method, kept.Path, kept.HTTP)},
			fact{Name: "Took", Text: milliseconds(kept.Took)})
	}
	if kept.Fault != 0 {
		facts = append(facts, fact{Name: "Fault of the lab", Text: fmt.Sprintf("number %d struck", kept.Fault), URL: "/lab"})
	}
	return slices.DeleteFunc(facts, func(f fact) bool { return f.Text == "" })
}
