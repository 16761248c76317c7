package admin

import (
	"context"
	"encoding/json"

	"github.com/dsappd/dsappd/internal/audit"

	"github.com/dsappd/dsappd/internal/provision"
)

// ExportAudit asks for the part of an export behind a place; without one, for
// its beginning.
type ExportAudit struct {
	After audit.Place `json:"after,omitzero"`
}

// ExportedAudit is a part of an export: lines of the audit, byte for byte.
type ExportedAudit = Page[json.RawMessage, audit.Place]

func (d *Door) exportAudit(ctx context.Context, _ provision.Operator, in ExportAudit) (ExportedAudit, error) {
	exported, err := d.Service.Audit.Export(ctx, in.After)
	return ExportedAudit{Items: exported.Lines, Next: exported.Next}, err
}

// ExportAudit reads a part of an export.
func (c *Client) ExportAudit(ctx context.Context, in ExportAudit) (ExportedAudit, error) {
	return call[ExportedAudit](ctx, c, "audit/export", in)
}
