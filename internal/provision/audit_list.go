package provision

import (
	"context"
	"time"

	"github.com/dsappd/dsappd/internal/audit"
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

// ListAuditEvents reads a page of the audit.
func (s *Service) ListAuditEvents(ctx context.Context, in ListAuditEvents) (Page[audit.Event, audit.EventKey], error) {
	filter := audit.Filter{
		Since: in.Since, After: in.After, Domain: in.Domain, UserID: in.UserID, SerialNumber: in.SerialNumber,
		RegistrationID: in.RegistrationID, Operation: in.Operation, RequestID: in.RequestID,
	}
	return list[audit.Event, audit.EventKey]{
		limit:  in.Limit,
		scan:   filter.Scan,
		key:    audit.Events.KeyOf,
		wanted: filter.Matches,
	}.page(ctx, s)
}
