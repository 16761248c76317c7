package admin

import (
	"context"

	"github.com/dsappd/dsappd/internal/provision"
)

// NameAuthenticator names an authenticator.
type NameAuthenticator struct {
	SerialNumber string `json:"serialNumber"`
}

func (d *Door) showAuthenticator(ctx context.Context, _ provision.Operator, in NameAuthenticator) (Authenticator, error) {
	a, err := d.Service.ShowAuthenticator(ctx, in.SerialNumber)
	return d.shownAuthenticator(a), err
}

// ShowAuthenticator reads one authenticator.
func (c *Client) ShowAuthenticator(ctx context.Context, in NameAuthenticator) (Authenticator, error) {
	return call[Authenticator](ctx, c, "authenticator/show", in)
}
