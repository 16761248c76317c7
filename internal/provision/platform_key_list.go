package provision

import (
	"context"
	"iter"

	"github.com/dsappd/dsappd/store"
)

// ListPlatformKeys asks for the keys after a name; Limit 0 is a page's default.
type ListPlatformKeys struct {
	After string `json:"after,omitempty"`
	Limit int    `json:"limit,omitempty"`
}

// ListPlatformKeys reads a page of keys.
func (s *Service) ListPlatformKeys(ctx context.Context, in ListPlatformKeys) (Page[PlatformKey, string], error) {
	return list[PlatformKey, string]{
		limit:  in.Limit,
		scan:   func(v *store.View) iter.Seq2[PlatformKey, error] { return store.Scan(v, PlatformKeys, "", in.After) },
		key:    PlatformKeys.KeyOf,
		wanted: func(PlatformKey) bool { return true },
	}.page(ctx, s)
}
