package provision

import (
	"context"
	"iter"
)

// ListGatewayKeys asks for the API keys after a name; Limit 0 is a page's
// default.
type ListGatewayKeys struct {
	After string
	Limit int
}

// ListGatewayKeys reads a page of API keys.
func (s *Service) ListGatewayKeys(ctx context.Context, in ListGatewayKeys) (Page[GatewayKey, string], error) {
	return list[GatewayKey, string]{
		limit:  in.Limit,
		scan:   func(v View) iter.Seq2[GatewayKey, error] { return v.ScanGatewayKeys(in.After) },
		key:    gatewayKeyName,
		wanted: func(GatewayKey) bool { return true },
	}.page(ctx, s)
}

func gatewayKeyName(k GatewayKey) string { return k.Name }
