package provision

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"time"

	"github.com/dsappd/dsappd/store"
)

// ListAuditEvents asks for the events after a key, since a time, and of those
// the ones that match every member that is set. Events come by run, and
// within a run by time.
type ListAuditEvents struct {
	Since time.Time
	After AuditKey
	Limit int

	Domain, UserID string
	SerialNumber   string
	RegistrationID string
	Operation      string
	RequestID      string
}

// ListAuditEvents reads a page of the audit.
func (s *Service) ListAuditEvents(ctx context.Context, in ListAuditEvents) (Page[AuditEvent, AuditKey], error) {
	return list[AuditEvent, AuditKey]{
		limit:  in.Limit,
		scan:   in.scan,
		key:    AuditEvents.KeyOf,
		wanted: in.wanted,
	}.page(ctx, s)
}

func (in ListAuditEvents) wanted(e AuditEvent) bool {
	matches := func(asked, is string) bool { return asked == "" || asked == is }
	return !e.Time.Before(in.Since) && matches(in.Domain, e.Domain) && matches(in.UserID, e.UserID) &&
		matches(in.SerialNumber, e.SerialNumber) && matches(in.RegistrationID, e.RegistrationID) &&
		matches(in.Operation, e.Operation) && matches(in.RequestID, e.RequestID)
}

func (in ListAuditEvents) scan(v *store.View) iter.Seq2[AuditEvent, error] {
	if in.RequestID != "" {
		return in.ofRequest(v)
	}
	return in.since(v)
}

// since scans from a time on, run by run: in each it begins at that time. A
// page sees one earlier event of a run, by which it finds the run.
func (in ListAuditEvents) since(v *store.View) iter.Seq2[AuditEvent, error] {
	return func(yield func(AuditEvent, error) bool) {
		for after, more := in.After, true; more; {
			more = false
			for event, err := range store.Scan(v, AuditEvents, AuditKey{}, after) {
				if !yield(event, err) || err != nil {
					return
				}
				begin := AuditKey{Run: event.Run, Time: in.Since}
				if more = begin.after(event.AuditKey); more {
					after = begin
					break
				}
			}
		}
	}
}

// ofRequest scans the events of one request, by the index.
func (in ListAuditEvents) ofRequest(v *store.View) iter.Seq2[AuditEvent, error] {
	return func(yield func(AuditEvent, error) bool) {
		after := AuditRequestKey{}
		if in.After != (AuditKey{}) {
			after = AuditRequestKey{RequestID: in.RequestID, AuditKey: in.After}
		}
		for request, err := range store.Scan(v, AuditRequests, AuditRequestKey{RequestID: in.RequestID}, after) {
			var event AuditEvent
			if err == nil {
				event, err = store.Get(v, AuditEvents, request.AuditKey)
			}
			if errors.Is(err, store.ErrNotFound) {
				continue
			}
			if err != nil {
				yield(AuditEvent{}, fmt.Errorf("event of request: %w", err))
				return
			}
			if !yield(event, nil) {
				return
			}
		}
	}
}
