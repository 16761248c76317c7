package bolt

import (
	"context"
	"errors"
	"runtime"
	"strings"
	"testing"
	"time"

	"go.etcd.io/bbolt"

	"github.com/dsappd/dsappd/store"
)

// gate stops the writer inside its commits.
type gate struct {
	entered chan struct{} // a commit has come to the gate
	open    chan struct{} // let one through
}

func closeGate(e *Engine) gate {
	g := gate{make(chan struct{}, 100), make(chan struct{}, 100)}
	e.commit = func(tx *bbolt.Tx) error {
		g.entered <- struct{}{}
		<-g.open
		return tx.Commit()
	}
	return g
}

// queue starts a commit and returns when it is queued, as the n-th.
func (e *Engine) queueCommit(ctx context.Context, n int, reads []store.Read, writes []store.Write) chan error {
	result := make(chan error, 1)
	go func() { result <- e.Commit(ctx, reads, writes) }()
	for len(e.queue) < n {
		runtime.Gosched()
	}
	return result
}

func wantResult(t *testing.T, what string, result chan error, want error) {
	t.Helper()
	if err := <-result; !errors.Is(err, want) {
		t.Errorf("%s: got %v, want %v", what, err, want)
	}
}

func TestGroup(t *testing.T) {
	e := fresh(t)
	g := closeGate(e)
	first := e.queueCommit(t.Context(), 0, nil, put("busy", "1"))
	<-g.entered
	a := e.queueCommit(t.Context(), 1, []store.Read{{Key: "k"}}, put("k", "a"))
	b := e.queueCommit(t.Context(), 2, []store.Read{{Key: "k"}}, put("k", "b"))
	c := e.queueCommit(t.Context(), 3, []store.Read{{Key: "other"}}, put("other", "c"))
	d := e.queueCommit(t.Context(), 4, []store.Read{{Key: "other"}}, nil)
	g.open <- struct{}{}
	wantResult(t, "first", first, nil)
	<-g.entered
	if len(e.queue) != 0 {
		t.Errorf("%d requests are not in the group", len(e.queue))
	}
	g.open <- struct{}{}
	wantResult(t, "a", a, nil)
	wantResult(t, "b, after a", b, store.ErrConflict)
	wantResult(t, "c", c, nil)
	wantResult(t, "d, which only reads, after c", d, store.ErrConflict)
	wantContents(t, e, map[string]string{"busy": "1", "k": "a", "other": "c"})
}

func TestCommitCancelledInQueue(t *testing.T) {
	e := fresh(t)
	g := closeGate(e)
	first := e.queueCommit(t.Context(), 0, nil, put("busy", "1"))
	<-g.entered
	ctx, cancel := context.WithCancel(t.Context())
	cancelled := e.queueCommit(ctx, 1, nil, put("cancelled", "1"))
	kept := e.queueCommit(t.Context(), 2, nil, put("kept", "1"))
	cancel()
	wantResult(t, "cancelled while the writer is busy", cancelled, context.Canceled)
	close(g.open)
	wantResult(t, "first", first, nil)
	wantResult(t, "its neighbour", kept, nil)
	wantContents(t, e, map[string]string{"busy": "1", "kept": "1"})
	if err := e.Commit(ctx, nil, put("cancelled", "2")); !errors.Is(err, context.Canceled) {
		t.Errorf("Commit with a context that has ended: %v", err)
	}
}

func TestCommitCancelledInWriter(t *testing.T) {
	e := fresh(t)
	g := closeGate(e)
	ctx, cancel := context.WithCancel(t.Context())
	taken := e.queueCommit(ctx, 0, nil, put("k", "v"))
	<-g.entered
	cancel()
	close(g.open)
	wantResult(t, "cancelled while it is written", taken, nil)
	wantContents(t, e, map[string]string{"k": "v"})
}

func TestCloseDrains(t *testing.T) {
	e := filled(t)
	g := closeGate(e)
	first := e.queueCommit(t.Context(), 0, nil, put("first", "1"))
	<-g.entered
	queued := e.queueCommit(t.Context(), 1, nil, put("queued", "1"))
	closed := make(chan error, 1)
	go func() { closed <- e.Close() }()
	for !e.isClosed() {
		runtime.Gosched()
	}
	if err := e.Commit(t.Context(), nil, put("late", "1")); !errors.Is(err, store.ErrClosed) {
		t.Errorf("Commit after Close: %v", err)
	}
	close(g.open)
	wantResult(t, "first", first, nil)
	wantResult(t, "queued", queued, nil)
	wantResult(t, "Close", closed, nil)
	if _, err := e.Snapshot(t.Context()); !errors.Is(err, store.ErrClosed) {
		t.Errorf("Snapshot after Close: %v", err)
	}
	e, err := Open(e.path)
	if err != nil {
		t.Fatal(err)
	}
	wantContents(t, e, map[string]string{"k": "v", "first": "1", "queued": "1"})
	checkAndClose(t, e)
}

func (e *Engine) isClosed() bool {
	e.closing.RLock()
	defer e.closing.RUnlock()
	return e.closed
}

