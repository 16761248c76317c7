package admin

import (
	"context"

	"github.com/dsappd/dsappd/internal/provision"
)

func (d *Door) deactivateInstance(ctx context.Context, operator provision.Operator, in NameAuthenticator) (Authenticator, error) {
	a, err := d.Service.DeactivateInstance(ctx, operator, in.SerialNumber)
	return d.shownAuthenticator(a), err
}

// DeactivateInstance gives the place of an instance back; its name is such as
// VDS1000140-1.
func (c *Client) DeactivateInstance(ctx context.Context, in NameAuthenticator) (Authenticator, error) {
	return call[Authenticator](ctx, c, "authenticator/deactivate", in)
}
