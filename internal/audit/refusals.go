package audit

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/dsappd/dsappd/store"
)

// MaxRefusals is how many refusals LastRefusals returns at most.
const MaxRefusals = 100

// maxLookedAt bounds the events that LastRefusals looks at, roughly.
const maxLookedAt = 100_000

// LastRefusals returns the last n refusals, up to MaxRefusals, the newest
// first, as far as they are among the last 100,000 decisions or so. It passes
// over events that cannot be read.
func (l *Log) LastRefusals(ctx context.Context, n int) ([]Event, error) {
	var found refusals
	err := l.Store.View(ctx, func(v *store.View) error {
		found = refusals{view: v, wanted: min(n, MaxRefusals)}
		return found.search(l.Now())
	})
	if err != nil {
		return nil, fmt.Errorf("last refusals: %w", err)
	}
	slices.SortStableFunc(found.events, func(a, b Event) int { return b.Time.Compare(a.Time) })
	return found.events, nil
}

// refusals is a search for the last refusals, from run to run and, in each,
// from its end on.
type refusals struct {
	view   *store.View
	wanted int
	looked int
	events []Event
}

func (r *refusals) enough() bool { return len(r.events) >= r.wanted || r.looked >= maxLookedAt }

func (r *refusals) search(now time.Time) error {
	runs, err := r.runs()
	for _, run := range slices.Backward(runs) {
		if err == nil && !r.enough() {
			err = r.run(run, now)
		}
	}
	return err
}

// runs finds each run's first event, by the key only.
func (r *refusals) runs() ([]EventKey, error) {
	var runs []EventKey
	for after, more := (EventKey{}), true; more; {
		more = false
		for event, err := range readableEvents(r.view, EventKey{}, after, func(*store.UnreadableError) {}) {
			if err != nil {
				return nil, err
			}
			runs = append(runs, event.EventKey)
			after, more = EventKey{Run: event.Run, Time: endOfTime, Random: "~"}, true
			break
		}
	}
	return runs, nil
}

// endOfTime is the last moment that a key can hold.
var endOfTime = time.Date(9999, 12, 31, 23, 59, 59, 999_999_999, time.UTC)

// run searches a run backward, in pieces that grow: a store only scans
// forward.
func (r *refusals) run(first EventKey, now time.Time) error {
	until, err := r.end(first, now)
	for piece := time.Second; err == nil && !until.Before(first.Time) && !r.enough(); piece = min(4*piece, 1000*time.Hour) {
		from := until.Add(-piece)
		err = r.piece(first.Run, from, until)
		until = from.Add(-1)
	}
	return err
}

// piece adds the last refusals between two times, as many as are wanted yet.
func (r *refusals) piece(run string, from, until time.Time) error {
	var refused []Event
	for event, err := range readableEvents(r.view, EventKey{Run: run}, EventKey{Run: run, Time: from}, func(*store.UnreadableError) {}) {
		if err != nil {
			return err
		}
		if event.Time.After(until) {
			break
		}
		r.looked++
		if event.Refused() {
			refused = append(refused, event)
		}
		if len(refused) > 2*MaxRefusals {
			refused = slices.Delete(refused, 0, MaxRefusals)
		}
	}
	slices.Reverse(refused)
	r.events = append(r.events, refused[:min(len(refused), r.wanted-len(r.events))]...)
	return nil
}

// end returns a time after which a run has no events, a second past its last one
// at most.
func (r *refusals) end(first EventKey, now time.Time) (time.Time, error) {
	low, high := first.Time, now.UTC()
	if later, err := r.isAfter(first.Run, high); err != nil || later {
		return endOfTime, err // the clock was set back
	}
	for high.Sub(low) > time.Second {
		middle := low.Add(high.Sub(low) / 2)
		later, err := r.isAfter(first.Run, middle)
		if err != nil {
			return high, err
		}
		if later {
			low = middle
		} else {
			high = middle
		}
	}
	return high, nil
}

// isAfter reports whether a run has an event after a time.
func (r *refusals) isAfter(run string, at time.Time) (bool, error) {
	for _, err := range readableEvents(r.view, EventKey{Run: run}, EventKey{Run: run, Time: at, Random: "~"}, func(*store.UnreadableError) {}) {
		return err == nil, err
	}
	return false, nil
}
