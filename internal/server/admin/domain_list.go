package admin

import (
	"context"

	"github.com/dsappd/dsappd/internal/provision"
)

// ListDomains asks for the domains after a name.
type ListDomains struct {
	After string `json:"after,omitempty"`
	Limit int    `json:"limit,omitempty"`
}

func (d *Door) listDomains(ctx context.Context, _ provision.Operator, in ListDomains) (Page[Domain, string], error) {
	domains, err := d.Service.ListDomains(ctx, provision.ListDomains(in))
	return page(domains, showDomain, same), err
}

// ListDomains reads a page of domains.
func (c *Client) ListDomains(ctx context.Context, in ListDomains) (Page[Domain, string], error) {
	return call[Page[Domain, string]](ctx, c, "domain/list", in)
}
