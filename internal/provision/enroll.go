package provision

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/dsappd/dsappd/dsapp"
	"github.com/dsappd/dsappd/oath"
	"github.com/dsappd/dsappd/store"
)

// Enroll asks for all that an activation begins with. The caller vouches for
// the user, so a static password is optional.
type Enroll struct {
	UserID, Domain string

	// StaticPassword becomes that of a new user and is checked of any other.
	// Without one, a new user has none, and no password is right.
	StaticPassword string

	// SerialNumber names the authenticator: the user's, or one that is free.
	// Without it, it is the user's own, or else a free one is taken.
	SerialNumber string

	MDL            bool            // a licence for several devices is wanted, else an authenticator of one device
	ActivationType *ActivationType // nil: the authenticator's

	// DeviceCode answers the Activation Message 1 that GenerateActivationMessage
	// made for the licence; 26 digits. Empty: no device has read one.
	DeviceCode string

	// UserFields are said of the user, whether new or not.
	UserFields UserFields

	// Existing refuses to make a user.
	Existing bool
}

// EnrollResult is a new registration.
type EnrollResult struct {
	DSAPPSRPRegisterResult
	ActivationMessage2 string // where there was a device code; SerialNumber is then the instance's
}

// Enroll makes the user if there is none, finds an authenticator, assigns it
// and opens a registration, all at once or nothing.
func (s *Service) Enroll(ctx context.Context, caller Caller, in Enroll) (EnrollResult, error) {
	given := passwordCheck{passwords: s.Passwords, share: caller.share(), password: in.StaticPassword}
	made := newPassword{text: in.StaticPassword}
	claim := claim{single: !in.MDL, licence: in.MDL}
	return perform(ctx, s, callEvent("users/register", caller), func(f *frame) (EnrollResult, error) {
		a, err := f.applicant(caller, DSAPPSRPRegister{UserID: in.UserID, Domain: in.Domain})
		if err != nil {
			return EnrollResult{}, err
		}
		f.paid = true
		if a.user.Revision == 0 {
			err = f.newcomer(&a, in, &made)
		} else {
			err = f.vouchedFor(&a, in, &given)
		}
		if err != nil {
			return EnrollResult{}, err
		}
		if err := in.UserFields.apply(f, &a.user); err != nil {
			return EnrollResult{}, err
		}
		if err := f.provide(&a, in, &claim); err != nil {
			return EnrollResult{}, err
		}
		if in.DeviceCode != "" {
			return f.enrollDevice(a, in)
		}
		result, err := f.register(a, in.activationType())
		return EnrollResult{DSAPPSRPRegisterResult: result}, err
	})
}

func (in Enroll) activationType() *int { return (*int)(in.ActivationType) }

// newcomer makes the user.
func (f *frame) newcomer(a *applicant, in Enroll, password *newPassword) error {
	if in.Existing {
		return refuse(NotFound, fmt.Sprintf("There is no user %q in domain %q.", f.event.UserID, f.event.Domain))
	}
	f.checked("user", "new")
	user := AddUser{Domain: f.event.Domain, UserID: f.event.UserID, StaticPassword: in.StaticPassword}
	if err := checkUserName(user.Domain, user.UserID); err != nil {
		return err
	}
	var key UserKey
	err := f.read(func(v *store.View) error {
		var err error
		key, err = f.newUser(v, user)
		return err
	})
	if err != nil {
		return err
	}
	a.user = User{Domain: key.Domain, UserID: key.UserID, CreatedAt: f.now}
	if in.StaticPassword == "" {
		return nil
	}
	if err := checkPassword(in.StaticPassword); err != nil {
		return err
	}
	a.user.PasswordHash, err = password.hash(f)
	a.user.PasswordSetAt = f.now
	return err
}

// vouchedFor admits a user who is there; a password that is given must be right.
func (f *frame) vouchedFor(a *applicant, in Enroll, password *passwordCheck) error {
	if in.StaticPassword != "" {
		return f.authenticate(a, password)
	}
	f.turn.user(a.user.Key())
	return f.admitted(a)
}

// provide finds the authenticator, and assigns one that nobody has.
func (f *frame) provide(a *applicant, in Enroll, c *claim) error {
	f.checked("authenticator", in.SerialNumber)
	serialNumber := in.SerialNumber
	if serialNumber == "" {
		var err error
		if serialNumber, err = f.ownOfKind(a.user, in.MDL); err != nil {
			return err
		}
	}
	switch {
	case serialNumber == "":
		if err := f.limitOf(a.user, c); err != nil {
			return err
		}
		return f.autoAssign(a, in.activationType(), c)
	case !slices.Contains(a.user.SerialNumbers, serialNumber):
		return f.take(a, serialNumber, in.MDL)
	}
	return f.ownOf(a, serialNumber, in.MDL)
}

