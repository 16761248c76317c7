package provision

import (
	"context"
	"fmt"
)

// FindPlatformKey finds the record of a key that a peer has sent, among the
// records as they are now.
func (s *Service) FindPlatformKey(ctx context.Context, key string) (found PlatformKey, is bool, err error) {
	found, is, err = findKey(ctx, s, PlatformKeys, &s.tables.platformKeys, key)
	if err != nil {
		return found, is, fmt.Errorf("platform keys: %w", err)
	}
	return found, is, nil
}
