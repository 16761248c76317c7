package admin

import (
	"context"

	"github.com/dsappd/dsappd/internal/provision"
)

// ListAuthenticators asks for the authenticators after a serial number, of one
// domain, in one state and of one type where these are given. Licences are
// listed without their instances.
type ListAuthenticators struct {
	Domain string                       `json:"domain,omitempty"`
	State  provision.AuthenticatorState `json:"state,omitempty"`
	Type   provision.AuthenticatorType  `json:"type,omitempty"`
	After  string                       `json:"after,omitempty"`
	Limit  int                          `json:"limit,omitempty"`
}

func (d *Door) listAuthenticators(ctx context.Context, _ provision.Operator, in ListAuthenticators) (Page[Authenticator, string], error) {
	authenticators, err := d.Service.ListAuthenticators(ctx, provision.ListAuthenticators(in))
	return page(authenticators, d.listedAuthenticator, same), err
}

// ListAuthenticators reads a page of authenticators.
func (c *Client) ListAuthenticators(ctx context.Context, in ListAuthenticators) (Page[Authenticator, string], error) {
	return call[Page[Authenticator, string]](ctx, c, "authenticator/list", in)
}
