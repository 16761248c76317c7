package admin

import (
	"context"

	"github.com/dsappd/dsappd/internal/provision"
)

// ResetAuthenticator returns an authenticator to the day of its assignment.
// Without a policy, the default settings hold.
type ResetAuthenticator struct {
	SerialNumber string `json:"serialNumber"`
	Policy       string `json:"policy,omitempty"`
}

func (d *Door) resetAuthenticator(ctx context.Context, operator provision.Operator, in ResetAuthenticator) (Authenticator, error) {
	a, err := d.Service.ResetAuthenticator(ctx, operator, provision.ResetAuthenticator(in))
	return d.shownAuthenticator(a), err
}

// ResetAuthenticator returns an assigned authenticator to its initial secret
// and moving factor, with a new grace period.
func (c *Client) ResetAuthenticator(ctx context.Context, in ResetAuthenticator) (Authenticator, error) {
	return call[Authenticator](ctx, c, "authenticator/reset", in)
}
