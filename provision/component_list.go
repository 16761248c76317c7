package provision

import (
	"context"
	"iter"
)

// ListComponents asks for the components after a key, of one type or, without
// it, of all; Limit 0 is a page's default.
type ListComponents struct {
	ComponentType string
	After         ComponentKey
	Limit         int
}

// ListComponents reads a page of components.
func (s *Service) ListComponents(ctx context.Context, in ListComponents) (Page[Component, ComponentKey], error) {
	return list[Component, ComponentKey]{
		limit: in.Limit,
		scan: func(v View) iter.Seq2[Component, error] {
			return v.ScanComponents(ComponentKey{ComponentType: in.ComponentType}, in.After)
		},
		key:    Component.Key,
		wanted: func(Component) bool { return true },
	}.page(ctx, s)
}
