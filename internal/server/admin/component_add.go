package admin

import (
	"context"
	"time"

	"github.com/dsappd/dsappd/internal/provision"
)

// Component is a client component as operators see it.
type Component struct {
	ComponentType string    `json:"componentType"`
	Location      string    `json:"location"`
	Policy        string    `json:"policy"`
	CreatedAt     time.Time `json:"createdAt"`
}

func showComponent(c provision.Component) Component {
	return Component{
		ComponentType: c.ComponentType,
		Location:      showLocation(c.Key()),
		Policy:        c.Policy,
		CreatedAt:     c.CreatedAt.UTC(),
	}
}

// showLocation leaves out the length of a prefix that is one address.
func showLocation(k provision.ComponentKey) string {
	switch {
	case !k.Location.IsValid():
		return ""
	case k.Location.IsSingleIP():
		return k.Location.Addr().String()
	}
	return k.Location.String()
}

// AddComponent is a new component. Location is an address or a CIDR prefix;
// without a policy, the default settings hold.
type AddComponent struct {
	ComponentType string `json:"componentType"`
	Location      string `json:"location"`
	Policy        string `json:"policy,omitempty"`
}

func (d *Door) addComponent(ctx context.Context, operator provision.Operator, in AddComponent) (Component, error) {
	component, err := d.Service.AddComponent(ctx, operator, provision.AddComponent(in))
	return showComponent(component), err
}

// AddComponent makes a component.
func (c *Client) AddComponent(ctx context.Context, in AddComponent) (Component, error) {
	return call[Component](ctx, c, "component/add", in)
}
