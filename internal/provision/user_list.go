package provision

import (
	"context"
	"iter"

	"github.com/dsappd/dsappd/store"
)

// ListUsers asks for the users after a key, of one domain or, without it, of
// all; Limit 0 is a page's default.
type ListUsers struct {
	Domain string  `json:"domain,omitempty"`
	After  UserKey `json:"after,omitzero"`
	Limit  int     `json:"limit,omitempty"`
}

// ListUsers reads a page of users.
func (s *Service) ListUsers(ctx context.Context, in ListUsers) (Page[User, UserKey], error) {
	var err error
	if in.Domain, err = s.domainOf(ctx, in.Domain); err != nil {
		return Page[User, UserKey]{}, err
	}
	return list[User, UserKey]{
		limit:  in.Limit,
		domain: in.Domain,
		scan: func(v *store.View) iter.Seq2[User, error] {
			return store.Scan(v, Users, UserKey{Domain: in.Domain}, in.After)
		},
		key:    Users.KeyOf,
		wanted: func(User) bool { return true },
	}.page(ctx, s)
}
