package admin

import (
	"encoding/json"
	"time"

	"github.com/dsappd/dsappd/internal/provision"
)

// Page is a part of a list. Next is the key to ask after for the part that
// follows; without it, the list is at its end.
type Page[R, K any] struct {
	Items []R `json:"items"`
	Next  *K  `json:"next,omitempty"`
}

// pages shows a page of records as operators see them, and its last key.
func pages[R, S, K, T any](show func(R) S, key func(K) T) func(provision.Page[R, K]) Page[S, T] {
	return func(in provision.Page[R, K]) Page[S, T] {
		out := Page[S, T]{Items: make([]S, 0, len(in.Records))}
		for _, record := range in.Records {
			out.Items = append(out.Items, show(record))
		}
		if in.Next != nil {
			next := key(*in.Next)
			out.Next = &next
		}
		return out
	}
}

// named shows a page of records that are listed by their names.
func named[R, S any](show func(R) S) func(provision.Page[R, string]) Page[S, string] {
	return pages(show, same[string])
}

// same shows what needs no other form.
func same[T any](value T) T { return value }

// Domain is a domain as operators see it.
type Domain struct {
	Name        string    `json:"domain"`
	Description string    `json:"description,omitempty"`
	CreatedAt   time.Time `json:"createdAt"`
}

func showDomain(d provision.Domain) Domain {
	return Domain{Name: d.Name, Description: d.Description, CreatedAt: d.CreatedAt.UTC()}
}

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

func showComponentKey(k provision.ComponentKey) provision.NameComponent {
	return provision.NameComponent{ComponentType: k.ComponentType, Location: showLocation(k)}
}

// GatewayKey is an API key of the gateway as operators see it: never the key
// itself.
type GatewayKey struct {
	Name      string                `json:"name"`
	Side      provision.GatewaySide `json:"side"`
	CreatedAt time.Time             `json:"createdAt"`
}

func showGatewayKey(k provision.GatewayKey) GatewayKey {
	return GatewayKey{Name: k.Name, Side: k.Side, CreatedAt: k.CreatedAt.UTC()}
}

// AddedGatewayKey shows the key, this once.
type AddedGatewayKey struct {
	GatewayKey
	Key string `json:"key"` // 64 hex characters
}

func showAddedGatewayKey(k provision.AddGatewayKeyResult) AddedGatewayKey {
	return AddedGatewayKey{showGatewayKey(k.GatewayKey), k.Key}
}

// PlatformKey is a key of the Platform API as operators see it: never the key
// itself.
type PlatformKey struct {
	Name      string                    `json:"name"`
	Scopes    []provision.PlatformScope `json:"scopes"`
	CreatedAt time.Time                 `json:"createdAt"`
}

func showPlatformKey(k provision.PlatformKey) PlatformKey {
	return PlatformKey{Name: k.Name, Scopes: k.Scopes, CreatedAt: k.CreatedAt.UTC()}
}

// AddedPlatformKey shows the key, this once.
type AddedPlatformKey struct {
	PlatformKey
	Key string `json:"key"` // 64 hex characters
}

func showAddedPlatformKey(k provision.AddPlatformKeyResult) AddedPlatformKey {
	return AddedPlatformKey{showPlatformKey(k.PlatformKey), k.Key}
}

// OperatorKey shows operators what is kept of a key of the operator's console,
// never the key itself.
type OperatorKey struct {
	Name      string    `json:"name"`
	ReadOnly  bool      `json:"readOnly"`
	CreatedAt time.Time `json:"createdAt"`
}

func showOperatorKey(k provision.OperatorKey) OperatorKey {
	return OperatorKey{Name: k.Name, ReadOnly: k.ReadOnly, CreatedAt: k.CreatedAt.UTC()}
}

// AddedOperatorKey shows the key, this once.
type AddedOperatorKey struct {
	OperatorKey
	Key string `json:"key"` // 64 hex characters
}

func showAddedOperatorKey(k provision.AddOperatorKeyResult) AddedOperatorKey {
	return AddedOperatorKey{showOperatorKey(k.OperatorKey), k.Key}
}

// Policy is a policy as operators see it: what it says itself. The names of
// settings are those of provision.Settings.
type Policy struct {
	Name   string          `json:"policy"`
	Parent string          `json:"parent,omitempty"`
	Set    json.RawMessage `json:"set"`
}

func showPolicy(p provision.Policy) Policy {
	shown := Policy{Name: p.Name, Parent: p.Parent, Set: p.Set}
	if len(p.Set) == 0 {
		shown.Set = json.RawMessage("{}")
	}
	return shown
}

// EffectiveSetting is a setting as it holds under a policy, and the policy
// that says so; without one, it is the default.
type EffectiveSetting struct {
	Name  string          `json:"setting"`
	Value json.RawMessage `json:"value"`
	From  string          `json:"from,omitempty"`
}

// EffectivePolicy is a policy with every setting that holds under it.
type EffectivePolicy struct {
	Policy
	Line     []string           `json:"line"` // it inherits from these, the nearest first
	Settings []EffectiveSetting `json:"settings"`
}

func showEffectivePolicy(p provision.EffectivePolicy) EffectivePolicy {
	shown := EffectivePolicy{Policy: showPolicy(p.Policy), Line: append([]string{}, p.Line...)}
	for _, setting := range p.Settings {
		shown.Settings = append(shown.Settings, EffectiveSetting(setting))
	}
	return shown
}
