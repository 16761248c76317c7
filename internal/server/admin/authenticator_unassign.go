package admin

import (
	"context"

	"github.com/dsappd/dsappd/internal/provision"
)

func (d *Door) unassignAuthenticator(ctx context.Context, operator provision.Operator, in NameAuthenticator) (Authenticator, error) {
	a, err := d.Service.UnassignAuthenticator(ctx, operator, in.SerialNumber)
	return d.shownAuthenticator(a), err
}

// UnassignAuthenticator takes an authenticator from its user and clears its
// binding.
func (c *Client) UnassignAuthenticator(ctx context.Context, in NameAuthenticator) (Authenticator, error) {
	return call[Authenticator](ctx, c, "authenticator/unassign", in)
}
