package provision

import (
	"errors"
	"fmt"
	"iter"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/dsappd/dsappd/store"
)

// putEvent inserts an event and its entry in the index of requests.
func putEvent(tx *store.Tx, event AuditEvent) error {
	if event.RequestID != "" {
		request := AuditRequest{AuditRequestKey: AuditRequestKey{RequestID: event.RequestID, AuditKey: event.AuditKey}}
		if err := store.Put(tx, AuditRequests, request); err != nil {
			return err
		}
	}
	return store.Put(tx, AuditEvents, event)
}

// The limits of texts in an event, in characters. A peer's own words are kept
// as far as an operator needs them: a mistyped user ID explains a refusal.
const (
	maxEventID   = 64
	maxEventName = 255
	maxEventText = 1024
)

// printable is the event with every text bounded and free of what a terminal
// or a log would act upon.
func (e AuditEvent) printable() AuditEvent {
	e.RequestID = printable(e.RequestID, maxEventID)
	for _, name := range []*string{&e.Operation, &e.ComponentType, &e.Address, &e.Operator, &e.Domain,
		&e.UserID, &e.SerialNumber, &e.RegistrationID, &e.Policy} {
		*name = printable(*name, maxEventName)
	}
	e.Reason = printable(e.Reason, maxEventText)
	checks := make([]Check, len(e.Checks))
	for i, check := range e.Checks {
		check.Name, check.Detail = printable(check.Name, maxEventName), printable(check.Detail, maxEventText)
		checks[i] = check
	}
	e.Checks = checks
	return e
}

// printable cuts a text after limit characters and escapes those that are not
// printable as Go does.
func printable(text string, limit int) string {
	plain := func(r rune) bool { return r != utf8.RuneError && unicode.IsPrint(r) }
	if len(text) <= limit && strings.IndexFunc(text, func(r rune) bool { return !plain(r) }) < 0 {
		return text
	}
	var b strings.Builder
	for n := 0; text != ""; n++ {
		if n == limit {
			return b.String() + "…"
		}
		r, size := utf8.DecodeRuneInString(text)
		switch {
		case plain(r):
			b.WriteRune(r)
		case r == utf8.RuneError:
			fmt.Fprintf(&b, `\x%x`, text[:size])
		default:
			b.WriteString(strings.Trim(strconv.QuoteRuneToASCII(r), "'"))
		}
		text = text[size:]
	}
	return b.String()
}

// readableEvents scans the events within a key after another and passes over
// what cannot be read, as far as its key says where to go on.
func readableEvents(v *store.View, within, after AuditKey, unreadable func(*store.UnreadableError)) iter.Seq2[AuditEvent, error] {
	return func(yield func(AuditEvent, error) bool) {
		for more := true; more; {
			more = false
			for event, err := range store.Scan(v, AuditEvents, within, after) {
				if fault, ok := errors.AsType[*store.UnreadableError](err); ok {
					unreadable(fault)
					if key, known := auditKeyOf(fault); known && key.after(after) {
						after, more = key, true
					}
					break
				}
				if !yield(event, err) || err != nil {
					return
				}
				after = event.AuditKey
			}
		}
	}
}

// auditKeyOf is the key under which an event stands that cannot be read.
func auditKeyOf(fault *store.UnreadableError) (key AuditKey, known bool) {
	if len(fault.Key) != 3 {
		return AuditKey{}, false
	}
	at, err := time.Parse(time.RFC3339Nano, fault.Key[1])
	return AuditKey{Run: fault.Key[0], Time: at.UTC(), Random: fault.Key[2]}, err == nil
}
