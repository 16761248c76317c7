package provision

import (
	"context"

	"github.com/dsappd/dsappd/store"
)

// SetComponent gives a component another policy; empty: the default settings.
type SetComponent struct {
	NameComponent
	Policy string `json:"policy,omitempty"`
}

// SetComponent changes a component. What it has registered keeps the policy
// that it had.
func (s *Service) SetComponent(ctx context.Context, operator Operator, in SetComponent) (Component, error) {
	return perform(ctx, s, operatorEvent("component set", operator), func(f *frame) (Component, error) {
		var component Component
		err := f.read(func(v *store.View) error {
			var err error
			if component, err = f.namedComponent(v, in.NameComponent); err != nil {
				return err
			}
			return f.refer(v, in.Policy)
		})
		if err != nil {
			return Component{}, err
		}
		f.checked("policy", in.Policy)
		component.Policy = in.Policy
		put(f, Components, component)
		return component, nil
	})
}
