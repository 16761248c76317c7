package storetest

import (
	"context"
	"sync"
	"testing"

	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/store"
)

// testExpect writes only where what a view saw still holds.
func testExpect(t *testing.T, s *store.Store) {
	expecting := func(name string, revision uint64) error {
		return s.Update(context.Background(), func(tx *store.Tx) error {
			if err := store.Expect(tx, provision.Users, counterKey(name), revision); err != nil {
				return err
			}
			return store.Put(tx, provision.Users, counter(name, 100))
		})
	}
	wantError(t, "an absent record", expecting("a", 0), nil)
	old := revisionOf(t, s, "a")
	wantError(t, "a record that is there", expecting("a", 0), store.ErrMoved)
	wantError(t, "the right revision", expecting("a", old), nil)
	wantError(t, "an old revision", expecting("a", old), store.ErrMoved)
	update(t, s, func(tx *store.Tx) error { return store.Delete(tx, provision.Users, counterKey("a")) })
	wantError(t, "a deleted record", expecting("a", old), store.ErrMoved)
	wantError(t, "a key that no record has", s.Update(context.Background(), func(tx *store.Tx) error {
		return store.Expect(tx, provision.Users, provision.UserKey{}, 0)
	}), nil)
}

// testExpectRace lets many read one record and write it on that ground: each
// success counts, and none is lost.
func testExpectRace(t *testing.T, s *store.Store) {
	update(t, s, func(tx *store.Tx) error { return store.Put(tx, provision.Users, counter("a", 0)) })
	const workers, rounds = 8, 20
	var all sync.WaitGroup
	for range workers {
		all.Go(func() {
			for done := 0; done < rounds; {
				var seen provision.User
				view(t, s, func(v *store.View) (err error) {
					seen, err = store.Get(v, provision.Users, counterKey("a"))
					return err
				})
				err := s.Update(context.Background(), func(tx *store.Tx) error {
					if err := store.Expect(tx, provision.Users, counterKey("a"), seen.Revision); err != nil {
						return err
					}
					return store.Put(tx, provision.Users, counter("a", seen.WrongPasswords+1))
				})
				if err == nil {
					done++
					continue
				}
				wantError(t, "a lost race", err, store.ErrMoved)
				if t.Failed() {
					return
				}
			}
		})
	}
	all.Wait()
	wantCount(t, s, "a", workers*rounds)
}
