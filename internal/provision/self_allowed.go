package provision

import (
	"context"

	"github.com/dsappd/dsappd/store"
)

// SelfAllowed is what the policy of the self-management page lets its users do.
type SelfAllowed struct {
	OfflineMDL    bool
	SecureChannel bool
}

// SelfAllowed reads the policy of a page's component. Reading leaves no event.
func (s *Service) SelfAllowed(ctx context.Context, caller Caller) (SelfAllowed, error) {
	return show(ctx, s, func(f *frame, v *store.View) (SelfAllowed, error) {
		component, err := f.component(v, caller)
		if err != nil {
			return SelfAllowed{}, err
		}
		err = f.govern(v, component.Policy)
		return SelfAllowed{f.settings.OfflineMDL, f.settings.SecureChannel}, err
	})
}
