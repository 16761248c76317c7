package main

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"

	"github.com/dsappd/dsappd/phone"
)

type phoneOTPCommand struct {
	phoneState
	Instance string `placeholder:"NAME" help:"Of this instance, such as VDM1000001-1; needed where the phone has more than one secret."`
}

func (c *phoneOTPCommand) Run(std streams) error {
	return c.show(std, func(s phone.State) (string, phone.State, error) {
		instances := s.MDL.Instances
		switch single := len(s.Secret) > 0; {
		case c.Instance == "" && !single && len(instances) == 1:
			c.Instance = instances[0].Name()
		case c.Instance == "" && !single && len(instances) > 1:
			return "", s, fmt.Errorf("--instance is missing: the phone has %s", s)
		case c.Instance == "":
			return newDevice().OTP(s)
		}
		otp, err := newDevice().InstanceOTP(s, c.Instance)
		return otp, s, err
	})
}

type phoneDerivationCodeCommand struct {
	phoneState
	Fingerprint string `placeholder:"HEX" help:"What the device is, 1 to 255 bytes; drawn at random if not given."`
}

func (c *phoneDerivationCodeCommand) Run(std streams) error {
	fingerprint, err := hex.DecodeString(c.Fingerprint)
	if err != nil {
		return fmt.Errorf("--fingerprint must be pairs of hex characters")
	}
	if len(fingerprint) == 0 {
		fingerprint = make([]byte, 32)
		if _, err := rand.Read(fingerprint); err != nil {
			return fmt.Errorf("draw a fingerprint: %w", err)
		}
	}
	return c.show(std, func(s phone.State) (string, phone.State, error) {
		return newDevice().DerivationCode(s, fingerprint)
	})
}

// phoneStep is a step of the phone: what it shows, and the state after it.
type phoneStep func(phone.State) (string, phone.State, error)

// show prints what a step makes, once the state after it is kept.
func (c *phoneState) show(std streams, step phoneStep) error {
	s, err := c.read()
	if err != nil {
		return err
	}
	return c.showFrom(std, s, step)
}

func (c *phoneState) showFrom(std streams, s phone.State, step phoneStep) error {
	text, s, err := step(s)
	if err != nil {
		return err
	}
	if err := c.write(s); err != nil {
		return err
	}
	_, err = fmt.Fprintln(std.Out, text)
	return err
}

type phoneActivateCommand struct {
	phoneState
	phoneServer
	Response       string `required:"" xor:"credential" placeholder:"OTP" help:"What dsappd phone otp printed."`
	DerivationCode string `required:"" xor:"credential" placeholder:"CODE" help:"What dsappd phone derivation-code printed."`
}

func (c *phoneActivateCommand) Run(ctx context.Context, std streams) error {
	s, err := c.read()
	if err != nil {
		return err
	}
	device, err := c.device(std)
	if err != nil {
		return err
	}
	s, err = device.Activate(ctx, s, phone.Credential{Response: c.Response, DerivationCode: c.DerivationCode})
	if errors.Is(err, phone.ErrStep) && !s.Activated {
		return fmt.Errorf("%w: make one with dsappd phone derivation-code", err)
	}
	if err != nil {
		return c.wentWrong(err)
	}
	if err := c.write(s); err != nil {
		return err
	}
	_, err = fmt.Fprintf(std.Out, "%s: activated for %s of domain %s\n", s.SerialNumber, s.UserID, s.Domain)
	return err
}
