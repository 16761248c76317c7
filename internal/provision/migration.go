package provision

import (
	"context"
	"fmt"
)

// NoteMigration records in the audit that an operator brought the store from
// one schema version to another, and what changed on the way.
func (s *Service) NoteMigration(ctx context.Context, operator Operator, from, to int, notes []string) error {
	_, err := perform(ctx, s, operatorEvent("migrate", operator), func(f *frame) (struct{}, error) {
		f.checked("schema", fmt.Sprintf("from %d to %d", from, to))
		for _, note := range notes {
			f.checked("migrated", note)
		}
		return struct{}{}, nil
	})
	return err
}

// NoteCompaction records in the audit that an operator has had the store
// written anew, without what nothing uses.
func (s *Service) NoteCompaction(ctx context.Context, operator Operator) error {
	_, err := perform(ctx, s, operatorEvent("compact", operator), func(*frame) (struct{}, error) { return struct{}{}, nil })
	return err
}

// NoteBackup records in the audit that an operator has had the store copied.
func (s *Service) NoteBackup(ctx context.Context, operator Operator) error {
	_, err := perform(ctx, s, operatorEvent("backup", operator), func(*frame) (struct{}, error) { return struct{}{}, nil })
	return err
}
