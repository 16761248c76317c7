package provision

import (
	"context"
	"fmt"

	"github.com/dsappd/dsappd/internal/audit"
)

// LastRefusals returns the last n refusals, the newest first, as far as they
// are among the last 100,000 decisions or so. n is 1 to audit.MaxRefusals.
func (s *Service) LastRefusals(ctx context.Context, n int) ([]audit.Event, error) {
	if n < 1 || n > audit.MaxRefusals {
		return nil, s.refused(refuse(InvalidParameter, fmt.Sprintf("The number of refusals is %d: it is 1 to %d.", n, audit.MaxRefusals)))
	}
	return s.Audit.LastRefusals(ctx, n)
}
