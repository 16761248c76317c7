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

// Hex returns the text in the QR code.
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

// upgradePrefix is version 1, image 2: an upgrade of the app.
const upgradePrefix = "01;02"

// Upgrade is what the message to an app that is upgraded holds, in the form
// of the activation image: who has it and which gateway to speak to. There is
// no secret in it.
type Upgrade struct {
	UserID, Domain    string
	DigipassGatewayID string // may be empty
}

// Hex returns the upgrade message.
func (u Upgrade) Hex() (string, error) {
	text := strings.Join([]string{upgradePrefix, u.UserID, u.Domain, u.DigipassGatewayID}, ";")
	if u.UserID == "" || u.Domain == "" {
		return "", fmt.Errorf("%w: user ID and domain must not be empty", ErrImage)
	}
	if err := checkImageText(text, 4); err != nil {
		return "", err
	}
	return EncodeHex([]byte(text)), nil
}

// ParseUpgrade reads an upgrade message.
func ParseUpgrade(s string) (Upgrade, error) {
	if len(s) > 2*maxImage {
		return Upgrade{}, fmt.Errorf("%w: %d characters, at most %d", ErrImage, len(s), 2*maxImage)
	}
	text, err := hex.DecodeString(s)
	if err != nil {
		return Upgrade{}, fmt.Errorf("%w: not an even number of hex characters", ErrImage)
	}
	fields, ok := strings.CutPrefix(string(text), upgradePrefix+";")
	f := strings.Split(fields, ";")
	if !ok || len(f) != 3 || f[0] == "" || f[1] == "" {
		return Upgrade{}, fmt.Errorf("%w: not %s and three fields", ErrImage, upgradePrefix)
	}
	return Upgrade{UserID: f[0], Domain: f[1], DigipassGatewayID: f[2]}, checkImageText(string(text), 4)
}

func (i Image) check(text string) error {
	if i.UserID == "" || i.Domain == "" || i.RegistrationID == "" || i.ActivationPassword == "" {
		return fmt.Errorf("%w: user ID, domain, registration ID and activation password must not be empty", ErrImage)
	}
	return checkImageText(text, 6)
}

// checkImageText checks what holds for every image, with the number of its
// semicolons.
func checkImageText(text string, semicolons int) error {
	if len(text) > maxImage {
		return fmt.Errorf("%w: %d bytes of text, at most %d", ErrImage, len(text), maxImage)
	}
	if !utf8.ValidString(text) {
		return fmt.Errorf("%w: a field is not UTF-8", ErrImage)
	}
	if strings.Contains(text, "\x00") {
		return fmt.Errorf("%w: a field holds a NUL byte", ErrImage)
	}
	if strings.Count(text, ";") != semicolons {
		return fmt.Errorf("%w: a field holds a semicolon", ErrImage)
	}
	return nil
}
