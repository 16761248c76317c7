package provision

import (
	"context"
	"fmt"
	"time"

	"github.com/dsappd/dsappd/internal/audit"
)

// PruneAudit removes whole seals with their events from the beginning of the
// audit. The decision to remove is an event itself, which is written before
// anything is removed.
func (s *Service) PruneAudit(ctx context.Context, operator Operator, in audit.Limit) (audit.Pruned, error) {
	_, err := perform(ctx, s, operatorEvent("audit prune", operator), func(f *frame) (struct{}, error) {
		f.checked("sealed before", in.Before.UTC().Format(time.RFC3339))
		if in.Broken {
			f.checked("broken seals", "removed too")
		}
		if in.Untaken {
			f.checked("followers", "events removed that they have not taken")
		}
		if !in.Before.Before(f.now) {
			return struct{}{}, refuse(InvalidParameter, "The age is not above zero: what is sealed from now on cannot be removed yet.")
		}
		return struct{}{}, nil
	})
	if err != nil {
		return audit.Pruned{}, err
	}
	return s.Audit.Prune(ctx, in)
}

// RetainAudit removes what was sealed longer ago than keep, if there is any.
func (s *Service) RetainAudit(ctx context.Context, keep time.Duration) (audit.Pruned, error) {
	in := audit.Limit{Before: s.Now().Add(-keep)}
	some, not, err := s.Audit.Removable(ctx, in)
	switch {
	case err != nil:
		return audit.Pruned{}, fmt.Errorf("retain the audit: %w", err)
	case some:
		return s.PruneAudit(ctx, Operator{Name: "retention"}, in)
	}
	return not, nil
}
