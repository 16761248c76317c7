package provision

import (
	"context"
	"errors"
	"fmt"

	"github.com/dsappd/dsappd/store"
)

// CancelAuthUser takes back a challenge or a request that nobody has answered.
type CancelAuthUser struct {
	Key string // of the challenge or the request

	// UserID and Domain say whose it is to be; empty: anybody's.
	UserID string
	Domain string
}

// CancelAuthUser takes back a challenge, or a request to a device. A request is
// taken back by the component that made it and by no other.
func (s *Service) CancelAuthUser(ctx context.Context, caller Caller, in CancelAuthUser) (struct{}, error) {
	return perform(ctx, s, callEvent("cancelAuthUser", caller), func(f *frame) (struct{}, error) {
		f.unproven = true
		key, err := f.challenged(caller, GetChallenge{UserID: in.UserID, Domain: in.Domain})
		if err != nil {
			return struct{}{}, err
		}
		f.checked("challenge", in.Key)
		var made Challenge
		err = f.read(func(v *store.View) error {
			made, err = get(f, v, Challenges, in.Key)
			return err
		})
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return struct{}{}, fmt.Errorf("challenge: %w", err)
		}
		others := in.UserID != "" && key != UserKey{made.Domain, made.UserID} ||
			made.Request != nil && made.Request.ComponentType != f.event.ComponentType
		if err != nil || others || !f.now.Before(made.ExpiresAt) {
			return struct{}{}, refuse(NotFound, "There is no such challenge, or it has expired or was answered.")
		}
		remove(f, Challenges, made.Key)
		return struct{}{}, nil
	})
}
