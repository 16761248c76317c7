package provision

import (
	"context"
	"iter"
)

// ListDomains asks for the domains after a name; Limit 0 is a page's default.
type ListDomains struct {
	After string
	Limit int
}

// ListDomains reads a page of domains.
func (s *Service) ListDomains(ctx context.Context, in ListDomains) (Page[Domain, string], error) {
	return list[Domain, string]{
		limit:  in.Limit,
		scan:   func(v View) iter.Seq2[Domain, error] { return v.ScanDomains(in.After) },
		key:    func(d Domain) string { return d.Name },
		wanted: func(Domain) bool { return true },
	}.page(ctx, s)
}
