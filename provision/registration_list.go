package provision

import (
	"context"
	"iter"
)

// ListRegistrations asks for the registrations after an ID, in one state where
// that is given; Limit 0 is a page's default. The order is that of the IDs,
// which are random.
type ListRegistrations struct {
	State RegistrationState
	After string
	Limit int
}

// ListRegistrations reads a page of registrations.
func (s *Service) ListRegistrations(ctx context.Context, in ListRegistrations) (Page[Registration, string], error) {
	return list[Registration, string]{
		limit:  in.Limit,
		scan:   func(v View) iter.Seq2[Registration, error] { return v.ScanRegistrations(in.After) },
		key:    func(r Registration) string { return r.ID },
		wanted: func(r Registration) bool { return in.State == "" || in.State == r.State },
	}.page(ctx, s)
}