// A full disk is answered to the whole group, and when there is room again
// the store goes on.
func TestDiskFull(t *testing.T) {
	e := fresh(t)
	mustCommit(t, e, put("k", "v"))
	e.db.MaxSize = growth
	long := put("long", strings.Repeat("v", store.MaxValueSize))
	g := closeGate(e)
	first := e.queueCommit(t.Context(), 0, nil, put("first", "1"))
	<-g.entered
	full := e.queueCommit(t.Context(), 1, nil, long)
	with := e.queueCommit(t.Context(), 2, nil, put("with", "1"))
	conflict := e.queueCommit(t.Context(), 3, []store.Read{{Key: "k"}}, put("k", "2"))
	close(g.open)
	wantResult(t, "first", first, nil)
	for name, result := range map[string]chan error{"full": full, "with": with} {
		if err := <-result; err == nil || errors.Is(err, store.ErrUncertain) || errors.Is(err, store.ErrConflict) {
			t.Errorf("%s: %v", name, err)
		}
	}
	wantResult(t, "conflict", conflict, store.ErrConflict)
	wantContents(t, e, map[string]string{"k": "v", "first": "1"})
	e.db.MaxSize = 0
	mustCommit(t, e, long)
}

// A commit that shows but whose fsync failed is in doubt, and so is all that
// would follow it.
func TestCommitInDoubt(t *testing.T) {
	broken := errors.New("the disk is broken")
	for name, commit := range map[string]func(*bbolt.Tx) error{
		"error": func(tx *bbolt.Tx) error { return errors.Join(tx.Commit(), broken) },
		"panic": func(tx *bbolt.Tx) error { panic(errors.Join(tx.Commit(), broken)) },
	} {
		t.Run(name, func(t *testing.T) {
			e := filled(t)
			e.commit = commit
			if err := e.Commit(t.Context(), nil, put("k", "2")); !errors.Is(err, store.ErrUncertain) || !strings.Contains(err.Error(), broken.Error()) {
				t.Errorf("the commit in doubt: %v", err)
			}
			var stopped *StoppedError
			if err := e.Commit(t.Context(), nil, put("k", "3")); !errors.As(err, &stopped) || errors.Is(err, store.ErrUncertain) {
				t.Errorf("Commit after it: %v", err)
			}
			if _, err := e.Snapshot(t.Context()); !errors.As(err, &stopped) {
				t.Errorf("Snapshot after it: %v", err)
			}
			select {
			case <-e.Stopped():
			default:
				t.Error("Stopped is open")
			}
			if err := e.Close(); err != nil {
				t.Fatal(err)
			}
			e, err := Open(e.path)
			if err != nil {
				t.Fatal(err)
			}
			wantContents(t, e, map[string]string{"k": "2"})
			checkAndClose(t, e)
		})
	}
}

func TestCommitPanicsBeforeWriting(t *testing.T) {
	e := fresh(t)
	e.commit = func(*bbolt.Tx) error { panic("out of order") }
	err := e.Commit(t.Context(), nil, put("k", "v"))
	if err == nil || errors.Is(err, store.ErrUncertain) || !strings.Contains(err.Error(), "out of order") {
		t.Errorf("Commit: %v", err)
	}
	wantContents(t, e, map[string]string{})
	e.commit = (*bbolt.Tx).Commit
	mustCommit(t, e, put("k", "v"))
}

func TestCommitRefusesSizes(t *testing.T) {
	e := fresh(t)
	for name, writes := range map[string][]store.Write{
		"no key":     put("", "v"),
		"long key":   put(strings.Repeat("k", store.MaxKeySize+1), "v"),
		"long value": put("k", strings.Repeat("v", store.MaxValueSize+1)),
	} {
		if err := e.Commit(t.Context(), nil, writes); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	longest := strings.Repeat("k", store.MaxKeySize)
	mustCommit(t, e, put(longest, ""))
	wantContents(t, e, map[string]string{longest: ""})
}

// A commit that the writer does not come to is given up, and nothing of it is
// written; one that the writer has taken is waited for.
func TestCommitWaitsNoLongerThanPatience(t *testing.T) {
	e := fresh(t)
	g := closeGate(e)
	first := e.queueCommit(t.Context(), 0, nil, put("busy", "1"))
	<-g.entered
	e.patience = time.Millisecond
	late := e.queueCommit(t.Context(), 0, nil, put("late", "1"))
	wantResult(t, "while the writer is held up", late, store.ErrOverloaded)
	close(g.open)
	wantResult(t, "first", first, nil)
	wantContents(t, e, map[string]string{"busy": "1"})
}

// A full queue is waited for no longer than that either.
func TestSubmitWaitsNoLongerThanPatience(t *testing.T) {
	e := &Engine{queue: make(chan *request), patience: time.Millisecond}
	if err := e.Commit(t.Context(), nil, put("late", "1")); !errors.Is(err, store.ErrOverloaded) {
		t.Errorf("Commit with a full queue: %v", err)
	}
}
