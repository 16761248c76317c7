package dsapp

import (
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/dsappd/dsappd/oath"
)

// maxDerivationCode is the published limit on a derivation code's characters.
const maxDerivationCode = 27

// DerivationCode binds a device (section 7): what the device is, shortened,
// and a one-time password under the secret derived from it.
type DerivationCode struct {
	Diversifier [8]byte
	OTP         string // 6 to 8 digits
}

// Diversifier returns D, the first 8 bytes of a hash over the serial number and
// the device's fingerprint, 1 to 255 bytes of the device's choosing.
func Diversifier(serialNumber string, fingerprint []byte) ([8]byte, error) {
	if err := CheckSerialNumber(serialNumber); err != nil {
		return [8]byte{}, err
	}
	if len(fingerprint) < 1 || len(fingerprint) > 255 {
		return [8]byte{}, fmt.Errorf("%w: a device fingerprint has 1 to 255 bytes, not %d", ErrKey, len(fingerprint))
	}
	sum := sha256.Sum256([]byte("dsapp/1 diversifier" + serialNumber + string(fingerprint)))
	return [8]byte(sum[:8]), nil
}

// DeriveSecret returns K', as long as secret, which replaces secret once a
// derivation code under it verified.
func DeriveSecret(secret []byte, diversifier [8]byte, serialNumber string) ([]byte, error) {
	if err := CheckSerialNumber(serialNumber); err != nil {
		return nil, err
	}
	if len(secret) < MinSecret || len(secret) > MaxSecret {
		return nil, fmt.Errorf("%w: a secret has %d to %d bytes, not %d", ErrKey, MinSecret, MaxSecret, len(secret))
	}
	derived, err := hkdf.Key(sha256.New, secret, diversifier[:], "dsapp/1 derive"+serialNumber, len(secret))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrKey, err)
	}
	return derived, nil
}

// NewDerivationCode returns the code for a derived secret, as DeriveSecret made
// it of the diversifier.
func NewDerivationCode(diversifier [8]byte, derived []byte, movingFactor uint64, p oath.Parameters) (DerivationCode, error) {
	otp, err := oath.OTP(derived, movingFactor, p)
	if err != nil {
		return DerivationCode{}, err
	}
	return DerivationCode{Diversifier: diversifier, OTP: otp}, nil
}

// String returns the code's 22 to 24 characters.
func (c DerivationCode) String() string { return EncodeHex(c.Diversifier[:]) + c.OTP }

// ParseDerivationCode reads a code whose one-time password has the given
// digits. What is not 1 to 27 hex characters is ErrDerivationCode; what is,
// but has not the layout of a code, is ErrUnverifiable.
func ParseDerivationCode(s string, digits int) (DerivationCode, error) {
	if len(s) < 1 || len(s) > maxDerivationCode || strings.Trim(s, hexDigits+"abcdef") != "" {
		return DerivationCode{}, ErrDerivationCode
	}
	if len(s) != 16+digits || !isDecimal(s[16:]) {
		return DerivationCode{}, ErrUnverifiable
	}
	var c DerivationCode
	if _, err := hex.Decode(c.Diversifier[:], []byte(s[:16])); err != nil {
		return DerivationCode{}, ErrDerivationCode
	}
	c.OTP = s[16:]
	return c, nil
}
