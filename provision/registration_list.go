package provision

import (
	"context"
	"errors"
	"fmt"
	"iter"
)

// ListRegistrations asks for the registrations after an ID, in one state and
// of one user, domain and authenticator where these are given; Limit 0 is a
// page's default. Without a Domain, user@domain is split where that domain
// exists. The order is that of the IDs, which are random.
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
	if err := in.split(ctx, s); err != nil {
		return Page[Registration, string]{}, err
	}
	return list[Registration, string]{
		limit:  in.Limit,
		domain: in.Domain,
		scan:   func(v View) iter.Seq2[Registration, error] { return v.ScanRegistrations(in.After) },
		key:    func(r Registration) string { return r.ID },
		wanted: in.wants,
	}.page(ctx, s)
}

// split tells user and domain apart as everywhere else.
func (in *ListRegistrations) split(ctx context.Context, s *Service) error {
	userID, domain := splitAtDomain(in.UserID)
	if in.Domain != "" || domain == "" {
		return nil
	}
	err := s.Store.View(ctx, func(v View) error {
		_, err := v.GetDomain(domain)
		return err
	})
	switch {
	case errors.Is(err, ErrNotFound):
		return nil
	case err != nil:
		return fmt.Errorf("domain: %w", err)
	}
	in.UserID, in.Domain = userID, domain
	return nil
}

func (in ListRegistrations) wants(r Registration) bool {
	return (in.State == "" || in.State == r.State) && (in.UserID == "" || in.UserID == r.UserID) &&
		(in.Domain == "" || in.Domain == r.Domain) && (in.SerialNumber == "" || in.SerialNumber == r.SerialNumber)
}
