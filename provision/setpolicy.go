package provision

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
)

// SetPolicy writes a policy whole, new or in place of the one of its name.
// Set is a JSON object of members of Settings; what it leaves out is the
// parent's.
func (s *Service) SetPolicy(ctx context.Context, operator Operator, policy Policy) (Policy, error) {
	return perform(ctx, s, operatorEvent("policy set", operator), func(f *frame) (Policy, error) {
		f.checked("policy", policy.Name)
		if err := checkName("policy name", policy.Name); err != nil {
			return Policy{}, err
		}
		if err := checkSet(policy.Set); err != nil {
			return Policy{}, err
		}
		err := f.read(func(v View) error { return f.inherits(v, policy) })
		if err != nil {
			return Policy{}, err
		}
		put(f, Tx.PutPolicy, policy)
		return policy, nil
	})
}

// checkSet refuses settings that do not exist or have the wrong type.
func checkSet(set json.RawMessage) error {
	if len(set) == 0 {
		return nil
	}
	decoder := json.NewDecoder(bytes.NewReader(set))
	decoder.DisallowUnknownFields()
	settings := DefaultSettings()
	if err := decoder.Decode(&settings); err != nil {
		return refuse(InvalidParameter, "The policy's settings are not a JSON object of known settings: "+err.Error()+".")
	}
	return nil
}

// inherits makes sure that the policy, as it would be, has effective
// settings: parents that exist, no circle, values in their ranges.
func (f *frame) inherits(v View, policy Policy) error {
	_, err := effectiveSettings(func(name string) (Policy, error) {
		stored, err := get(f, v.GetPolicy, Tx.GetPolicy, name)
		if name == policy.Name && (err == nil || errors.Is(err, ErrNotFound)) {
			return policy, nil
		}
		return stored, err
	}, policy.Name)
	if errors.Is(err, ErrNotFound) || errors.Is(err, errSettings) {
		return refuse(InvalidParameter, fmt.Sprintf("The policy cannot be set: %v.", err))
	}
	return err
}
