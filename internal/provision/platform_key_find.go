package provision

import (
	"context"
	"fmt"

	"github.com/dsappd/dsappd/store"
)

// FindPlatformKey looks for the record of a key that a peer has sent, among the
// records as they are now. It compares with all of them, whichever fits.
func (s *Service) FindPlatformKey(ctx context.Context, key string) (found PlatformKey, is bool, err error) {
	digest := gatewayKeyDigest(key)
	err = s.Store.View(ctx, func(v *store.View) error {
		for record, err := range store.Scan(v, PlatformKeys, "", "") {
			if err != nil {
				return err
			}
			if record.is(digest) {
				found, is = record, true
			}
		}
		return nil
	})
	if err != nil {
		return PlatformKey{}, false, fmt.Errorf("platform keys: %w", err)
	}
	return found, is, nil
}
