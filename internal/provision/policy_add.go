package provision

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"

	"github.com/dsappd/dsappd/store"
)

// AddPolicy is a new policy. Set is a JSON object of members of Settings; what
// it leaves out is the parent's and, without a parent, the default.
type AddPolicy struct {
	Name   string          `json:"policy"`
	Parent string          `json:"parent,omitempty"`
	Set    json.RawMessage `json:"set,omitempty"`
}

// AddPolicy makes a policy.
func (s *Service) AddPolicy(ctx context.Context, operator Operator, in AddPolicy) (Policy, error) {
	return perform(ctx, s, operatorEvent("policy add", operator), func(f *frame) (Policy, error) {
		f.checked("policy", in.Name)
		if err := checkName("policy name", in.Name); err != nil {
			return Policy{}, err
		}
		members, err := f.members(in.Set)
		if err != nil {
			return Policy{}, err
		}
		policy := Policy{Name: in.Name, Parent: in.Parent}
		if policy.Set, err = canonical(members); err != nil {
			return Policy{}, err
		}
		err = f.read(func(v *store.View) error {
			_, err := get(f, v, Policies, in.Name)
			if err := mustBeFree(err, fmt.Sprintf("There already is a policy %q.", in.Name)); err != nil {
				return err
			}
			if err := f.refer(v, policy.Parent); err != nil {
				return err
			}
			return f.inherits(v, policy)
		})
		if err != nil {
			return Policy{}, err
		}
		put(f, Policies, policy)
		return policy, nil
	})
}

// members reads settings as an operator gives them: only those that exist, by
// their exact names, each with a value of its type.
func (f *frame) members(set json.RawMessage) (map[string]json.RawMessage, error) {
	members := make(map[string]json.RawMessage)
	if len(set) == 0 {
		return members, nil
	}
	if err := json.Unmarshal(set, &members); err != nil {
		return nil, refuse(InvalidParameter, "The policy's settings are not one JSON object.")
	}
	for _, name := range slices.Sorted(maps.Keys(members)) {
		f.checked("setting", fmt.Sprintf("%s %s", name, members[name]))
		if err := checkSetting(name, members[name]); err != nil {
			return nil, err
		}
	}
	return members, nil
}

// checkSettingName refuses a name that is no setting's, and says which is
// next to it.
func checkSettingName(name string) error {
	known := settingNames
	if slices.Contains(known, name) {
		return nil
	}
	return refuse(InvalidParameter, fmt.Sprintf(
		"There is no setting %q: the nearest is %q.", name, Nearest(name, known)))
}

func checkSetting(name string, value json.RawMessage) error {
	if err := checkSettingName(name); err != nil {
		return err
	}
	field, _ := reflect.TypeFor[Settings]().FieldByName(name)
	into := reflect.New(field.Type)
	if err := json.Unmarshal(value, into.Interface()); err == nil && string(value) != "null" {
		return nil
	}
	kinds := map[reflect.Kind]string{reflect.Int: "a whole number", reflect.Bool: "true or false", reflect.String: "a word"}
	return refuse(InvalidParameter, fmt.Sprintf("The setting %s is %.80s: it must be %s.", name, value, kinds[field.Type.Kind()]))
}

// canonical writes settings in the one form that policies keep them in.
func canonical(members map[string]json.RawMessage) (json.RawMessage, error) {
	if len(members) == 0 {
		return nil, nil
	}
	set, err := json.Marshal(members)
	if err != nil {
		return nil, fmt.Errorf("encode settings: %w", err)
	}
	return set, nil
}

// inherits makes sure that the policy, as it would be, has effective
// settings: parents that exist, no circle, values in their ranges.
func (f *frame) inherits(v *store.View, policy Policy) error {
	_, err := effectiveSettings(f.with(v, policy), policy.Name)
	return refuseSettings(err)
}

// with gets policies as they would be with this one.
func (f *frame) with(v *store.View, policy Policy) func(name string) (Policy, error) {
	return func(name string) (Policy, error) {
		if name == policy.Name {
			return policy, nil
		}
		return get(f, v, Policies, name)
	}
}

// refer refuses the name of a policy that is not there, and writes one that is
// there anew as it is: who changes or deletes it at the same time has read its
// revision and starts again, and so sees the new reference, which it could not
// find by a key. The empty name refers to nothing.
func (f *frame) refer(v *store.View, name string) error {
	if err := f.knownPolicy(v, name); name == "" || err != nil {
		return err
	}
	policy, err := store.Get(v, Policies, name)
	if err != nil {
		return fmt.Errorf("policy: %w", err)
	}
	put(f, Policies, policy)
	return nil
}
