package storetest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/store"
)

// RunConcurrent tests what many callers at once see of each other.
func RunConcurrent(t *testing.T, open Open) {
	for name, test := range map[string]func(*testing.T, *store.Store){
		"LostUpdates":   testLostUpdates,
		"Claim":         testClaim,
		"WriteSkew":     testWriteSkew,
		"ReadOnly":      testReadOnly,
		"Neighbours":    testNeighbours,
		"ViewsAreWhole": testViewsAreWhole,
		"Unending":      testUnending,
		"Serialisable":  testSerialisable,
	} {
		t.Run(name, func(t *testing.T) { test(t, fresh(t, open)) })
	}
}

// together runs n goroutines that begin at the same moment, and waits.
func together(n int, run func(i int)) {
	var ready, done sync.WaitGroup
	start := make(chan struct{})
	for i := range n {
		ready.Add(1)
		done.Go(func() {
			ready.Done()
			<-start
			run(i)
		})
	}
	ready.Wait()
	close(start)
	done.Wait()
}

func testLostUpdates(t *testing.T, s *store.Store) {
	const workers, each = 32, 10
	together(workers, func(i int) {
		for range each {
			err := s.Update(t.Context(), func(tx *store.Tx) error {
				return errors.Join(increment(tx, "all"), increment(tx, fmt.Sprint(i)))
			})
			if err != nil {
				t.Errorf("Update: %v", err)
			}
		}
	})
	wantCount(t, s, "all", workers*each)
	for i := range workers {
		wantCount(t, s, fmt.Sprint(i), each)
	}
}

// errTaken is the answer of somebody who came second.
var errTaken = errors.New("taken")

// claim takes the counter name for number n, if it is free.
func claim(tx *store.Tx, name string, n int) error {
	switch _, err := store.Get(tx, provision.Users, counterKey(name)); {
	case err == nil:
		return errTaken
	case !errors.Is(err, store.ErrNotFound):
		return err
	}
	return store.Put(tx, provision.Users, counter(name, n))
}

// Of many who want the same key, also after it was deleted, exactly one gets
// it, and it is his.
func testClaim(t *testing.T, s *store.Store) {
	for range 10 {
		var winners atomic.Int32
		var winner atomic.Int64
		together(16, func(i int) {
			err := s.Update(t.Context(), func(tx *store.Tx) error { return claim(tx, "prize", i+1) })
			if err == nil {
				winners.Add(1)
				winner.Store(int64(i + 1))
			} else if !errors.Is(err, errTaken) {
				t.Errorf("Update: %v", err)
			}
		})
		if winners.Load() != 1 {
			t.Errorf("%d winners", winners.Load())
		}
		wantCount(t, s, "prize", int(winner.Load()))
		update(t, s, func(tx *store.Tx) error { return store.Delete(tx, provision.Users, counterKey("prize")) })
	}
}

// Two doctors are on call, and each may leave if the other one stays: by
// writing different records they must not both leave.
func testWriteSkew(t *testing.T, s *store.Store) {
	for round := range 20 {
		names := []string{fmt.Sprint("doctor a", round), fmt.Sprint("doctor b", round)}
		update(t, s, func(tx *store.Tx) error {
			return errors.Join(store.Put(tx, provision.Users, counter(names[0], 1)), store.Put(tx, provision.Users, counter(names[1], 1)))
		})
		together(2, func(i int) {
			err := s.Update(t.Context(), func(tx *store.Tx) error {
				a, errA := count(tx, names[0])
				b, errB := count(tx, names[1])
				if a+b < 2 {
					return errors.Join(errA, errB)
				}
				return errors.Join(errA, errB, store.Put(tx, provision.Users, counter(names[i], 0)))
			})
			if err != nil {
				t.Errorf("Update: %v", err)
			}
		})
		view(t, s, func(v *store.View) error {
			a, errA := count(v, names[0])
			b, errB := count(v, names[1])
			if a+b != 1 {
				t.Errorf("round %d: %d doctors are on call", round, a+b)
			}
			return errors.Join(errA, errB)
		})
	}
}

