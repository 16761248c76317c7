package datafolder

import (
	"bytes"
	"context"
	"crypto/rand"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/internal/sealing"
	"github.com/dsappd/dsappd/store"
	"github.com/dsappd/dsappd/store/memory"
)

// stalling lets some commits wait for the end of their time.
type stalling struct {
	store.Engine
	stalls  func(commit int64) bool // nil: none
	commits atomic.Int64
}

func (s *stalling) Commit(ctx context.Context, reads []store.Read, writes []store.Write) error {
	if s.stalls != nil && s.stalls(s.commits.Add(1)) {
		<-ctx.Done()
		return ctx.Err()
	}
	return s.Engine.Commit(ctx, reads, writes)
}

// The end of a run seals a tail of any length as long as that gets on, and says
// how much is left where it does not.
func TestFinishAudit(t *testing.T) {
	engine := &stalling{Engine: new(memory.Engine)}
	keys, err := sealing.New(bytes.Repeat([]byte{1}, keySize))
	if err != nil {
		t.Fatal(err)
	}
	f, err := newFolder(t.TempDir(), DefaultSettings(), keys, engine, Source{Now: time.Now, Rand: rand.Reader})
	if err != nil {
		t.Fatal(err)
	}
	f.Service.FreeBytes = 0
	const tail = 2500 // in three seals
	for range tail {
		_, err := f.Service.DSAPPSRPRegister(t.Context(), provision.Caller{Address: netip.MustParseAddr("192.0.2.1")}, provision.DSAPPSRPRegister{UserID: "user1"})
		if err == nil {
			t.Fatal("registered without a component")
		}
	}
	engine.stalls = func(int64) bool { return true }
	if err := f.finishAudit(50 * time.Millisecond); err == nil || !strings.Contains(err.Error(), "2500 decisions or more") {
		t.Errorf("an end that does not get on: %v", err)
	}
	engine.commits.Store(0)
	engine.stalls = func(commit int64) bool { return commit%2 == 0 }
	if err := f.finishAudit(time.Second); err != nil {
		t.Errorf("an end that gets on: %v", err)
	}
	if got := engine.commits.Load(); got != 5 {
		t.Errorf("%d commits for three seals, of which two stalled once; want 5", got)
	}
	found, err := f.Service.Audit.Verify(t.Context(), nil)
	if err != nil || len(found.Broken) > 0 || found.Unsealed > 0 || found.Events != tail {
		t.Errorf("verify: %+v, %v", found, err)
	}
}
