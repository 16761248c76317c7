package bulk

import (
	"bytes"
	"encoding/csv"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/dsappd/dsappd/internal/server/admin"
	"github.com/dsappd/dsappd/oath"
	"github.com/dsappd/dsappd/oath/pskc"
)

// PSKCOptions say what becomes of the keys of a container.
type PSKCOptions struct {
	pskc.Options

	// Mapping is for LDIF.
	Mapping Mapping

	// Domain is that of the authenticators; empty: the default one.
	Domain string

	// SerialPrefix is put before serial numbers of up to seven digits, which
	// are filled up with zeros; 000 fills up those of eight and nine digits,
	// too. Empty: serial numbers stay as they are.
	SerialPrefix string

	// Assign gives a key that names a user to that user.
	Assign bool

	// Now is when keys must not have expired.
	Now time.Time
}

// pskcSource reads keys of a container.
type pskcSource struct {
	reader  *pskc.Reader
	options PSKCOptions
	number  int
	notice  func(string)
}

// PSKC reads the keys of a container (RFC 6030). Keys of PINs are passed over.
// notice is told what concerns the file as a whole.
func PSKC(from io.Reader, options PSKCOptions, notice func(string)) Source {
	return &pskcSource{reader: pskc.NewReader(from, options.Options), options: options, notice: notice}
}

func (s *pskcSource) Next() (Row, error) {
	key, err := s.reader.Next()
	if errors.Is(err, io.EOF) {
		if s.reader.Signed() {
			s.notice("the file is signed, and dsappd does not verify signatures")
		}
		return Row{}, io.EOF
	}
	if err != nil && !pskc.Continues(err) {
		return Row{}, fmt.Errorf("%w: %w", ErrFile, err)
	}
	s.number++
	row := Row{Number: s.number, name: orElse(key.SerialNo, key.ID)}
	switch {
	case err != nil:
		row.Refused = err
	case key.Algorithm == pskc.PIN:
		row.Skipped = "it is a PIN"
	default:
		row.Refused = s.row(key, &row.ImportRow)
	}
	return row, nil
}

// row makes an authenticator of a key.
func (s *pskcSource) row(key pskc.Key, row *admin.ImportRow) error {
	a := &admin.AddAuthenticator{SerialNumber: s.serialNumber(key), Domain: s.options.Domain, Secret: hex.EncodeToString(key.Secret), MovingFactor: key.Counter, ExpiresAt: key.ExpiryDate, Algorithm: oath.SHA1}
	switch {
	case len(key.Secret) == 0:
		return errors.New("its secret is not in the file")
	case !key.For("OTP"):
		return errors.New("its policy does not allow one-time passwords, or asks for what dsappd does not know")
	case key.CheckDigits:
		return errors.New("its one-time passwords end in a check digit, which dsappd does not make")
	case key.ResponseEncoding != "" && key.ResponseEncoding != "DECIMAL":
		return fmt.Errorf("its one-time passwords are %s, and those of dsappd are DECIMAL", key.ResponseEncoding)
	case s.options.Now.Before(key.StartDate):
		return fmt.Errorf("it may be used from %s on: import it then", key.StartDate.UTC().Format(time.RFC3339))
	case !key.ExpiryDate.IsZero() && !s.options.Now.Before(key.ExpiryDate):
		return fmt.Errorf("it has expired: %s", key.ExpiryDate.UTC().Format(time.RFC3339))
	}
	if a.Digits = key.ResponseLength; a.Digits == 0 {
		a.Digits = 6
	}
	if err := kindOf(key, a); err != nil {
		return err
	}
	row.Authenticator = a
	if user := s.user(key); s.options.Assign && user != "" {
		row.Assign = &admin.ImportAssignment{SerialNumber: a.SerialNumber, UserID: user}
	}
	return nil
}

// kindOf reads the algorithm of a key, and for time steps the hash.
func kindOf(key pskc.Key, a *admin.AddAuthenticator) error {
	switch key.Algorithm {
	case pskc.HOTP:
		a.Type = oath.HOTP
	case pskc.TOTP:
		a.Type, a.MovingFactor = oath.TOTP, 0
	default:
		return fmt.Errorf("its algorithm is %q, and dsappd has hotp and totp", key.Algorithm)
	}
	if a.Type == oath.TOTP && key.TimeInterval != 0 && key.TimeInterval != 30 {
		return fmt.Errorf("its time step is %d seconds, and that of dsappd is 30", key.TimeInterval)
	}
	suite := strings.ReplaceAll(strings.TrimPrefix(strings.ToUpper(key.Suite), "HMAC-"), "-", "")
	switch suite {
	case "":
	case "SHA1", "SHA256", "SHA512":
		a.Algorithm = oath.Algorithm(suite)
	default:
		return fmt.Errorf("its suite is %q, and dsappd has HMAC with SHA1, SHA256 and SHA512", key.Suite)
	}
	return nil
}

// serialNumber returns the serial number of the device, or else the key's ID.
func (s *pskcSource) serialNumber(key pskc.Key) string {
	serial := strings.ToUpper(orElse(key.SerialNo, key.ID))
	prefix := s.options.SerialPrefix
	if prefix == "" || serial == "" || strings.Trim(serial, "0123456789") != "" {
		return serial
	}
	switch {
	case len(serial) <= 7:
		return prefix + strings.Repeat("0", 7-len(serial)) + serial
	case len(serial) < 10 && prefix == "000":
		return strings.Repeat("0", 10-len(serial)) + serial
	}
	return serial
}

// user returns the user of a key or else of its device. Of a distinguished name
// it takes the uid, or else the cn.
func (s *pskcSource) user(key pskc.Key) string {
	name := orElse(key.UserID, key.DeviceUserID)
	for _, attribute := range []string{"uid=", "cn="} {
		for part := range strings.SplitSeq(name, ",") {
			part = strings.TrimSpace(part)
			if len(part) > len(attribute) && strings.EqualFold(part[:len(attribute)], attribute) {
				return part[len(attribute):]
			}
		}
	}
	if strings.Contains(name, "=") {
		return ""
	}
	return name
}

// NewRefusals begins a list of the keys, without their secrets.
func (s *pskcSource) NewRefusals() Refusals { return &pskcRefusals{} }

type pskcRefusals struct{ begun bool }

func (r *pskcRefusals) Refuse(row Row, why string) ([]byte, error) {
	var text bytes.Buffer
	writer := csv.NewWriter(&text)
	if !r.begun {
		_ = writer.Write([]string{"key", "serialNumber", "refused"})
		r.begun = true
	}
	_ = writer.Write([]string{fmt.Sprint(row.Number), row.name, why})
	writer.Flush()
	return text.Bytes(), writer.Error()
}
