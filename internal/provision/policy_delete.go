package provision

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/dsappd/dsappd/store"
)

// DeletePolicy deletes a policy that nothing refers to: no component, no
// policy that inherits from it, no registration that it governs and that may
// still be asked for something.
func (s *Service) DeletePolicy(ctx context.Context, operator Operator, name string) (Policy, error) {
	return perform(ctx, s, operatorEvent("policy delete", operator), func(f *frame) (Policy, error) {
		var policy Policy
		err := f.read(func(v *store.View) error {
			var err error
			if policy, err = f.policy(v, name); err != nil {
				return err
			}
			return f.unreferred(v, name)
		})
		if err != nil {
			return Policy{}, err
		}
		remove(f, Policies, name)
		return policy, nil
	})
}

// unreferred looks for references. None can come up in the meantime: whoever
// makes one from a policy or a component writes this policy too, and a
// registration reads the component that has it.
func (f *frame) unreferred(v *store.View, name string) error {
	for child, err := range store.Scan(v, Policies, "", "") {
		if err != nil {
			return fmt.Errorf("policies: %w", err)
		}
		if child.Parent == name {
			return refuse(InUse, fmt.Sprintf("The policy %q inherits from it: give that another parent first.", child.Name))
		}
	}
	for component, err := range store.Scan(v, Components, ComponentKey{}, ComponentKey{}) {
		if err != nil {
			return fmt.Errorf("components: %w", err)
		}
		if component.Policy == name {
			return refuse(InUse, fmt.Sprintf("The component %q at %s has it: set that to another policy first.",
				component.ComponentType, component.Location))
		}
	}
	return f.ungoverned(v, name)
}

// ungoverned looks through the registrations within their lifetimes: also one
// that is activated may still be sent its derivation code again.
func (f *frame) ungoverned(v *store.View, name string) error {
	for expiry, err := range store.Scan(v, Expiries, ExpiryKey{}, ExpiryKey{ExpiresAt: f.now}) {
		if err != nil {
			return fmt.Errorf("lifetimes: %w", err)
		}
		r, err := store.Get(v, Registrations, expiry.RegistrationID)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return fmt.Errorf("registration %s: %w", expiry.RegistrationID, err)
		}
		if err == nil && r.Policy == name && r.State != Closed && !r.Expired(f.now) {
			return refuse(InUse, fmt.Sprintf("It governs the registration %s until %s: wait, or close that first.",
				r.ID, r.ExpiresAt.UTC().Format(time.RFC3339)))
		}
	}
	return nil
}
