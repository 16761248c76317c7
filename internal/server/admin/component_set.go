package admin

import (
	"context"

	"github.com/dsappd/dsappd/internal/provision"
)

// SetComponent gives a component another policy; without one, the default
// settings hold.
type SetComponent struct {
	ComponentKey
	Policy string `json:"policy,omitempty"`
}

func (d *Door) setComponent(ctx context.Context, operator provision.Operator, in SetComponent) (Component, error) {
	component, err := d.Service.SetComponent(ctx, operator, provision.SetComponent{
		NameComponent: provision.NameComponent(in.ComponentKey), Policy: in.Policy})
	return showComponent(component), err
}

// SetComponent changes a component; what it has registered keeps its policy.
func (c *Client) SetComponent(ctx context.Context, in SetComponent) (Component, error) {
	return call[Component](ctx, c, "component/set", in)
}
