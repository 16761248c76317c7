package admin

import (
	"context"

	"github.com/dsappd/dsappd/internal/provision"
)

func (d *Door) deleteAuthenticator(ctx context.Context, operator provision.Operator, in NameAuthenticator) (Authenticator, error) {
	a, err := d.Service.DeleteAuthenticator(ctx, operator, in.SerialNumber)
	return d.shownAuthenticator(a), err
}

// DeleteAuthenticator deletes an authenticator that nobody has. It answers with
// the authenticator as it was.
func (c *Client) DeleteAuthenticator(ctx context.Context, in NameAuthenticator) (Authenticator, error) {
	return call[Authenticator](ctx, c, "authenticator/delete", in)
}
