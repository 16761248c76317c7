package storetest

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/dsappd/dsappd/internal/audit"

	"github.com/dsappd/dsappd/store"
)

// childFolder is the environment variable that makes RunReopen, in a process
// that it started itself, write into that folder until it is killed.
const childFolder = "DSAPPD_STORETEST_FOLDER"

// RunReopen tests what is there when a store is opened again, after it was
// closed and after its process was killed. It must be called directly by a
// test function, which the killed process runs too.
func RunReopen(t *testing.T, open Open) {
	if dir := os.Getenv(childFolder); dir != "" {
		writeUntilKilled(t, open, dir)
		return
	}
	t.Run("Close", func(t *testing.T) { testReopen(t, open) })
	t.Run("CloseDrains", func(t *testing.T) { testCloseDrains(t, open) })
	kill := processOf(t)
	t.Run("Kill", func(t *testing.T) { testKill(t, open, kill) })
}

func testReopen(t *testing.T, open Open) {
	dir := t.TempDir()
	seen := map[uint64]bool{}
	for n := range 4 {
		s := opened(t, open, dir)
		wantCount(t, s, "a", n)
		if n > 0 && !seen[revisionOf(t, s, "a")] {
			t.Error("the revision changed between closing and opening")
		}
		update(t, s, func(tx *store.Tx) error { return increment(tx, "a") })
		revision := revisionOf(t, s, "a")
		if seen[revision] {
			t.Errorf("revision %d came before the store was closed", revision)
		}
		seen[revision] = true
		checkAndClose(t, s)
	}
}

// What Close finds under way is either answered and kept, or refused and
// not there.
func testCloseDrains(t *testing.T, open Open) {
	dir := t.TempDir()
	s := opened(t, open, dir)
	const workers = 32
	var kept [workers]int
	var committed atomic.Int32
	together(workers+1, func(i int) {
		if i == workers {
			for committed.Load() < 2*workers {
				wantSomething(t, s)
			}
			if err := s.Close(); err != nil {
				t.Errorf("Close: %v", err)
			}
			return
		}
		for {
			err := s.Update(t.Context(), func(tx *store.Tx) error { return increment(tx, fmt.Sprint(i)) })
			if err != nil {
				wantError(t, "Update", err, store.ErrClosed)
				return
			}
			kept[i]++
			committed.Add(1)
		}
	})
	s = opened(t, open, dir)
	for i, want := range kept {
		wantCount(t, s, fmt.Sprint(i), want)
	}
}

// wantSomething reads, and so lets the writers run.
func wantSomething(t failer, s *store.Store) {
	view(t, s, func(v *store.View) error { _, err := count(v, "0"); return err })
}

// processOf makes the command that runs this test function alone, in another
// process.
func processOf(t *testing.T) func(dir string) *exec.Cmd {
	name := "^" + strings.ReplaceAll(regexp.QuoteMeta(t.Name()), "/", "$/^") + "$"
	return func(dir string) *exec.Cmd {
		child := exec.CommandContext(t.Context(), os.Args[0], "-test.run="+name, "-test.timeout=60s")
		child.Env = append(os.Environ(), childFolder+"="+dir)
		child.Stderr = os.Stderr
		return child
	}
}

const acknowledged = "acknowledged "

// writeUntilKilled runs in the other process: it says what was committed as
// soon as Update has returned.
func writeUntilKilled(t *testing.T, open Open, dir string) {
	engine, err := open(dir)
	if err != nil {
		t.Fatal(err)
	}
	s := store.New(engine, []byte("record key"))
	together(8, func(worker int) {
		for n := 0; ; n++ {
			name := fmt.Sprint(os.Getpid(), "-", worker, "-", n)
			err := s.Update(t.Context(), func(tx *store.Tx) error {
				return errors.Join(increment(tx, fmt.Sprint(n%3)), store.Put(tx, audit.Events, event(name)))
			})
			if err != nil {
				t.Errorf("Update: %v", err)
				return
			}
			if _, err := os.Stdout.WriteString(acknowledged + name + "\n"); err != nil {
				return // nobody listens any more
			}
		}
	})
}

// Every commit that the killed process acknowledged is there, and every one
// that is there is there as a whole.
func testKill(t *testing.T, open Open, process func(dir string) *exec.Cmd) {
	dir := t.TempDir()
	all := 0
	for round := range 3 {
		names := killAfter(t, process(dir), 50+100*round)
		engine, err := open(dir)
		if err != nil {
			t.Fatal(err)
		}
		s := store.New(engine, []byte("record key"))
		found := events(t, s)
		for _, name := range names {
			if !found[name] {
				t.Errorf("round %d: %s was acknowledged and is lost", round, name)
			}
		}
		if all += len(names); len(found) < all {
			t.Errorf("round %d: %d of %d are left", round, len(found), all)
		}
		view(t, s, func(v *store.View) error {
			a, errA := count(v, "0")
			b, errB := count(v, "1")
			c, errC := count(v, "2")
			if a+b+c != len(found) {
				t.Errorf("round %d: the counters say %d, there are %d events", round, a+b+c, len(found))
			}
			return errors.Join(errA, errB, errC)
		})
		checkAndClose(t, s)
	}
}

// killAfter kills the process when it has acknowledged so much, and returns
// all that it did acknowledge.
func killAfter(t *testing.T, child *exec.Cmd, enough int) []string {
	t.Helper()
	output, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	var names []string
	lines := bufio.NewReader(output)
	for {
		line, err := lines.ReadString('\n')
		if err == io.EOF { // what was cut in the middle was not acknowledged
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		name, ok := strings.CutPrefix(strings.TrimSuffix(line, "\n"), acknowledged)
		if !ok {
			continue // the testing package's own words
		}
		if names = append(names, name); len(names) == enough {
			if err := child.Process.Kill(); err != nil {
				t.Fatal(err)
			}
		}
	}
	var exit *exec.ExitError
	if err := child.Wait(); !errors.As(err, &exit) || exit.Exited() || len(names) < enough {
		t.Fatalf("the process was not killed after %d acknowledgements but ended after %d: %v", enough, len(names), err)
	}
	return names
}
