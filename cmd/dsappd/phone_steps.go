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
	phoneSecret
}

func (c *phoneOTPCommand) Run(std streams) error {
	return c.show(std, func(s phone.State) (shown, phone.State, error) {
		instance, err := c.of(s)
		if err != nil {
			return shown{}, s, err
		}
		if instance == "" {
			otp, next, err := newDevice(c.now).OTP(s)
			return oneTimePassword(otp), next, err
		}
		otp, err := newDevice(c.now).InstanceOTP(s, instance)
		return oneTimePassword(otp), s, err
	})
}

// phoneSecret names whose secret a step uses.
type phoneSecret struct {
	Instance string `placeholder:"NAME" help:"Use the secret of this instance, such as VDM1000001-1; needed if the phone has more than one."`
}

// of returns the instance to use, and "" for the authenticator of one device.
func (c phoneSecret) of(s phone.State) (string, error) {
	instances := s.MDL.Instances
	switch single := len(s.Secret) > 0; {
	case c.Instance == "" && !single && len(instances) == 1:
		return instances[0].Name(), nil
	case c.Instance == "" && !single && len(instances) > 1:
		return "", fmt.Errorf("--instance is missing: the phone has %s", s)
	}
	return c.Instance, nil
}

// phoneFingerprint is what a derivation code binds to.
type phoneFingerprint struct {
	Fingerprint string `placeholder:"HEX" help:"Bind to a device with this fingerprint, 1 to 255 bytes; drawn at random if not given."`
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
	return c.show(std, func(s phone.State) (shown, phone.State, error) {
		code, next, err := newDevice(c.now).DerivationCode(s, fingerprint)
		return shown{code, map[string]any{"derivationCode": code}}, next, err
	})
}

// phoneStep is a step of the phone: what it shows, and the state after it.
type phoneStep func(phone.State) (shown, phone.State, error)

// shown is what a step shows: to people, and as JSON.
type shown struct {
	text string
	json map[string]any
}

func oneTimePassword(otp string) shown {
	return shown{otp, map[string]any{"oneTimePassword": otp}}
}

// show prints what a step makes, once the state after it is kept.
func (c *phoneState) show(std streams, step phoneStep) error {
	s, err := c.read()
	if err != nil {
		return err
	}
	return c.showFrom(std, s, step)
}

func (c *phoneState) showFrom(std streams, s phone.State, step phoneStep) error {
	made, s, err := step(s)
	if err != nil {
		return err
	}
	if err := c.write(s); err != nil {
		return err
	}
	return c.print(std, made)
}

func (c *phoneState) print(std streams, made shown) error {
	if c.JSON {
		return printJSON(std.Out, made.json)
	}
	_, err := fmt.Fprintln(std.Out, made.text)
	return err
}
