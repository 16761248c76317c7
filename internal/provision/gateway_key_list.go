package provision

import (
	"context"
	"iter"

	"github.com/dsappd/dsappd/store"
)

// ListGatewayKeys asks for the API keys after a name; Limit 0 is a page's
// default.
type ListGatewayKeys struct {
	After string `json:"after,omitempty"`
	Limit int    `json:"limit,omitempty"`
}

// ListGatewayKeys reads a page of API keys.
func (s *Service) ListGatewayKeys(ctx context.Context, in ListGatewayKeys) (Page[GatewayKey, string], error) {
	return list[GatewayKey, string]{
		limit:  in.Limit,
		scan:   func(v *store.View) iter.Seq2[GatewayKey, error] { return store.Scan(v, GatewayKeys, "", in.After) },
		key:    GatewayKeys.KeyOf,
		wanted: func(GatewayKey) bool { return true },
	}.page(ctx, s)
}
