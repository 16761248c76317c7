package provision

import (
	"context"
	"fmt"
)

// FindGatewayKey finds the record of an API key that a peer has sent, among the
// records as they are now.
func (s *Service) FindGatewayKey(ctx context.Context, key string) (found GatewayKey, is bool, err error) {
	found, is, err = findKey(ctx, s, GatewayKeys, &s.tables.gatewayKeys, key)
	if err != nil {
		return found, is, fmt.Errorf("gateway keys: %w", err)
	}
	return found, is, nil
}
