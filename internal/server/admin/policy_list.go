package admin

import (
	"context"

	"github.com/dsappd/dsappd/internal/provision"
)

// ListPolicies asks for the policies after a name.
type ListPolicies struct {
	After string `json:"after,omitempty"`
	Limit int    `json:"limit,omitempty"`
}

func (d *Door) listPolicies(ctx context.Context, _ provision.Operator, in ListPolicies) (Page[Policy, string], error) {
	policies, err := d.Service.ListPolicies(ctx, provision.ListPolicies(in))
	return page(policies, showPolicy, same), err
}

// ListPolicies reads a page of policies.
func (c *Client) ListPolicies(ctx context.Context, in ListPolicies) (Page[Policy, string], error) {
	return call[Page[Policy, string]](ctx, c, "policy/list", in)
}
