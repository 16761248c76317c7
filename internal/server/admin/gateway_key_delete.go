package admin

import (
	"context"

	"github.com/dsappd/dsappd/internal/provision"
)

// NameGatewayKey names an API key of the gateway.
type NameGatewayKey struct {
	Name string `json:"name"`
}

func (d *Door) deleteGatewayKey(ctx context.Context, operator provision.Operator, in NameGatewayKey) (GatewayKey, error) {
	key, err := d.Service.DeleteGatewayKey(ctx, operator, in.Name)
	return showGatewayKey(key), err
}

// DeleteGatewayKey deletes an API key of the gateway, which opens nothing from
// the next request on. It answers with it as it was.
func (c *Client) DeleteGatewayKey(ctx context.Context, in NameGatewayKey) (GatewayKey, error) {
	return call[GatewayKey](ctx, c, "gateway-key/delete", in)
}
