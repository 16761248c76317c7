package provision

import (
	"context"
	"fmt"

	"github.com/dsappd/dsappd/store"
)

// component finds the caller's record.
func (f *frame) component(v *store.View, caller Caller) (Component, error) {
	f.ownDoor = caller.OwnDoor
	address := caller.stands()
	if caller.Doubt != nil && !caller.OwnDoor {
		f.checked("component", caller.ComponentType+" behind the proxy "+address.String())
		return Component{}, refuseDoubt(caller)
	}
	f.checked("component", caller.ComponentType+" at "+address.String())
	components, err := tabled(f, v, Components, &f.service.tables.components, makeComponents)
	if err != nil {
		return Component{}, fmt.Errorf("components: %w", err)
	}
	component, found, err := components.narrowest(caller.ComponentType, address)
	if err != nil {
		return Component{}, err
	}
	if !found {
		return Component{}, refuse(NoComponent, fmt.Sprintf(
			"There is no component of type %q for address %s.", caller.ComponentType, address))
	}
	return component, nil
}

// HasOwnDoor reports whether there is a component of the type for the server's
// own doors.
func (s *Service) HasOwnDoor(ctx context.Context, componentType string) (bool, error) {
	components, err := s.componentsNow(ctx)
	if err != nil {
		return false, err
	}
	_, found, err := components.Value.narrowest(componentType, Caller{OwnDoor: true}.stands())
	return found, err
}

// OwnDoorPolicy returns the policy of the component of the type for the
// server's own doors; empty: there is none.
func (s *Service) OwnDoorPolicy(ctx context.Context, componentType string) (policy string, err error) {
	components, err := s.componentsNow(ctx)
	if err != nil {
		return "", err
	}
	component, _, err := components.Value.narrowest(componentType, Caller{OwnDoor: true}.stands())
	return component.Policy, err
}

// govern makes the named policy the one that this operation follows.
func (f *frame) govern(v *store.View, policy string) error {
	policies, err := tabled(f, v, Policies, &f.service.tables.policies, makePolicies)
	if err != nil {
		return fmt.Errorf("policies: %w", err)
	}
	g := policies.governing(policy)
	if g.err != nil {
		return fmt.Errorf("effective policy: %w", g.err)
	}
	f.checked("policy", policy)
	f.event.Policy = policy
	f.settings, f.governing = g.settings, g
	return nil
}
