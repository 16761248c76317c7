package provision

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"

	"github.com/dsappd/dsappd/store"
)

// SetPolicy changes a policy. Parent is the new one, where it is given; Set is
// a JSON object of members of Settings, which it sets; Unset names those that
// are the parent's again.
type SetPolicy struct {
	Name   string          `json:"policy"`
	Parent *string         `json:"parent,omitempty"` // nil: as it is; empty: none
	Set    json.RawMessage `json:"set,omitempty"`
	Unset  []string        `json:"unset,omitempty"`
}

// SetPolicy changes a policy, from its next step on also for the registrations
// that it governs. It refuses what would leave the policy, or one that
// inherits from it, with settings that nothing could follow.
func (s *Service) SetPolicy(ctx context.Context, operator Operator, in SetPolicy) (Policy, error) {
	return perform(ctx, s, operatorEvent("policy set", operator), func(f *frame) (Policy, error) {
		members, err := f.members(in.Set)
		if err != nil {
			return Policy{}, err
		}
		var policy Policy
		err = f.read(func(v *store.View) error {
			if policy, err = f.policy(v, in.Name); err != nil {
				return err
			}
			if in.Parent == nil && len(members) == 0 && len(in.Unset) == 0 {
				return refuse(InvalidParameter, "There is nothing to change: give a parent, or settings to set or to unset.")
			}
			if policy, err = f.change(v, policy, in, members); err != nil {
				return err
			}
			return f.bequeaths(v, policy)
		})
		if err != nil {
			return Policy{}, err
		}
		put(f, Policies, policy)
		return policy, nil
	})
}

// policy reads the policy that an operator names.
func (f *frame) policy(v *store.View, name string) (Policy, error) {
	f.checked("policy", name)
	if err := checkName("policy name", name); err != nil {
		return Policy{}, err
	}
	policy, err := get(f, v, Policies, name)
	return policy, mustExist(err, fmt.Sprintf("There is no policy %q; upper and lower case differ.", name))
}

// change returns the policy as it would be. The policy may hold settings of a
// later version: unset accepts those although they are not known.
func (f *frame) change(v *store.View, policy Policy, in SetPolicy, set map[string]json.RawMessage) (Policy, error) {
	members, err := policy.members()
	if err != nil {
		return Policy{}, err
	}
	maps.Copy(members, set)
	for _, name := range in.Unset {
		f.checked("unset", name)
		if _, says := members[name]; !says {
			if err := checkSettingName(name); err != nil {
				return Policy{}, err
			}
		}
		if _, both := set[name]; both {
			return Policy{}, refuse(InvalidParameter, fmt.Sprintf("The setting %s is set and unset at once: choose one.", name))
		}
		delete(members, name)
	}
	if policy.Set, err = canonical(members); err != nil {
		return Policy{}, err
	}
	if in.Parent == nil || *in.Parent == policy.Parent {
		return policy, nil
	}
	f.checked("parent", *in.Parent)
	policy.Parent = *in.Parent
	if policy.Parent == policy.Name {
		return Policy{}, refuse(InvalidParameter, "A policy cannot inherit from itself.")
	}
	return policy, f.refer(v, policy.Parent)
}

// bequeaths makes sure that the policy, as it would be, leaves itself and all
// that inherit from it with settings that can be followed.
func (f *frame) bequeaths(v *store.View, policy Policy) error {
	if err := f.inherits(v, policy); err != nil {
		return err
	}
	get := f.with(v, policy)
	for other, err := range store.Scan(v, Policies, "", "") {
		if err != nil {
			return fmt.Errorf("policies: %w", err)
		}
		l, err := lineOf(get, other.Name)
		if !l.has(policy.Name) {
			continue
		}
		if err == nil {
			_, err = l.settings()
		}
		if err := refuseSettings(err); err != nil {
			return err
		}
	}
	return nil
}

func refuseSettings(err error) error {
	if errors.Is(err, store.ErrNotFound) || errors.Is(err, errSettings) {
		return refuse(InvalidParameter, fmt.Sprintf("The policy cannot be so: %v.", err))
	}
	return err
}
