package provision

import (
	"crypto/subtle"
	"fmt"
	"strings"
)

// maxPIN is how many digits a server PIN has at most.
const maxPIN = 8

// checkPIN refuses a new server PIN and its confirmation by their form.
func (f *frame) checkPIN(pin, confirmation string) error {
	f.checked("new PIN", "")
	unit := "digits"
	if strings.Trim(pin, "0123456789") != "" {
		unit = "characters"
	}
	switch {
	case pin != confirmation:
		return refuse(AuthenticatorError, "The new PIN and its confirmation differ.")
	case len(pin) > maxPIN:
		return refuse(AuthenticatorError, fmt.Sprintf("The new PIN Is Too Long: it has %d %s, and %d are the limit.", len(pin), unit, maxPIN))
	case unit != "digits":
		return refuse(AuthenticatorError, "The new PIN holds other characters than digits.")
	case len(pin) < f.settings.MinimumPINLength:
		return refuse(AuthenticatorError, fmt.Sprintf("The new PIN Is Too Short: it has %d digits, and the policy wants %d (MinimumPINLength).", len(pin), f.settings.MinimumPINLength))
	}
	return nil
}

// sealPIN gives an authenticator a server PIN.
func (f *frame) sealPIN(a *Authenticator, pin string) error {
	var err error
	a.PIN, err = f.service.Sealer.Seal(authenticatorPlace(a.SerialNumber, "PIN"), []byte(pin))
	return err
}

// HasPIN reports whether a server PIN comes before the one-time passwords.
func (a Authenticator) HasPIN() bool { return len(a.PIN) > 0 }

// cutPIN takes the authenticator's server PIN off the end of a text, and
// reports whether it is there. An authenticator without a PIN takes nothing.
func (f *frame) cutPIN(a Authenticator, text string) (rest string, ok bool, err error) {
	if !a.HasPIN() {
		return text, true, nil
	}
	pin, err := f.service.Sealer.Open(authenticatorPlace(a.SerialNumber, "PIN"), a.PIN)
	if err != nil {
		return "", false, err
	}
	if len(text) < len(pin) {
		return "", false, nil
	}
	at := len(text) - len(pin)
	return text[:at], subtle.ConstantTimeCompare([]byte(text[at:]), pin) == 1, nil
}
