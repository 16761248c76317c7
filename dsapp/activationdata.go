package dsapp

import (
	"encoding/base32"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/dsappd/dsappd/oath"
)

// MaxName is the length in characters of the longest user ID or domain.
const MaxName = 255

// maxURI bounds what ParseActivationData looks at.
const maxURI = MaxText

// ActivationData is full activation data (section 4): all that a phone needs
// to know of an authenticator.
type ActivationData struct {
	oath.Parameters
	Domain, UserID string // 1 to MaxName characters each
	SerialNumber   string
	Secret         []byte // 10 to 64 bytes
	MovingFactor   uint64 // the next of an event-based authenticator; 0 if time-based
}

// URI returns the otpauth key URI of the data, its parameters in the profile's
// order.
func (d ActivationData) URI() (string, error) {
	if err := d.check(); err != nil {
		return "", err
	}
	moving := "period=" + strconv.Itoa(int(oath.Period.Seconds()))
	if d.Type == oath.HOTP {
		moving = "counter=" + strconv.FormatUint(d.MovingFactor, 10)
	}
	return fmt.Sprintf("otpauth://%s/%s:%s?secret=%s&issuer=%s&algorithm=%s&digits=%d&%s&serial=%s",
		d.Type, escape(d.Domain), escape(d.UserID), base32Secret().EncodeToString(d.Secret),
		escape(d.Domain), d.Algorithm, d.Digits, moving, d.SerialNumber), nil
}

// ParseActivationData reads a URI that is in every character what URI writes.
func ParseActivationData(uri string) (ActivationData, error) {
	if len(uri) > maxURI {
		return ActivationData{}, fmt.Errorf("%w: %d characters, at most %d", ErrActivationData, len(uri), maxURI)
	}
	parsed, err := url.Parse(uri)
	if err != nil || parsed.Scheme != "otpauth" {
		return ActivationData{}, fmt.Errorf("%w: not an otpauth URI", ErrActivationData)
	}
	d, err := readActivationData(parsed)
	if err != nil {
		return ActivationData{}, err
	}
	// One check for order, repetition, unknown parameters and escapes: the
	// data have a single form.
	if again, err := d.URI(); err != nil {
		return ActivationData{}, err
	} else if again != uri {
		return ActivationData{}, fmt.Errorf("%w: the URI's parts are not those of the profile in its order", ErrActivationData)
	}
	return d, nil
}

func readActivationData(uri *url.URL) (ActivationData, error) {
	query := uri.Query()
	d := ActivationData{
		Parameters:   oath.Parameters{Type: oath.Type(uri.Host), Algorithm: oath.Algorithm(query.Get("algorithm"))},
		SerialNumber: query.Get("serial"),
	}
	domain, userID, _ := strings.Cut(strings.TrimPrefix(uri.EscapedPath(), "/"), ":")
	var err error
	if d.Domain, err = url.PathUnescape(domain); err != nil {
		return d, fmt.Errorf("%w: domain: bad escape", ErrActivationData)
	}
	if d.UserID, err = url.PathUnescape(userID); err != nil {
		return d, fmt.Errorf("%w: user ID: bad escape", ErrActivationData)
	}
	if d.Secret, err = base32Secret().DecodeString(query.Get("secret")); err != nil {
		return d, fmt.Errorf("%w: secret: not upper-case base32 without padding", ErrActivationData)
	}
	if d.Digits, err = strconv.Atoi(query.Get("digits")); err != nil {
		return d, fmt.Errorf("%w: digits: not a number", ErrActivationData)
	}
	if d.Type != oath.HOTP {
		return d, nil
	}
	if d.MovingFactor, err = strconv.ParseUint(query.Get("counter"), 10, 64); err != nil {
		return d, fmt.Errorf("%w: counter: not a number of 64 bits", ErrActivationData)
	}
	return d, nil
}

func (d ActivationData) check() error {
	if err := d.Parameters.Check(); err != nil {
		return fmt.Errorf("%w: %w", ErrActivationData, err)
	}
	if err := CheckSerialNumber(d.SerialNumber); err != nil {
		return fmt.Errorf("%w: %w", ErrActivationData, err)
	}
	if len(d.Secret) < MinSecret || len(d.Secret) > MaxSecret {
		return fmt.Errorf("%w: %w: a secret has %d to %d bytes, not %d", ErrActivationData, ErrKey, MinSecret, MaxSecret, len(d.Secret))
	}
	for _, name := range []string{d.Domain, d.UserID} {
		if name == "" || utf8.RuneCountInString(name) > MaxName || !utf8.ValidString(name) {
			return fmt.Errorf("%w: domain and user ID have 1 to %d characters of UTF-8 each", ErrActivationData, MaxName)
		}
	}
	return nil
}

// EventReactivationCounter returns the moving factor that the phone uses next, in
// decimal, filled with zeros to 3 digits; 000 if time-based (section 5).
func EventReactivationCounter(p oath.Parameters, movingFactor uint64) string {
	if p.Type != oath.HOTP {
		return "000"
	}
	return fmt.Sprintf("%03d", movingFactor)
}

// ParseEventReactivationCounter reads what EventReactivationCounter writes.
func ParseEventReactivationCounter(s string) (uint64, error) {
	movingFactor, err := strconv.ParseUint(s, 10, 64)
	if err != nil || s != fmt.Sprintf("%03d", movingFactor) {
		return 0, fmt.Errorf("%w: must be a number of 64 bits, filled with zeros to 3 digits", ErrEventReactivationCounter)
	}
	return movingFactor, nil
}

// escape percent-encodes all but the unreserved characters of RFC 3986.
func escape(s string) string { return strings.ReplaceAll(url.QueryEscape(s), "+", "%20") }

func base32Secret() *base32.Encoding { return base32.StdEncoding.WithPadding(base32.NoPadding) }
