package provision

import (
	"context"
	"fmt"
)

// DeleteComponent names a component by its type and its location, an address
// or a CIDR prefix.
type DeleteComponent struct {
	ComponentType string
	Location      string
}

// DeleteComponent deletes a component. What it has registered lives on, under
// the policy that it had.
func (s *Service) DeleteComponent(ctx context.Context, operator Operator, in DeleteComponent) (Component, error) {
	return perform(ctx, s, operatorEvent("component delete", operator), func(f *frame) (Component, error) {
		key, err := f.componentKey(in.ComponentType, in.Location)
		if err != nil {
			return Component{}, err
		}
		var component Component
		err = f.read(func(v View) error {
			var err error
			component, err = get(f, v.GetComponent, Tx.GetComponent, key)
			return mustExist(err, fmt.Sprintf("There is no component of type %q for %s.", key.ComponentType, key.Location))
		})
		if err != nil {
			return Component{}, err
		}
		put(f, Tx.DeleteComponent, key)
		return component, nil
	})
}
