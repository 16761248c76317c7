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

// State keeps what the records of a server were, and the phones and credentials
// that go with them. The audit, which is a record of all that was decided, is no
// part of it and goes on. It may be used by many at once.
type State struct {
	// Records are the server's. It is set before the first use.
	Records *store.Store

	mu     sync.Mutex
	named  map[string]kept
	first  kept // what reset returns to
	beside beside
}

// beside is what a lab has beside the records.
type beside struct {
	credentials Credentials
	phones      map[string]activatedPhone // by serial number, or an instance's name
}

// kept is what there was at one time.
type kept struct {
	records *store.Image
	beside
}

// keep returns what there is now. The caller holds mu.
func (s *State) keep(ctx context.Context) (kept, error) {
	image, err := s.Records.Image(ctx, isAudit)
	return kept{image, beside{s.beside.credentials.clone(), maps.Clone(s.beside.phones)}}, err
}

// bring brings back what there was. The caller holds mu.
func (s *State) bring(ctx context.Context, k kept) error {
	if err := s.Records.Restore(ctx, k.records, isAudit); err != nil {
		return err
	}
	s.beside = beside{k.credentials.clone(), maps.Clone(k.phones)}
	return nil
}

// Credentials returns the passwords and keys that are known.
func (s *State) Credentials() Credentials {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.beside.credentials.clone()
}

// Know adds passwords and keys to those that are known.
func (s *State) Know(more Credentials) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.beside.credentials = s.beside.credentials.with(more)
}

// isAudit reports whether a kind of records belongs to the audit.
func isAudit(kind string) bool {
	return slices.Contains([]string{audit.Events.Name, audit.Requests.Name, audit.Seals.Name, audit.Runs.Name, audit.Anchors.Name}, kind)
}

// Begin makes what the records are now the state that Reset returns to.
func (s *State) Begin(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	now, err := s.keep(ctx)
	if err != nil {
		return err
	}
	s.first = now
	return nil
}

var snapshotName = regexp.MustCompile(`^[A-Za-z0-9._-]{1,64}$`)

// Snapshot keeps what there is under a name, in place of what it had.
func (s *State) Snapshot(ctx context.Context, name string) error {
	if !snapshotName.MatchString(name) {
		return fmt.Errorf("%w: a snapshot has a name of 1 to 64 letters, digits, dots, dashes and underscores: give one such as before-lock", ErrRefused)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, again := s.named[name]; !again && len(s.named) == maxSnapshots {
		return fmt.Errorf("%w: there are %d snapshots, and no room for more: give one of their names: %s", ErrRefused, maxSnapshots, s.names())
	}
	now, err := s.keep(ctx)
	if err != nil {
		return err
	}
	if s.named == nil {
		s.named = make(map[string]kept)
	}
	s.named[name] = now
	return nil
}

// Restore brings back what there was at a snapshot.
func (s *State) Restore(ctx context.Context, name string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	was, is := s.named[name]
	if !is {
		return fmt.Errorf("%w: there is no snapshot %q: there are: %s; make one with: dsappd lab snapshot %s", ErrRefused, name, s.names(), "before-lock")
	}
	return s.bring(ctx, was)
}

func (s *State) names() string {
	if len(s.named) == 0 {
		return "none"
	}
	return strings.Join(slices.Sorted(maps.Keys(s.named)), ", ")
}

// reset brings back what the server began with.
func (s *State) reset(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.bring(ctx, s.first)
}

// Reset brings a lab back to what it began with: the records, the clock, no
// faults, no phones and no requests. Snapshots stay.
func (l *Lab) Reset(ctx context.Context) error {
	if err := l.State.reset(ctx); err != nil {
		return err
	}
	_, _ = l.Faults.Clear(0)
	l.Requests.Clear()
	l.Clock.Reset()
	return nil
}
