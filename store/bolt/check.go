package bolt

import (
	"context"
	"errors"
	"fmt"

	"go.etcd.io/bbolt"

	"github.com/dsappd/dsappd/store"
)

// maxProblems is how many Check names before it gives up.
const maxProblems = 1000

const mendBackup = "restore the file from a backup"

// Check looks at the metas, at the tree of pages, at what bbolt's own check
// finds, at the checksum of each entry and at the totals of all. No commit runs
// meanwhile, because bbolt's check reads the list of free pages, which every
// commit changes.
func (e *Engine) Check(ctx context.Context) ([]store.Problem, error) {
	writer, err := e.begin(true)
	if err != nil {
		return nil, err
	}
	defer func() { _ = writer.Rollback() }()
	tx, err := e.begin(false)
	if err != nil {
		return nil, err
	}
	defer func() { _ = tx.Rollback() }()
	if err := checkTree(tx, e.path); errors.Is(err, errTree) {
		return []store.Problem{e.problem(err)}, nil // nobody may walk it
	} else if err != nil {
		return nil, fmt.Errorf("check store file: %w", err)
	}
	if problems := e.checkPages(tx); len(problems) > 0 {
		return problems, nil
	}
	return e.checkEntries(ctx, tx)
}

func (e *Engine) problem(err error) store.Problem {
	return store.Problem{Record: "store file " + e.path, Fault: err.Error(), Mend: mendBackup}
}

// checkPages drains the channel to its end: bbolt's check cannot be stopped.
func (e *Engine) checkPages(tx *bbolt.Tx) []store.Problem {
	var problems []store.Problem
	for err := range tx.Check() {
		if len(problems) < maxProblems {
			problems = append(problems, e.problem(err))
		}
	}
	return problems
}

func (e *Engine) checkEntries(ctx context.Context, tx *bbolt.Tx) ([]store.Problem, error) {
	var problems []store.Problem
	records := tx.Bucket([]byte(recordsBucket))
	found := totals{Sequence: records.Sequence()}
	cursor := records.Cursor()
	for key, entry := cursor.First(); key != nil && len(problems) < maxProblems; key, entry = cursor.Next() {
		if err := ctx.Err(); err != nil {
			return problems, fmt.Errorf("check store file: %w", err)
		}
		found.add(entry)
		if fault := faultOf(key, entry, found.Sequence); fault != "" {
			problems = append(problems, store.Problem{Record: fmt.Sprintf("key %.80q", key), Fault: fault, Mend: mendBackup})
		}
	}
	if e.meta != nil {
		problems = append(problems, e.problem(e.meta))
	}
	if want, err := readTotals(tx); err != nil {
		problems = append(problems, e.problem(err))
	} else if found != want {
		problems = append(problems, e.problem(fmt.Errorf("%w: found %+v, committed %+v", errTotals, found, want)))
	}
	return problems, nil
}

var errTotals = errors.New("the entries are not those that were committed")

// faultOf says what is wrong with an entry, if anything is, when the newest
// commit has the given revision.
func faultOf(key, entry []byte, newest uint64) string {
	_, revision, err := openEntry(key, entry)
	switch {
	case errors.Is(err, ErrNoRevision):
		return ErrNoRevision.Error()
	case err != nil:
		return ErrChecksum.Error()
	case len(key) > store.MaxKeySize:
		return fmt.Sprintf("it has %d bytes, at most %d are allowed", len(key), store.MaxKeySize)
	case revision == 0 || revision > newest:
		return fmt.Sprintf("its revision is %d, and commits have reached %d", revision, newest)
	}
	return ""
}
