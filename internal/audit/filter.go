package audit

import (
	"errors"
	"iter"
	"time"

	"github.com/dsappd/dsappd/store"
)

// Filter asks for the events behind a key and since a time that match every
// member that is set. Events come by run, and within a run by time.
type Filter struct {
	Since time.Time
	After EventKey

	Domain, UserID string
	SerialNumber   string
	RegistrationID string
	Operation      string
	RequestID      string
}

// Matches reports whether the filter wants an event.
func (f Filter) Matches(e Event) bool {
	matches := func(asked, is string) bool { return asked == "" || asked == is }
	return !e.Time.Before(f.Since) && matches(f.Domain, e.Domain) && matches(f.UserID, e.UserID) &&
		matches(f.SerialNumber, e.SerialNumber) && matches(f.RegistrationID, e.RegistrationID) &&
		matches(f.Operation, e.Operation) && matches(f.RequestID, e.RequestID)
}

// Scan reads the events that the filter may want, in order. Ask Matches of each.
func (f Filter) Scan(v *store.View) iter.Seq2[Event, error] {
	if f.RequestID != "" {
		return ofRequest(v, f.RequestID, f.After)
	}
	return f.since(v)
}

// since scans from a time on, run by run: in each it begins at that time. A
// page sees one earlier event of a run, by which it finds the run.
func (f Filter) since(v *store.View) iter.Seq2[Event, error] {
	return func(yield func(Event, error) bool) {
		for after, more := f.After, true; more; {
			more = false
			for event, err := range store.Scan(v, Events, EventKey{}, after) {
				if !yield(event, err) || err != nil {
					return
				}
				begin := EventKey{Run: event.Run, Time: f.Since}
				if more = begin.after(event.EventKey); more {
					after = begin
					break
				}
			}
		}
	}
}

// ofRequest scans the events of one request behind a key, by the index. An ID
// that no key could hold is no request's.
func ofRequest(v *store.View, requestID string, behind EventKey) iter.Seq2[Event, error] {
	return func(yield func(Event, error) bool) {
		if requestID != printable(requestID, maxEventID) {
			return
		}
		after := RequestKey{}
		if behind != (EventKey{}) {
			after = RequestKey{RequestID: requestID, EventKey: behind}
		}
		for request, err := range store.Scan(v, Requests, RequestKey{RequestID: requestID}, after) {
			var event Event
			if err == nil {
				event, err = store.Get(v, Events, request.EventKey)
			}
			if errors.Is(err, store.ErrNotFound) {
				continue
			}
			if !yield(event, err) || err != nil {
				return
			}
		}
	}
}
