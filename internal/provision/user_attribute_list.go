package provision

import (
	"context"
	"iter"

	"github.com/dsappd/dsappd/store"
)

// ListUserAttributes asks for the attributes of a user after a key; Limit 0 is a
// page's default.
type ListUserAttributes struct {
	NameUser
	After UserAttributeKey `json:"after,omitzero"`
	Limit int              `json:"limit,omitempty"`
}

// ListUserAttributes reads a page of a user's attributes.
func (s *Service) ListUserAttributes(ctx context.Context, in ListUserAttributes) (Page[UserAttribute, UserAttributeKey], error) {
	user, err := s.ShowUser(ctx, in.NameUser)
	if err != nil {
		return Page[UserAttribute, UserAttributeKey]{}, err
	}
	return list[UserAttribute, UserAttributeKey]{
		limit: in.Limit,
		scan: func(v *store.View) iter.Seq2[UserAttribute, error] {
			return store.Scan(v, UserAttributes, UserAttributeKey{Domain: user.Domain, UserID: user.UserID}, in.After)
		},
		key:    UserAttributes.KeyOf,
		wanted: func(UserAttribute) bool { return true },
	}.page(ctx, s)
}
