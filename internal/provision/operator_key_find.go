package provision

import (
	"context"
	"errors"
	"fmt"

	"github.com/dsappd/dsappd/store"
)

// FindOperatorKey finds the record of a key that somebody has sent. It compares it
// with every key, in constant time.
func (s *Service) FindOperatorKey(ctx context.Context, key string) (found OperatorKey, is bool, err error) {
	digest := gatewayKeyDigest(key)
	err = s.Store.View(ctx, func(v *store.View) error {
		found, is = OperatorKey{}, false
		for each, err := range store.Scan(v, OperatorKeys, "", "") {
			if err != nil {
				return err
			}
			if each.is(digest) {
				found, is = each, true
			}
		}
		return nil
	})
	if err != nil {
		return found, false, fmt.Errorf("operators' keys: %w", err)
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
