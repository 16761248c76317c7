package admin

import (
	"context"
	"encoding/json"

	"github.com/dsappd/dsappd/internal/provision"
)

// NamePolicy names a policy.
type NamePolicy struct {
	Name string `json:"policy"`
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

func (d *Door) showPolicy(ctx context.Context, _ provision.Operator, in NamePolicy) (EffectivePolicy, error) {
	policy, err := d.Service.ShowPolicy(ctx, in.Name)
	shown := EffectivePolicy{Policy: showPolicy(policy.Policy), Line: append([]string{}, policy.Line...)}
	for _, setting := range policy.Settings {
		shown.Settings = append(shown.Settings, EffectiveSetting(setting))
	}
	return shown, err
}

// ShowPolicy reads one policy and every setting that holds under it.
func (c *Client) ShowPolicy(ctx context.Context, in NamePolicy) (EffectivePolicy, error) {
	return call[EffectivePolicy](ctx, c, "policy/show", in)
}
