package provision

import (
	"context"

	"github.com/dsappd/dsappd/store"
)

// DeleteComponent deletes a component. What it has registered lives on, under
// the policy that it had.
func (s *Service) DeleteComponent(ctx context.Context, operator Operator, in NameComponent) (Component, error) {
	return perform(ctx, s, operatorEvent("component delete", operator), func(f *frame) (Component, error) {
		var component Component
		err := f.read(func(v *store.View) error {
			var err error
			component, err = f.namedComponent(v, in)
			return err
		})
		if err != nil {
			return Component{}, err
		}
		remove(f, Components, component.Key())
		return component, nil
	})
}
