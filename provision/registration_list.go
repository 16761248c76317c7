package provision

import (
	"context"
	"iter"
)

// ListRegistrations asks for the registrations after an ID, in one state and
// of one user, domain and authenticator where these are given; Limit 0 is a
// page's default. The order is that of the IDs, which are random.
type ListRegistrations struct {
	State        RegistrationState
	UserID       string
	Domain       string
	SerialNumber string
	After        string
	Limit        int
}

// ListRegistrations reads a page of registrations.
func (s *Service) ListRegistrations(ctx context.Context, in ListRegistrations) (Page[Registration, string], error) {
	return list[Registration, string]{
		limit:  in.Limit,
		domain: in.Domain,
		scan:   func(v View) iter.Seq2[Registration, error] { return v.ScanRegistrations(in.After) },
		key:    func(r Registration) string { return r.ID },
		wanted: in.wants,
	}.page(ctx, s)
}

func (in ListRegistrations) wants(r Registration) bool {
	return (in.State == "" || in.State == r.State) && (in.UserID == "" || in.UserID == r.UserID) &&
		(in.Domain == "" || in.Domain == r.Domain) && (in.SerialNumber == "" || in.SerialNumber == r.SerialNumber)
}
