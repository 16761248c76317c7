package audit

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/dsappd/dsappd/store"
)

// runCheck is the verification of one run on its way through its seals and,
// beside them, its events.
type runCheck struct {
	*Verification
	log *Log
	run string

	next     uint64 // number of the next seal
	previous Digest // of the seal before it
	known    bool   // whether previous is
	last     Seal   // that holds

	seals []Seal // of the page

	lost    bool                // the seals from next on cannot be scanned
	blind   bool                // the events beyond cursor cannot be scanned
	cursor  EventKey            // of the last event scanned
	unnamed map[EventKey]uint64 // those scanned that no seal has named, and the seal that should have
}

func (l *Log) verifyRun(ctx context.Context, report *Verification, run string) error {
	report.Runs++
	c, err := l.followRun(ctx, report, run)
	if err != nil {
		return err
	}
	return c.settle(ctx)
}

// followRun follows the chain of a run and its events to their ends.
func (l *Log) followRun(ctx context.Context, report *Verification, run string) (*runCheck, error) {
	c := &runCheck{Verification: report, log: l, run: run, next: 1,
		cursor: EventKey{Run: run}, unnamed: make(map[EventKey]uint64)}
	for more := true; more; {
		err := l.Store.View(ctx, func(v *store.View) (err error) {
			more, err = c.page(v)
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return c, nil
}

// page checks some seals and then scans the events up to the latest one that
// they name; without another seal, the events that are left.
func (c *runCheck) page(v *store.View) (more bool, err error) {
	if err := c.skipRemoved(v); err != nil {
		return false, err
	}
	if c.lost {
		return c.rest(v)
	}
	c.seals = nil
	events := 0
	for seal, err := range store.Scan(v, Seals, SealKey{Run: c.run}, SealKey{Run: c.run, Number: c.next - 1}) {
		if unreadable, ok := errors.AsType[*store.UnreadableError](err); ok {
			c.unreadableSeal(unreadable)
			return true, c.scan(v)
		}
		if err != nil {
			return false, err
		}
		if err := c.seal(v, seal); err != nil {
			return false, err
		}
		c.seals = append(c.seals, seal)
		if events += 1 + len(seal.Events); events >= verifyPage {
			break
		}
	}
	if len(c.seals) == 0 {
		return c.rest(v)
	}
	return true, c.scan(v)
}

// unreadableSeal passes over a seal, unless its key says nothing either.
func (c *runCheck) unreadableSeal(fault *store.UnreadableError) {
	number, err := strconv.ParseUint(fault.Key[len(fault.Key)-1], 10, 64)
	if err != nil || number < c.next {
		c.broken(SealKey{c.run, c.next}, fmt.Sprintf("neither the seal nor what comes after it can be read: %v", fault))
		c.lost = true
		return
	}
	c.missing(number)
	c.broken(SealKey{c.run, number}, fmt.Sprintf("the seal cannot be read: %v", fault.Cause))
	c.known = false
	c.next = number
	if c.next++; c.next == 0 {
		c.lost = true
	}
}

// missing notes that the seals from next to the given one are not there.
func (c *runCheck) missing(number uint64) {
	if number > c.next {
		c.broken(SealKey{c.run, c.next}, fmt.Sprintf("the seal is missing: the one after it is %s", SealKey{c.run, number}))
		c.next, c.known = number, false
	}
}

// skipRemoved goes on behind what retention removed.
func (c *runCheck) skipRemoved(v *store.View) error {
	anchor, err := store.Get(v, Anchors, c.run)
	if unreadable, ok := errors.AsType[*store.UnreadableError](err); ok {
		if c.next == 1 { // said once
			c.broken(SealKey{c.run, 1}, fmt.Sprintf("what retention removed cannot be read: %v", unreadable.Cause))
		}
		return nil
	}
	if errors.Is(err, store.ErrNotFound) || err == nil && anchor.Number < c.next {
		return nil
	}
	if err != nil {
		return err
	}
	c.next, c.known, c.previous = anchor.Number+1, true, anchor.Digest
	if _, right, err := authentic(c.log.Signer, anchor); err != nil || !right {
		c.broken(anchor.SealKey, "the record that retention removed what was up to here has a wrong MAC")
		return err
	}
	return c.anchored(v, anchor)
}

// anchored checks the seal that retention kept.
func (c *runCheck) anchored(v *store.View, anchor Anchor) error {
	seal, err := store.Get(v, Seals, anchor.SealKey)
	_, unreadable := errors.AsType[*store.UnreadableError](err)
	switch {
	case errors.Is(err, store.ErrNotFound), unreadable:
		c.broken(anchor.SealKey, "the seal is missing or cannot be read, which retention kept as anchor")
		return nil
	case err != nil:
		return err
	}
	digest, err := digestOf(seal)
	if err == nil && digest != anchor.Digest {
		c.broken(anchor.SealKey, "the seal was changed, which retention kept as anchor")
		return nil
	}
	c.last = seal
	return err
}

// seal checks one seal, and the events that it names.
func (c *runCheck) seal(v *store.View, seal Seal) error {
	c.Seals++
	c.missing(seal.Number)
	here := seal.SealKey
	digest, right, err := authentic(c.log.Signer, seal)
	if err != nil {
		return err
	}
	switch {
	case !right:
		c.broken(here, "the seal has a wrong MAC, so it was changed or forged")
	case c.last.Final && c.last.Run != "" && !seal.Mended:
		c.broken(here, fmt.Sprintf("the seal comes after %s, which was to be the run's last", c.last.SealKey))
	default:
		err = errors.Join(c.order(v, seal), c.contents(v, seal))
	}
	c.next, c.previous, c.known = c.next+1, digest, right
	if right {
		c.last = seal
	}
	return err
}

// order checks what a seal comes after.
func (c *runCheck) order(v *store.View, seal Seal) error {
	if seal.Number == 1 {
		for _, before := range seal.After {
			if err := c.vouched(v, before, fmt.Sprintf("%s names it", seal.SealKey)); err != nil {
				return err
			}
		}
		return nil
	}
	if c.known && (len(seal.After) != 1 || seal.After[0].Digest != c.previous) {
		c.broken(seal.SealKey, "the seal names another one before it than there is")
	}
	return nil
}

// contents checks the events that a seal names; its first fault is enough.
func (c *runCheck) contents(v *store.View, seal Seal) error {
	for _, named := range seal.Events {
		fault, err := faultOf(v, named.key(seal.Run), named.Digest)
		if err != nil {
			return err
		}
		if fault != "" {
			c.broken(seal.SealKey, fault)
			return nil
		}
		c.Events++
	}
	return nil
}

// faultOf says what is wrong with an event that a seal names, if anything is.
func faultOf(v *store.View, key EventKey, digest Digest) (fault string, err error) {
	event, err := store.Get(v, Events, key)
	if errors.Is(err, store.ErrNotFound) {
		return fmt.Sprintf("the event %s is missing", key), nil
	}
	if unreadable, ok := errors.AsType[*store.UnreadableError](err); ok {
		return fmt.Sprintf("the event %s cannot be read: %v", key, unreadable.Cause), nil
	}
	if err != nil {
		return "", err
	}
	found, err := digestOf(event)
	if err == nil && found != digest {
		return fmt.Sprintf("the event %s was changed", key), nil
	}
	indexed, indexErr := indexed(v, event)
	if err = errors.Join(err, indexErr); err == nil && !indexed {
		fault = fmt.Sprintf("the event %s is not in the index of requests, where explain looks for it", key)
	}
	return fault, err
}

// indexed reports whether the index of requests leads to an event.
func indexed(v *store.View, event Event) (bool, error) {
	if event.RequestID == "" {
		return true, nil
	}
	_, err := store.Get(v, Requests, RequestKey{RequestID: event.RequestID, EventKey: event.EventKey})
	if _, unreadable := errors.AsType[*store.UnreadableError](err); unreadable || errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}
