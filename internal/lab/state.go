package lab

import (
	"context"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/dsappd/dsappd/internal/audit"
	"github.com/dsappd/dsappd/store"
)

// maxSnapshots bounds how many snapshots are kept, in memory.
const maxSnapshots = 32

// State keeps what the records of a server were. The audit, which is a record of
// all that was decided, is no part of it and goes on. It may be used by many at
// once.
type State struct {
	// Records are the server's. It is set before the first use.
	Records *store.Store

	mu    sync.Mutex
	named map[string]*store.Image
	first *store.Image // what reset returns to
}

// isAudit reports whether a kind of records belongs to the audit.
func isAudit(kind string) bool {
	return slices.Contains([]string{audit.Events.Name, audit.Requests.Name, audit.Seals.Name, audit.Runs.Name, audit.Anchors.Name}, kind)
}

// Begin has Reset return to what the records are now.
func (s *State) Begin(ctx context.Context) error {
	image, err := s.Records.Image(ctx, isAudit)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.first = image
	return nil
}

var snapshotName = regexp.MustCompile(`^[A-Za-z0-9._-]{1,64}$`)

// Snapshot keeps the records under a name, in place of those that it had.
func (s *State) Snapshot(ctx context.Context, name string) error {
	if !snapshotName.MatchString(name) {
		return fmt.Errorf("%w: a snapshot has a name of 1 to 64 letters, digits, dots, dashes and underscores: give one such as before-lock", ErrRefused)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, again := s.named[name]; !again && len(s.named) == maxSnapshots {
		return fmt.Errorf("%w: there are %d snapshots, and no room for more: give one of their names: %s", ErrRefused, maxSnapshots, s.names())
	}
	image, err := s.Records.Image(ctx, isAudit)
	if err != nil {
		return err
	}
	if s.named == nil {
		s.named = make(map[string]*store.Image)
	}
	s.named[name] = image
	return nil
}

// Restore brings the records back to those of a snapshot.
func (s *State) Restore(ctx context.Context, name string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	image, is := s.named[name]
	if !is {
		return fmt.Errorf("%w: there is no snapshot %q: there are: %s; make one with: dsappd lab snapshot %s", ErrRefused, name, s.names(), "before-lock")
	}
	return s.Records.Restore(ctx, image, isAudit)
}

func (s *State) names() string {
	if len(s.named) == 0 {
		return "none"
	}
	return strings.Join(slices.Sorted(maps.Keys(s.named)), ", ")
}

// reset brings the records back to what the server began with.
func (s *State) reset(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.Records.Restore(ctx, s.first, isAudit)
}

// Reset brings a lab back to what it began with: the records, the clock, no
// faults and no requests. Snapshots stay.
func (l *Lab) Reset(ctx context.Context) error {
	if err := l.State.reset(ctx); err != nil {
		return err
	}
	_, _ = l.Faults.Clear(0)
	l.Requests.Clear()
	l.Clock.Reset()
	return nil
}
