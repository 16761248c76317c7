package provision

import "context"

// EffectivePolicy is a policy with all that holds under it.
type EffectivePolicy struct {
	Policy
	Line     []string           // it inherits from these, the nearest first
	Settings []EffectiveSetting // in the order of Settings
}

// ShowPolicy reads one policy, every setting that holds under it, and from
// where.
func (s *Service) ShowPolicy(ctx context.Context, name string) (EffectivePolicy, error) {
	return show(ctx, s, func(f *frame, v View) (EffectivePolicy, error) {
		policy, err := f.policy(v, name)
		if err != nil {
			return EffectivePolicy{}, err
		}
		l, err := lineOf(v.GetPolicy, name)
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
