package audit

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/dsappd/dsappd/store"
)

// Follower stands for somebody who is handed the events of the audit, in the order in
// which they were sealed, and how far he has come.
type Follower struct {
	store.Revised
	Name string

	// Taken are the last seals whose events he has taken, one of each run that a
	// later seal may still come after, sorted by run.
	Taken []SealKey

	// TakenAt is when he last took an event; FailingSince is since when he takes
	// none, Fault is why, and StoppedAt is when he was given up. Zero: not.
	TakenAt      time.Time
	FailingSince time.Time
	Fault        string
	StoppedAt    time.Time
}

// Follow returns the follower of a name. A new one follows from now on: what is
// sealed already is not for him.
func (l *Log) Follow(ctx context.Context, name string) (Follower, error) {
	follower, err := l.follower(ctx, name)
	if !errors.Is(err, store.ErrNotFound) {
		return follower, err
	}
	return l.FollowFromNow(ctx, Follower{Name: name})
}

// FollowFromNow has a follower pass over all that is sealed.
func (l *Log) FollowFromNow(ctx context.Context, follower Follower) (Follower, error) {
	err := l.Store.View(ctx, func(v *store.View) error {
		follower.Taken = nil
		for run, err := range readableRuns(v) {
			if err != nil {
				return err
			}
			follower.Taken = append(follower.Taken, run.last().SealKey)
		}
		return nil
	})
	if err != nil {
		return follower, fmt.Errorf("follow the audit: %w", err)
	}
	return l.Keep(ctx, follower)
}

func (l *Log) follower(ctx context.Context, name string) (follower Follower, err error) {
	err = l.Store.View(ctx, func(v *store.View) error {
		follower, err = store.Get(v, Followers, name)
		return err
	})
	return follower, err
}

// Keep writes a follower as he is, unless somebody else has written him since he
// was read: then the error wraps store.ErrMoved.
func (l *Log) Keep(ctx context.Context, follower Follower) (Follower, error) {
	err := l.Store.Update(ctx, func(tx *store.Tx) error {
		if err := store.Expect(tx, Followers, follower.Name, follower.Revision); err != nil {
			return err
		}
		return store.Put(tx, Followers, follower)
	})
	if err != nil {
		return follower, fmt.Errorf("keep follower %s: %w", follower.Name, err)
	}
	return l.follower(ctx, follower.Name)
}

// Following says what Next hands over.
type Following struct {
	Wanted func(Event) bool

	// Before bounds the seals by their time, and has events come by theirs: where
	// several servers seal, what was sealed just now may come before what another
	// one is about to seal. Zero: one server seals.
	Before time.Time

	// Events is about how many events one call hands over, and Seals how many
	// seals it looks at.
	Events, Seals int
}

// Followed holds what Next hands over.
type Followed struct {
	Events   []Event
	Follower Follower // as he is once he has taken them
	Seals    int      // that were looked at; 0: there is nothing new
	Missing  uint64   // seals that were removed before he could take them
	Broken   int      // events that are not there any more as they were sealed
}

// Next returns the next events for a follower, in the order of their seals.
func (l *Log) Next(ctx context.Context, follower Follower, in Following) (Followed, error) {
	out := Followed{Follower: follower}
	err := l.Store.View(ctx, func(v *store.View) error {
		out = Followed{Follower: follower}
		pending, err := pendingOf(v, follower)
		if err != nil {
			return err
		}
		walk := &walk{view: v, stretches: pending.stretches, before: in.Before}
		for out.Seals < in.Seals && len(out.Events) < in.Events {
			seal, err := walk.next()
			if err != nil || seal == nil {
				return errors.Join(err, out.settle(pending, walk))
			}
			out.Seals++
			if err := l.handOver(v, *seal, in.Wanted, &out); err != nil {
				return err
			}
		}
		return out.settle(pending, walk)
	})
	if err != nil {
		return Followed{Follower: follower}, fmt.Errorf("follow the audit: %w", err)
	}
	return out, nil
}

// handOver reads the wanted events of a seal.
func (l *Log) handOver(v *store.View, seal Seal, wanted func(Event) bool, out *Followed) error {
	found := make([]store.Found[Event], len(seal.Events))
	asked := make([]store.Wanted, len(seal.Events))
	for i, named := range seal.Events {
		asked[i] = store.Want(Events, named.key(seal.Run), &found[i])
	}
	if err := store.GetMany(v, asked...); err != nil {
		return err
	}
	for i, event := range found {
		if event.Err != nil {
			out.Broken++
			continue
		}
		digest, right, err := authentic(l.Signer, event.Record)
		switch {
		case err != nil:
			return err
		case !right || digest != seal.Events[i].Digest:
			out.Broken++
		case wanted(event.Record):
			out.Events = append(out.Events, event.Record)
		}
	}
	return nil
}

// settle notes what a follower has taken after a walk.
func (out *Followed) settle(pending pending, w *walk) error {
	if !w.before.IsZero() {
		slices.SortStableFunc(out.Events, func(a, b Event) int { return a.Time.Compare(b.Time) })
	}
	taken := make(map[string]uint64)
	for _, key := range out.Follower.Taken {
		if pending.named[key.Run] {
			taken[key.Run] = key.Number
		}
	}
	for _, s := range w.stretches {
		if s.taken > 0 {
			taken[s.run] = s.taken
		}
		out.Missing += s.missing
	}
	out.Follower.Taken = nil
	for run, number := range taken {
		out.Follower.Taken = append(out.Follower.Taken, SealKey{Run: run, Number: number})
	}
	slices.SortFunc(out.Follower.Taken, SealKey.compare)
	return nil
}

