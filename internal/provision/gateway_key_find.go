package provision

import (
	"context"
	"fmt"

	"github.com/dsappd/dsappd/store"
)

// FindGatewayKey looks for the record of an API key that a peer has sent, and
// reads the records as they are now: a key that was deleted opens nothing. It
// compares with all of them, whichever fits.
func (s *Service) FindGatewayKey(ctx context.Context, key string) (found GatewayKey, is bool, err error) {
	digest := gatewayKeyDigest(key)
	err = s.Store.View(ctx, func(v *store.View) error {
		for record, err := range store.Scan(v, GatewayKeys, "", "") {
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
		return GatewayKey{}, false, fmt.Errorf("gateway keys: %w", err)
	}
	return found, is, nil
}
