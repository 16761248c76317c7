package phone

import "github.com/dsappd/dsappd/dsapp"

// DerivationCode returns a code that binds this device, 1 to 255 bytes of
// fingerprint of its choosing (profile section 7). The derived secret is used
// once Activate has succeeded with the code; another call forgets the code
// before.
func (d *Device) DerivationCode(s State, fingerprint []byte) (string, State, error) {
	if err := s.single(); err != nil {
		return "", s, err
	}
	diversifier, err := dsapp.Diversifier(s.SerialNumber, fingerprint)
	if err != nil {
		return "", s, err
	}
	derived, err := dsapp.DeriveSecret(s.Secret, diversifier, s.SerialNumber)
	if err != nil {
		return "", s, err
	}
	movingFactor, next, err := d.movingFactor(s)
	if err != nil {
		return "", s, err
	}
	code, err := dsapp.NewDerivationCode(diversifier, derived, movingFactor, s.Parameters)
	if err != nil {
		return "", s, err
	}
	next.Binding = &Binding{Code: code.String(), Secret: derived}
	return code.String(), next, nil
}
