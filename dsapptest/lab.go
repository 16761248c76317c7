package dsapptest

import (
	"context"

	"github.com/dsappd/dsappd/internal/lab"
	"github.com/dsappd/dsappd/internal/server/timeline"
)

// Fault says what goes wrong on purpose, and for which requests: see
// docs/lab-faults.md.
type Fault struct {
	Do string // status, fault, unavailable, reset-before, reset-after, truncate, duplicate, slow or delay

	Door, Operation, Component, User string  // which requests; empty: all
	Nth, Times                       int     // which of them; 0: all
	Chance                           float64 // of each of them, with a Seed
	Seed                             uint64

	Status, Words string // of status, and of fault
	Delay         string // of slow and delay, such as 2s
}

// Fault adds a fault and returns its number, which the replies that it touches
// have in the header Dsappd-Fault.
func (s *Server) Fault(f Fault) int {
	s.t.Helper()
	added, err := s.controls.Faults.Add(lab.Fault{Do: f.Do, Door: f.Door, Operation: f.Operation, Component: f.Component, User: f.User,
		Nth: f.Nth, Times: f.Times, Chance: f.Chance, Seed: f.Seed, Status: f.Status, Words: f.Words, Delay: f.Delay})
	s.failed("add a fault", err)
	return added.ID
}

// ClearFaults removes all faults.
func (s *Server) ClearFaults() {
	s.t.Helper()
	_, err := s.controls.Faults.Clear(0)
	s.failed("clear the faults", err)
}

// Filter says which requests are meant. What is empty fits every request.
type Filter struct {
	Door, Operation, Component, User, Status, RegistrationID string
}

// Request describes a request that the server got, and what became of it.
type Request struct {
	RequestID, Door, Operation, Component, User, RegistrationID, Status, Reason string

	HTTP                int    // status; 0: there was no reply
	Envelope, ReplyText string // of SOAP, without their secrets
}

// Requests returns the requests so far that fit, the oldest first.
func (s *Server) Requests(f Filter) []Request {
	ctx, cancel := context.WithCancel(s.t.Context())
	cancel()
	return s.find(ctx, f)
}

// Await returns the requests that fit, once there is one. It ends the test when
// none has come after Wait.
func (s *Server) Await(f Filter) []Request {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), Wait)
	defer cancel()
	found := s.find(ctx, f)
	if len(found) == 0 {
		s.t.Fatalf("dsapptest: no request came within %v that fits %+v", Wait, f)
	}
	return found
}

func (s *Server) find(ctx context.Context, f Filter) (all []Request) {
	for _, e := range s.controls.Requests.Find(ctx, timeline.Filter{Door: f.Door, Operation: f.Operation, Component: f.Component, User: f.User, Status: f.Status, Registration: f.RegistrationID}) {
		all = append(all, Request{RequestID: e.RequestID, Door: e.Door, Operation: e.Operation, Component: e.Component, User: e.User, RegistrationID: e.RegistrationID,
			Status: e.Status, Reason: e.Reason, HTTP: e.HTTP, Envelope: e.Request, ReplyText: e.Reply})
	}
	return all
}
