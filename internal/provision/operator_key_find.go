package provision

import (
	"context"
	"errors"
	"fmt"

	"github.com/dsappd/dsappd/store"
)

// FindOperatorKey finds the record of a key that somebody has sent, among the
// records as they are now.
func (s *Service) FindOperatorKey(ctx context.Context, key string) (found OperatorKey, is bool, err error) {
	found, is, err = findKey(ctx, s, OperatorKeys, &s.tables.operatorKeys, key)
	if err != nil {
		return found, is, fmt.Errorf("operators' keys: %w", err)
	}
	return found, is, nil
}

// HoldsOperatorKey reports whether a key that was found is still there, as it was.
func (s *Service) HoldsOperatorKey(ctx context.Context, found OperatorKey) (holds bool, err error) {
	err = s.Store.View(ctx, func(v *store.View) error {
		now, err := store.Get(v, OperatorKeys, found.Name)
		if errors.Is(err, store.ErrNotFound) {
			holds = false
			return nil
		}
		holds = now.is(found.Digest) && now.ReadOnly == found.ReadOnly
		return err
	})
	return holds, err
}
