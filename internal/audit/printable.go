package audit

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// The limits of texts in an event, in characters. A peer's own words are kept
// as far as an operator needs them: a mistyped user ID explains a refusal.
const (
	maxEventID   = 64
	maxEventName = 255
	maxEventText = 1024
)

// Printable returns the event with every text bounded and free of what a terminal
// or a log would act upon.
func (e Event) Printable() Event {
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

// Printable returns a text cut to the length of a reason in an event, and with
// its unprintable characters escaped.
func Printable(text string) string { return printable(text, maxEventText) }

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
