package admin

import (
	"context"

	"github.com/dsappd/dsappd/internal/provision"
)

func (d *Door) showComponent(ctx context.Context, _ provision.Operator, in ComponentKey) (Component, error) {
	component, err := d.Service.ShowComponent(ctx, provision.NameComponent(in))
	return showComponent(component), err
}

// ShowComponent reads one component.
func (c *Client) ShowComponent(ctx context.Context, in ComponentKey) (Component, error) {
	return call[Component](ctx, c, "component/show", in)
}
