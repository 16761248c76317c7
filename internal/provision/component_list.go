package provision

import (
	"context"
	"iter"

	"github.com/dsappd/dsappd/store"
)

// ListComponents asks for the components after a key, of one type or, without
// it, of all; Limit 0 is a page's default.
type ListComponents struct {
	ComponentType string        `json:"componentType,omitempty"`
	After         NameComponent `json:"after,omitzero"`
	Limit         int           `json:"limit,omitempty"`
}

// ListComponents reads a page of components.
func (s *Service) ListComponents(ctx context.Context, in ListComponents) (Page[Component, ComponentKey], error) {
	after := ComponentKey{ComponentType: in.After.ComponentType}
	if in.After.Location != "" {
		var err error
		if after.Location, err = ParseLocation(in.After.Location); err != nil {
			return Page[Component, ComponentKey]{}, s.refused(refuse(InvalidParameter, "The location to list after is refused: "+err.Error()+"."))
		}
	}
	return list[Component, ComponentKey]{
		limit: in.Limit,
		scan: func(v *store.View) iter.Seq2[Component, error] {
			return store.Scan(v, Components, ComponentKey{ComponentType: in.ComponentType}, after)
		},
		key:    Components.KeyOf,
		wanted: func(Component) bool { return true },
	}.page(ctx, s)
}
