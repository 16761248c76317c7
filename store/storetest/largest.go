package storetest

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/store"
)

// The largest Update that every engine takes: so many records, and so many bytes
// of them.
const (
	largestRecords = 4000
	largestBytes   = 8 << 20
)

// testLargest commits the largest Update while small ones go on, and each of
// both is whole.
func testLargest(t *testing.T, s *store.Store) {
	filling := strings.Repeat("x", largestBytes/largestRecords)
	const small = 4
	together(small+1, func(i int) {
		if i < small {
			for range 10 {
				update(t, s, func(tx *store.Tx) error { return increment(tx, "small") })
			}
			return
		}
		update(t, s, func(tx *store.Tx) error {
			err := increment(tx, "large")
			for n := range largestRecords {
				u := counter(fmt.Sprint("record", n), 1)
				u.OrgUnit = filling
				err = errors.Join(err, store.Put(tx, provision.Users, u))
			}
			return err
		})
	})
	wantCount(t, s, "small", small*10)
	wantCount(t, s, "large", 1)
	view(t, s, func(v *store.View) error {
		found, err := users().collect(v, provision.UserKey{}, provision.UserKey{}, 0)
		if len(found) != largestRecords+2 {
			t.Errorf("%d records, want %d", len(found), largestRecords+2)
		}
		return err
	})
}

// testLongKeys holds that keys are in their order and whole up to the largest
// size, also where nothing in them repeats.
func testLongKeys(t *testing.T, s *store.Store) {
	table := users()
	records := map[provision.UserKey]provision.User{}
	update(t, s, func(tx *store.Tx) error {
		for n, length := range []int{1, 400, 455, 456, 457, 500, 501, 1000, 1900, 2048} {
			for fill := range 4 {
				u := provision.User{Domain: noise(0, 2040), UserID: noise(fill%2, length-1) + string(rune('a'+fill)), Locks: n}
				records[u.Key()] = u
				if err := store.Put(tx, provision.Users, u); err != nil {
					return err
				}
			}
		}
		return nil
	})
	want := table.sorted(records, provision.UserKey{}, provision.UserKey{})
	view(t, s, func(v *store.View) error {
		if err := wantUsers(t, v, records); err != nil {
			return err
		}
		for n, after := range append([]provision.UserKey{{}}, want[:len(want)-1]...) {
			found, err := table.collect(v, provision.UserKey{Domain: noise(0, 2040)}, after, 0)
			if err != nil {
				return err
			}
			wantEqual(t, fmt.Sprint("keys after ", n), want[n:], table.keys(found))
		}
		return nil
	})
	update(t, s, func(tx *store.Tx) error {
		var err error
		for key := range records {
			err = errors.Join(err, store.Delete(tx, provision.Users, key))
		}
		return err
	})
}

// noise makes text that no compression shortens much.
func noise(seed, length int) string {
	random := rand.New(rand.NewPCG(uint64(seed), 1))
	text := make([]byte, length)
	for i := range text {
		text[i] = byte('!' + random.IntN(90))
	}
	return string(text)
}
