package audit

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"

	"github.com/dsappd/dsappd/store"
)

// scan reads the events up to the latest that the seals name.
func (c *runCheck) scan(v *store.View) error {
	named, latest := make(map[EventKey]bool), c.cursor
	for _, seal := range c.seals {
		for _, event := range seal.Events {
			key := event.key(c.run).utc()
			named[key] = true
			delete(c.unnamed, key)
			if key.after(latest) {
				latest = key
			}
		}
	}
	for event, err := range c.events(v) {
		if err != nil || event.EventKey.after(latest) {
			return err
		}
		c.pass(event, named)
	}
	return nil
}

// events scans on. One that cannot be read and that a seal names is missed
// there too.
func (c *runCheck) events(v *store.View) iter.Seq2[Event, error] {
	if c.blind {
		return func(func(Event, error) bool) {}
	}
	return readableEvents(v, EventKey{Run: c.cursor.Run}, c.cursor, func(fault *store.UnreadableError) {
		key, known := keyOf(fault)
		if c.blind = !known || !key.after(c.cursor); c.blind {
			c.broken(c.place(c.cursor), fmt.Sprintf("neither an event nor what comes after it can be read: %v", fault))
			return
		}
		c.broken(c.place(key), fmt.Sprintf("the event %s cannot be read: %v", key, fault.Cause))
		c.cursor = key
	})
}

// rest reads events behind the last seal, and at their end the index's word
// for where the run ends.
func (c *runCheck) rest(v *store.View) (more bool, err error) {
	n := 0
	for event, err := range c.events(v) {
		if err != nil {
			return false, err
		}
		c.pass(event, nil)
		if n++; n == verifyPage {
			return true, nil
		}
	}
	return false, c.end(v)
}

// pass takes notice of an event in the order of the scan.
func (c *runCheck) pass(event Event, named map[EventKey]bool) {
	key := event.EventKey.utc()
	c.cursor = key
	switch {
	case named[key]:
	case len(c.unnamed) == maxUnnamed:
		c.Unsealed++
	default:
		c.unnamed[key] = c.place(key).Number
	}
}

// place returns the first seal, as far as they are looked at, that was made after
// an event.
func (c *runCheck) place(key EventKey) SealKey {
	for _, seal := range c.seals {
		if !seal.Time.Before(key.Time) {
			return seal.SealKey
		}
	}
	return SealKey{c.run, c.next}
}

// end compares the last seal with what the index says it is. Only a run that
// is sealed as final may have left the index.
func (c *runCheck) end(v *store.View) error {
	end, err := store.Get(v, Runs, c.run)
	last := SealKey{c.run, c.next - 1}
	if unreadable, ok := errors.AsType[*store.UnreadableError](err); ok {
		c.broken(last, fmt.Sprintf("what the index of runs has as the last seal cannot be read: %v", unreadable.Cause))
		return nil
	}
	switch {
	case errors.Is(err, store.ErrNotFound):
		if last.Number > 0 && c.known && !c.last.Final {
			c.broken(SealKey{c.run, c.next}, "the end of the run is missing: nothing says that "+last.String()+" is its last seal")
		}
		return nil
	case err != nil:
		return err
	case c.lost:
		return nil
	case end.Number > last.Number:
		c.broken(SealKey{c.run, c.next}, fmt.Sprintf("the seal is missing: the run's last one is %s", end.last().SealKey))
	case end.Number < last.Number || c.known && end.Digest != c.previous:
		c.broken(last, "the seal is not the one that the index of runs has as the last")
	}
	return nil
}

// settle tells, of the events that no seal names, those that are not sealed
// yet from those that cannot be.
func (c *runCheck) settle(ctx context.Context) error {
	keys := make([]EventKey, 0, len(c.unnamed))
	for key := range c.unnamed {
		keys = append(keys, key)
	}
	slices.SortFunc(keys, EventKey.compare)
	for page := range slices.Chunk(keys, verifyPage) {
		err := c.log.Store.View(ctx, func(v *store.View) error {
			for _, key := range page {
				if err := c.settleEvent(v, key); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (c *runCheck) settleEvent(v *store.View, key EventKey) error {
	event, err := store.Get(v, Events, key)
	if errors.Is(err, store.ErrNotFound) {
		return nil // retention removed it meanwhile
	}
	if err != nil {
		return err
	}
	_, right, err := authentic(c.log.Signer, event)
	at := SealKey{c.run, c.unnamed[key]}
	switch {
	case !right:
		c.broken(at, fmt.Sprintf("the event %s, which no seal names, has a wrong MAC, so it was changed or forged", key))
	case c.last.Final || key.Time.Before(c.last.CompleteTo):
		c.broken(at, fmt.Sprintf("no seal names the event %s: it was put in afterwards, or its seal was changed", key))
	default:
		c.Unsealed++
	}
	return err
}
