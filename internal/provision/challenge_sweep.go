package provision

import (
	"context"
	"errors"
	"fmt"

	"github.com/dsappd/dsappd/store"
)

// SweepChallenges deletes the challenges that have expired, and returns how
// many. What has moved between reading and writing is left to the next sweep.
func (s *Service) SweepChallenges(ctx context.Context, operator Operator) (int, error) {
	swept := 0
	for after := ""; ; {
		batch, last, err := s.expiredChallenges(ctx, after)
		if err != nil || len(batch) == 0 {
			return swept, err
		}
		after = last
		_, err = perform(ctx, s, operatorEvent("challenge sweep", operator), func(f *frame) (struct{}, error) {
			for _, c := range batch {
				expect(f, Challenges, c.Key, c.Revision)
				remove(f, Challenges, c.Key)
			}
			f.checked("expired challenges", fmt.Sprint(len(batch)))
			return struct{}{}, nil
		})
		if err != nil && !errors.Is(err, ErrContended) {
			return swept, err
		}
		if err == nil {
			swept += len(batch)
		}
	}
}

// expiredChallenges lists some after a key, and says up to which it looked.
func (s *Service) expiredChallenges(ctx context.Context, after string) (batch []Challenge, last string, err error) {
	now := s.Now()
	err = s.Store.View(ctx, func(v *store.View) error {
		for c, err := range store.Scan(v, Challenges, "", after) {
			if err != nil {
				return fmt.Errorf("challenges: %w", err)
			}
			last = c.Key
			if !now.Before(c.ExpiresAt) {
				batch = append(batch, c)
			}
			if len(batch) == sweepBatch {
				return nil
			}
		}
		return nil
	})
	return batch, last, err
}
