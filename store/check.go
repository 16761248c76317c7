package store

import (
	"context"
	"fmt"
)

// The limits of Check: entries read from one snapshot, and problems after
// which it looks no further.
const (
	checkPage   = 1024
	maxProblems = 1000
)

// Problem is damage that a check found: of a record, or between records.
type Problem struct {
	Record string // which
	Fault  string // what is wrong
	Mend   string // what puts it right
}

func (p Problem) String() string { return p.Record + ": " + p.Fault + "; " + p.Mend }

const mendBackup = "restore the store from a backup"

// Check lets the engine look for damage, and then looks whether every entry is
// a record of one of the kinds that stands under its own key. The error says
// that Check could not go on; what it found before is still true.
func (s *Store) Check(ctx context.Context, kinds ...AnyKind) ([]Problem, error) {
	problems, err := s.engine.Check(ctx)
	if err != nil || len(problems) > 0 {
		return problems, err
	}
	named := byName(kinds)
	for after, more := "", true; more; {
		var found []Problem
		found, after, more, err = s.checkPage(ctx, named, after)
		problems = append(problems, found...)
		if err != nil {
			return problems, fmt.Errorf("check store: %w", err)
		}
		more = more && len(problems) < maxProblems
	}
	return problems, nil
}

func (s *Store) checkPage(ctx context.Context, kinds map[string]AnyKind, after string) (found []Problem, last string, more bool, err error) {
	snapshot, err := s.engine.Snapshot(ctx)
	if err != nil {
		return nil, after, false, err
	}
	defer snapshot.Close()
	n := 0
	for entry, err := range snapshot.Scan("", after) {
		if err != nil {
			return found, after, false, err
		}
		after = entry.Key
		if fault := s.checkKind(kinds, entry); fault != nil {
			found = append(found, Problem{Record: fmt.Sprintf("%.80q", splitKey(after)), Fault: fault.Error(), Mend: mendBackup})
		}
		if n++; n == checkPage {
			return found, after, true, nil
		}
	}
	return found, after, false, nil
}

func (s *Store) checkKind(kinds map[string]AnyKind, entry Entry) error {
	kind, known := kinds[splitKey(entry.Key)[0]]
	if !known {
		return ErrUnknownKind
	}
	return kind.checkEntry(s.authenticator, entry)
}
