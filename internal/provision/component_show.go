package provision

import (
	"context"
	"fmt"

	"github.com/dsappd/dsappd/store"
)

// NameComponent names a component by its type and its location, an address or
// a CIDR prefix.
type NameComponent struct {
	ComponentType string `json:"componentType"`
	Location      string `json:"location"`
}

// ShowComponent reads one component.
func (s *Service) ShowComponent(ctx context.Context, in NameComponent) (Component, error) {
	return show(ctx, s, func(f *frame, v *store.View) (Component, error) { return f.namedComponent(v, in) })
}

// namedComponent reads the component that an operator names.
func (f *frame) namedComponent(v *store.View, in NameComponent) (Component, error) {
	key, err := f.componentKey(in.ComponentType, in.Location)
	if err != nil {
		return Component{}, err
	}
	component, err := get(f, v, Components, key)
	return component, mustExist(err, fmt.Sprintf("There is no component of type %q for %s.", key.ComponentType, key.Location))
}
