package admin

import (
	"context"

	"github.com/dsappd/dsappd/internal/provision"
)

// UserKey names a user.
type UserKey struct {
	Domain string `json:"domain"`
	UserID string `json:"userID"`
}

// ListUsers asks for the users after a key, of one domain or of all.
type ListUsers struct {
	Domain string  `json:"domain,omitempty"`
	After  UserKey `json:"after,omitzero"`
	Limit  int     `json:"limit,omitempty"`
}

func (d *Door) listUsers(ctx context.Context, _ provision.Operator, in ListUsers) (Page[User, UserKey], error) {
	users, err := d.Service.ListUsers(ctx, provision.ListUsers{
		Domain: in.Domain, After: provision.UserKey(in.After), Limit: in.Limit})
	return page(users, showUser, func(k provision.UserKey) UserKey { return UserKey(k) }), err
}

// ListUsers reads a page of users.
func (c *Client) ListUsers(ctx context.Context, in ListUsers) (Page[User, UserKey], error) {
	return call[Page[User, UserKey]](ctx, c, "user/list", in)
}
