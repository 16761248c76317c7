package storetest

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/dsappd/dsappd/internal/audit"

	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/store"
)

// RunFaults tests what callers may rely on when the engine fails: when its
// commit fails and did, or did not, commit.
func RunFaults(t *testing.T, open Open) {
	for name, test := range map[string]func(*testing.T, *store.Store, *faulty){
		"OutcomeIsWhole":   testOutcomeIsWhole,
		"NotRepeated":      testNotRepeated,
		"FalseConflict":    testFalseConflict,
		"SnapshotFails":    testSnapshotFails,
		"ReadFails":        testReadFails,
		"ReadFailsUnheard": testReadFailsUnheard,
	} {
		t.Run(name, func(t *testing.T) {
			engine, err := open(t.TempDir())
			if err != nil {
				t.Fatal(err)
			}
			f := &faulty{Engine: engine}
			s := store.New(f, []byte("record key"))
			t.Cleanup(func() {
				f.set(nil, nil)
				checkAndClose(t, s)
			})
			test(t, s, f)
		})
	}
}

// errBroken is what a faulty engine suffers from.
var errBroken = errors.New("the engine is broken")

// fault is what may become of a commit.
type fault int

const (
	none          fault = iota
	refused             // it fails and did not commit, and says so
	lost                // it fails and did not commit
	kept                // it fails and did commit
	falseConflict       // it says that something has moved, and did not commit
)

// faulty is a real engine whose calls fail at chosen times.
type faulty struct {
	store.Engine

	mutex  sync.Mutex
	commit func() fault
	read   func() error // asked at each snapshot and each read
}

func (f *faulty) set(commit func() fault, read func() error) {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	f.commit, f.read = commit, read
}

func (f *faulty) nextCommit() fault {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	if f.commit == nil {
		return none
	}
	return f.commit()
}

func (f *faulty) nextRead() error {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	if f.read == nil {
		return nil
	}
	return f.read()
}

func (f *faulty) Commit(ctx context.Context, reads []store.Read, writes []store.Write) error {
	uncertain := fmt.Errorf("%w: %w", store.ErrUncertain, errBroken)
	switch f.nextCommit() {
	case refused:
		return errBroken
	case lost:
		return uncertain
	case kept:
		if err := f.Engine.Commit(ctx, reads, writes); err != nil {
			return err
		}
		return uncertain
	case falseConflict:
		return store.ErrConflict
	}
	return f.Engine.Commit(ctx, reads, writes)
}

func (f *faulty) Snapshot(ctx context.Context) (store.Snapshot, error) {
	if err := f.nextRead(); err != nil {
		return nil, err
	}
	snapshot, err := f.Engine.Snapshot(ctx)
	return faultySnapshot{snapshot, f}, err
}

type faultySnapshot struct {
	store.Snapshot
	faulty *faulty
}

func (s faultySnapshot) Get(key string) ([]byte, uint64, error) {
	if err := s.faulty.nextRead(); err != nil {
		return nil, 0, err
	}
	return s.Snapshot.Get(key)
}

func (s faultySnapshot) GetMany(keys []string) ([]store.Entry, error) {
	if err := s.faulty.nextRead(); err != nil {
		return nil, err
	}
	return s.Snapshot.GetMany(keys)
}

func (s faultySnapshot) Scan(prefix, after string) iter.Seq2[store.Entry, error] {
	return func(yield func(store.Entry, error) bool) {
		for entry, err := range s.Snapshot.Scan(prefix, after) {
			if fault := s.faulty.nextRead(); fault != nil {
				yield(store.Entry{}, fault)
				return
			}
			if !yield(entry, err) {
				return
			}
		}
	}
}

// Many write while commits fail in every way. Whatever an Update said, what
// it wrote is there as a whole or not at all, once, and as it said.
func testOutcomeIsWhole(t *testing.T, s *store.Store, f *faulty) {
	random := rand.New(rand.NewPCG(1, 2))
	f.set(func() fault { return fault(random.IntN(int(falseConflict) + 1)) }, nil)
	const workers, each = 8, 50
	var mutex sync.Mutex
	outcomes := map[string]error{}
	together(workers, func(worker int) {
		for n := range each {
			name := fmt.Sprint(worker, "-", n)
			err := s.Update(t.Context(), func(tx *store.Tx) error {
				return errors.Join(increment(tx, "all"), store.Put(tx, audit.Events, event(name)))
			})
			mutex.Lock()
			outcomes[name] = err
			mutex.Unlock()
		}
	})
	f.set(nil, nil)
	found := events(t, s)
	wantCount(t, s, "all", len(found))
	uncertain := 0
	for name, err := range outcomes {
		switch {
		case errors.Is(err, store.ErrUncertain):
			uncertain++
		case err == nil && !found[name]:
			t.Errorf("%s succeeded and is not there", name)
		case err != nil && found[name]:
			t.Errorf("%s failed for certain and is there: %v", name, err)
		}
		if err != nil {
			wantError(t, name, err, errBroken)
		}
		delete(found, name)
	}
	if len(found) > 0 {
		t.Errorf("nobody wrote %v", found)
	}
	if uncertain == 0 || uncertain == len(outcomes) {
		t.Errorf("%d of %d outcomes are uncertain: the faults did not strike as they should", uncertain, len(outcomes))
	}
}

