package provision

import (
	"context"
	"fmt"

	"github.com/dsappd/dsappd/internal/audit"
)

// ExplainRequest returns the decisions that were taken under a request ID, in
// the order of their keys.
func (s *Service) ExplainRequest(ctx context.Context, requestID string) ([]audit.Event, error) {
	if requestID == "" {
		return nil, s.refused(refuse(InvalidParameter, "The request ID is missing: it is the Request-Id header of the answer."))
	}
	events, err := s.Audit.OfRequest(ctx, requestID)
	if err != nil {
		return nil, fmt.Errorf("explain: %w", err)
	}
	if len(events) == 0 {
		return nil, s.refused(refuse(NotFound, fmt.Sprintf(
			"No decision is recorded under request ID %q. Requests that only read leave none, nor do those that were turned away before a component was looked for, "+
				"such as an envelope that could not be read: a running server remembers the last 512 of those, and its log has all. Decisions older than the audit is kept are gone.", requestID)))
	}
	return events, nil
}
