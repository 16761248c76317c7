package storetest

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"sync/atomic"
	"testing"

	"github.com/dsappd/dsappd/internal/audit"
	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/store"
)

// servers is how many engines share one state.
const servers = 3

// RunShared tests what engines see of each other that are open on one state at
// once, as those of several servers are.
func RunShared(t *testing.T, open Open) {
	for name, test := range map[string]func(*testing.T, []*store.Store){
		"Seen":       testSharedSeen,
		"Counters":   testSharedCounters,
		"Claim":      testSharedClaim,
		"WriteSkew":  testSharedWriteSkew,
		"Absent":     testSharedAbsent,
		"Everything": testSharedEverything,
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			var all []*store.Store
			for range servers {
				all = append(all, opened(t, open, dir))
			}
			test(t, all)
		})
	}
}

// What one has acknowledged the next View of any other sees.
func testSharedSeen(t *testing.T, all []*store.Store) {
	for n := range 20 {
		update(t, all[n%servers], func(tx *store.Tx) error { return increment(tx, "a") })
		for _, s := range all {
			wantCount(t, s, "a", n+1)
		}
	}
}

func testSharedCounters(t *testing.T, all []*store.Store) {
	const workers, each = 4 * servers, 10
	together(workers, func(i int) {
		for range each {
			update(t, all[i%servers], func(tx *store.Tx) error {
				return errors.Join(increment(tx, "all"), increment(tx, fmt.Sprint(i)))
			})
		}
	})
	wantCount(t, all[0], "all", workers*each)
}

// A key that is absent is guarded as well as one that is there.
func testSharedClaim(t *testing.T, all []*store.Store) {
	for range 10 {
		var winners atomic.Int32
		together(2*servers, func(i int) {
			err := all[i%servers].Update(t.Context(), func(tx *store.Tx) error { return claim(tx, "prize", i+1) })
			if err == nil {
				winners.Add(1)
			} else if !errors.Is(err, errTaken) {
				t.Errorf("Update: %v", err)
			}
		})
		if winners.Load() != 1 {
			t.Errorf("%d winners", winners.Load())
		}
		update(t, all[0], func(tx *store.Tx) error { return store.Delete(tx, provision.Users, counterKey("prize")) })
	}
}

// Each of several servers may leave if another one stays.
func testSharedWriteSkew(t *testing.T, all []*store.Store) {
	for round := range 20 {
		names := []string{fmt.Sprint("doctor a", round), fmt.Sprint("doctor b", round)}
		together(2, func(i int) {
			update(t, all[i], func(tx *store.Tx) error {
				a, errA := count(tx, names[0])
				b, errB := count(tx, names[1])
				if a+b > 0 {
					return errors.Join(errA, errB)
				}
				return errors.Join(errA, errB, store.Put(tx, provision.Users, counter(names[i], 1)))
			})
		})
		view(t, all[2], func(v *store.View) error {
			a, errA := count(v, names[0])
			b, errB := count(v, names[1])
			if a+b != 1 {
				t.Errorf("round %d: %d doctors have left", round, a+b)
			}
			return errors.Join(errA, errB)
		})
	}
}

// What a View found absent is expected to be so, against other servers, too.
func testSharedAbsent(t *testing.T, all []*store.Store) {
	var won atomic.Int32
	together(2*servers, func(i int) {
		err := all[i%servers].Update(t.Context(), func(tx *store.Tx) error {
			if err := store.Expect(tx, provision.Users, counterKey("new"), 0); err != nil {
				return err
			}
			return store.Put(tx, provision.Users, counter("new", i))
		})
		if err == nil {
			won.Add(1)
		} else if !errors.Is(err, store.ErrMoved) {
			t.Errorf("Update: %v", err)
		}
	})
	if won.Load() != 1 {
		t.Errorf("%d wrote what was not there", won.Load())
	}
}

// Servers move money and note each transfer, while others count it.
func testSharedEverything(t *testing.T, all []*store.Store) {
	const accounts, money, each = 5, 100, 15
	name := func(i int) string { return fmt.Sprint("account", i%accounts) }
	update(t, all[0], func(tx *store.Tx) error {
		var err error
		for i := range accounts {
			err = errors.Join(err, store.Put(tx, provision.Users, counter(name(i), money)))
		}
		return err
	})
	together(3*servers, func(i int) {
		s := all[i%servers]
		random := rand.New(rand.NewPCG(uint64(i), 0))
		for n := range each {
			if i < servers {
				wantSum(t, s, accounts*money)
				continue
			}
			from, to := random.IntN(accounts), random.IntN(accounts)
			update(t, s, func(tx *store.Tx) error {
				note := store.Put(tx, audit.Events, event(fmt.Sprint(i, "-", n)))
				return errors.Join(transfer(tx, name(from), name(to), n), note)
			})
		}
	})
	for _, s := range all {
		wantSum(t, s, accounts*money)
		if found := len(events(t, s)); found != 2*servers*each {
			t.Errorf("%d events, want %d", found, 2*servers*each)
		}
	}
}
