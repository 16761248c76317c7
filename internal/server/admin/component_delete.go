package admin

import (
	"context"

	"github.com/dsappd/dsappd/internal/provision"
)

func (d *Door) deleteComponent(ctx context.Context, operator provision.Operator, in ComponentKey) (Component, error) {
	component, err := d.Service.DeleteComponent(ctx, operator, provision.NameComponent(in))
	return showComponent(component), err
}

// DeleteComponent deletes a component. It answers with it as it was.
func (c *Client) DeleteComponent(ctx context.Context, in ComponentKey) (Component, error) {
	return call[Component](ctx, c, "component/delete", in)
}
