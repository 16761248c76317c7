package admin

import (
	"context"

	"github.com/dsappd/dsappd/internal/provision"
)

// NameUser names a user. Without a domain, user@domain is split where that
// domain exists, and else the domain is the default one.
type NameUser struct {
	Domain string `json:"domain,omitempty"`
	UserID string `json:"userID"`
}

func (d *Door) showUser(ctx context.Context, _ provision.Operator, in NameUser) (User, error) {
	user, err := d.Service.ShowUser(ctx, provision.NameUser(in))
	return showUser(user), err
}

// ShowUser reads one user.
func (c *Client) ShowUser(ctx context.Context, in NameUser) (User, error) {
	return call[User](ctx, c, "user/show", in)
}
