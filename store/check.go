package store

import (
	"context"
	"errors"
	"fmt"

	"github.com/dsappd/dsappd/provision"
)

// The limits of Check: entries read from one snapshot, and problems after
// which it looks no further.
const (
	checkPage   = 1024
	maxProblems = 1000
)

const mendBackup = "restore the store from a backup"

// Check has the engine look for damage, and then looks whether every entry
// is a record that stands under its own key. How the records agree with each
// other is for provision.CheckRecords. The error says that Check could not
// go on; what it found before is still true.
func (s *Store) Check(ctx context.Context) ([]provision.Problem, error) {
	problems, err := s.engine.Check(ctx)
	if err != nil || len(problems) > 0 {
		return problems, err
	}
	kinds := recordChecks(s.authenticator)
	for after, more := "", true; more; {
		var found []provision.Problem
		found, after, more, err = s.checkPage(ctx, kinds, after)
		problems = append(problems, found...)
		if err != nil {
			return problems, fmt.Errorf("check store: %w", err)
		}
		more = more && len(problems) < maxProblems
	}
	return problems, nil
}

// recordCheck looks at an entry of one kind.
type recordCheck func(Entry) error

func recordChecks(a *authenticator) map[string]recordCheck {
	return map[string]recordCheck{
		domains().name:            checkEntry(a, domains()),
		users().name:              checkEntry(a, users()),
		authenticators().name:     checkEntry(a, authenticators()),
		registrations().name:      checkEntry(a, registrations()),
		components().name:         checkEntry(a, components()),
		policies().name:           checkEntry(a, policies()),
		auditEvents().name:        checkEntry(a, auditEvents()),
		auditRequests().name:      checkEntry(a, auditRequests()),
		auditSeals().name:         checkEntry(a, auditSeals()),
		auditRuns().name:          checkEntry(a, auditRuns()),
		auditAnchors().name:       checkEntry(a, auditAnchors()),
		keyChecks().name:          checkEntry(a, keyChecks()),
		expiries().name:           checkEntry(a, expiries()),
		pastExpiries().name:       checkEntry(a, pastExpiries()),
		freeAuthenticators().name: checkEntry(a, freeAuthenticators()),
		gatewayKeys().name:        checkEntry(a, gatewayKeys()),
		strangers().name:          checkEntry(a, strangers()),
	}
}

func checkEntry[K, R any, P stored[R]](a *authenticator, k kind[K, R]) recordCheck {
	return func(entry Entry) error {
		_, err := decode[K, R, P](k, a, entry.Key, entry.Value, entry.Revision)
		if unreadable, ok := errors.AsType[*provision.UnreadableError](err); ok {
			return unreadable.Cause
		}
		return err
	}
}

func (s *Store) checkPage(ctx context.Context, kinds map[string]recordCheck, after string) (found []provision.Problem, last string, more bool, err error) {
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
		if fault := checkKind(kinds, entry); fault != nil {
			found = append(found, provision.Problem{Record: fmt.Sprintf("%.80q", splitKey(after)), Fault: fault.Error(), Mend: mendBackup})
		}
		if n++; n == checkPage {
			return found, after, true, nil
		}
	}
	return found, after, false, nil
}

func checkKind(kinds map[string]recordCheck, entry Entry) error {
	check, known := kinds[splitKey(entry.Key)[0]]
	if !known {
		return ErrUnknownKind
	}
	return check(entry)
}
