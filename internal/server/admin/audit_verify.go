package admin

import (
	"context"

	"github.com/dsappd/dsappd/internal/provision"
)

// VerifyAudit asks for a verification of the whole audit, and that it still
// holds the seals that were noted elsewhere.
type VerifyAudit struct {
	Known []provision.SealDigest `json:"known,omitempty"`
}

func (d *Door) verifyAudit(ctx context.Context, _ provision.Operator, in VerifyAudit) (provision.Verification, error) {
	return d.Service.VerifyAudit(ctx, provision.VerifyAudit(in))
}

// VerifyAudit follows every chain of the audit. It takes as long as the audit
// is long.
func (c *Client) VerifyAudit(ctx context.Context, in VerifyAudit) (provision.Verification, error) {
	return call[provision.Verification](ctx, c, "audit/verify", in)
}
