package provision

import (
	"context"
	"encoding/json"
	"fmt"
	"net/netip"
	"sync"

	"github.com/dsappd/dsappd/store"
)

// tables keep what every operation asks for and what hardly ever changes, as it
// was read last. An operation may decide by them without a look at the store,
// because its commit makes sure that their versions still hold.
type tables struct {
	components   store.Table[componentTable]
	policies     store.Table[policyTable]
	domains      store.Table[domainTable]
	gatewayKeys  store.Table[keyTable[GatewayKey]]
	platformKeys store.Table[keyTable[PlatformKey]]
}

// tabled returns what a table holds of a kind. The first round of an operation
// takes what is kept; a later one looks whether it has moved.
func tabled[K, R, T any](f *frame, v *store.View, kind store.Kind[K, R], table *store.Table[T], make func([]R, []*store.UnreadableError) T) (T, error) {
	made, kept := table.Kept()
	if !kept || f.again {
		var err error
		if made, err = store.Tabulate(v, kind, table, make); err != nil {
			return made.Value, err
		}
	}
	f.expected = append(f.expected, func(tx *store.Tx) error { return store.ExpectVersion(tx, kind, made.Version) })
	f.relied = append(f.relied, func(v *store.View) (bool, error) {
		version, err := store.LookVersion(v, kind)
		return version == made.Version, err
	})
	return made.Value, nil
}

// stands makes sure that what the frame took from tables still holds, for an
// end of the operation that no commit checks. The error is store.ErrMoved where
// it does not.
func (f *frame) stands() error {
	if len(f.relied) == 0 {
		return nil
	}
	return f.read(func(v *store.View) error {
		for _, holds := range f.relied {
			if is, err := holds(v); err != nil {
				return err
			} else if !is {
				return store.ErrMoved
			}
		}
		return nil
	})
}

// forget has a table read anew that this server changes a record of.
func (t *tables) forget(record any) {
	switch record.(type) {
	case Component:
		t.components.Forget()
	case Policy:
		t.policies.Forget()
	case Domain:
		t.domains.Forget()
	case GatewayKey:
		t.gatewayKeys.Forget()
	case PlatformKey:
		t.platformKeys.Forget()
	}
}

// componentTable holds the components by their type.
type componentTable struct {
	ofType    map[string][]Component
	locations []netip.Prefix   // but for those of the server's own doors
	damaged   map[string]error // by the type
	fault     error            // of any of them
}

func makeComponents(all []Component, unreadable []*store.UnreadableError) componentTable {
	t := componentTable{ofType: make(map[string][]Component), damaged: make(map[string]error)}
	for _, c := range all {
		t.ofType[c.ComponentType] = append(t.ofType[c.ComponentType], c)
		if c.Location.Addr() != netip.IPv4Unspecified() || !c.Location.IsSingleIP() {
			t.locations = append(t.locations, c.Location)
		}
	}
	for _, fault := range unreadable {
		t.fault = fault
		if len(fault.Key) > 0 {
			t.damaged[fault.Key[0]] = fault
		}
	}
	return t
}

// narrowest is the component of the type that decides for the address.
func (t componentTable) narrowest(componentType string, address netip.Addr) (best Component, found bool, err error) {
	if fault := t.damaged[componentType]; fault != nil {
		return Component{}, false, fmt.Errorf("components: %w", fault)
	}
	for _, candidate := range t.ofType[componentType] {
		if candidate.Location.Contains(address) && (!found || candidate.Location.Bits() > best.Location.Bits()) {
			best, found = candidate, true
		}
	}
	return best, found, nil
}

// admits reports whether a component of any type may call from the address, or
// there are no components yet but those of the server's own doors.
func (t componentTable) admits(address netip.Addr) (bool, error) {
	if t.fault != nil {
		return false, fmt.Errorf("components: %w", t.fault)
	}
	for _, location := range t.locations {
		if location.Contains(address) {
			return true, nil
		}
	}
	return len(t.locations) == 0, nil
}

// policyTable holds the policies by their names, and what follows from each.
type policyTable struct {
	policies  map[string]Policy
	damaged   map[string]error
	effective map[string]*governing
}

