package provision

import (
	"context"

	"github.com/dsappd/dsappd/store"
)

// EffectivePolicy is a policy with all that holds under it.
type EffectivePolicy struct {
	Policy
	Line     []string           // it inherits from these, the nearest first
	Settings []EffectiveSetting // in the order of Settings
}

// ShowPolicy reads one policy, every setting that holds under it, and from
// where.
func (s *Service) ShowPolicy(ctx context.Context, name string) (EffectivePolicy, error) {
	return show(ctx, s, func(f *frame, v *store.View) (EffectivePolicy, error) {
		policy, err := f.policy(v, name)
		if err != nil {
			return EffectivePolicy{}, err
		}
		l, err := lineOf(policiesOf(v), name)
		if err != nil {
			return EffectivePolicy{}, err
		}
		shown := EffectivePolicy{Policy: policy}
		for _, parent := range l[1:] {
			shown.Line = append(shown.Line, parent.Name)
		}
		shown.Settings, err = l.effective()
		return shown, err
	})
}

// policiesOf gets policies by name, without watching them.
func policiesOf(v *store.View) func(name string) (Policy, error) {
	return func(name string) (Policy, error) { return store.Get(v, Policies, name) }
}
