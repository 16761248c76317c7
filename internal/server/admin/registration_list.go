package admin

import (
	"context"

	"github.com/dsappd/dsappd/internal/provision"
)

// ListRegistrations asks for the registrations after an ID, in one state and
// of one user, domain and authenticator where these are given.
type ListRegistrations struct {
	State        provision.RegistrationState `json:"state,omitempty"`
	UserID       string                      `json:"userID,omitempty"`
	Domain       string                      `json:"domain,omitempty"`
	SerialNumber string                      `json:"serialNumber,omitempty"`
	After        string                      `json:"after,omitempty"`
	Limit        int                         `json:"limit,omitempty"`
}

func (d *Door) listRegistrations(ctx context.Context, _ provision.Operator, in ListRegistrations) (Page[Registration, string], error) {
	registrations, err := d.Service.ListRegistrations(ctx, provision.ListRegistrations(in))
	return page(registrations, d.shownRegistration, same), err
}

// ListRegistrations reads a page of registrations.
func (c *Client) ListRegistrations(ctx context.Context, in ListRegistrations) (Page[Registration, string], error) {
	return call[Page[Registration, string]](ctx, c, "registration/list", in)
}
