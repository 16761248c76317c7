package storetest

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"

	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/store"
)

// The test of serialisability follows Kingsbury and Alvaro, "Elle: inferring
// isolation anomalies from experimental observations" (2020): transactions
// read lists and append their own number to some. The final lists say in
// which order they wrote, what each one read says behind whom and before
// whom it stands, and if all of that together runs in a circle there is no
// order in which they could have run one after the other.

// transaction is what a committed Update did to the lists, by their names.
type transaction struct {
	read    map[string]int // how much of the list it saw
	appends []string
}

const lists, transactions = 5, 400

func testSerialisable(t *testing.T, s *store.Store) {
	var mutex sync.Mutex
	history := map[string]transaction{}
	together(8, func(worker int) {
		random := rand.New(rand.NewPCG(1, uint64(worker)))
		for n := range transactions / 8 {
			number := fmt.Sprint(worker, "-", n)
			done, err := appendToSome(s, t, number, random.Perm(lists)[:3], random.IntN(4))
			if err != nil {
				t.Errorf("Update: %v", err)
				return
			}
			mutex.Lock()
			history[number] = done
			mutex.Unlock()
		}
	})
	final := map[string][]string{}
	view(t, s, func(v *store.View) error {
		for u, err := range store.Scan(v, provision.Users, provision.UserKey{}, provision.UserKey{}) {
			if err != nil {
				return err
			}
			final[u.UserID] = u.SerialNumbers
		}
		return nil
	})
	wantAppended(t, history, final)
	if circle := circleIn(precedence(history, final)); circle != nil {
		t.Errorf("no order explains these transactions: %q", circle)
	}
}

// appendToSome reads the chosen lists and appends the number to the first
// writes of them.
func appendToSome(s *store.Store, t *testing.T, number string, chosen []int, writes int) (transaction, error) {
	var done transaction
	err := s.Update(t.Context(), func(tx *store.Tx) error {
		done = transaction{read: map[string]int{}}
		for i, list := range chosen {
			u := counter(fmt.Sprint("list", list), 0)
			stored, err := store.Get(tx, provision.Users, u.Key())
			if err != nil && !errors.Is(err, store.ErrNotFound) {
				return err
			}
			done.read[u.UserID] = len(stored.SerialNumbers)
			if i >= writes {
				continue
			}
			done.appends = append(done.appends, u.UserID)
			u.SerialNumbers = append(stored.SerialNumbers, number)
			if err := store.Put(tx, provision.Users, u); err != nil {
				return err
			}
		}
		return nil
	})
	return done, err
}

// wantAppended makes sure that each list holds exactly what was appended.
func wantAppended(t *testing.T, history map[string]transaction, final map[string][]string) {
	want := map[string][]string{}
	for number, done := range history {
		for _, list := range done.appends {
			want[list] = append(want[list], number)
		}
	}
	for list, numbers := range want {
		got := slices.Sorted(slices.Values(final[list]))
		slices.Sort(numbers)
		wantEqual(t, list, numbers, got)
	}
}

// precedence says who must come before whom.
func precedence(history map[string]transaction, final map[string][]string) map[string][]string {
	before := map[string][]string{}
	for _, numbers := range final {
		for i := 1; i < len(numbers); i++ {
			before[numbers[i-1]] = append(before[numbers[i-1]], numbers[i])
		}
	}
	for number, done := range history {
		for list, seen := range done.read {
			if seen > 0 && final[list][seen-1] != number {
				writer := final[list][seen-1]
				before[writer] = append(before[writer], number)
			}
			if seen < len(final[list]) && final[list][seen] != number {
				before[number] = append(before[number], final[list][seen])
			}
		}
	}
	return before
}

// circleIn finds a circle, nil when there is none.
func circleIn(before map[string][]string) []string {
	finished := map[string]bool{}
	var path []string
	var visit func(string) []string
	visit = func(number string) []string {
		if at := slices.Index(path, number); at >= 0 {
			return append(slices.Clone(path[at:]), number)
		}
		if finished[number] {
			return nil
		}
		path = append(path, number)
		for _, next := range before[number] {
			if circle := visit(next); circle != nil {
				return circle
			}
		}
		path = path[:len(path)-1]
		finished[number] = true
		return nil
	}
	for number := range before {
		if circle := visit(number); circle != nil {
			return circle
		}
	}
	return nil
}
