package admin

import (
	"context"
	"time"

	"github.com/dsappd/dsappd/internal/provision"
)

// Domain is a domain as operators see it.
type Domain struct {
	Name      string    `json:"domain"`
	CreatedAt time.Time `json:"createdAt"`
}

func showDomain(d provision.Domain) Domain {
	return Domain{Name: d.Name, CreatedAt: d.CreatedAt.UTC()}
}

// AddDomain is a new domain.
type AddDomain struct {
	Name string `json:"domain"`
}

func (d *Door) addDomain(ctx context.Context, operator provision.Operator, in AddDomain) (Domain, error) {
	domain, err := d.Service.AddDomain(ctx, operator, provision.AddDomain(in))
	return showDomain(domain), err
}

// AddDomain makes a domain.
func (c *Client) AddDomain(ctx context.Context, in AddDomain) (Domain, error) {
	return call[Domain](ctx, c, "domain/add", in)
}
