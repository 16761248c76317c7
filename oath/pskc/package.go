package pskc

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/xml"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// keyPackage is an element as it stands in a file. Names count without their
// name spaces, which files mistake.
type keyPackage struct {
	Device struct {
		Manufacturer string
		SerialNo     string
		Model        string
		StartDate    string
		ExpiryDate   string
		UserID       string `xml:"UserId"`
	} `xml:"DeviceInfo"`
	Key *struct {
		ID           string `xml:"Id,attr"`
		Algorithm    string `xml:",attr"`
		Issuer       string
		UserID       string `xml:"UserId"`
		FriendlyName string
		Parameters   struct {
			Suite           string
			ChallengeFormat *struct{}
			ResponseFormat  struct {
				Length      string `xml:",attr"`
				Encoding    string `xml:",attr"`
				CheckDigits string `xml:",attr"`
			}
		} `xml:"AlgorithmParameters"`
		Data struct {
			Secret       *value
			Counter      *value
			TimeInterval *value
			TimeDrift    *value
		}
		Policy policy
	} `xml:"Key"`
}

// value is plain or encrypted.
type value struct {
	Plain     *string         `xml:"PlainValue"`
	Encrypted *encryptedValue `xml:"EncryptedValue"`
	MAC       string          `xml:"ValueMAC"`
}

type encryptedValue struct {
	Method struct {
		Algorithm string `xml:",attr"`
	} `xml:"EncryptionMethod"`
	Data struct {
		Value string `xml:"CipherValue"`
	} `xml:"CipherData"`
}

type policy struct {
	Elements []struct {
		XMLName xml.Name
		Text    string `xml:",chardata"`
	} `xml:",any"`
}

var (
	errBadKey = errors.New("the key cannot be read")
)

// key opens the key of a package.
func (r *Reader) key(p keyPackage) (Key, error) {
	k := p.Key
	key := Key{
		ID: text(k.ID), Algorithm: text(k.Algorithm), Issuer: text(k.Issuer), UserID: text(k.UserID), FriendlyName: text(k.FriendlyName),
		Manufacturer: text(p.Device.Manufacturer), SerialNo: text(p.Device.SerialNo), Model: text(p.Device.Model), DeviceUserID: text(p.Device.UserID),
		Suite: text(k.Parameters.Suite), ResponseEncoding: text(k.Parameters.ResponseFormat.Encoding),
	}
	response := k.Parameters.ResponseFormat
	return key, errors.Join(
		readInt("ResponseFormat Length", response.Length, &key.ResponseLength),
		readBool("CheckDigits", response.CheckDigits, &key.CheckDigits),
		readTime("StartDate", p.Device.StartDate, &key.StartDate),
		readTime("ExpiryDate", p.Device.ExpiryDate, &key.ExpiryDate),
		key.policy(k.Policy),
		r.secret(k.Data.Secret, &key.Secret),
		r.number("Counter", k.Data.Counter, &key.Counter),
		r.number("TimeInterval", k.Data.TimeInterval, &key.TimeInterval),
		r.drift(k.Data.TimeDrift, &key.TimeDrift),
	)
}

// policy reads what the use of the key asks for.
func (k *Key) policy(p policy) error {
	var all []error
	for _, e := range p.Elements {
		switch e.XMLName.Local {
		case "StartDate":
			all = append(all, readTime("StartDate", e.Text, &k.StartDate))
		case "ExpiryDate":
			all = append(all, readTime("ExpiryDate", e.Text, &k.ExpiryDate))
		case "KeyUsage":
			k.KeyUsage = append(k.KeyUsage, text(e.Text))
		case "PINPolicy":
			k.PINPolicy = true
		default:
			k.UnknownPolicy = true
		}
	}
	return errors.Join(all...)
}

// For reports whether the key may be used for what a policy calls usage, such as
// OTP.
func (k Key) For(usage string) bool {
	return !k.UnknownPolicy && (len(k.KeyUsage) == 0 || slices.Contains(k.KeyUsage, usage))
}

// secret opens a secret, which is base64 where it is plain.
func (r *Reader) secret(v *value, into *[]byte) (err error) {
	switch {
	case v == nil:
		return nil // it is derived from a master key that the file only names
	case v.Plain != nil:
		*into, err = decodeBase64("Secret", *v.Plain)
	case v.Encrypted != nil:
		*into, err = r.cipher.decrypt(*v.Encrypted, v.MAC, r.options)
	}
	return err
}

// number opens a number, which is 8 bytes at most where it is encrypted.
func (r *Reader) number(what string, v *value, into *uint64) error {
	switch {
	case v == nil:
		return nil
	case v.Plain != nil:
		n, err := strconv.ParseUint(text(*v.Plain), 10, 64)
		if err != nil {
			return fmt.Errorf("%w: its %s is not a number of up to 20 digits", errBadKey, what)
		}
		*into = n
		return nil
	case v.Encrypted == nil:
		return nil
	}
	plain, err := r.cipher.decrypt(*v.Encrypted, v.MAC, r.options)
	if err != nil {
		return err
	}
	if len(plain) > 8 {
		return fmt.Errorf("%w: its %s has %d bytes, at most 8 are allowed", errBadKey, what, len(plain))
	}
	*into = binary.BigEndian.Uint64(append(make([]byte, 8-len(plain)), plain...))
	return nil
}

// drift opens a number that may be negative.
func (r *Reader) drift(v *value, into *int64) error {
	if v != nil && v.Plain != nil && strings.HasPrefix(text(*v.Plain), "-") {
		n, err := strconv.ParseInt(text(*v.Plain), 10, 64)
		if err != nil {
			return fmt.Errorf("%w: its TimeDrift is not a number", errBadKey)
		}
		*into = n
		return nil
	}
	var n uint64
	if err := r.number("TimeDrift", v, &n); err != nil {
		return err
	}
	*into = int64(n)
	return nil
}

// decodeBase64 never quotes what it refuses.
func decodeBase64(what, s string) ([]byte, error) {
	compact := strings.Join(strings.Fields(s), "")
	decoded, err := base64.StdEncoding.DecodeString(compact)
	if err != nil {
		return nil, fmt.Errorf("%w: its %s is not base64", errBadKey, what)
	}
	return decoded, nil
}

func readInt(what, s string, into *int) error {
	if s = text(s); s == "" {
		return nil
	}
	n, err := strconv.Atoi(s)
	if err != nil || n < 0 {
		return fmt.Errorf("%w: its %s %q is not a number", errBadKey, what, s)
	}
	*into = n
	return nil
}

func readBool(what, s string, into *bool) error {
	switch text(s) {
	case "true", "1":
		*into = true
	case "", "false", "0":
	default:
		return fmt.Errorf("%w: its %s is neither true nor false", errBadKey, what)
	}
	return nil
}

// readTime reads a dateTime of XML Schema; one without a zone is UTC.
func readTime(what, s string, into *time.Time) error {
	if s = text(s); s == "" {
		return nil
	}
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05.999999999"} {
		if t, err := time.Parse(layout, s); err == nil {
			*into = t
			return nil
		}
	}
	return fmt.Errorf("%w: its %s %q is not a time such as 2026-05-31T00:00:00Z", errBadKey, what, s)
}
