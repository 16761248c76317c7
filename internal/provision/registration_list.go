package provision

import (
	"context"
	"fmt"
	"iter"

	"github.com/dsappd/dsappd/internal/names"
	"github.com/dsappd/dsappd/store"
)

// ListRegistrations asks for the registrations after an ID, in one state and
// of one user, domain and authenticator where these are given; Limit 0 is a
// page's default. Without a Domain, user@domain is split where that domain
// exists. The order is that of the IDs, which are random.
type ListRegistrations struct {
	State        RegistrationState `json:"state,omitempty"`
	UserID       string            `json:"userID,omitempty"`
	Domain       string            `json:"domain,omitempty"`
	SerialNumber string            `json:"serialNumber,omitempty"`
	After        string            `json:"after,omitempty"`
	Limit        int               `json:"limit,omitempty"`
}

// ListRegistrations reads a page of registrations.
func (s *Service) ListRegistrations(ctx context.Context, in ListRegistrations) (Page[Registration, string], error) {
	if err := in.split(ctx, s); err != nil {
		return Page[Registration, string]{}, err
	}
	return list[Registration, string]{
		limit:  in.Limit,
		domain: in.Domain,
		scan:   func(v *store.View) iter.Seq2[Registration, error] { return store.Scan(v, Registrations, "", in.After) },
		key:    Registrations.KeyOf,
		wanted: in.wants,
	}.page(ctx, s)
}

// split tells user and domain apart as everywhere else.
func (in *ListRegistrations) split(ctx context.Context, s *Service) error {
	in.UserID = names.Trim(in.UserID)
	if names.Trim(in.Domain) == "" {
		for _, split := range names.Splits(in.UserID) {
			known, err := show(ctx, s, func(f *frame, v *store.View) (bool, error) {
				name, err := f.domainNamed(v, split.Domain)
				if err != nil {
					return false, err
				}
				_, err = store.Get(v, Domains, name)
				return exists(err)
			})
			if err != nil {
				return fmt.Errorf("domain: %w", err)
			}
			if known {
				in.UserID, in.Domain = split.UserID, split.Domain
				break
			}
		}
	}
	var err error
	in.Domain, err = s.domainOf(ctx, in.Domain)
	return err
}

func (in ListRegistrations) wants(r Registration) bool {
	return (in.State == "" || in.State == r.State) && (in.UserID == "" || sameUserID(in.UserID, r.UserID)) &&
		(in.Domain == "" || in.Domain == r.Domain) && (in.SerialNumber == "" || in.SerialNumber == r.SerialNumber)
}
