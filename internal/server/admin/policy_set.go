package admin

import (
	"context"
	"encoding/json"

	"github.com/dsappd/dsappd/internal/provision"
)

// SetPolicy changes a policy: its parent, where one is given, and the empty
// one for none; the settings in Set, a JSON object; and those in Unset, which
// are the parent's again.
type SetPolicy struct {
	Name   string          `json:"policy"`
	Parent *string         `json:"parent,omitempty"`
	Set    json.RawMessage `json:"set,omitempty"`
	Unset  []string        `json:"unset,omitempty"`
}

func (d *Door) setPolicy(ctx context.Context, operator provision.Operator, in SetPolicy) (Policy, error) {
	policy, err := d.Service.SetPolicy(ctx, operator, provision.SetPolicy(in))
	return showPolicy(policy), err
}

// SetPolicy changes a policy.
func (c *Client) SetPolicy(ctx context.Context, in SetPolicy) (Policy, error) {
	return call[Policy](ctx, c, "policy/set", in)
}
