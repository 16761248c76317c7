package provision

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"sync"
	"time"

	"github.com/dsappd/dsappd/internal/audit"
)

// tally sums up decisions that are not committed one by one, because whoever
// can have them for nothing could else fill the store.
type tally struct {
	mu   sync.Mutex
	sums map[tallied]*tallySum

	// What events may still add to the store: of callers who are not known, of
	// those who are, and sums.
	single [2]allowance
	summed allowance
}

// tallied is what the decisions of one sum have in common.
type tallied struct {
	operation, componentType string
	from                     netip.Prefix
	refusal                  Refusal
}

type tallySum struct {
	event       audit.Event // of the first one
	refusal     *Error      // of the first one; nil: granted
	times       int
	first, last time.Time
}

// maxTallied bounds the sums; what comes when there are as many counts towards
// one for all others.
const maxTallied = 1024

// others is what the sum of all others has for an operation.
const others = "others"

// hasRoom reports whether the event is to be written. One that cost its caller
// nothing may find no room: a refusal of somebody who has proved nothing, or
// what is granted at a door of the server's own to whoever asks.
func (f *frame) hasRoom(refusal *Error) bool {
	s := f.service
	anybodys := refusal != nil && !f.paid || f.unproven && f.ownDoor
	if !anybodys || len(f.event.Happened) > 0 || f.event.Operator != "" || f.event.Times > 0 {
		return true
	}
	if s.space() > Ample {
		return false
	}
	if s.FreeBytes == 0 {
		return true
	}
	address, err := netip.ParseAddr(f.event.Address)
	known := 0
	if err == nil && s.Known != nil && s.Known(address) {
		known = 1
	}
	return s.tally.take(&s.tally.single[known], s.FreeBytes, f.event, f.now)
}

// take takes the room of an event from an allowance.
func (t *tally) take(from *allowance, perDay int64, event audit.Event, now time.Time) bool {
	size, err := audit.LineLen(event)
	if err != nil {
		return true // the commit tells why
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	from.perDay = perDay
	return from.take(roomOf(size), now)
}

// add counts a decision; refusal is nil for what was granted.
func (t *tally) add(event audit.Event, refusal *Error, now time.Time) {
	key := tallied{operation: event.Operation, componentType: event.ComponentType, refusal: Granted}
	if refusal != nil {
		key.refusal = refusal.Refusal
	}
	if address, err := netip.ParseAddr(event.Address); err == nil {
		key.from = originOf(address)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.sums == nil {
		t.sums = make(map[tallied]*tallySum)
	}
	if t.sums[key] == nil && len(t.sums) >= maxTallied {
		key = tallied{operation: others, refusal: key.refusal}
		event, refusal = audit.Event{Operation: others}, ofOthers(refusal)
	}
	sum := t.sums[key]
	if sum == nil {
		event.RequestID, event.Domain, event.UserID, event.SerialNumber, event.RegistrationID = "", "", "", "", ""
		event.Checks = slices.Clone(event.Checks)
		for at := range event.Checks {
			event.Checks[at].Settings = nil
		}
		sum = &tallySum{event: event, refusal: refusal, first: now}
		t.sums[key] = sum
	}
	sum.times++
	sum.last = now
}

// ofOthers returns a refusal in words that are right for each of a sum.
func ofOthers(refusal *Error) *Error {
	if refusal == nil {
		return nil
	}
	return refuse(refusal.Refusal, "There was no room for an event of each, nor for a sum of each caller's.")
}

func (t *tally) sumUp() []*tallySum {
	t.mu.Lock()
	defer t.mu.Unlock()
	sums := t.sums
	t.sums = nil
	return slices.SortedFunc(maps.Values(sums), largest)
}

func largest(a, b *tallySum) int { return cmp.Compare(b.times, a.times) }

// NoteTallied writes an event for each sum of decisions that were not committed
// one by one since the last call, the largest first. Those for which no room is
// left are joined by their refusals: the largest of these is written too, and
// the others wait for the next call. A server calls it once a minute.
func (s *Service) NoteTallied(ctx context.Context) error { return s.noteTallied(ctx, false) }

// FinishTallied does what NoteTallied does, at the end of a run: nothing waits.
func (s *Service) FinishTallied(ctx context.Context) error { return s.noteTallied(ctx, true) }

func (s *Service) noteTallied(ctx context.Context, finish bool) error {
	if s.space() > Ample && !finish {
		return nil
	}
	var all []error
	rest := make(map[Refusal]*tallySum)
	for _, sum := range s.tally.sumUp() {
		if s.FreeBytes > 0 && !s.tally.take(&s.tally.summed, s.FreeBytes, sum.event, s.Now()) {
			sum.join(rest)
			continue
		}
		all = append(all, s.noteSum(ctx, sum))
	}
	for n, sum := range slices.SortedFunc(maps.Values(rest), largest) {
		if n > 0 && !finish {
			s.tally.wait(sum)
			continue
		}
		all = append(all, s.noteSum(ctx, sum))
	}
	return errors.Join(all...)
}

// wait keeps a sum of others for the next time.
func (t *tally) wait(sum *tallySum) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.sums == nil {
		t.sums = make(map[tallied]*tallySum)
	}
	key := tallied{operation: others, refusal: sum.kind()}
	if since := t.sums[key]; since != nil {
		sum.add(since)
	}
	t.sums[key] = sum
}

// kind returns the refusal that the decisions share where they share nothing
// else.
func (sum *tallySum) kind() Refusal {
	if sum.refusal == nil {
		return Granted
	}
	return sum.refusal.Refusal
}

// join adds a sum to the one of all others of its kind.
func (sum *tallySum) join(rest map[Refusal]*tallySum) {
	joined := rest[sum.kind()]
	if joined == nil {
		joined = &tallySum{event: audit.Event{Operation: others}, refusal: ofOthers(sum.refusal), first: sum.first, last: sum.last}
		rest[sum.kind()] = joined
	}
	joined.add(sum)
}

func (sum *tallySum) add(other *tallySum) {
	sum.times += other.times
	if other.first.Before(sum.first) {
		sum.first = other.first
	}
	if other.last.After(sum.last) {
		sum.last = other.last
	}
}

func (s *Service) noteSum(ctx context.Context, sum *tallySum) error {
	event := sum.event
	event.Times = sum.times
	event.Checks = append(event.Checks, audit.Check{Name: "requests",
		Detail: fmt.Sprintf("%d, from %s to %s", sum.times, seconds(sum.first), seconds(sum.last))})
	_, err := perform(ctx, s, asked{Event: event}, func(f *frame) (struct{}, error) {
		f.unproven = true
		if sum.refusal == nil {
			return struct{}{}, nil
		}
		return struct{}{}, refuse(sum.refusal.Refusal, sum.refusal.Desc)
	})
	if _, refused := errors.AsType[*Error](err); refused {
		return nil
	}
	return err
}
