package admin

import (
	"context"

	"github.com/dsappd/dsappd/internal/provision"
)

// ComponentKey names a component.
type ComponentKey struct {
	ComponentType string `json:"componentType"`
	Location      string `json:"location"`
}

// ListComponents asks for the components after a key, of one type or of all.
type ListComponents struct {
	ComponentType string       `json:"componentType,omitempty"`
	After         ComponentKey `json:"after,omitzero"`
	Limit         int          `json:"limit,omitempty"`
}

func (d *Door) listComponents(ctx context.Context, _ provision.Operator, in ListComponents) (Page[Component, ComponentKey], error) {
	after := provision.ComponentKey{ComponentType: in.After.ComponentType}
	if in.After.Location != "" {
		var err error
		if after.Location, err = provision.ParseLocation(in.After.Location); err != nil {
			return Page[Component, ComponentKey]{}, malformed("The location to list after is refused: " + err.Error() + ".")
		}
	}
	components, err := d.Service.ListComponents(ctx, provision.ListComponents{
		ComponentType: in.ComponentType, After: after, Limit: in.Limit})
	return page(components, showComponent, showComponentKey), err
}

func showComponentKey(k provision.ComponentKey) ComponentKey {
	return ComponentKey{ComponentType: k.ComponentType, Location: showLocation(k)}
}

// ListComponents reads a page of components.
func (c *Client) ListComponents(ctx context.Context, in ListComponents) (Page[Component, ComponentKey], error) {
	return call[Page[Component, ComponentKey]](ctx, c, "component/list", in)
}
