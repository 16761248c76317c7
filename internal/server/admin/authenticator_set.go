package admin

import (
	"context"

	"github.com/dsappd/dsappd/internal/provision"
)

// SetAuthenticator gives a licence another limit on its devices, 1 to 99 and
// not below the places that are taken.
type SetAuthenticator struct {
	SerialNumber string `json:"serialNumber"`
	Limit        int    `json:"limit"`
}

func (d *Door) setAuthenticator(ctx context.Context, operator provision.Operator, in SetAuthenticator) (Authenticator, error) {
	a, err := d.Service.SetAuthenticator(ctx, operator, provision.SetAuthenticator(in))
	return d.shownAuthenticator(a), err
}

// SetAuthenticator changes a licence.
func (c *Client) SetAuthenticator(ctx context.Context, in SetAuthenticator) (Authenticator, error) {
	return call[Authenticator](ctx, c, "authenticator/set", in)
}