// An Update that only reads must not return on what has moved.
func testReadOnly(t *testing.T, s *store.Store) {
	runs, seen := 0, 0
	update(t, s, func(tx *store.Tx) error {
		runs++
		n, err := count(tx, "a")
		if runs == 1 {
			inAnother(func() {
				update(t, s, func(tx *store.Tx) error { return increment(tx, "a") })
			})
		}
		seen = n
		return err
	})
	if runs != 2 || seen != 1 {
		t.Errorf("the closure ran %d times and saw %d", runs, seen)
	}
}

// inAnother runs in a goroutine of its own, to its end.
func inAnother(run func()) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		run()
	}()
	<-done
}

// Errors and panics are their callers' alone.
func testNeighbours(t *testing.T, s *store.Store) {
	const workers, each = 16, 20
	together(workers, func(i int) {
		for range each {
			var err error
			func() {
				defer func() { _ = recover() }()
				err = s.Update(t.Context(), func(tx *store.Tx) error {
					if err := increment(tx, fmt.Sprint(i%3)); err != nil {
						return err
					}
					switch i % 3 {
					case 1:
						return errClosure
					case 2:
						panic(errClosure)
					}
					return nil
				})
			}()
			if (err != nil) != (i%3 == 1) {
				t.Errorf("worker %d: %v", i, err)
			}
		}
	})
	wantCount(t, s, "0", (workers+2)/3*each)
	wantCount(t, s, "1", 0)
	wantCount(t, s, "2", 0)
}

// Money moves between accounts; nobody ever sees it on the way.
func testViewsAreWhole(t *testing.T, s *store.Store) {
	const accounts, money = 8, 100
	name := func(i int) string { return fmt.Sprint("account", i%accounts) }
	update(t, s, func(tx *store.Tx) error {
		var err error
		for i := range accounts {
			err = errors.Join(err, store.Put(tx, provision.Users, counter(name(i), money)))
		}
		return err
	})
	var moved atomic.Int32
	together(8, func(i int) {
		if i >= 4 {
			for moved.Load() < 4*15 {
				wantSum(t, s, accounts*money)
			}
			return
		}
		for n := range 15 {
			update(t, s, func(tx *store.Tx) error { return transfer(tx, name(n+i), name(n*i+i+1), n) })
			moved.Add(1)
		}
	})
	wantSum(t, s, accounts*money)
}

func transfer(tx *store.Tx, from, to string, amount int) error {
	a, err := count(tx, from)
	if err != nil || from == to {
		return err
	}
	b, err := count(tx, to)
	if err != nil {
		return err
	}
	return errors.Join(store.Put(tx, provision.Users, counter(from, a-amount)), store.Put(tx, provision.Users, counter(to, b+amount)))
}

func wantSum(t failer, s *store.Store, want int) {
	t.Helper()
	view(t, s, func(v *store.View) error {
		sum, again := 0, 0
		for u, err := range store.Scan(v, provision.Users, provision.UserKey{}, provision.UserKey{}) {
			if err != nil {
				return err
			}
			n, err := count(v, u.UserID)
			if err != nil {
				return err
			}
			sum, again = sum+u.WrongPasswords, again+n
		}
		if sum != want || again != want {
			t.Errorf("a View sees a sum of %d by Scan and %d by Get, want %d", sum, again, want)
		}
		return nil
	})
}

// An Update whose reads always move goes on until its context ends.
func testUnending(t *testing.T, s *store.Store) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	runs := 0
	err := s.Update(ctx, func(tx *store.Tx) error {
		n, err := count(tx, "a")
		inAnother(func() {
			update(t, s, func(tx *store.Tx) error { return increment(tx, "a") })
		})
		if runs++; runs == 5 {
			cancel()
		}
		return errors.Join(err, store.Put(tx, provision.Users, counter("a", n+1000)))
	})
	wantError(t, "Update", err, context.Canceled)
	if runs != 5 {
		t.Errorf("the closure ran %d times, want 5", runs)
	}
	wantCount(t, s, "a", 5)
}
