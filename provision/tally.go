package provision

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"sync"
	"time"
)

// tally sums up refusals that are not committed one by one, because whoever
// can have them for nothing could else fill the store.
type tally struct {
	mu   sync.Mutex
	sums map[tallied]*tallySum
}

// tallied is what the refusals of one sum have in common.
type tallied struct {
	operation, componentType string
	from                     netip.Prefix
	refusal                  Refusal
}

type tallySum struct {
	event       AuditEvent // of the first one
	refusal     *Error
	times       int
	first, last time.Time
}

// maxTallied bounds the sums; what comes when there are as many counts towards
// one for all others.
const maxTallied = 1024

func (t *tally) add(event AuditEvent, refusal *Error, now time.Time) {
	key := tallied{operation: event.Operation, componentType: event.ComponentType, refusal: refusal.Refusal}
	if address, err := netip.ParseAddr(event.Address); err == nil {
		key.from = originOf(address)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.sums == nil {
		t.sums = make(map[tallied]*tallySum)
	}
	if t.sums[key] == nil && len(t.sums) >= maxTallied {
		key = tallied{refusal: refusal.Refusal}
		event = AuditEvent{Operation: "others", Checks: event.Checks}
	}
	sum := t.sums[key]
	if sum == nil {
		event.RequestID, event.Domain, event.UserID = "", "", ""
		sum = &tallySum{event: event, refusal: refusal, first: now}
		t.sums[key] = sum
	}
	sum.times++
	sum.last = now
}

func (t *tally) take() map[tallied]*tallySum {
	t.mu.Lock()
	defer t.mu.Unlock()
	sums := t.sums
	t.sums = nil
	return sums
}

// NoteTallied writes an event for each sum of refusals that were not committed
// one by one since the last call. A server calls it once a minute, and at its
// end.
func (s *Service) NoteTallied(ctx context.Context) error {
	var all []error
	for _, sum := range s.tally.take() {
		event := sum.event
		event.Times = sum.times
		event.Checks = append(event.Checks, Check{Name: "requests",
			Detail: fmt.Sprintf("%d, from %s to %s", sum.times, seconds(sum.first), seconds(sum.last))})
		_, err := perform(ctx, s, event, func(*frame) (struct{}, error) {
			return struct{}{}, refuse(sum.refusal.Refusal, sum.refusal.Desc)
		})
		if _, refused := errors.AsType[*Error](err); !refused {
			all = append(all, err)
		}
	}
	return errors.Join(all...)
}
