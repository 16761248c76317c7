package provision

import (
	"context"
	"fmt"

	"github.com/dsappd/dsappd/store"
)

// DeleteGatewayKey deletes an API key: from the next request on it opens
// nothing. It answers with the record as it was.
func (s *Service) DeleteGatewayKey(ctx context.Context, operator Operator, name string) (GatewayKey, error) {
	return perform(ctx, s, operatorEvent("gateway-key delete", operator), func(f *frame) (GatewayKey, error) {
		var key GatewayKey
		if err := f.namedGatewayKey(name); err != nil {
			return key, err
		}
		err := f.read(func(v *store.View) error {
			var err error
			key, err = get(f, v, GatewayKeys, name)
			return mustExist(err, fmt.Sprintf("There is no key %q.", name))
		})
		if err != nil {
			return key, err
		}
		remove(f, GatewayKeys, name)
		return key, nil
	})
}
