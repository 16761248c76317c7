package storetest

import (
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/dsappd/dsappd/internal/audit"
	"github.com/dsappd/dsappd/store"
)

// Outage ends the database that engines are open on, as a loss of power does, and
// has it answer again.
type Outage interface {
	Kill() error
	Restart() error
}

// RunOutage tests what callers may rely on when the database of several engines
// dies under load and comes back: nothing that was acknowledged is lost, nothing
// that was refused is there, and the engines go on by themselves.
func RunOutage(t *testing.T, open Open, database Outage) {
	dir := t.TempDir()
	var all []*store.Store
	for range servers {
		all = append(all, opened(t, open, dir))
	}
	var ledger ledger
	for round := range 2 {
		ledger.playOutage(t, all, database, round)
	}
	ledger.check(t, all[0])
}

// ledger counts what became of each of many Updates.
type ledger struct{ acknowledged, refused, uncertain [8]map[string]bool }

// afterwards is how long a round goes on once the database is back.
const afterwards = 30

func (l *ledger) playOutage(t *testing.T, all []*store.Store, database Outage, round int) {
	var commits, since atomic.Int32
	var back atomic.Bool
	workers := len(l.acknowledged)
	together(workers+1, func(i int) {
		if i == workers {
			for commits.Load() < 30 && !t.Failed() {
				time.Sleep(time.Millisecond)
			}
			if err := errors.Join(database.Kill(), database.Restart()); err != nil {
				t.Errorf("outage: %v", err)
			}
			back.Store(true)
			return
		}
		for n := 0; since.Load() < afterwards && !t.Failed(); n++ {
			name := fmt.Sprint(round, "-", i, "-", n)
			l.note(i, name, all[i%len(all)].Update(t.Context(), func(tx *store.Tx) error {
				return errors.Join(increment(tx, fmt.Sprint(i)), store.Put(tx, audit.Events, event(name)))
			}))
			commits.Add(1)
			if back.Load() && l.acknowledged[i][name] {
				since.Add(1)
			}
		}
	})
}

func (l *ledger) note(worker int, name string, err error) {
	into := &l.refused[worker]
	switch {
	case err == nil:
		into = &l.acknowledged[worker]
	case errors.Is(err, store.ErrUncertain):
		into = &l.uncertain[worker]
	}
	if *into == nil {
		*into = map[string]bool{}
	}
	(*into)[name] = true
}

func (l *ledger) check(t *testing.T, s *store.Store) {
	found := events(t, s)
	for worker := range l.acknowledged {
		mine := 0
		for name := range l.acknowledged[worker] {
			if mine++; !found[name] {
				t.Errorf("%s was acknowledged and is lost", name)
			}
		}
		for name := range l.refused[worker] {
			if found[name] {
				t.Errorf("%s was refused and is there", name)
			}
		}
		for name := range l.uncertain[worker] {
			if found[name] {
				mine++
			}
		}
		wantCount(t, s, fmt.Sprint(worker), mine)
	}
	var acknowledged, refused, uncertain int
	for worker := range l.acknowledged {
		acknowledged += len(l.acknowledged[worker])
		refused += len(l.refused[worker])
		uncertain += len(l.uncertain[worker])
	}
	t.Logf("acknowledged %d, refused %d, uncertain %d", acknowledged, refused, uncertain)
}
