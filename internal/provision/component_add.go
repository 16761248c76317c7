package provision

import (
	"context"
	"fmt"
	"net/netip"

	"github.com/dsappd/dsappd/store"
)

// AddComponent is a new client of the SOAP interface. Location is an address
// or a CIDR prefix; Policy governs what the component registers; empty: the
// default settings.
type AddComponent struct {
	ComponentType string `json:"componentType"`
	Location      string `json:"location"`
	Policy        string `json:"policy,omitempty"`
}

// AddComponent makes a component.
func (s *Service) AddComponent(ctx context.Context, operator Operator, in AddComponent) (Component, error) {
	return perform(ctx, s, operatorEvent("component add", operator), func(f *frame) (Component, error) {
		key, err := f.componentKey(in.ComponentType, in.Location)
		if err != nil {
			return Component{}, err
		}
		err = f.read(func(v *store.View) error {
			if err := f.refer(v, in.Policy); err != nil {
				return err
			}
			_, err := get(f, v, Components, key)
			return mustBeFree(err, fmt.Sprintf("There already is a component of type %q for %s: delete it first.", key.ComponentType, key.Location))
		})
		if err != nil {
			return Component{}, err
		}
		f.checked("policy", in.Policy)
		component := Component{ComponentType: key.ComponentType, Location: key.Location, Policy: in.Policy, CreatedAt: f.now}
		put(f, Components, component)
		return component, nil
	})
}

// componentKey returns the key that an operator's words name.
func (f *frame) componentKey(componentType, location string) (ComponentKey, error) {
	if err := checkName("component type", componentType); err != nil {
		return ComponentKey{}, err
	}
	prefix, err := ParseLocation(location)
	if err != nil {
		return ComponentKey{}, refuse(InvalidParameter, fmt.Sprintf(
			"The location %q is refused: %v. Give an address, such as 192.0.2.7, or a prefix, such as 192.0.2.0/24 or 2001:db8::/32.", location, err))
	}
	f.event.ComponentType, f.event.Address = componentType, prefix.String()
	return ComponentKey{ComponentType: componentType, Location: prefix}, nil
}

// ParseLocation reads an address or a prefix into the one form that its
// addresses have when they call: masked, IPv4 never mapped into IPv6.
func ParseLocation(s string) (netip.Prefix, error) {
	address, err := netip.ParseAddr(s)
	if err == nil && address.Zone() != "" {
		return netip.Prefix{}, errZone
	}
	if err == nil {
		address = address.Unmap()
		return netip.PrefixFrom(address, address.BitLen()), nil
	}
	prefix, err := netip.ParsePrefix(s)
	if err != nil {
		return netip.Prefix{}, errLocation
	}
	prefix = prefix.Masked()
	if address := prefix.Addr(); address.Is4In6() && prefix.Bits() >= mappedBits {
		return netip.PrefixFrom(address.Unmap(), prefix.Bits()-mappedBits), nil
	}
	return prefix, nil
}

// mappedBits is the length of ::ffff:0:0/96, in which IPv6 holds IPv4.
const mappedBits = 96

const (
	errZone     = locationError("an address with a zone says nothing to another machine")
	errLocation = locationError("it is neither an address nor a prefix")
)

type locationError string

func (e locationError) Error() string { return string(e) }
