package provision

import (
	"context"
	"errors"
	"fmt"

	"github.com/dsappd/dsappd/store"
)

// NameUser names a user. Without a Domain, user@domain is split where that
// domain exists, as register splits it, and else the domain is the default
// one.
type NameUser struct {
	Domain string `json:"domain,omitempty"`
	UserID string `json:"userID"`
}

// ShowUser reads one user.
func (s *Service) ShowUser(ctx context.Context, in NameUser) (User, error) {
	return show(ctx, s, func(f *frame, v *store.View) (User, error) { return f.user(v, in) })
}

// user reads the user that an operator names.
func (f *frame) user(v *store.View, in NameUser) (User, error) {
	if err := checkUserName(in.Domain, in.UserID); err != nil {
		return User{}, err
	}
	key, err := f.named(v, in.Domain, in.UserID)
	if err != nil {
		return User{}, err
	}
	user, err := get(f, v, Users, key)
	return user, mustExist(err, fmt.Sprintf("There is no user %q in domain %q.", key.UserID, key.Domain))
}

// show reads as an operation does, but decides nothing and so leaves no
// event.
func show[R any](ctx context.Context, s *Service, body func(*frame, *store.View) (R, error)) (R, error) {
	var record R
	f := &frame{service: s, ctx: ctx, fresh: true}
	err := f.read(func(v *store.View) error {
		var err error
		record, err = body(f, v)
		return err
	})
	if refusal, refused := errors.AsType[*Error](err); refused {
		return record, s.refused(refusal)
	}
	return record, err
}
