package admin

import (
	"context"

	"github.com/dsappd/dsappd/internal/provision"
)

// NameDomain names a domain.
type NameDomain struct {
	Name string `json:"domain"`
}

func (d *Door) deleteDomain(ctx context.Context, operator provision.Operator, in NameDomain) (Domain, error) {
	domain, err := d.Service.DeleteDomain(ctx, operator, in.Name)
	return showDomain(domain), err
}

// DeleteDomain deletes a domain that has no users and no authenticators. It
// answers with the domain as it was.
func (c *Client) DeleteDomain(ctx context.Context, in NameDomain) (Domain, error) {
	return call[Domain](ctx, c, "domain/delete", in)
}
