package dsapp

import (
	"encoding/hex"
	"fmt"
	"strings"
	"unicode/utf8"
)

// maxImage is the length in bytes of the longest text in an activation image.
const maxImage = 512

// imagePrefix is version 1, image 1: an activation.
const imagePrefix = "01;01"

// Image is what the activation image holds (section 9): all that a phone
// needs to begin an exchange. It is a secret for as long as its registration
// is open.
type Image struct {
	UserID, Domain                     string
	RegistrationID, ActivationPassword string
	DigipassGatewayID                  string // may be empty
}

// Hex is the text in the QR code.
func (i Image) Hex() (string, error) {
	text := strings.Join([]string{imagePrefix, i.UserID, i.Domain, i.RegistrationID, i.ActivationPassword, i.DigipassGatewayID}, ";")
	if err := i.check(text); err != nil {
		return "", err
	}
	return EncodeHex([]byte(text)), nil
}

// ParseImage reads the text of a QR code.
func ParseImage(s string) (Image, error) {
	if len(s) > 2*maxImage {
		return Image{}, fmt.Errorf("%w: %d characters, at most %d", ErrImage, len(s), 2*maxImage)
	}
	text, err := hex.DecodeString(s)
	if err != nil {
		return Image{}, fmt.Errorf("%w: not an even number of hex characters", ErrImage)
	}
	fields, ok := strings.CutPrefix(string(text), imagePrefix+";")
	if !ok {
		return Image{}, fmt.Errorf("%w: does not begin with %s;", ErrImage, imagePrefix)
	}
	f := strings.Split(fields, ";")
	if len(f) != 5 {
		return Image{}, fmt.Errorf("%w: %d fields after the prefix, must be 5", ErrImage, len(f))
	}
	i := Image{UserID: f[0], Domain: f[1], RegistrationID: f[2], ActivationPassword: f[3], DigipassGatewayID: f[4]}
	return i, i.check(string(text))
}

func (i Image) check(text string) error {
	if len(text) > maxImage {
		return fmt.Errorf("%w: %d bytes of text, at most %d", ErrImage, len(text), maxImage)
	}
	if !utf8.ValidString(text) {
		return fmt.Errorf("%w: a field is not UTF-8", ErrImage)
	}
	if i.UserID == "" || i.Domain == "" || i.RegistrationID == "" || i.ActivationPassword == "" {
		return fmt.Errorf("%w: user ID, domain, registration ID and activation password must not be empty", ErrImage)
	}
	if strings.Count(text, ";") != 6 {
		return fmt.Errorf("%w: a field holds a semicolon", ErrImage)
	}
	return nil
}