// An Update whose commit failed must not run again by itself: it may have
// committed.
func testNotRepeated(t *testing.T, s *store.Store, f *faulty) {
	for want, outcome := range []fault{lost, kept, refused, kept} {
		f.set(func() fault { return outcome }, nil)
		runs := 0
		err := s.Update(t.Context(), func(tx *store.Tx) error {
			runs++
			return increment(tx, fmt.Sprint("a", want))
		})
		f.set(nil, nil)
		wantError(t, "Update", err, errBroken)
		if runs != 1 {
			t.Errorf("the closure ran %d times", runs)
		}
		if uncertain := errors.Is(err, store.ErrUncertain); uncertain != (outcome != refused) {
			t.Errorf("the error says uncertain: %v: %v", uncertain, err)
		}
		written := 0
		if outcome == kept {
			written = 1
		}
		wantCount(t, s, fmt.Sprint("a", want), written)
	}
}

func testFalseConflict(t *testing.T, s *store.Store, f *faulty) {
	var commits atomic.Int32
	f.set(func() fault {
		if commits.Add(1) <= 3 {
			return falseConflict
		}
		return none
	}, nil)
	runs := 0
	update(t, s, func(tx *store.Tx) error {
		runs++
		if n, err := count(tx, "a"); n != 0 || err != nil {
			t.Errorf("run %d sees the counter at %d, %v", runs, n, err)
		}
		return increment(tx, "a")
	})
	if runs != 4 {
		t.Errorf("the closure ran %d times, want 4", runs)
	}
	wantCount(t, s, "a", 1)
}

func testSnapshotFails(t *testing.T, s *store.Store, f *faulty) {
	f.set(nil, func() error { return errBroken })
	wantError(t, "Update", s.Update(t.Context(), func(tx *store.Tx) error {
		_, err := count(tx, "a")
		wantError(t, "Get", err, errBroken)
		return nil // as careless code would
	}), errBroken)
	wantError(t, "View", s.View(t.Context(), func(*store.View) error {
		t.Error("the closure runs without a snapshot")
		return nil
	}), errBroken)
}

func testReadFails(t *testing.T, s *store.Store, f *faulty) {
	update(t, s, func(tx *store.Tx) error { return errors.Join(increment(tx, "a"), increment(tx, "b")) })
	f.set(nil, failAfter(1)) // the snapshot
	err := s.View(t.Context(), func(v *store.View) error { _, err := count(v, "a"); return err })
	wantError(t, "Get", err, errBroken)
	f.set(nil, failAfter(2)) // the snapshot and one entry
	var found []provision.User
	err = s.View(t.Context(), func(v *store.View) error {
		found, err = users().collect(v, provision.UserKey{}, provision.UserKey{}, 0)
		return err
	})
	wantError(t, "Scan", err, errBroken)
	if len(found) != 1 {
		t.Errorf("%d records before the error, want 1", len(found))
	}
}

func failAfter(n int) func() error {
	return func() error {
		if n--; n < 0 {
			return errBroken
		}
		return nil
	}
}

// A closure that takes a failed Get for a missing record must not commit
// what it concluded.
func testReadFailsUnheard(t *testing.T, s *store.Store, f *faulty) {
	update(t, s, func(tx *store.Tx) error { return increment(tx, "a") })
	f.set(nil, failAfter(1))
	err := s.Update(t.Context(), func(tx *store.Tx) error {
		if _, err := store.Get(tx, provision.Users, counterKey("a")); err == nil {
			t.Error("Get does not fail")
		}
		return store.Put(tx, provision.Users, counter("a", 100))
	})
	wantError(t, "Update", err, errBroken)
	f.set(nil, nil)
	wantCount(t, s, "a", 1)
}
