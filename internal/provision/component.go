package provision

import (
	"context"
	"fmt"
	"net/netip"

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
	component, found, err := f.narrowest(v, caller.ComponentType, address)
	if err != nil {
		return Component{}, err
	}
	if !found {
		return Component{}, refuse(NoComponent, fmt.Sprintf(
			"There is no component of type %q for address %s.", caller.ComponentType, address))
	}
	return component, nil
}

// narrowest finds the component of a type that decides for an address, and has
// the commit make sure that it still does.
func (f *frame) narrowest(v *store.View, componentType string, address netip.Addr) (Component, bool, error) {
	components, err := tabled(f, v, Components, &f.service.tables.components, makeComponents)
	if err != nil {
		return Component{}, false, fmt.Errorf("components: %w", err)
	}
	component, found, err := components.Value.narrowest(componentType, address)
	if len(f.callers.found) == 0 {
		f.callers.version, f.callers.found = components.Version, f.callers.room[:0]
	}
	f.callers.found = append(f.callers.found, foundComponent{componentType, address, component.Revision, err != nil})
	return component, found, err
}

// foundComponents are those that an operation has looked for. The commit expects
// the version of all components, because a narrower one may come at any of many
// keys.
type foundComponents struct {
	version uint64
	found   []foundComponent
	room    [2]foundComponent // memory of found, as most need no more
}

// foundComponent is what decided for an address; revision 0: nothing.
type foundComponent struct {
	componentType string
	address       netip.Addr
	revision      uint64
	damaged       bool
}

func (c *foundComponents) expect(tx *store.Tx) error {
	if len(c.found) == 0 {
		return nil
	}
	return store.ExpectVersion(tx, Components, c.version)
}

// callersStand takes over the version of the components as they are now, and
// reports whether it has moved. The error is store.ErrMoved where another
// component decides.
func (f *frame) callersStand(v *store.View) (moved bool, err error) {
	c := &f.callers
	if len(c.found) == 0 {
		return false, nil
	}
	now, err := store.Tabulate(v, Components, &f.service.tables.components, makeComponents)
	if err != nil || now.Version == c.version {
		return false, err
	}
	for _, before := range c.found {
		component, _, err := now.Value.narrowest(before.componentType, before.address)
		if component.Revision != before.revision || (err != nil) != before.damaged {
			return true, store.ErrMoved
		}
	}
	c.version = now.Version
	return true, nil
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
