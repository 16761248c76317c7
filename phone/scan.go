package phone

import (
	"fmt"
	"io"

	"github.com/dsappd/dsappd/dsapp"
	"github.com/dsappd/dsappd/dsapp/qr"
)

// Scanned is what a QR code holds: one of the four, and the others are nil.
// It is printed as its kind only, since all but a request hold a secret.
type Scanned struct {
	Text     string                    // hex, as it stands in the code
	Image    *dsapp.Image              // an activation image (profile section 9)
	Message1 *dsapp.ActivationMessage1 // offline activation (section 8)
	Message2 *dsapp.ActivationMessage2
	Request  *dsapp.RequestMessage // to log in or to sign (section 13)
}

// String returns the kind, and nothing secret.
func (s Scanned) String() string {
	switch {
	case s.Image != nil:
		return "activation image"
	case s.Message1 != nil:
		return "Activation Message 1"
	case s.Message2 != nil:
		return "Activation Message 2"
	case s.Request != nil:
		return s.Request.Kind.String()
	}
	return "nothing"
}

// GoString returns String, so that %#v shows nothing secret either.
func (s Scanned) GoString() string { return s.String() }

// Scan reads a PNG or JPEG, up to 32 MiB and qr.MaxPixels: a photograph or a
// screenshot with the code somewhere in it. Other QR codes beside the one that
// the profile knows are passed over; two of those are ErrScan.
func Scan(r io.Reader) (Scanned, error) {
	picture, err := qr.ReadPicture(r)
	if err != nil {
		return Scanned{}, err
	}
	texts, err := qr.DecodeAll(picture)
	if err != nil {
		return Scanned{}, err
	}
	var found []Scanned
	for _, text := range texts {
		if s := Recognize(text); s.String() != (Scanned{}).String() {
			found = append(found, s)
		}
	}
	switch len(found) {
	case 0:
		return Scanned{}, fmt.Errorf("%w: its QR code holds no activation image, Activation Message or request", ErrScan)
	case 1:
		return found[0], nil
	}
	return Scanned{}, fmt.Errorf("%w: it shows %d codes of the profile: cut one of them out", ErrScan, len(found))
}

// Recognize says what the text of a QR code is; a text of another kind is none
// of the four.
func Recognize(text string) Scanned {
	s := Scanned{Text: text}
	if image, err := dsapp.ParseImage(text); err == nil {
		s.Image = &image
	} else if message1, err := dsapp.ParseActivationMessage1(text); err == nil {
		s.Message1 = &message1
	} else if message2, err := dsapp.ParseActivationMessage2(text); err == nil {
		s.Message2 = &message2
	} else if request, err := dsapp.ParseRequestMessage(text); err == nil {
		s.Request = &request
	}
	return s
}
