package dsapp

// Error is a reason to refuse a value, for errors.Is. The error that wraps it
// says what is wrong and never repeats a secret.
type Error string

func (e Error) Error() string { return string(e) }

const (
	// ErrHex says that a field is not hex of its length.
	ErrHex Error = "hex field"
	// ErrSerialNumber says that a text is no serial number or instance name.
	ErrSerialNumber Error = "serial number"
	// ErrKey says that a session key, secret or fingerprint has a length that
	// the profile does not allow.
	ErrKey Error = "key length"
	// ErrItem says that an item's name or text is not one that can be encrypted.
	ErrItem Error = "item"
	// ErrAuthentication says that a code over encrypted content is wrong: the
	// content was altered, swapped, or made under another key.
	ErrAuthentication Error = "authentication code is wrong"
	// ErrActivationCode says that a text is no activation code.
	ErrActivationCode Error = "activation code"
	// ErrSecretTooLong says that a secret has no activation code.
	ErrSecretTooLong Error = "secret is longer than 20 bytes and has no activation code"
	// ErrActivationData says that full activation data is not in its form.
	ErrActivationData Error = "activation data"
	// ErrEventReactivationCounter says that a text is no such counter.
	ErrEventReactivationCounter Error = "event reactivation counter"
	// ErrDerivationCode says that a text is not 1 to 27 hex characters and so
	// no derivation code at all: an invalid parameter.
	ErrDerivationCode Error = "derivation code is not 1 to 27 hex characters"
	// ErrUnverifiable says that a well-formed derivation code has not the
	// layout that could verify: wrong credentials.
	ErrUnverifiable Error = "derivation code cannot verify"
	// ErrActivationMessage says that an Activation Message is not in its form.
	ErrActivationMessage Error = "activation message"
	// ErrDeviceCode says that a text is no device code, as a mistyped one.
	ErrDeviceCode Error = "device code"
	// ErrImage says that a text cannot be, or is not, an activation image.
	ErrImage Error = "activation image"
	// ErrChallenge says that a text is no challenge.
	ErrChallenge Error = "challenge"
	// ErrDataField says that data fields cannot be signed.
	ErrDataField Error = "data field"
	// ErrRequest says that a request to a device is not in its form.
	ErrRequest Error = "request message"
	// ErrDraw says that an alphabet and length make no registration ID or
	// activation password.
	ErrDraw Error = "registration ID or activation password"
)
