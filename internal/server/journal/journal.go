// Package journal remembers, for as long as a server runs, the last requests
// that it turned away: those that the audit does not have because nothing was
// decided, such as Faults, missing pages and failed handshakes, and those that
// it has.
package journal

import (
	"sync"
	"time"
	"unicode"
	"unicode/utf8"
)

// Size is how many requests a journal remembers.
const Size = 512

// maxText bounds the texts of an entry, in bytes.
const maxText = 1024

// Entry is a request that was turned away.
type Entry struct {
	Time      time.Time `json:"time"`
	RequestID string    `json:"requestID,omitempty"` // of the answer; "" where there was none
	Door      string    `json:"door"`                // "soap", "gateway" or "console"
	Remote    string    `json:"remote"`              // the peer's address and port
	Request   string    `json:"request,omitempty"`   // what it was, as far as that is known
	Status    string    `json:"status"`              // what the peer was answered, such as "HTTP 404" or "STAT_INVPARAM"
	Problem   string    `json:"problem,omitempty"`   // its kind, such as "NotWellFormed"
	Reason    string    `json:"reason"`              // in words
}

// Journal may be used by many at once. A nil Journal remembers nothing.
type Journal struct {
	mu      sync.Mutex
	entries []Entry // a ring
	next    int     // where the next one goes
}

// Add remembers an entry, in place of the oldest if there are too many.
func (j *Journal) Add(e Entry) {
	if j == nil {
		return
	}
	for _, text := range []*string{&e.Remote, &e.Request, &e.Status, &e.Problem, &e.Reason} {
		*text = printable(*text)
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	if len(j.entries) < Size {
		j.entries = append(j.entries, e)
		return
	}
	j.entries[j.next] = e
	j.next = (j.next + 1) % Size
}

// Last returns up to n entries, the newest first.
func (j *Journal) Last(n int) []Entry {
	if j == nil {
		return nil
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	var last []Entry
	for i := range min(n, len(j.entries)) {
		at := j.next - 1 - i // before it begins the ring's other end
		if at < 0 {
			at += len(j.entries)
		}
		last = append(last, j.entries[at])
	}
	return last
}

// Find returns the entry of a request.
func (j *Journal) Find(requestID string) (Entry, bool) {
	for _, e := range j.Last(Size) {
		if e.RequestID == requestID {
			return e, true
		}
	}
	return Entry{}, false
}

// printable cuts a text and takes out what a terminal would act upon.
func printable(text string) string {
	out := make([]rune, 0, min(len(text), maxText))
	for _, r := range text {
		if len(out) == maxText {
			return string(out) + "…"
		}
		if !unicode.IsPrint(r) {
			r = utf8.RuneError
		}
		out = append(out, r)
	}
	return string(out)
}
