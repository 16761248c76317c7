package phone

import (
	"context"
	"fmt"
	"strings"
)

// Activate ends the registration. A derivation code must be the one that
// DerivationCode made last: its secret replaces the old one. Should the reply
// be lost, the same call with the same state may be made again.
func (d *Device) Activate(ctx context.Context, s State, c Credential) (State, error) {
	if err := s.single(); err != nil {
		return s, err
	}
	credential, err := s.credential(c)
	if err != nil {
		return s, err
	}
	result, err := d.Transport.Activate(ctx, s.RegistrationID, credential)
	if err != nil {
		return s, err
	}
	if result.SerialNumber != s.SerialNumber {
		return s, fmt.Errorf("%w: the server activated %s, this device is %s", ErrReply, result.SerialNumber, s.SerialNumber)
	}
	s.Activated, s.UserID, s.Domain = true, result.UserID, result.Domain
	if c.DerivationCode != "" {
		s.Secret, s.Binding = s.Binding.Secret, nil
	}
	return s, nil
}

// credential returns what goes to the server: a derivation code as it was made,
// whatever case it was typed in.
func (s State) credential(c Credential) (Credential, error) {
	switch {
	case (c.Response == "") == (c.DerivationCode == ""):
		return c, fmt.Errorf("%w: activate takes a response or a derivation code, one of the two", ErrStep)
	case c.Response != "":
		return c, nil
	case s.Binding == nil && s.Activated:
		return c, fmt.Errorf("%w: the device is activated already, and has made no derivation code since", ErrStep)
	case s.Binding == nil || !strings.EqualFold(c.DerivationCode, s.Binding.Code):
		return c, fmt.Errorf("%w: the derivation code is not the last that this device made", ErrStep)
	}
	return Credential{DerivationCode: s.Binding.Code}, nil
}
