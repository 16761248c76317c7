package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	mathrand "math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/dsappd/dsappd/internal/datafolder"
	"github.com/dsappd/dsappd/internal/operators"
	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/internal/server/admin"
)

// power records what the server writes under load, cuts the power at any place
// of the recording, and opens what is left.
func power() campaign {
	return campaign{
		name:       "power",
		about:      "cut the power: writes since the last sync are lost, torn and reordered, and what was answered holds",
		endless:    true,
		instrument: recording(),
		run:        runPower,
		mutants: []mutant{
			answersEarly(),
			{"no-sync", []edit{{"store/bolt/open.go", "db.AllocSize = growth", "db.AllocSize = growth\n\tdb.NoSync = true"}}},
			{"meta-before-data", []edit{{"go.etcd.io/bbolt/tx.go",
				"// gofail: var beforeSyncDataPages struct{}\n\t\tif err := fdatasync(tx.db); err != nil {", "if err := error(nil); err != nil {"}}},
		},
	}
}

// The limits of one recording: how long clients are at work at most, which is
// short, as each cut has all of it verified; and how long its cuts are tried
// before a new one is made, and how many at least.
const (
	recorded = 500 * time.Millisecond
	replayed = 10 * time.Second
	leastCut = 50
)

// storeFile is the one file of a folder whose writes are recorded.
const storeFile = "dsappd.db"

func runPower(r *rig) error {
	total := 0
	for !r.enough(total, leastCut) {
		o, err := r.record()
		if err != nil {
			return err
		}
		tried, err := o.replay(r)
		total += tried
		if err != nil {
			return err
		}
	}
	r.say("%d power cuts", total)
	return nil
}

// outage is a recording, of which each place is a power cut.
type outage struct {
	folder  string // as it was before
	store   []byte
	journal []journalEntry
}

// record records a server at work.
func (r *rig) record() (*outage, error) {
	dir, err := r.sample(cheapHashes()...)
	if err != nil {
		return nil, err
	}
	clients := everybody()
	if err := prepare(context.Background(), dir, clients); err != nil {
		return nil, err
	}
	o := &outage{folder: filepath.Join(r.dir, "before")}
	if err := os.RemoveAll(o.folder); err != nil {
		return nil, err
	}
	if err := copyFolder(o.folder, dir); err != nil {
		return nil, err
	}
	if o.store, err = os.ReadFile(filepath.Join(dir, storeFile)); err != nil {
		return nil, err
	}
	name := filepath.Join(r.dir, "journal")
	if err := r.writeJournal(name, dir, clients); err != nil {
		return nil, err
	}
	if o.journal, err = readJournal(name); err != nil {
		return nil, err
	}
	if len(o.journal) == 0 {
		return nil, errors.New("the program wrote nothing that could be recorded")
	}
	return o, os.RemoveAll(dir)
}

// writeJournal lets clients work with a server that notes its writes.
func (r *rig) writeJournal(name, dir string, clients []client) error {
	journal, err := os.OpenFile(name, os.O_CREATE|os.O_TRUNC|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	defer journal.Close()
	r.env = []string{journalVariable + "=" + name}
	server, err := r.serve(dir)
	if err != nil {
		return err
	}
	l := newLedger()
	l.journal = journal
	working, err := l.work(context.Background(), clients, server, dir)
	if err != nil {
		return err
	}
	time.Sleep(100*time.Millisecond + mathrand.N(recorded))
	return errors.Join(working.kill(server), l.failed)
}

// replay tries cuts, in no order, until one does not hold or the time is over,
// and returns how many.
func (o *outage) replay(r *rig) (tried int, err error) {
	failing, fail := context.WithCancelCause(context.Background())
	defer fail(nil)
	places := o.places(r, failing)
	var count atomic.Int64
	var all sync.WaitGroup
	for n := range runtime.GOMAXPROCS(0) {
		dir := filepath.Join(r.dir, fmt.Sprint("after", n))
		all.Go(func() {
			for place := range places {
				c := cuts[mathrand.IntN(len(cuts))]
				count.Add(1)
				if err := o.try(dir, place, c); err != nil {
					fail(fmt.Errorf("cut after %d of %d, leaving %s in %s: %w", place, len(o.journal), c, dir, err))
					return
				}
			}
		})
	}
	all.Wait()
	return int(count.Load()), context.Cause(failing)
}

// places sends places of the recording, in no order, until the time is over or
// a cut fails.
func (o *outage) places(r *rig, failing context.Context) <-chan int {
	places, end := make(chan int), time.Now().Add(replayed)
	go func() {
		defer close(places)
		for n, place := range mathrand.Perm(len(o.journal) + 1) {
			if n >= leastCut && time.Now().After(end) || r.enough(n, leastCut) {
				return
			}
			select {
			case places <- place:
			case <-failing.Done():
				return
			}
		}
	}()
	return places
}

// try opens what a power cut leaves, and compares it with what was answered
// before.
func (o *outage) try(dir string, place int, c cut) error {
	d, l := &disk{synced: slices.Clone(o.store)}, newLedger()
	for _, e := range o.journal[:place] {
		d.do(e)
		if e.kind == noted {
			l.note(e.line)
		}
	}
	if err := errors.Join(os.RemoveAll(dir), copyFolder(dir, o.folder)); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(dir, storeFile), d.after(c), 0o600); err != nil {
		return err
	}
	return reopen(dir, l, c == torn)
}

// reopen opens a folder, verifies it and goes on with it. Where a write was torn
// within a sector, check may say of the meta page that it is not whole: bbolt
// went on with the one before.
func reopen(dir string, l *ledger, torn bool) error {
	ctx := context.Background()
	folder, err := datafolder.Open(ctx, dir, datafolder.Source{Now: time.Now, Rand: rand.Reader, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		return fmt.Errorf("%w: it does not open any more: %w", errBroke, err)
	}
	door := operators.InProcess(folder, "torture", folder.Logger)
	err = errors.Join(l.compare(ctx, door, everybody()), goOn(ctx, folder, door))
	if err == nil {
		err = checked(ctx, door, func(p admin.Problem) bool { return torn && strings.Contains(p.Fault, "the meta page is not whole") })
	}
	return errors.Join(err, door.Close(), folder.Close())
}

// goOn seals what the cut left and decides something.
func goOn(ctx context.Context, folder *datafolder.Folder, door *operators.Door) error {
	if _, err := folder.Service.Audit.SealEndedRuns(ctx, nil); err != nil {
		return fmt.Errorf("%w: %w", errBroke, err)
	}
	if _, err := door.AddUser(ctx, provision.AddUser{UserID: "afterwards", StaticPassword: staticPassword}); err != nil {
		return fmt.Errorf("%w: %w", errBroke, err)
	}
	_, err := holds(ctx, door)
	return err
}

// copyFolder copies a folder with its modes, on which the program insists.
func copyFolder(to, from string) error {
	return filepath.WalkDir(from, func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		under, err := filepath.Rel(from, name)
		if err != nil {
			return err
		}
		if entry.IsDir() {
			return os.Mkdir(filepath.Join(to, under), info.Mode().Perm())
		}
		text, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(to, under), text, info.Mode().Perm())
	})
}