// ownOf uses an authenticator that the user has.
func (f *frame) ownOf(a *applicant, serialNumber string, mdl bool) error {
	f.event.SerialNumber = serialNumber
	err := f.read(func(v *store.View) error {
		var err error
		a.possession, err = f.possession(v, serialNumber)
		return err
	})
	if err != nil {
		return err
	}
	if err := a.authenticator.usable(mdl); err != nil {
		return err
	}
	return f.withinLimits(a.authenticator)
}

// usable refuses an authenticator that is disabled or of the other kind.
func (a Authenticator) usable(mdl bool) error {
	switch {
	case a.State == Disabled:
		return refuse(NotAllowed, fmt.Sprintf("The authenticator %s is disabled.", a.SerialNumber))
	case mdl && a.Licence == nil:
		return refuse(InvalidParameter, fmt.Sprintf("The authenticator %s is of one device, not a licence for several: ask for onlineSDL or offlineSDL.", a.SerialNumber))
	case !mdl && a.Licence != nil:
		return refuse(InvalidParameter, fmt.Sprintf("The authenticator %s is a licence for several devices: ask for onlineMDL or offlineMDL.", a.SerialNumber))
	}
	return nil
}

// ownOfKind returns the first of the user's authenticators that is enabled and
// of the kind, or "" if there is none.
func (f *frame) ownOfKind(user User, mdl bool) (string, error) {
	found := ""
	err := f.read(func(v *store.View) error {
		for _, serialNumber := range user.SerialNumbers {
			a, err := get(f, v, Authenticators, serialNumber)
			if err != nil && !errors.Is(err, store.ErrNotFound) {
				return fmt.Errorf("authenticator %s of the user: %w", serialNumber, err)
			}
			if err == nil && a.usable(mdl) == nil {
				found = serialNumber
				return nil
			}
		}
		return nil
	})
	return found, err
}

// limitOf holds the user to the limit of authenticators before another of any
// type that may be taken.
func (f *frame) limitOf(user User, c *claim) error {
	return f.read(func(v *store.View) error {
		for _, t := range c.types(f.settings) {
			coming := Authenticator{Parameters: oath.Parameters{Type: oath.Type(t)}}
			if t == MDL {
				coming.Licence = &Licence{}
			}
			if err := f.withinAuthenticatorLimit(v, user, coming); err != nil {
				return err
			}
		}
		return nil
	})
}

// take assigns the named authenticator, which nobody has.
func (f *frame) take(a *applicant, serialNumber string, mdl bool) error {
	var free Authenticator
	domain, userID := f.event.Domain, f.event.UserID
	err := f.read(func(v *store.View) error {
		var err error
		if free, err = f.authenticator(v, serialNumber); err != nil {
			return err
		}
		f.event.Domain, f.event.UserID = domain, userID
		switch {
		case free.Domain != a.user.Domain:
			return refuse(NotFound, fmt.Sprintf("There is no authenticator %s in domain %q.", serialNumber, a.user.Domain))
		case free.UserID != "":
			return refuse(Exists, fmt.Sprintf("The authenticator %s is assigned to another user.", serialNumber))
		}
		if err := free.usable(mdl); err != nil {
			return err
		}
		return f.withinAuthenticatorLimit(v, a.user, free)
	})
	if err != nil {
		return err
	}
	if err := f.withinLimits(free); err != nil {
		return err
	}
	a.authenticator = f.assign(&a.user, free)
	return nil
}

// enrollDevice opens a registration with the message that a device has read
// already, and adds the device to it.
func (f *frame) enrollDevice(a applicant, in Enroll) (EnrollResult, error) {
	var none EnrollResult
	f.checked("form of the device code", "")
	code, err := dsapp.ParseDeviceCode(in.DeviceCode)
	if err != nil {
		return none, refuse(InvalidParameter, fmt.Sprintf("The device code is refused: %v.", err))
	}
	if a.authenticator.Licence == nil {
		return none, refuse(InvalidParameter, "A device code is for a licence for several devices.")
	}
	offline := int(Offline)
	r, err := f.newRegistration(a, &offline)
	if err != nil {
		return none, err
	}
	if err := f.drawID(&r); err != nil {
		return none, err
	}
	if a.authenticator, err = f.answered(a.authenticator, &r, code); err != nil {
		return none, err
	}
	f.open(a, r)
	row, ok := transition(r.flow(f.settings), r.State, StepAddDevice)
	if !ok {
		return none, refuse(OutOfOrder, "A device cannot be added to a new registration.")
	}
	added, err := f.addDevice(living{registration: r, user: a.user, authenticator: a.authenticator}, row, code, "")
	if err != nil {
		return none, err
	}
	result := f.registered(a, r, "")
	result.SerialNumber = added.SerialNumber
	return EnrollResult{result, added.ActivationMessage2}, nil
}
