package provision

import (
	"context"
	"iter"

	"github.com/dsappd/dsappd/store"
)

// ListOperatorKeys asks for the keys after a name; Limit 0 is a page's default.
type ListOperatorKeys struct {
	After string `json:"after,omitempty"`
	Limit int    `json:"limit,omitempty"`
}

// ListOperatorKeys reads a page of operators' keys.
func (s *Service) ListOperatorKeys(ctx context.Context, in ListOperatorKeys) (Page[OperatorKey, string], error) {
	return list[OperatorKey, string]{
		limit:  in.Limit,
		scan:   func(v *store.View) iter.Seq2[OperatorKey, error] { return store.Scan(v, OperatorKeys, "", in.After) },
		key:    OperatorKeys.KeyOf,
		wanted: func(OperatorKey) bool { return true },
	}.page(ctx, s)
}
