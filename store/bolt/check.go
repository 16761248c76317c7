package bolt

import (
	"context"
	"fmt"

	"go.etcd.io/bbolt"

	"github.com/dsappd/dsappd/store"
)

// maxFaults is how many faults Check describes before it gives up.
const maxFaults = 1000

// Check runs bbolt's own check of the pages, and then one of the revisions.
// No commit runs meanwhile, because bbolt's check reads the list of free
// pages, which every commit changes.
func (e *Engine) Check(ctx context.Context) ([]string, error) {
	writer, err := e.db.Begin(true)
	if err != nil {
		return nil, fmt.Errorf("check store file: %w", err)
	}
	defer func() { _ = writer.Rollback() }()
	tx, err := e.db.Begin(false)
	if err != nil {
		return nil, fmt.Errorf("check store file: %w", err)
	}
	defer func() { _ = tx.Rollback() }()
	faults := checkPages(tx)
	if len(faults) > 0 {
		return faults, nil // the tree cannot be walked safely
	}
	return checkRevisions(ctx, tx)
}

// checkPages drains the channel to its end: bbolt's check cannot be stopped.
func checkPages(tx *bbolt.Tx) []string {
	var faults []string
	for err := range tx.Check() {
		if len(faults) < maxFaults {
			faults = append(faults, fmt.Sprintf("store file: %v", err))
		}
	}
	return faults
}

func checkRevisions(ctx context.Context, tx *bbolt.Tx) ([]string, error) {
	var faults []string
	records := tx.Bucket([]byte(recordsBucket))
	newest := records.Sequence()
	cursor := records.Cursor()
	for key, value := cursor.First(); key != nil && len(faults) < maxFaults; key, value = cursor.Next() {
		if err := ctx.Err(); err != nil {
			return nil, fmt.Errorf("check store file: %w", err)
		}
		switch _, revision, err := splitRevision(value); {
		case len(key) > store.MaxKeySize:
			faults = append(faults, fmt.Sprintf("store file: key %.40q... of %d bytes: at most %d are allowed", key, len(key), store.MaxKeySize))
		case err != nil:
			faults = append(faults, fmt.Sprintf("store file: key %q: %v", key, err))
		case revision == 0 || revision > newest:
			faults = append(faults, fmt.Sprintf("store file: key %q has revision %d, commits have reached %d", key, revision, newest))
		}
	}
	return faults, nil
}
