package admin

import (
	"context"

	"github.com/dsappd/dsappd/internal/provision"
)

func (d *Door) enableUser(ctx context.Context, operator provision.Operator, in NameUser) (User, error) {
	user, err := d.Service.EnableUser(ctx, operator, provision.NameUser(in))
	return showUser(user), err
}

func (d *Door) disableUser(ctx context.Context, operator provision.Operator, in NameUser) (User, error) {
	user, err := d.Service.DisableUser(ctx, operator, provision.NameUser(in))
	return showUser(user), err
}

func (d *Door) unlockUser(ctx context.Context, operator provision.Operator, in NameUser) (User, error) {
	user, err := d.Service.UnlockUser(ctx, operator, provision.NameUser(in))
	return showUser(user), err
}

// EnableUser lets a disabled user register again.
func (c *Client) EnableUser(ctx context.Context, in NameUser) (User, error) {
	return call[User](ctx, c, "user/enable", in)
}

// DisableUser refuses the user every step.
func (c *Client) DisableUser(ctx context.Context, in NameUser) (User, error) {
	return call[User](ctx, c, "user/disable", in)
}

// UnlockUser opens a lock.
func (c *Client) UnlockUser(ctx context.Context, in NameUser) (User, error) {
	return call[User](ctx, c, "user/unlock", in)
}
