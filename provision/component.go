package provision

import (
	"fmt"
	"net/netip"
)

// callEvent is the audit event of an operation that a component calls.
func callEvent(operation string, caller Caller) AuditEvent {
	if caller.Command != "" {
		operation = caller.Command
	}
	return AuditEvent{
		RequestID:     caller.RequestID,
		Operation:     operation,
		ComponentType: caller.ComponentType,
		Address:       caller.Address.String(),
	}
}

// component finds the caller's record: its type, and of the locations that
// hold its address the narrowest.
func (f *frame) component(v View, caller Caller) (Component, error) {
	f.checked("component", caller.ComponentType+" at "+caller.Address.String())
	best, found := netip.Prefix{}, false
	for candidate, err := range v.ScanComponents(ComponentKey{ComponentType: caller.ComponentType}, ComponentKey{}) {
		if err != nil {
			return Component{}, fmt.Errorf("components: %w", err)
		}
		if candidate.Location.Contains(caller.Address) && (!found || candidate.Location.Bits() > best.Bits()) {
			best, found = candidate.Location, true
		}
	}
	if !found {
		return Component{}, refuse(NoComponent, fmt.Sprintf(
			"There is no component of type %q for address %s.", caller.ComponentType, caller.Address))
	}
	return get(f, v.GetComponent, Tx.GetComponent, ComponentKey{caller.ComponentType, best})
}

// govern makes the named policy the one that this operation follows.
func (f *frame) govern(v View, policy string) error {
	settings, err := effectiveSettings(func(name string) (Policy, error) {
		return get(f, v.GetPolicy, Tx.GetPolicy, name)
	}, policy)
	if err != nil {
		return fmt.Errorf("effective policy: %w", err)
	}
	f.checked("policy", policy)
	f.event.Policy = policy
	f.settings = settings
	return nil
}
