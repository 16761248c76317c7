package admin

import (
	"context"

	"github.com/dsappd/dsappd/internal/provision"
)

func (d *Door) deleteUser(ctx context.Context, operator provision.Operator, in NameUser) (User, error) {
	user, err := d.Service.DeleteUser(ctx, operator, provision.NameUser(in))
	return showUser(user), err
}

// DeleteUser deletes a user, unassigns the user's authenticators and closes
// their open registrations. It answers with the user as it was.
func (c *Client) DeleteUser(ctx context.Context, in NameUser) (User, error) {
	return call[User](ctx, c, "user/delete", in)
}
