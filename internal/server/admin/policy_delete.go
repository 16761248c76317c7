package admin

import (
	"context"

	"github.com/dsappd/dsappd/internal/provision"
)

func (d *Door) deletePolicy(ctx context.Context, operator provision.Operator, in NamePolicy) (Policy, error) {
	policy, err := d.Service.DeletePolicy(ctx, operator, in.Name)
	return showPolicy(policy), err
}

// DeletePolicy deletes a policy that nothing refers to. It answers with it as
// it was.
func (c *Client) DeletePolicy(ctx context.Context, in NamePolicy) (Policy, error) {
	return call[Policy](ctx, c, "policy/delete", in)
}
