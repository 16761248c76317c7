package admin

import (
	"context"
	"time"

	"github.com/dsappd/dsappd/internal/provision"
)

// GatewayKey is an API key of the gateway as operators see it: never the key
// itself.
type GatewayKey struct {
	Name      string                `json:"name"`
	Side      provision.GatewaySide `json:"side"`
	CreatedAt time.Time             `json:"createdAt"`
}

func showGatewayKey(k provision.GatewayKey) GatewayKey {
	return GatewayKey{Name: k.Name, Side: k.Side, CreatedAt: k.CreatedAt.UTC()}
}

// AddGatewayKey is a new API key, which the server draws.
type AddGatewayKey struct {
	Name string                `json:"name"`
	Side provision.GatewaySide `json:"side"`
}

// AddedGatewayKey shows the key, this once.
type AddedGatewayKey struct {
	GatewayKey
	Key string `json:"key"` // 64 hex characters
}

func (d *Door) addGatewayKey(ctx context.Context, operator provision.Operator, in AddGatewayKey) (AddedGatewayKey, error) {
	added, err := d.Service.AddGatewayKey(ctx, operator, provision.AddGatewayKey{Name: in.Name, Side: in.Side})
	return AddedGatewayKey{showGatewayKey(added.GatewayKey), added.Key}, err
}

// AddGatewayKey makes an API key of the gateway.
func (c *Client) AddGatewayKey(ctx context.Context, in AddGatewayKey) (AddedGatewayKey, error) {
	return call[AddedGatewayKey](ctx, c, "gateway-key/add", in)
}
