package admin

import (
	"context"

	"github.com/dsappd/dsappd/internal/audit"

	"github.com/dsappd/dsappd/internal/provision"
)

// VerifyAudit asks for a verification of the whole audit, and that it still
// holds the seals that were noted elsewhere.
type VerifyAudit struct {
	Known []audit.SealDigest `json:"known,omitempty"`
}

func (d *Door) verifyAudit(ctx context.Context, _ provision.Operator, in VerifyAudit) (audit.Verification, error) {
	return d.Service.Audit.Verify(ctx, in.Known)
}

// VerifyAudit follows every chain of the audit. It takes as long as the audit
// is long.
func (c *Client) VerifyAudit(ctx context.Context, in VerifyAudit) (audit.Verification, error) {
	return call[audit.Verification](ctx, c, "audit/verify", in)
}
