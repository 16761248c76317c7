package main

import (
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

// phoneFingerprint is what a derivation code binds to.
type phoneFingerprint struct {
	Fingerprint string `placeholder:"HEX" help:"What the device is, 1 to 255 bytes; drawn at random if not given."`
}

func (c phoneFingerprint) fingerprint() ([]byte, error) {
	fingerprint, err := hex.DecodeString(c.Fingerprint)
	if err != nil {
		return nil, errors.New("--fingerprint must be pairs of hex characters")
	}
	if len(fingerprint) == 0 {
		fingerprint = make([]byte, 32)
		if _, err := rand.Read(fingerprint); err != nil {
			return nil, fmt.Errorf("draw a fingerprint: %w", err)
		}
	}
	return fingerprint, nil
}

type phoneDerivationCodeCommand struct {
	phoneState
	phoneFingerprint
}

func (c *phoneDerivationCodeCommand) Run(std streams) error {
	fingerprint, err := c.fingerprint()
	if err != nil {
		return err
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
