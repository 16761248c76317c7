package provision

import (
	"context"
	"fmt"
	"net/netip"

	"github.com/dsappd/dsappd/store"
)

// tables keep what every operation asks for and what hardly ever changes, as it
// was read last. An operation may decide by them without a look at the store,
// because its commit makes sure that what it has taken from them still holds.
// What is decided without a commit looks at the store.
type tables struct {
	components   store.Table[componentTable]
	policies     policyTable
	domains      store.Table[domainTable]
	gatewayKeys  store.Table[keyTable[GatewayKey]]
	platformKeys store.Table[keyTable[PlatformKey]]
	operatorKeys store.Table[keyTable[OperatorKey]]
}

// tabled returns what a table holds of a kind. The first round of an operation
// takes what is kept; a later one looks whether it has moved.
func tabled[K, R, T any](f *frame, v *store.View, kind store.Kind[K, R], table *store.Table[T], make func([]R, []*store.UnreadableError) T) (store.Made[T], error) {
	if made, kept := table.Kept(); kept && !f.fresh {
		return made, nil
	}
	return store.Tabulate(v, kind, table, make)
}

// relied is what an operation has taken from a table. It tells whether that is
// still so.
type relied interface {
	holds(v *store.View) (bool, error)
}

// stands makes sure that what the frame took from tables still holds, for an
// end of the operation that no commit checks. The error is store.ErrMoved where
// it does not.
func (f *frame) stands() error {
	if len(f.relied)+len(f.callers.found) == 0 {
		return nil
	}
	return f.read(func(v *store.View) error {
		if _, err := f.callersStand(v); err != nil {
			return err
		}
		for _, relied := range f.relied {
			if is, err := relied.holds(v); err != nil {
				return err
			} else if !is {
				return store.ErrMoved
			}
		}
		return nil
	})
}

// forget makes the next operation read a table anew, because this server has
// changed a record of it.
func (t *tables) forget(record any) {
	switch r := record.(type) {
	case Component:
		t.components.Forget()
	case Policy:
		t.policies.forget(r.Name)
	case Domain:
		t.domains.Forget()
	case GatewayKey:
		t.gatewayKeys.Forget()
	case PlatformKey:
		t.platformKeys.Forget()
	case OperatorKey:
		t.operatorKeys.Forget()
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

// narrowest finds the component of the type that decides for the address.
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

// domainTable holds the domains by their names.
type domainTable map[string]keptDomain

type keptDomain struct {
	revision uint64
	fault    error
}

func makeDomains(all []Domain, unreadable []*store.UnreadableError) domainTable {
	t := make(domainTable)
	for _, d := range all {
		t[d.Name] = keptDomain{revision: d.Revision}
	}
	for _, fault := range unreadable {
		if len(fault.Key) > 0 {
			t[fault.Key[0]] = keptDomain{fault: fault}
		}
	}
	return t
}

// reliedDomain is a domain as it was, or was not, with revision 0.
type reliedDomain struct {
	table    *store.Table[domainTable]
	name     string
	revision uint64
}

func (d reliedDomain) holds(v *store.View) (bool, error) {
	now, err := store.Tabulate(v, Domains, d.table, makeDomains)
	return now.Value[d.name].revision == d.revision, err
}

// hasDomain reports whether there is a domain of exactly this name. The commit
// makes sure that it is so.
func (f *frame) hasDomain(v *store.View, name string) (bool, error) {
	domains, err := tabled(f, v, Domains, &f.service.tables.domains, makeDomains)
	if err != nil {
		return false, fmt.Errorf("domains: %w", err)
	}
	kept := domains.Value[name]
	f.relied = append(f.relied, reliedDomain{&f.service.tables.domains, name, kept.revision})
	if kept.fault != nil {
		return false, fmt.Errorf("domain: %w", kept.fault)
	}
	expect(f, Domains, name, kept.revision)
	return kept.revision > 0, nil
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
func findKey[K keyRecord](ctx context.Context, s *Service, kind store.Kind[string, K], table *store.Table[keyTable[K]], key string) (found K, is bool, err error) {
	digest := keyDigest(key)
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

// componentsNow returns the components as the store has them now.
func (s *Service) componentsNow(ctx context.Context) (made store.Made[componentTable], err error) {
	err = s.Store.View(ctx, func(v *store.View) error {
		made, err = store.Tabulate(v, Components, &s.tables.components, makeComponents)
		return err
	})
	return made, err
}
