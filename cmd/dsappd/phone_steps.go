package main

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"

	"github.com/dsappd/dsappd/phone"
)

type phoneOTPCommand struct{ phoneState }

func (c *phoneOTPCommand) Run(std streams) error {
	return c.show(std, newDevice().OTP)
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

// show prints what a step makes, once the state after it is kept.
func (c *phoneState) show(std streams, step func(phone.State) (string, phone.State, error)) error {
	s, err := c.read()
	if err != nil {
		return err
	}
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
