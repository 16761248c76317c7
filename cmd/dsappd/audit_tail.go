package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/dsappd/dsappd/internal/audit"
	"github.com/dsappd/dsappd/internal/datafolder"
	"github.com/dsappd/dsappd/internal/names"
	"github.com/dsappd/dsappd/internal/operators"
	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/internal/server/admin"
)

const (
	// pollEvery is how often a tail that follows asks again.
	pollEvery = time.Second

	// overlap is how far back it asks each time: a decision may take so long
	// to come into the audit.
	overlap = 10 * time.Second
)

type auditTailCommand struct {
	doorFlags
	Follow       bool   `short:"f" help:"Go on with new decisions, until Ctrl-C."`
	Since        age    `default:"1h" placeholder:"AGE" help:"Begin this long ago: 90d, 12h, 30m; 1h if not given."`
	User         string `placeholder:"USERID" help:"Print only decisions on this user."`
	Domain       string `placeholder:"DOMAIN" help:"Print only decisions in this domain."`
	Serial       string `placeholder:"SERIAL" help:"Print only decisions on this authenticator."`
	Registration string `placeholder:"ID" help:"Print only decisions on this registration."`
	Operation    string `placeholder:"NAME" help:"Print only this operation, such as dsappSRPActivate or 'user add'."`
	Request      string `placeholder:"ID" help:"Print only the decision on this request."`
}

// Run opens the door anew for each question, so that a tail that follows
// neither keeps a server from starting nor ends with one.
func (c *auditTailCommand) Run(ctx context.Context, std streams) error {
	t := tail{command: c, since: time.Now().Add(-time.Duration(c.Since)), printed: make(map[audit.EventKey]bool)}
	if err := t.poll(ctx, std); err != nil || !c.Follow {
		return err
	}
	ticker := time.NewTicker(pollEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
		}
		err := t.poll(ctx, std)
		if ctx.Err() != nil || errors.Is(err, datafolder.ErrLocked) || errors.Is(err, admin.ErrUnanswered) {
			continue // the end, or a server that starts or ends
		}
		if err != nil {
			return err
		}
	}
}

// tail is where a tail stands.
type tail struct {
	command *auditTailCommand
	since   time.Time
	newest  audit.EventKey
	latest  time.Time               // at which a run decided something
	printed map[audit.EventKey]bool // of the overlap
}

// poll prints what has come since the last one.
func (t *tail) poll(ctx context.Context, std streams) error {
	door, err := t.command.open(ctx, std)
	if err != nil {
		return err
	}
	for _, in := range t.questions() {
		err = errors.Join(err, t.ask(ctx, std, door, in))
	}
	t.forget()
	return errors.Join(err, door.Close())
}

// questions are what a poll asks for: what the newest run and those behind it have
// decided, whatever their clock says, and what other servers of the store have
// decided lately.
func (t *tail) questions() []provision.ListAuditEvents {
	in := provision.ListAuditEvents{
		Since: t.since, Limit: pageSize, Domain: t.command.Domain, UserID: t.command.User, SerialNumber: t.command.Serial,
		RegistrationID: t.command.Registration, Operation: t.command.Operation, RequestID: t.command.Request,
	}
	if t.newest.Run == "" {
		return []provision.ListAuditEvents{in}
	}
	ofPeers := in
	in.After = t.after()
	if lately := t.latest.Add(-overlap); lately.After(t.since) {
		ofPeers.Since = lately
	}
	return []provision.ListAuditEvents{ofPeers, in}
}

// ask prints the answers to a question.
func (t *tail) ask(ctx context.Context, std streams, door *operators.Door, in provision.ListAuditEvents) error {
	for {
		page, err := door.ListAuditEvents(ctx, in)
		for _, event := range page.Items {
			err = errors.Join(err, t.print(std, event))
		}
		if err != nil || page.Next == nil {
			return err
		}
		in.After = *page.Next
		t.passed(*page.Next)
	}
}

// after returns the key behind which the next poll begins.
func (t *tail) after() audit.EventKey {
	if t.newest.Run == "" {
		return audit.EventKey{}
	}
	return audit.EventKey{Run: t.newest.Run, Time: t.newest.Time.Add(-overlap)}
}

func (t *tail) passed(key audit.EventKey) {
	if key.Run > t.newest.Run || key.Run == t.newest.Run && key.Time.After(t.newest.Time) {
		t.newest = key
	}
	if key.Time.After(t.latest) {
		t.latest = key.Time
	}
}

// forget drops what no later poll asks for.
func (t *tail) forget() {
	begin, lately := t.after(), t.latest.Add(-overlap)
	for key := range t.printed {
		passed := key.Run < begin.Run || key.Run == begin.Run && key.Time.Before(begin.Time)
		if passed && key.Time.Before(lately) {
			delete(t.printed, key)
		}
	}
}

func (t *tail) print(std streams, event audit.Event) error {
	if t.printed[event.EventKey] {
		return nil
	}
	t.printed[event.EventKey] = true
	t.passed(event.EventKey)
	if t.command.JSON {
		line, err := json.Marshal(event)
		if err != nil {
			return err
		}
		_, err = std.Out.Write(append(line, '\n'))
		return err
	}
	_, err := fmt.Fprintln(std.Out, eventLine(event))
	return err
}

// eventLine writes a decision in one line.
func eventLine(e audit.Event) string {
	var line strings.Builder
	fmt.Fprintf(&line, "%s %s %s", e.Time.UTC().Format("2006-01-02T15:04:05.000Z"), orDash(e.RequestID), e.Operation)
	words := func(before, text string) {
		if text != "" {
			line.WriteString(before + names.Shown(text))
		}
	}
	words(" by ", e.Operator)
	if e.Operator == "" {
		words(" by ", cmp.Or(e.ComponentType, "an unknown component"))
		words(" at ", e.Address)
	}
	words(", user ", e.UserID)
	words(" of ", e.Domain)
	words(", authenticator ", e.SerialNumber)
	words(", registration ", e.RegistrationID)
	if e.Operator != "" {
		words(", ", strings.Join(e.Ordered(), ", "))
	}
	fmt.Fprintf(&line, ": %s", e.Status)
	if e.Wire != e.Status {
		fmt.Fprintf(&line, " (shown %s)", e.Wire)
	}
	fmt.Fprintf(&line, ": %s", e.Reason)
	return line.String()
}
