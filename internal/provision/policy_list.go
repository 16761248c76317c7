package provision

import (
	"context"
	"iter"

	"github.com/dsappd/dsappd/store"
)

// ListPolicies asks for the policies after a name; Limit 0 is a page's default.
type ListPolicies struct {
	After string `json:"after,omitempty"`
	Limit int    `json:"limit,omitempty"`
}

// ListPolicies reads a page of policies.
func (s *Service) ListPolicies(ctx context.Context, in ListPolicies) (Page[Policy, string], error) {
	return list[Policy, string]{
		limit:  in.Limit,
		scan:   func(v *store.View) iter.Seq2[Policy, error] { return store.Scan(v, Policies, "", in.After) },
		key:    Policies.KeyOf,
		wanted: func(Policy) bool { return true },
	}.page(ctx, s)
}
