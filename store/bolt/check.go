package bolt

import (
	"context"
	"fmt"

	"go.etcd.io/bbolt"

	"github.com/dsappd/dsappd/provision"
	"github.com/dsappd/dsappd/store"
)

// maxProblems is how many Check names before it gives up.
const maxProblems = 1000

const mendBackup = "restore the file from a backup"

// Check runs bbolt's own check of the pages, and then one of the revisions.
// No commit runs meanwhile, because bbolt's check reads the list of free
// pages, which every commit changes.
func (e *Engine) Check(ctx context.Context) ([]provision.Problem, error) {
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
	problems := e.checkPages(tx)
	if len(problems) > 0 {
		return problems, nil // the tree cannot be walked safely
	}
	return checkRevisions(ctx, tx)
}

// checkPages drains the channel to its end: bbolt's check cannot be stopped.
func (e *Engine) checkPages(tx *bbolt.Tx) []provision.Problem {
	var problems []provision.Problem
	for err := range tx.Check() {
		if len(problems) < maxProblems {
			problems = append(problems, provision.Problem{Record: "store file " + e.path, Fault: err.Error(), Mend: mendBackup})
		}
	}
	return problems
}

func checkRevisions(ctx context.Context, tx *bbolt.Tx) ([]provision.Problem, error) {
	var problems []provision.Problem
	records := tx.Bucket([]byte(recordsBucket))
	newest := records.Sequence()
	cursor := records.Cursor()
	for key, value := cursor.First(); key != nil && len(problems) < maxProblems; key, value = cursor.Next() {
		if err := ctx.Err(); err != nil {
			return problems, fmt.Errorf("check store file: %w", err)
		}
		if fault := faultOf(key, value, newest); fault != "" {
			problems = append(problems, provision.Problem{Record: fmt.Sprintf("key %.80q", key), Fault: fault, Mend: mendBackup})
		}
	}
	return problems, nil
}

// faultOf says what is wrong with an entry, if anything is, when the newest
// commit has the given revision.
func faultOf(key, value []byte, newest uint64) string {
	_, revision, err := splitRevision(value)
	switch {
	case err != nil:
		return err.Error()
	case len(key) > store.MaxKeySize:
		return fmt.Sprintf("it has %d bytes, at most %d are allowed", len(key), store.MaxKeySize)
	case revision == 0 || revision > newest:
		return fmt.Sprintf("its revision is %d, and commits have reached %d", revision, newest)
	}
	return ""
}
