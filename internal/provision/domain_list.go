package provision

import (
	"context"
	"iter"

	"github.com/dsappd/dsappd/store"
)

// ListDomains asks for the domains after a name; Limit 0 is a page's default.
type ListDomains struct {
	After string `json:"after,omitempty"`
	Limit int    `json:"limit,omitempty"`
}

// ListDomains reads a page of domains.
func (s *Service) ListDomains(ctx context.Context, in ListDomains) (Page[Domain, string], error) {
	return list[Domain, string]{
		limit:  in.Limit,
		scan:   func(v *store.View) iter.Seq2[Domain, error] { return store.Scan(v, Domains, "", in.After) },
		key:    Domains.KeyOf,
		wanted: func(Domain) bool { return true },
	}.page(ctx, s)
}
