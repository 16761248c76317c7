package provision

import (
	"context"
	"errors"
	"fmt"

	"github.com/dsappd/dsappd/store"
)

// SweepSessions deletes the administrative sessions that have ended, and returns
// how many. What has moved between reading and writing is left to the next
// sweep.
func (s *Service) SweepSessions(ctx context.Context, operator Operator) (int, error) {
	ended, err := s.endedSessions(ctx)
	if err != nil || len(ended) == 0 {
		return 0, err
	}
	_, err = perform(ctx, s, operatorEvent("session sweep", operator), func(f *frame) (struct{}, error) {
		for _, session := range ended {
			expect(f, AdminSessions, session.Digest, session.Revision)
			remove(f, AdminSessions, session.Digest)
		}
		f.checked("ended sessions", fmt.Sprint(len(ended)))
		return struct{}{}, nil
	})
	if errors.Is(err, ErrContended) {
		return 0, nil
	}
	return len(ended), err
}

// endedSessions lists up to maxSessions, of which there are no more.
func (s *Service) endedSessions(ctx context.Context) (ended []AdminSession, err error) {
	now := s.Now()
	err = s.Store.View(ctx, func(v *store.View) error {
		for session, err := range store.Scan(v, AdminSessions, "", "") {
			if err != nil {
				return fmt.Errorf("sessions: %w", err)
			}
			if !session.alive(now) {
				ended = append(ended, session)
			}
		}
		return nil
	})
	return ended, err
}
