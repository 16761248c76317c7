package pskc

import (
	"errors"
	"time"
)

// The algorithms of keys that make one-time passwords (RFC 6030 section 10.1
// and draft-hoyer-keyprov-pskc-algorithm-profiles).
const (
	HOTP = "urn:ietf:params:xml:ns:keyprov:pskc:hotp"
	TOTP = "urn:ietf:params:xml:ns:keyprov:pskc:totp"
	PIN  = "urn:ietf:params:xml:ns:keyprov:pskc:pin"
)

// The errors that an error of a Reader wraps.
var (
	// ErrSyntax means that the file is no PSKC of version 1.
	ErrSyntax = errors.New("not a PSKC file")
	// ErrEncrypted means that keys are encrypted, and the Reader was given no
	// key or password, or the other one of both.
	ErrEncrypted = errors.New("the keys are encrypted")
	// ErrWrongKey means that the key or the password does not open the file.
	ErrWrongKey = errors.New("the key or the password is not that of the file")
	// ErrMAC means that the MAC of a value is missing or wrong: it was changed.
	ErrMAC = errors.New("the MAC does not hold")
	// ErrUnsupported means that the file asks for what is not supported here.
	ErrUnsupported = errors.New("not supported")
)

// Key is one key with what is said of it. Texts are without space around them.
type Key struct {
	ID        string
	Algorithm string // a URI, such as HOTP
	Issuer    string

	// Of the device that the key is for.
	Manufacturer, SerialNo, Model, DeviceUserID string

	UserID       string // of the key
	FriendlyName string

	Secret []byte // empty: there is none in the file

	// Counter is the first moving factor of HOTP. TimeInterval is the length
	// of a time step in seconds, TimeDrift how many steps the device's clock
	// is ahead. 0: not said.
	Counter      uint64
	TimeInterval uint64
	TimeDrift    int64

	Suite            string // such as HMAC-SHA256; empty: not said
	ResponseLength   int    // of a one-time password; 0: not said
	ResponseEncoding string // such as DECIMAL; empty: not said
	CheckDigits      bool   // a one-time password ends in a check digit

	// StartDate and ExpiryDate bound the use of the key; zero: not bound.
	StartDate, ExpiryDate time.Time

	KeyUsage []string // such as OTP; none: any use

	// PINPolicy says that the use of the key asks for a PIN.
	PINPolicy bool

	// UnknownPolicy says that the policy asks for something that is not known
	// here. Such a key must not be used (RFC 6030 section 5).
	UnknownPolicy bool
}
