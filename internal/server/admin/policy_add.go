package admin

import (
	"context"
	"encoding/json"

	"github.com/dsappd/dsappd/internal/provision"
)

// Policy is a policy as operators see it: what it says itself. The names of
// settings are those of provision.Settings.
type Policy struct {
	Name   string          `json:"policy"`
	Parent string          `json:"parent,omitempty"`
	Set    json.RawMessage `json:"set"`
}

func showPolicy(p provision.Policy) Policy {
	shown := Policy{Name: p.Name, Parent: p.Parent, Set: p.Set}
	if len(p.Set) == 0 {
		shown.Set = json.RawMessage("{}")
	}
	return shown
}

// AddPolicy is a new policy. Set is a JSON object of settings; what it leaves
// out is the parent's and, without a parent, the default.
type AddPolicy struct {
	Name   string          `json:"policy"`
	Parent string          `json:"parent,omitempty"`
	Set    json.RawMessage `json:"set,omitempty"`
}

func (d *Door) addPolicy(ctx context.Context, operator provision.Operator, in AddPolicy) (Policy, error) {
	policy, err := d.Service.AddPolicy(ctx, operator, provision.AddPolicy(in))
	return showPolicy(policy), err
}

// AddPolicy makes a policy.
func (c *Client) AddPolicy(ctx context.Context, in AddPolicy) (Policy, error) {
	return call[Policy](ctx, c, "policy/add", in)
}
