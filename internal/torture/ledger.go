package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"sync"

	"github.com/dsappd/dsappd/internal/audit"
	"github.com/dsappd/dsappd/internal/provision"

	"github.com/dsappd/dsappd/internal/operators"
)

// ledger is what clients have asked for and what they were told. Whatever ends
// a server, its store holds every step that somebody was told of, and none
// that nobody asked for.
type ledger struct {
	mu      sync.Mutex
	steps   map[string]steps
	decided map[string]bool // by the IDs of requests that were answered
	journal *os.File        // gets every line too; nil: none does
	failed  error           // of writing to it
}

// steps are how many steps of a client have been asked for and told.
type steps struct{ asked, told int }

// line is one thing that happened.
type line struct {
	Asked   string `json:"asked,omitempty"` // a client asks for its next step
	Told    string `json:"told,omitempty"`  // a client was told that its step is done
	Decided string `json:"decided,omitempty"`
}

func newLedger() *ledger {
	return &ledger{steps: make(map[string]steps), decided: make(map[string]bool)}
}

func (l *ledger) note(line line) {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case line.Asked != "":
		s := l.steps[line.Asked]
		s.asked = s.told + 1
		l.steps[line.Asked] = s
	case line.Told != "":
		s := l.steps[line.Told]
		s.told = s.asked
		l.steps[line.Told] = s
	default:
		l.decided[line.Decided] = true
	}
	if l.journal != nil {
		l.failed = errors.Join(l.failed, noteLine(l.journal, line))
	}
}

// done returns how many steps a client was told of.
func (l *ledger) done(name string) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.steps[name].told
}

// size counts what must hold.
func (l *ledger) size() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	n := len(l.decided)
	for _, s := range l.steps {
		n += s.told
	}
	return n
}

// compare compares the ledger with what a store holds. A step that was asked
// for and not told is settled by what is found.
func (l *ledger) compare(ctx context.Context, door *operators.Door, clients []client) error {
	var all []error
	for _, c := range clients {
		found, err := c.look(ctx, door)
		if err != nil {
			return fmt.Errorf("%s: %w", c.name(), err)
		}
		l.mu.Lock()
		s := l.steps[c.name()]
		if found < s.told || found > s.asked {
			all = append(all, fmt.Errorf("%w: %s: %d steps were told, %d asked for, and the store holds %d", errBroke, c.name(), s.told, s.asked, found))
		}
		l.steps[c.name()] = steps{found, found}
		l.mu.Unlock()
	}
	return errors.Join(append(all, l.compareDecisions(ctx, door))...)
}

// compareDecisions looks for each decision in the audit.
func (l *ledger) compareDecisions(ctx context.Context, door *operators.Door) error {
	l.mu.Lock()
	missing := maps.Clone(l.decided)
	l.mu.Unlock()
	for after, more := (audit.EventKey{}), true; more; {
		page, err := door.ListAuditEvents(ctx, provision.ListAuditEvents{After: after, Limit: 1000})
		if err != nil {
			return err
		}
		for _, event := range page.Items {
			delete(missing, event.RequestID)
		}
		if more = page.Next != nil; more {
			after = *page.Next
		}
	}
	for id := range missing {
		return fmt.Errorf("%w: %d decisions were told and are not in the audit, such as that of request %s", errBroke, len(missing), id)
	}
	return nil
}
