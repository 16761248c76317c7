package provision

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/dsappd/dsappd/store"
)

// errSettings is for policies that say what no registration can follow.
var errSettings = errors.New("policy settings")

// maxPolicyDepth bounds a line of parents.
const maxPolicyDepth = 16

// line is a policy and the ones it inherits from, from itself up.
type line []Policy

// lineOf reads the line of the named policy; the empty name has none. With an
// error comes what there is of it.
func lineOf(get func(name string) (Policy, error), name string) (line, error) {
	var l line
	for next := name; next != ""; {
		if l.has(next) {
			return l, fmt.Errorf("%w: %q inherits in a circle: from %s", errSettings, name, l.names())
		}
		if len(l) == maxPolicyDepth {
			return l, fmt.Errorf("%w: %q has more than %d ancestors", errSettings, name, maxPolicyDepth-1)
		}
		policy, err := get(next)
		if errors.Is(err, store.ErrNotFound) {
			return l, fmt.Errorf("policy %q, which %q inherits from: %w", next, name, err)
		}
		if err != nil {
			return l, fmt.Errorf("policy: %w", err)
		}
		l = append(l, policy)
		next = policy.Parent
	}
	return l, nil
}

func (l line) has(name string) bool {
	return slices.ContainsFunc(l, func(p Policy) bool { return p.Name == name })
}

// names lists the names of the line, from its first policy up.
func (l line) names() string {
	var names []string
	for _, policy := range l {
		names = append(names, fmt.Sprintf("%q", policy.Name))
	}
	return strings.Join(names, ", ")
}

// settings overlays the defaults with each policy, from the top of the line
// down to its first.
func (l line) settings() (Settings, error) {
	settings := DefaultSettings()
	for _, policy := range slices.Backward(l) {
		if len(policy.Set) == 0 {
			continue
		}
		if err := json.Unmarshal(policy.Set, &settings); err != nil {
			return Settings{}, fmt.Errorf("%w: of %q: %w", errSettings, policy.Name, err)
		}
	}
	if err := settings.Check(); err != nil {
		return Settings{}, fmt.Errorf("%w: of %s: %w", errSettings, l.names(), err)
	}
	return settings, nil
}

// effectiveSettings reads the settings that hold under a policy. Everybody
// reads them here.
func effectiveSettings(get func(name string) (Policy, error), name string) (Settings, error) {
	l, err := lineOf(get, name)
	if err != nil {
		return Settings{}, err
	}
	return l.settings()
}

// EffectiveSetting is one member of Settings as it holds under a policy.
type EffectiveSetting struct {
	Name  string
	Value json.RawMessage
	From  string // the policy that says so; empty: none does, it is the default
}

// effective lists all settings in the order of Settings.
func (l line) effective() ([]EffectiveSetting, error) {
	settings, err := l.settings()
	if err != nil {
		return nil, err
	}
	values := reflect.ValueOf(settings)
	var all []EffectiveSetting
	for i, name := range SettingNames() {
		value, err := json.Marshal(values.Field(i).Interface())
		if err != nil {
			return nil, fmt.Errorf("setting %s: %w", name, err)
		}
		from, err := l.from(name)
		if err != nil {
			return nil, err
		}
		all = append(all, EffectiveSetting{Name: name, Value: value, From: from})
	}
	return all, nil
}

// from names the first policy of the line that says the setting.
func (l line) from(name string) (string, error) {
	for _, policy := range l {
		members, err := policy.members()
		if err != nil {
			return "", err
		}
		if _, says := members[name]; says {
			return policy.Name, nil
		}
	}
	return "", nil
}

// members returns what a policy says itself.
func (p Policy) members() (map[string]json.RawMessage, error) {
	members := make(map[string]json.RawMessage)
	if len(p.Set) == 0 {
		return members, nil
	}
	if err := json.Unmarshal(p.Set, &members); err != nil {
		return nil, fmt.Errorf("%w: of %q: %w", errSettings, p.Name, err)
	}
	return members, nil
}

// SettingNames returns the names of all settings, in the order of Settings.
func SettingNames() []string { return slices.Clone(settingNames) }

// settingNames is read from the type once, as every policy is checked by it.
var settingNames = fieldNames(reflect.TypeFor[Settings]())

func fieldNames(of reflect.Type) []string {
	var names []string
	for field := range of.Fields() {
		names = append(names, field.Name)
	}
	return names
}
