package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/dsappd/dsappd/dsapp"
	"github.com/dsappd/dsappd/internal/hint"
	"github.com/dsappd/dsappd/oath"
	"github.com/dsappd/dsappd/phone"
)

type phoneExchangeCommand struct {
	phoneState
	phoneServer
	phoneRegistration
	phoneOffline
}

func (c *phoneExchangeCommand) Run(ctx context.Context, std streams) error {
	registration, err := c.registration(std)
	if err != nil {
		return err
	}
	before, err := c.readOrNew()
	if err != nil {
		return err
	}
	device, err := c.device(std, c.now)
	if err != nil {
		return err
	}
	s, err := device.Exchange(ctx, registration)
	if err != nil {
		return c.wentWrong(err)
	}
	s.MDL = before.MDL
	if err := c.write(s); err != nil {
		return err
	}
	next := dsapp.EventReactivationCounter(s.Parameters, s.MovingFactor)
	return c.print(std, shown{
		fmt.Sprintf("%s: %s, %s, %d digits, next moving factor %s; kept in %s", s.SerialNumber, s.Type, s.Algorithm, s.Digits, next, c.State),
		map[string]any{"serialNumber": s.SerialNumber, "type": s.Type, "algorithm": s.Algorithm, "digits": s.Digits, "nextMovingFactor": next, "state": c.State},
	})
}

func (c *phoneExchangeCommand) wentWrong(err error) error {
	if errors.Is(err, phone.ErrItems) {
		return hint.Add(err, "for a licence for several devices there is dsappd phone mdl exchange")
	}
	return c.phoneServer.wentWrong(c.unexpected(suspect(err)))
}

// suspect says what most likely made an exchange fail.
func suspect(err error) error {
	refusal, refused := errors.AsType[*phone.Refusal](err)
	if refused && strings.EqualFold(refusal.Operation, "dsappSRPGenerateActivationData") && refusal.ResultCodes.StatusCodeEnum == "STAT_INVCREDENTIALS" {
		return hint.Add(err, "most likely the activation password is not the one that register gave")
	}
	return err
}

func (c *phoneExchangeCommand) registration(std streams) (phone.Registration, error) {
	r, err := c.phoneRegistration.registration(std)
	if err != nil {
		return r, err
	}
	r.Offline, err = c.builtIn()
	return r, err
}

// phoneOffline is what a phone for offline data knows beforehand.
type phoneOffline struct {
	Offline      bool   `help:"Expect offline data: the phone knows beforehand what the next flags say."`
	SerialNumber string `placeholder:"SERIAL" help:"With --offline, have this serial number, as the user typed it."`
	Type         string `enum:"totp,hotp" default:"totp" placeholder:"TYPE" help:"With --offline, be of this type: ${enum}; totp if not given."`
	Algorithm    string `enum:"SHA1,SHA256,SHA512" default:"SHA1" placeholder:"HASH" help:"With --offline, use this hash: ${enum}; SHA1 if not given."`
	Digits       int    `default:"6" placeholder:"N" help:"With --offline, show this many digits, 6 to 8; 6 if not given."`
}

// builtIn returns nil where online data are expected.
func (c *phoneOffline) builtIn() (*phone.BuiltIn, error) {
	switch {
	case !c.Offline:
		return nil, nil
	case c.SerialNumber == "":
		return nil, errors.New("--serial-number is missing: --offline needs it")
	}
	if err := dsapp.CheckSerialNumber(c.SerialNumber); err != nil {
		return nil, fmt.Errorf("--serial-number, which --offline needs: %w", err)
	}
	known := &phone.BuiltIn{
		Parameters:   oath.Parameters{Type: oath.Type(c.Type), Algorithm: oath.Algorithm(c.Algorithm), Digits: c.Digits},
		SerialNumber: c.SerialNumber,
	}
	return known, known.Check()
}

// unexpected says what helps where data came in the other form.
func (c *phoneOffline) unexpected(err error) error {
	switch {
	case errors.Is(err, phone.ErrForm) && c.Offline:
		return hint.Add(err, "register gave online data: leave out --offline and --serial-number")
	case errors.Is(err, phone.ErrForm):
		return hint.Add(err, "register gave offline data: give --offline and --serial-number")
	}
	return err
}

// phoneRegistration is what register gave, in one form or another.
type phoneRegistration struct {
	RegistrationID     string `xor:"source" placeholder:"ID" help:"Use the registration ID that register returned."`
	ActivationPassword string `env:"DSAPPD_ACTIVATION_PASSWORD" placeholder:"PASSWORD" help:"Use the activation password that register returned."`
	Image              string `xor:"source" placeholder:"PICTURE" help:"Take both from the activation image: a PNG or JPEG, - for stdin; or its text, in hex."`
}

func (c *phoneRegistration) registration(std streams) (phone.Registration, error) {
	r := phone.Registration{ID: c.RegistrationID, Password: c.ActivationPassword}
	if c.Image != "" {
		image, err := imageGiven(std, c.Image)
		if err != nil {
			return r, err
		}
		r = phone.RegistrationOf(image)
	}
	switch {
	case r.ID == "":
		return r, errors.New("give --registration-id and --activation-password, or --image")
	case r.Password == "":
		return r, errors.New("--registration-id and --activation-password must be used together")
	}
	return r, nil
}
