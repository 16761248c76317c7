package provision

import (
	"context"
	"fmt"

	"github.com/dsappd/dsappd/store"
)

// FindGatewayKey looks for the record of an API key that a peer has sent, among
// the records as they are now: a key that was deleted opens nothing. It
// compares with all of them, whichever fits.
func (s *Service) FindGatewayKey(ctx context.Context, key string) (found GatewayKey, is bool, err error) {
	digest := gatewayKeyDigest(key)
	err = s.Store.View(ctx, func(v *store.View) error {
		all, err := store.Tabulate(v, GatewayKeys, &s.tables.gatewayKeys, makeGatewayKeys)
		if err != nil {
			return err
		}
		for _, record := range all.Value.keys {
			if record.is(digest) {
				found, is = record, true
			}
		}
		return all.Value.fault
	})
	if err != nil {
		return GatewayKey{}, false, fmt.Errorf("gateway keys: %w", err)
	}
	return found, is, nil
}
