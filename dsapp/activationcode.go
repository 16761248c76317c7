package dsapp

import (
	"encoding/hex"
	"fmt"
	"strings"
)

// The lengths in bytes of an authenticator's secret. One of up to
// MaxActivationCodeSecret has an activation code.
const (
	MinSecret               = 10
	MaxActivationCodeSecret = 20
	MaxSecret               = 64
)

// ActivationCode returns the activation code of a secret of 10 to 20 bytes: its
// hex and one Luhn mod 16 check character (section 3). A longer secret is
// refused with ErrSecretTooLong.
func ActivationCode(secret []byte) (string, error) {
	if len(secret) > MaxActivationCodeSecret {
		return "", ErrSecretTooLong
	}
	if len(secret) < MinSecret {
		return "", fmt.Errorf("%w: a secret has at least %d bytes, not %d", ErrKey, MinSecret, len(secret))
	}
	symbols := EncodeHex(secret)
	return symbols + string(luhn(symbols, 16)), nil
}

// ParseActivationCode returns the secret of an activation code.
func ParseActivationCode(code string) ([]byte, error) {
	if len(code) < 2*MinSecret+1 || len(code) > 2*MaxActivationCodeSecret+1 || len(code)%2 == 0 {
		return nil, fmt.Errorf("%w: %d characters, must be an odd number from 21 to 41", ErrActivationCode, len(code))
	}
	symbols, check := strings.ToUpper(code[:len(code)-1]), strings.ToUpper(code[len(code)-1:])
	secret, err := hex.DecodeString(symbols)
	if err != nil {
		return nil, fmt.Errorf("%w: has other characters than 0-9 and A-F", ErrActivationCode)
	}
	if string(luhn(symbols, 16)) != check {
		return nil, fmt.Errorf("%w: the check character does not fit, look for a mistyped one", ErrActivationCode)
	}
	return secret, nil
}
