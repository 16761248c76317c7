package provision

import (
	"context"
	"iter"

	"github.com/dsappd/dsappd/store"
)

// ListAuthenticators asks for the authenticators after a serial number, of
// one domain, in one state and of one type where these are given; Limit 0 is a
// page's default.
type ListAuthenticators struct {
	Domain string             `json:"domain,omitempty"`
	State  AuthenticatorState `json:"state,omitempty"`
	Type   AuthenticatorType  `json:"type,omitempty"`
	After  string             `json:"after,omitempty"`
	Limit  int                `json:"limit,omitempty"`
}

// ListAuthenticators reads a page of authenticators.
func (s *Service) ListAuthenticators(ctx context.Context, in ListAuthenticators) (Page[Authenticator, string], error) {
	var err error
	if in.Domain, err = s.domainOf(ctx, in.Domain); err != nil {
		return Page[Authenticator, string]{}, err
	}
	return list[Authenticator, string]{
		limit:  in.Limit,
		domain: in.Domain,
		scan: func(v *store.View) iter.Seq2[Authenticator, error] {
			return store.Scan(v, Authenticators, "", in.After)
		},
		key:    Authenticators.KeyOf,
		wanted: in.wants,
	}.page(ctx, s)
}

func (in ListAuthenticators) wants(a Authenticator) bool {
	return (in.Domain == "" || in.Domain == a.Domain) && (in.State == "" || in.State == a.State) && (in.Type == "" || in.Type == a.kind())
}
