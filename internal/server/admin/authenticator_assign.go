package admin

import (
	"context"

	"github.com/dsappd/dsappd/internal/provision"
)

// AssignAuthenticator gives an authenticator to a user of its domain. Without
// a policy, the default settings hold.
type AssignAuthenticator struct {
	SerialNumber string `json:"serialNumber"`
	UserID       string `json:"userID"`
	Policy       string `json:"policy,omitempty"`
}

func (d *Door) assignAuthenticator(ctx context.Context, operator provision.Operator, in AssignAuthenticator) (Authenticator, error) {
	a, err := d.Service.AssignAuthenticator(ctx, operator, provision.AssignAuthenticator(in))
	return d.shownAuthenticator(a), err
}

// AssignAuthenticator assigns an authenticator that nobody has.
func (c *Client) AssignAuthenticator(ctx context.Context, in AssignAuthenticator) (Authenticator, error) {
	return call[Authenticator](ctx, c, "authenticator/assign", in)
}
