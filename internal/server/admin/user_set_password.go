package admin

import (
	"context"

	"github.com/dsappd/dsappd/internal/provision"
)

// SetUserPassword is a new static password for a user.
type SetUserPassword struct {
	NameUser
	StaticPassword string `json:"staticPassword"`
}

func (d *Door) setUserPassword(ctx context.Context, operator provision.Operator, in SetUserPassword) (User, error) {
	user, err := d.Service.SetUserPassword(ctx, operator, provision.SetUserPassword{
		NameUser: provision.NameUser(in.NameUser), StaticPassword: in.StaticPassword})
	return showUser(user), err
}

// SetUserPassword replaces the static password; a lock stays.
func (c *Client) SetUserPassword(ctx context.Context, in SetUserPassword) (User, error) {
	return call[User](ctx, c, "user/set-password", in)
}
