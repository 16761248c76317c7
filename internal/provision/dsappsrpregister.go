package provision

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/dsappd/dsappd/store"
)

// DSAPPSRPRegister asks for a registration of the user.
type DSAPPSRPRegister struct {
	ActivationType *int // nil: absent
	UserID         string
	Domain         string
	StaticPassword string
	SerialNumber   string
	MDL            bool // the authenticator must be a licence
}

// DSAPPSRPRegisterResult is what register hands out. The activation password
// is shown here once and kept nowhere.
type DSAPPSRPRegisterResult struct {
	RegistrationID     string
	ActivationPassword string
	User               UserOutput
	SerialNumber       string
	DigipassGatewayID  string
}

// UserOutput is a user as replies name it.
type UserOutput struct {
	UserID, Domain string
	OrgUnit        string // empty: absent
}

// DSAPPSRPRegister authenticates a user by static password and opens a
// registration, which supersedes an open one for the same authenticator.
func (s *Service) DSAPPSRPRegister(ctx context.Context, caller Caller, in DSAPPSRPRegister) (DSAPPSRPRegisterResult, error) {
	password := passwordCheck{passwords: s.Passwords, share: caller.share(), password: in.StaticPassword, orOTP: true}
	claim := claim{single: !in.MDL, licence: true}
	return perform(ctx, s, callEvent("dsappSRPRegister", caller), func(f *frame) (DSAPPSRPRegisterResult, error) {
		a, err := f.applicant(caller, in)
		if err != nil {
			return DSAPPSRPRegisterResult{}, err
		}
		if err := f.authenticate(&a, &password); err != nil {
			return DSAPPSRPRegisterResult{}, err
		}
		if err := f.choose(&a, in, &claim); err != nil {
			return DSAPPSRPRegisterResult{}, err
		}
		if in.MDL && a.authenticator.Licence == nil {
			return DSAPPSRPRegisterResult{}, refuse(NotFound, "The authenticator is not a licence for several devices.")
		}
		return f.register(a, in.ActivationType)
	})
}

// choose finds the authenticator to register, and loads it only now: before
// the password was right, a known user must not cost more than an unknown
// one.
func (f *frame) choose(a *applicant, in DSAPPSRPRegister, c *claim) error {
	f.checked("authenticator", in.SerialNumber)
	if len(a.user.SerialNumbers) == 0 && in.SerialNumber == "" && f.settings.AutoAssign {
		return f.autoAssign(a, in.ActivationType, c)
	}
	chosen, err := chooseSerialNumber(a.user.SerialNumbers, in.SerialNumber)
	if err != nil {
		return err
	}
	f.event.SerialNumber = chosen
	err = f.read(func(v *store.View) error {
		a.possession, err = f.possession(v, chosen)
		return err
	})
	if err != nil {
		return err
	}
	if a.authenticator.State == Disabled {
		return refuse(NotFound, "The authenticator is disabled.")
	}
	return f.withinLimits(a.authenticator)
}

// chooseSerialNumber returns the named one of the user's serial numbers, or the
// only one.
func chooseSerialNumber(possessed []string, named string) (string, error) {
	switch {
	case named != "" && !slices.Contains(possessed, named):
		return "", refuse(NotFound, "The user has no authenticator with this serialNumber.")
	case named != "":
		return named, nil
	case len(possessed) == 0:
		return "", refuse(NotFound, "The user has no authenticator.")
	case len(possessed) > 1:
		return "", refuse(InvalidParameter, "The user has several authenticators: serialNumber is required.")
	}
	return possessed[0], nil
}

func (f *frame) possession(v *store.View, serialNumber string) (possession, error) {
	var p possession
	var err error
	p.authenticator, err = get(f, v, Authenticators, serialNumber)
	if err != nil {
		return p, fmt.Errorf("authenticator %s: %w", serialNumber, err)
	}
	if f.spent.SerialNumber == serialNumber {
		p.authenticator = f.spent
	}
	if p.authenticator.OpenRegistration == "" {
		return p, nil
	}
	p.open, err = get(f, v, Registrations, p.authenticator.OpenRegistration)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return p, fmt.Errorf("registration %s: %w", p.authenticator.OpenRegistration, err)
	}
	return p, nil
}

// withinLimits holds at register and again at activate.
func (f *frame) withinLimits(a Authenticator) error {
	if a.Licence != nil {
		return f.placeLeft(*a.Licence)
	}
	f.checked("activations", f.activations(a))
	if f.settings.MaximumActivations > 0 && a.Activations >= f.settings.MaximumActivations {
		return refuse(ActivationLimit, fmt.Sprintf(
			"The authenticator has reached the limit of its activations, which is %d.", f.settings.MaximumActivations))
	}
	again := a.LastActivatedAt.Add(f.settings.minimumInterval())
	jumped := f.now.Before(a.LastActivatedAt) // the clock was wrong then: nobody waits for that time to come again
	if !a.LastActivatedAt.IsZero() && !jumped && f.now.Before(again) {
		return refuse(ActivationLimit, fmt.Sprintf(
			"Two activations must be %d minutes apart: try again later.", f.settings.MinimumIntervalMinutes))
	}
	return nil
}

// activations says in words how many activations there have been.
func (f *frame) activations(a Authenticator) string {
	words := fmt.Sprintf("%d, without a limit", a.Activations)
	if limit := f.settings.MaximumActivations; limit > 0 {
		words = fmt.Sprintf("%d of %d", a.Activations, limit)
	}
	if !a.LastActivatedAt.IsZero() {
		words += ", the last at " + seconds(a.LastActivatedAt)
	}
	return words
}

// register draws the registration and seals what it keeps.
func (f *frame) register(a applicant, activationType *int) (DSAPPSRPRegisterResult, error) {
	r, err := f.newRegistration(a, activationType)
	if err != nil {
		return DSAPPSRPRegisterResult{}, err
	}
	password, err := f.activationPassword(&r, a.authenticator)
	if err != nil {
		return DSAPPSRPRegisterResult{}, err
	}
	f.open(a, r)
	return f.registered(a, r, password), nil
}

// registered returns what the caller hears of a new registration.
func (f *frame) registered(a applicant, r Registration, password string) DSAPPSRPRegisterResult {
	return DSAPPSRPRegisterResult{
		RegistrationID:     r.ID,
		ActivationPassword: password,
		User:               a.user.output(),
		SerialNumber:       r.SerialNumber,
		DigipassGatewayID:  f.service.GatewayID,
	}
}
