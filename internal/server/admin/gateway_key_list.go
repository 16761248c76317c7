package admin

import (
	"context"

	"github.com/dsappd/dsappd/internal/provision"
)

// ListGatewayKeys asks for the API keys of the gateway after a name.
type ListGatewayKeys struct {
	After string `json:"after,omitempty"`
	Limit int    `json:"limit,omitempty"`
}

func (d *Door) listGatewayKeys(ctx context.Context, _ provision.Operator, in ListGatewayKeys) (Page[GatewayKey, string], error) {
	keys, err := d.Service.ListGatewayKeys(ctx, provision.ListGatewayKeys(in))
	return page(keys, showGatewayKey, same), err
}

// ListGatewayKeys reads a page of API keys of the gateway.
func (c *Client) ListGatewayKeys(ctx context.Context, in ListGatewayKeys) (Page[GatewayKey, string], error) {
	return call[Page[GatewayKey, string]](ctx, c, "gateway-key/list", in)
}
