package audit

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/dsappd/dsappd/store"
)

// exportPage is how many lines a page of an export holds at least, unless it
// is the last.
const exportPage = 500

// Place is a place in an export: behind a seal or, with an Event, behind
// an event that no seal names yet.
type Place struct {
	SealKey
	Event EventKey `json:"event,omitzero"`
}

// Exported is a part of an export. Its lines are the audit's own, byte for
// byte: each seal comes right behind the events that it names, in the order
// in which it names them, an anchor before the seal that it keeps, and at the
// end of a run stand the events that no seal names yet.
type Exported struct {
	Lines []json.RawMessage

	// Next is where the export goes on; nil at its end.
	Next *Place
}

// Export reads a part of the audit behind a place; zero: from the start.
// What was changed or put in by somebody else is for Verify to find.
func (l *Log) Export(ctx context.Context, after Place) (Exported, error) {
	e := &export{log: l, place: after}
	for more := true; more && len(e.lines) < exportPage; {
		var err error
		if more, err = e.step(ctx); err != nil {
			return Exported{}, fmt.Errorf("export the audit: %w", err)
		}
		if !more {
			return Exported{Lines: e.lines}, nil
		}
	}
	return Exported{Lines: e.lines, Next: &e.place}, nil
}

// export is one on its way.
type export struct {
	log   *Log
	place Place
	lines []json.RawMessage
}

// step exports the next seal, or what is left of the run, or goes on to the
// next run; false: there is none.
func (e *export) step(ctx context.Context) (more bool, err error) {
	if e.place.Run != "" && e.place.Event == (EventKey{}) {
		if more, err := e.view(ctx, e.seal); more || err != nil {
			return true, err
		}
	}
	if e.place.Run != "" {
		if more, err := e.rest(ctx); more || err != nil {
			return true, err
		}
	}
	return e.view(ctx, e.nextRun)
}

func (e *export) view(ctx context.Context, read func(*store.View) (bool, error)) (more bool, err error) {
	err = e.log.Store.View(ctx, func(v *store.View) (err error) {
		more, err = read(v)
		return err
	})
	return more, err
}

func (e *export) nextRun(v *store.View) (more bool, err error) {
	run, more, err := nextRun(v, e.place.Run)
	e.place = Place{SealKey: SealKey{Run: run}}
	return more, err
}

// seal exports the seal behind the place with its events; false: there is
// none.
func (e *export) seal(v *store.View) (bool, error) {
	for seal, err := range store.Scan(v, Seals, SealKey{Run: e.place.Run}, e.place.SealKey) {
		if err != nil {
			return false, err
		}
		anchor, err := store.Get(v, Anchors, seal.Run)
		switch {
		case err == nil && anchor.Number == seal.Number:
			err = e.line(anchor)
		case errors.Is(err, store.ErrNotFound), err == nil:
			err = e.events(v, seal)
		}
		if err == nil {
			err = e.line(seal)
		}
		e.place = Place{SealKey: seal.SealKey}
		return true, err
	}
	return false, nil
}

func (e *export) events(v *store.View, seal Seal) error {
	for _, named := range seal.Events {
		event, err := store.Get(v, Events, named.key(seal.Run))
		if err == nil {
			err = e.line(event)
		}
		if _, unreadable := errors.AsType[*store.UnreadableError](err); err != nil && !unreadable && !errors.Is(err, store.ErrNotFound) {
			return err
		}
	}
	return nil
}

// rest exports events that no seal names yet; false: there are no more.
func (e *export) rest(ctx context.Context) (bool, error) {
	last, from := SealDigest{SealKey: e.place.SealKey}, e.place.Event
	if from == (EventKey{}) {
		var err error
		if from, err = e.log.restOf(ctx, last.SealKey); err != nil {
			return false, err
		}
	}
	found, _, err := e.log.unnamed(ctx, last, from, nil, exportPage)
	if err != nil || len(found) == 0 {
		return false, err
	}
	e.place.Event = found[len(found)-1].key(last.Run)
	return e.view(ctx, func(v *store.View) (bool, error) {
		return true, e.events(v, Seal{SealKey: last.SealKey, Events: found})
	})
}

func (e *export) line(record interface{ appendLine([]byte) ([]byte, error) }) error {
	text, err := record.appendLine(nil)
	e.lines = append(e.lines, text)
	return err
}