// pending is what a follower has not taken yet.
type pending struct {
	stretches []*stretch
	named     map[string]bool // runs whose ends are in the index, or that a seal which is pending comes after
}

// stretch is a range of seals of one run, both ends included.
type stretch struct {
	run      string
	from, to uint64
	after    []earlier // what comes before its first seal

	head    *Seal  // the next one; nil: it is to be read
	taken   uint64 // the last one that was handed over; 0: none
	missing uint64
	ended   bool
}

// pendingOf follows the ends of the runs back to what a follower has taken. A run
// that is not in the index any more is found by the first seal that comes after
// its end.
func pendingOf(v *store.View, follower Follower) (pending, error) {
	p := pending{named: make(map[string]bool)}
	taken, ends := make(map[string]uint64), make(map[string]uint64)
	for _, key := range follower.Taken {
		taken[key.Run] = key.Number
	}
	var runs []string
	for run, err := range readableRuns(v) {
		if err != nil {
			return p, err
		}
		ends[run.Run] = run.Number
		runs = append(runs, run.Run)
	}
	seen := make(map[string]*stretch)
	var visit func(run string, to uint64) (*stretch, error)
	visit = func(run string, to uint64) (*stretch, error) {
		if p.named[run] {
			return seen[run], nil
		}
		p.named[run] = true
		s := &stretch{run: run, from: taken[run] + 1, to: max(to, ends[run])}
		if s.from > s.to {
			return nil, nil
		}
		if s.from == 1 {
			first, err := store.Get(v, Seals, SealKey{Run: run, Number: 1})
			if err != nil && !errors.Is(err, store.ErrNotFound) {
				return nil, err
			}
			for _, before := range first.After {
				of, err := visit(before.Run, before.Number)
				if err != nil {
					return nil, err
				}
				if of != nil {
					s.after = append(s.after, earlier{of, before.Number})
				}
			}
		}
		if err := s.passRemoved(v); err != nil {
			return nil, err
		}
		seen[run] = s
		p.stretches = append(p.stretches, s)
		return s, nil
	}
	for _, run := range runs {
		if _, err := visit(run, 0); err != nil {
			return p, fmt.Errorf("what is pending for %s: %w", follower.Name, err)
		}
	}
	return p, nil
}

// earlier is a seal of another run.
type earlier struct {
	of     *stretch
	number uint64
}

func (e earlier) pending() bool { return !e.of.ended && e.of.from <= e.number }

// walk merges stretches by the times of their seals.
type walk struct {
	view      *store.View
	stretches []*stretch
	before    time.Time
}

// next returns the next seal; nil: there is none for now.
func (w *walk) next() (*Seal, error) {
	var first *stretch
	for _, s := range w.stretches {
		if err := s.read(w.view); err != nil {
			return nil, err
		}
		if s.ended || slices.ContainsFunc(s.after, earlier.pending) {
			continue
		}
		if first == nil || s.head.Time.Before(first.head.Time) {
			first = s
		}
	}
	if first == nil || !w.before.IsZero() && !first.head.Time.Before(w.before) {
		return nil, nil
	}
	seal := first.head
	first.missing += seal.Number - first.from
	first.taken, first.from, first.head = seal.Number, seal.Number+1, nil
	return seal, nil
}

// read finds the next seal of a stretch, past those that were removed.
func (s *stretch) read(v *store.View) error {
	if s.head != nil || s.ended {
		return nil
	}
	for ; s.from <= s.to; s.from, s.missing = s.from+1, s.missing+1 {
		seal, err := firstAfter(v, SealKey{Run: s.run, Number: s.from - 1})
		if _, unreadable := errors.AsType[*store.UnreadableError](err); unreadable {
			continue // verification tells of it
		}
		if err != nil {
			return err
		}
		if seal.Number == 0 || seal.Number > s.to {
			break
		}
		s.head = &seal
		return nil
	}
	s.ended = true
	return nil
}

// passRemoved goes on behind the anchor of the run, the seal whose events were
// removed with all before it.
func (s *stretch) passRemoved(v *store.View) error {
	anchor, err := store.Get(v, Anchors, s.run)
	if errors.Is(err, store.ErrNotFound) || err == nil && anchor.Number < s.from {
		return nil
	}
	if err != nil {
		return err
	}
	s.missing, s.taken, s.from = anchor.Number-s.from+1, anchor.Number, anchor.Number+1
	return nil
}

// firstAfter returns the next seal of a run; number 0: there is none.
func firstAfter(v *store.View, last SealKey) (Seal, error) {
	for seal, err := range store.Scan(v, Seals, SealKey{Run: last.Run}, last) {
		return seal, err
	}
	return Seal{}, nil
}

// hold says from which seal of a run on a follower has not taken the events.
type hold struct {
	from     uint64
	follower string
}

// held returns, by run, what followers have not taken yet.
func (l *Log) held(ctx context.Context) (map[string]hold, error) {
	holds := make(map[string]hold)
	if l.Followers == nil {
		return holds, nil
	}
	err := l.Store.View(ctx, func(v *store.View) error {
		for _, name := range l.Followers() {
			follower, err := store.Get(v, Followers, name)
			if errors.Is(err, store.ErrNotFound) {
				continue
			}
			var pending pending
			if err == nil {
				pending, err = pendingOf(v, follower)
			}
			if err != nil {
				return err
			}
			for _, s := range pending.stretches {
				if h, is := holds[s.run]; !is || s.from < h.from {
					holds[s.run] = hold{s.from, name}
				}
			}
		}
		return nil
	})
	return holds, err
}
