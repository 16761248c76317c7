package provision

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/dsappd/dsappd/store"
)

// governing are the settings that hold under a policy, or the error that there
// are none, and the policies that say so.
type governing struct {
	settings Settings
	err      error
	line     []seenPolicy
	bearing  sync.Map // JSON of the settings that bear on a check, by its name
}

// seenPolicy is a policy as it was read. Revision 0 is one that was not there.
type seenPolicy struct {
	name     string
	revision uint64
	seen     store.Seen
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

// policyTable keeps what holds under policies, by their names. What has no
// settings is not kept.
type policyTable struct{ kept sync.Map }

func (t *policyTable) get(name string) *governing {
	if kept, is := t.kept.Load(name); is {
		return kept.(*governing)
	}
	return nil
}

// forget drops what follows from a policy; the empty name: everything.
func (t *policyTable) forget(name string) {
	t.kept.Range(func(key, kept any) bool {
		follows := func(p seenPolicy) bool { return p.name == name }
		if name == "" || slices.ContainsFunc(kept.(*governing).line, follows) {
			t.kept.Delete(key)
		}
		return true
	})
}

// read returns what holds under a policy in a view. What is kept is returned
// if its policies have not moved.
func (t *policyTable) read(v *store.View, name string) (*governing, error) {
	kept := t.get(name)
	read, err := readLine(v, kept)
	if err != nil {
		return nil, err
	}
	if kept != nil && kept.isAsIn(read) {
		return kept, nil
	}
	g := new(governing)
	g.settings, g.err = effectiveSettings(func(name string) (Policy, error) {
		policy, is := read[name]
		if !is {
			policy.Record, policy.Revision, policy.Err = store.Look(v, Policies, name)
		}
		if policy.Revision > 0 || errors.Is(policy.Err, store.ErrNotFound) {
			g.line = append(g.line, seenPolicy{name, policy.Revision, store.See(Policies, name, policy.Revision)})
		}
		return policy.Record, policy.Err
	}, name)
	if g.err == nil {
		t.kept.Store(name, g)
	} else {
		t.kept.Delete(name)
	}
	return g, nil
}

// readLine reads the policies of a line that is kept, in one round trip, by
// their names.
func readLine(v *store.View, kept *governing) (map[string]store.Found[Policy], error) {
	if kept == nil || len(kept.line) == 0 {
		return nil, nil
	}
	found := make([]store.Found[Policy], len(kept.line))
	wanted := make([]store.Wanted, len(kept.line))
	for i, p := range kept.line {
		wanted[i] = store.Want(Policies, p.name, &found[i])
	}
	if err := store.GetMany(v, wanted...); err != nil {
		return nil, err
	}
	read := make(map[string]store.Found[Policy], len(found))
	for i, p := range kept.line {
		read[p.name] = found[i]
	}
	return read, nil
}

// govern makes the named policy the one that this operation follows. The
// commit makes sure that it and those that it inherits from are as they were.
func (f *frame) govern(v *store.View, policy string) error {
	g := f.service.tables.policies.get(policy)
	if g == nil || f.fresh {
		var err error
		if g, err = f.service.tables.policies.read(v, policy); err != nil {
			return fmt.Errorf("policies: %w", err)
		}
	}
	for _, p := range g.line {
		f.expected = append(f.expected, p.seen)
	}
	f.relied = append(f.relied, g)
	if g.err != nil {
		return fmt.Errorf("effective policy: %w", g.err)
	}
	f.checked("policy", policy)
	f.event.Policy = policy
	f.settings, f.governing = g.settings, g
	return nil
}

// holds reports whether the policies are as they were.
func (g *governing) holds(v *store.View) (bool, error) {
	now, err := readLine(v, g)
	if err != nil {
		return false, err
	}
	return g.isAsIn(now), nil
}

// isAsIn reports whether no policy of the line has moved since.
func (g *governing) isAsIn(read map[string]store.Found[Policy]) bool {
	return !slices.ContainsFunc(g.line, func(p seenPolicy) bool { return read[p.name].Revision != p.revision })
}
