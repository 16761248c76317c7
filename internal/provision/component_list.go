package provision

import (
	"context"
	"iter"

	"github.com/dsappd/dsappd/store"
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
		scan: func(v *store.View) iter.Seq2[Component, error] {
			return store.Scan(v, Components, ComponentKey{ComponentType: in.ComponentType}, in.After)
		},
		key:    Components.KeyOf,
		wanted: func(Component) bool { return true },
	}.page(ctx, s)
}
