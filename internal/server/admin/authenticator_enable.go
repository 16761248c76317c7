package admin

import (
	"context"

	"github.com/dsappd/dsappd/internal/provision"
)

func (d *Door) enableAuthenticator(ctx context.Context, operator provision.Operator, in NameAuthenticator) (Authenticator, error) {
	a, err := d.Service.EnableAuthenticator(ctx, operator, in.SerialNumber)
	return d.shownAuthenticator(a), err
}

func (d *Door) disableAuthenticator(ctx context.Context, operator provision.Operator, in NameAuthenticator) (Authenticator, error) {
	a, err := d.Service.DisableAuthenticator(ctx, operator, in.SerialNumber)
	return d.shownAuthenticator(a), err
}

// EnableAuthenticator lets a disabled authenticator be used again.
func (c *Client) EnableAuthenticator(ctx context.Context, in NameAuthenticator) (Authenticator, error) {
	return call[Authenticator](ctx, c, "authenticator/enable", in)
}

// DisableAuthenticator refuses the authenticator every step.
func (c *Client) DisableAuthenticator(ctx context.Context, in NameAuthenticator) (Authenticator, error) {
	return call[Authenticator](ctx, c, "authenticator/disable", in)
}
