package provision

import (
	"context"
	"errors"
	"fmt"

	"github.com/dsappd/dsappd/store"
)

// ChallengeWaits reports whether a challenge of the server still waits for its
// answer. Reading leaves no event.
func (s *Service) ChallengeWaits(ctx context.Context, key string) (waits bool, err error) {
	err = s.Store.View(ctx, func(v *store.View) error {
		made, err := store.Get(v, Challenges, key)
		if errors.Is(err, store.ErrNotFound) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("challenge: %w", err)
		}
		waits = s.Now().Before(made.ExpiresAt)
		return nil
	})
	return waits, err
}
