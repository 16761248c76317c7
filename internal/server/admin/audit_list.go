package admin

import (
	"context"
	"time"

	"github.com/dsappd/dsappd/internal/audit"

	"github.com/dsappd/dsappd/internal/provision"
)

// ListAuditEvents asks for the events after a key, since a time, and of those
// the ones that match every member that is given.
type ListAuditEvents struct {
	Since          time.Time      `json:"since,omitzero"`
	After          audit.EventKey `json:"after,omitzero"`
	Limit          int            `json:"limit,omitempty"`
	Domain         string         `json:"domain,omitempty"`
	UserID         string         `json:"userID,omitempty"`
	SerialNumber   string         `json:"serialNumber,omitempty"`
	RegistrationID string         `json:"registrationID,omitempty"`
	Operation      string         `json:"operation,omitempty"`
	RequestID      string         `json:"requestID,omitempty"`
}

// AuditPage is a page of the audit. Its records are lines of the audit, whose
// form is the same wherever they are seen.
type AuditPage = Page[audit.Event, audit.EventKey]

func (d *Door) listAuditEvents(ctx context.Context, _ provision.Operator, in ListAuditEvents) (AuditPage, error) {
	events, err := d.Service.ListAuditEvents(ctx, provision.ListAuditEvents{
		Since: in.Since, After: in.After, Limit: in.Limit, Domain: in.Domain, UserID: in.UserID, SerialNumber: in.SerialNumber,
		RegistrationID: in.RegistrationID, Operation: in.Operation, RequestID: in.RequestID})
	return page(events, same, same), err
}

// ListAuditEvents reads a page of the audit.
func (c *Client) ListAuditEvents(ctx context.Context, in ListAuditEvents) (AuditPage, error) {
	return call[AuditPage](ctx, c, "audit/list", in)
}
