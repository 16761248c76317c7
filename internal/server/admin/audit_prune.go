package admin

import (
	"context"
	"time"

	"github.com/dsappd/dsappd/internal/audit"

	"github.com/dsappd/dsappd/internal/provision"
)

// PruneAudit asks for the removal of what was sealed before a time; of ranges
// with broken seals too only if it says so.
type PruneAudit struct {
	Before time.Time `json:"before"`
	Broken bool      `json:"broken,omitempty"`
}

func (d *Door) pruneAudit(ctx context.Context, operator provision.Operator, in PruneAudit) (audit.Pruned, error) {
	return d.Service.PruneAudit(ctx, operator, audit.Limit(in))
}

// PruneAudit removes whole sealed ranges from the beginning of the audit.
func (c *Client) PruneAudit(ctx context.Context, in PruneAudit) (audit.Pruned, error) {
	return call[audit.Pruned](ctx, c, "audit/prune", in)
}
