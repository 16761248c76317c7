package admin

import (
	"context"

	"github.com/dsappd/dsappd/internal/provision"
)

// CloseRegistration ends a registration. Without a reason, an operator closed
// it.
type CloseRegistration struct {
	RegistrationID string `json:"registrationID"`
	Reason         string `json:"reason,omitempty"`
}

func (d *Door) closeRegistration(ctx context.Context, operator provision.Operator, in CloseRegistration) (Registration, error) {
	r, err := d.Service.CloseRegistration(ctx, operator, provision.CloseRegistration(in))
	return d.shownRegistration(r), err
}

// CloseRegistration closes a registration that has not ended.
func (c *Client) CloseRegistration(ctx context.Context, in CloseRegistration) (Registration, error) {
	return call[Registration](ctx, c, "registration/close", in)
}
