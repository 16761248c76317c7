package oath

import (
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"fmt"
	"hash"
)

// Type says what the moving factor of an authenticator counts.
type Type string

const (
	HOTP Type = "hotp" // events (RFC 4226)
	TOTP Type = "totp" // time steps of 30 seconds (RFC 6238)
)

// Algorithm is the hash under the HMAC, by the name that key URIs use.
type Algorithm string

const (
	SHA1   Algorithm = "SHA1"
	SHA256 Algorithm = "SHA256"
	SHA512 Algorithm = "SHA512"
)

// Error is a reason to refuse parameters or a suite; what is wrong with them
// follows in the error that wraps it.
type Error string

func (e Error) Error() string { return string(e) }

const (
	// ErrParameters is for a type, algorithm, digits or secret out of range.
	ErrParameters Error = "one-time password parameters"
	// ErrSuite is for an OCRA suite that is malformed or not supported.
	ErrSuite Error = "OCRA suite"
	// ErrInput is for an input that does not fit the OCRA suite.
	ErrInput Error = "OCRA input"
)

// Parameters are what the two sides agree on besides secret and moving factor.
type Parameters struct {
	Type      Type
	Algorithm Algorithm
	Digits    int // 6 to 8, as RFC 4226 section 5.3 allows
}

// Check refuses parameters outside the lists and range above.
func (p Parameters) Check() error {
	if p.Type != HOTP && p.Type != TOTP {
		return fmt.Errorf("%w: type %q is neither hotp nor totp", ErrParameters, p.Type)
	}
	if _, err := p.Algorithm.hash(); err != nil {
		return err
	}
	if p.Digits < 6 || p.Digits > 8 {
		return fmt.Errorf("%w: %d digits are not 6, 7 or 8", ErrParameters, p.Digits)
	}
	return nil
}

func (a Algorithm) hash() (func() hash.Hash, error) {
	switch a {
	case SHA1:
		return sha1.New, nil
	case SHA256:
		return sha256.New, nil
	case SHA512:
		return sha512.New, nil
	}
	return nil, fmt.Errorf("%w: algorithm %q is not SHA1, SHA256 or SHA512", ErrParameters, a)
}
