// Package handshake says, in words, why a peer and a listener do not come to
// speak HTTP with each other: TLS is spoken to a plain listener, plain HTTP to
// one of TLS, or the TLS handshake fails.
package handshake

import (
	"log/slog"
	"sync"
	"time"

	"github.com/dsappd/dsappd/internal/server/journal"
)

// Config describes a listener. Fields are required unless they say otherwise.
type Config struct {
	Door string // for the log and the journal: "soap", "gateway" or "console"
	TLS  bool   // the listener speaks it

	// ForTLS is how the listener is had with TLS, such as "serve with --tls";
	// optional.
	ForTLS string

	// SOAP says that a POST is answered with a SOAP Fault.
	SOAP bool

	Log     *slog.Logger
	Journal *journal.Journal // optional
	Now     func() time.Time
}

// maxLines is how many lines a listener logs in a minute: a peer can cause one
// with every connection. The journal has all.
const maxLines = 20

// reporter tells the log and the journal of failures.
type reporter struct {
	Config

	mu      sync.Mutex
	since   time.Time // when this minute began
	lines   int       // in it
	skipped int       // since the last line
}

func (r *reporter) report(remote, status, problem, reason string) {
	now := r.Now()
	r.Journal.Add(journal.Entry{Time: now, Door: r.Door, Remote: remote, Request: "handshake", Status: status, Problem: problem, Reason: reason})
	r.mu.Lock()
	defer r.mu.Unlock()
	if now.Sub(r.since) >= time.Minute {
		r.since, r.lines = now, 0
	}
	if r.lines++; r.lines > maxLines {
		r.skipped++
		return
	}
	attrs := []any{"door", r.Door, "remote", remote, "problem", problem, "reason", reason}
	if r.skipped > 0 {
		attrs = append(attrs, "lines_skipped_before", r.skipped)
		r.skipped = 0
	}
	r.Log.Warn("handshake failed", attrs...)
}
