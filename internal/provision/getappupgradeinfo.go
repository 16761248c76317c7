package provision

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/dsappd/dsappd/dsapp"
	"github.com/dsappd/dsappd/store"
)

// Possession names a user and one of the user's authenticators, as the
// operations have it that ask for no proof: what their component may do rests
// on its address.
type Possession struct {
	UserID       string
	Domain       string // empty: the default one, or userID's
	SerialNumber string
}

// GetAppUpgradeInfo makes the upgrade message (profile section 9, in hex) for
// an app that holds an authenticator of the user. It changes nothing.
func (s *Service) GetAppUpgradeInfo(ctx context.Context, caller Caller, in Possession) (string, error) {
	return perform(ctx, s, callEvent("getAppUpgradeInfo", caller), func(f *frame) (string, error) {
		user, _, err := f.possessor(caller, in)
		if err != nil {
			return "", err
		}
		message, err := dsapp.Upgrade{UserID: user.UserID, Domain: user.Domain, DigipassGatewayID: f.service.GatewayID}.Hex()
		if err != nil {
			return "", refuse(InvalidParameter, fmt.Sprintf("The upgrade message cannot be made: %v.", err))
		}
		return message, nil
	})
}

// possessor reads the user and the authenticator that a component names.
func (f *frame) possessor(caller Caller, in Possession) (User, Authenticator, error) {
	f.unproven = true
	var user User
	var authenticator Authenticator
	err := f.read(func(v *store.View) error {
		component, err := f.component(v, caller)
		if err != nil {
			return err
		}
		if err := f.govern(v, component.Policy); err != nil {
			return err
		}
		if user, err = f.namedUser(v, in); err != nil {
			return err
		}
		authenticator, err = f.namedAuthenticator(v, user, in.SerialNumber)
		return err
	})
	return user, authenticator, err
}

func (f *frame) namedUser(v *store.View, in Possession) (User, error) {
	key, err := f.resolve(v, in.UserID, in.Domain)
	if err != nil {
		return User{}, err
	}
	f.event.Domain, f.event.UserID = key.Domain, key.UserID
	f.checked("user", key.UserID+" of "+key.Domain)
	user, err := get(f, v, Users, key)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return User{}, refuseCredentials("unknown user or domain")
	case err != nil:
		return User{}, fmt.Errorf("user: %w", err)
	case user.Disabled:
		return User{}, refuse(UserDisabled, "The user is disabled.")
	}
	return user, nil
}

func (f *frame) namedAuthenticator(v *store.View, user User, serialNumber string) (Authenticator, error) {
	f.event.SerialNumber = serialNumber
	f.checked("authenticator", serialNumber)
	licence, sequenceNumber, err := dsapp.ParseInstanceName(serialNumber)
	instance := err == nil
	if instance {
		serialNumber = licence
	}
	if !slices.Contains(user.SerialNumbers, serialNumber) {
		return Authenticator{}, refuse(NotFound, "The user has no authenticator with this serialNumber.")
	}
	authenticator, err := get(f, v, Authenticators, serialNumber)
	if err != nil {
		return Authenticator{}, fmt.Errorf("authenticator %s: %w", serialNumber, err)
	}
	if authenticator.State == Disabled {
		return Authenticator{}, refuse(NotFound, "The authenticator is disabled.")
	}
	if i, _ := authenticator.instance(sequenceNumber); instance && i.State != InstanceActive {
		return Authenticator{}, refuse(NotFound, "The user has no active instance of this name.")
	}
	return authenticator, nil
}
