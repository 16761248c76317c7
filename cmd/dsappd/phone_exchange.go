package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/dsappd/dsappd/dsapp"
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
	device, err := c.device(std)
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
	_, err = fmt.Fprintf(std.Out, "%s: %s, %s, %d digits, next moving factor %s; kept in %s\n", s.SerialNumber,
		s.Type, s.Algorithm, s.Digits, dsapp.EventReactivationCounter(s.Parameters, s.MovingFactor), c.State)
	return err
}

func (c *phoneExchangeCommand) wentWrong(err error) error {
	if errors.Is(err, phone.ErrItems) {
		return fmt.Errorf("%w: for a licence for several devices there is dsappd phone mdl exchange", err)
	}
	return c.phoneServer.wentWrong(c.unexpected(suspect(err)))
}

// suspect says what most likely made an exchange fail.
func suspect(err error) error {
	refusal, refused := errors.AsType[*phone.Refusal](err)
	if refused && strings.EqualFold(refusal.Operation, "dsappSRPGenerateActivationData") && refusal.ResultCodes.StatusCodeEnum == "STAT_INVCREDENTIALS" {
		return fmt.Errorf("%w: most likely the activation password is not the one that register gave", err)
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
	Offline      bool   `help:"Expect offline data: the flags below are what the phone knows beforehand."`
	SerialNumber string `placeholder:"SERIAL" help:"As the user typed it."`
	Type         string `enum:"totp,hotp" default:"totp" help:"One of ${enum}."`
	Algorithm    string `enum:"SHA1,SHA256,SHA512" default:"SHA1" help:"One of ${enum}."`
	Digits       int    `default:"6" help:"From 6 to 8."`
}

// builtIn is nil where online data are expected.
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
		return fmt.Errorf("%w: register gave online data: leave out --offline and --serial-number", err)
	case errors.Is(err, phone.ErrForm):
		return fmt.Errorf("%w: register gave offline data: give --offline and --serial-number", err)
	}
	return err
}

// phoneRegistration is what register gave, in one form or another.
type phoneRegistration struct {
	RegistrationID     string `xor:"source" placeholder:"ID" help:"As register gave it."`
	ActivationPassword string `env:"DSAPPD_ACTIVATION_PASSWORD" placeholder:"PASSWORD" help:"As register gave it."`
	Image              string `xor:"source" placeholder:"PICTURE" help:"The activation image, in place of the two: a PNG or JPEG, - for stdin; or its text, in hex."`
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