// governing are the settings that hold under a policy, or the error that there
// are none.
type governing struct {
	settings Settings
	err      error
	bearing  sync.Map // JSON of the settings that bear on a check, by its name
}

func makePolicies(all []Policy, unreadable []*store.UnreadableError) policyTable {
	t := policyTable{policies: make(map[string]Policy), damaged: make(map[string]error), effective: make(map[string]*governing)}
	for _, p := range all {
		t.policies[p.Name] = p
	}
	for _, fault := range unreadable {
		if len(fault.Key) > 0 {
			t.damaged[fault.Key[0]] = fault
		}
	}
	t.effective[""] = t.govern("")
	for name := range t.policies {
		t.effective[name] = t.govern(name)
	}
	return t
}

// named gets a policy as store.Get does.
func (t policyTable) named(name string) (Policy, error) {
	if fault := t.damaged[name]; fault != nil {
		return Policy{}, fault
	}
	policy, found := t.policies[name]
	if !found {
		return Policy{}, store.ErrNotFound
	}
	return policy, nil
}

func (t policyTable) govern(name string) *governing {
	settings, err := effectiveSettings(t.named, name)
	return &governing{settings: settings, err: err}
}

// governing returns what holds under a policy.
func (t policyTable) governing(name string) *governing {
	if g := t.effective[name]; g != nil {
		return g
	}
	return t.govern(name)
}

// bearingOn are the settings that bear on a check, with their values.
func (g *governing) bearingOn(check string) json.RawMessage {
	if kept, is := g.bearing.Load(check); is {
		return kept.(json.RawMessage)
	}
	values := g.settings.bearing(check)
	g.bearing.Store(check, values)
	return values
}

// domainTable holds the names of the domains, and which of them are damaged.
type domainTable map[string]error

func makeDomains(all []Domain, unreadable []*store.UnreadableError) domainTable {
	t := make(domainTable)
	for _, d := range all {
		t[d.Name] = nil
	}
	for _, fault := range unreadable {
		if len(fault.Key) > 0 {
			t[fault.Key[0]] = fault
		}
	}
	return t
}

// hasDomain reports whether there is a domain of exactly this name.
func (f *frame) hasDomain(v *store.View, name string) (bool, error) {
	domains, err := tabled(f, v, Domains, &f.service.tables.domains, makeDomains)
	if err != nil {
		return false, fmt.Errorf("domains: %w", err)
	}
	fault, found := domains[name]
	if fault != nil {
		return false, fmt.Errorf("domain: %w", fault)
	}
	return found, nil
}

// keyTable holds the API keys of a door.
type keyTable[K any] struct {
	keys  []K
	fault error
}

func makeKeys[K any](all []K, unreadable []*store.UnreadableError) keyTable[K] {
	t := keyTable[K]{keys: all}
	for _, fault := range unreadable {
		t.fault = fault
	}
	return t
}

// findKey looks for the record of an API key that a peer has sent, among the
// records as they are now: a key that was deleted opens nothing. It compares
// with all of them, whichever fits.
func findKey[K interface{ is(digest []byte) bool }](ctx context.Context, s *Service, kind store.Kind[string, K], table *store.Table[keyTable[K]], key string) (found K, is bool, err error) {
	digest := gatewayKeyDigest(key)
	err = s.Store.View(ctx, func(v *store.View) error {
		all, err := store.Tabulate(v, kind, table, makeKeys[K])
		if err != nil {
			return err
		}
		for _, record := range all.Value.keys {
			if record.is(digest) {
				found, is = record, true
			}
		}
		return all.Value.fault
	})
	if err != nil {
		var none K
		return none, false, err
	}
	return found, is, nil
}

// componentsNow are the components as they are in the store now.
func (s *Service) componentsNow(ctx context.Context) (made store.Made[componentTable], err error) {
	err = s.Store.View(ctx, func(v *store.View) error {
		made, err = store.Tabulate(v, Components, &s.tables.components, makeComponents)
		return err
	})
	return made, err
}
