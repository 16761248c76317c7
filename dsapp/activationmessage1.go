package dsapp

import (
	"bytes"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math"
	"time"
)

// The sizes in bytes of what multi-device licensing works with (section 8).
const (
	LicenceSecretSize  = 32
	InstanceSecretSize = 20
	message1Size       = 44
	message1BodySize   = 40
	contextSize        = 24
)

// ActivationMessage1 opens a multi-device activation (section 8). It carries
// its message key in the clear: offline, whoever sees it and what follows
// knows the instance's secret.
type ActivationMessage1 struct {
	SerialNumber string
	Challenge    [8]byte
	Expiry       time.Time // to the second, 1970 to 2106
	MessageKey   [16]byte
}

// NewActivationMessage1 makes a message of a licence's 32-byte secret and a
// random challenge.
func NewActivationMessage1(licenceSecret []byte, serialNumber string, challenge [8]byte, expiry time.Time) (ActivationMessage1, error) {
	if len(licenceSecret) != LicenceSecretSize {
		return ActivationMessage1{}, fmt.Errorf("%w: a licence secret has %d bytes, not %d", ErrKey, LicenceSecretSize, len(licenceSecret))
	}
	key, err := hkdf.Key(sha256.New, licenceSecret, challenge[:], "dsapp/1 message key", 16)
	if err != nil {
		return ActivationMessage1{}, fmt.Errorf("%w: %w", ErrKey, err)
	}
	m := ActivationMessage1{serialNumber, challenge, expiry.Truncate(time.Second).UTC(), [16]byte(key)}
	return m, m.check()
}

// String returns the message as 88 hex characters.
func (m ActivationMessage1) String() string {
	body := m.body()
	sum := sha256.Sum256(body)
	return EncodeHex(append(body, sum[:4]...))
}

// ParseActivationMessage1 reads a message and checks its checksum.
func ParseActivationMessage1(s string) (ActivationMessage1, error) {
	b, err := DecodeHex(s, message1Size)
	if err != nil {
		return ActivationMessage1{}, fmt.Errorf("%w 1: %w", ErrActivationMessage, err)
	}
	body, sum := b[:message1BodySize], sha256.Sum256(b[:message1BodySize])
	if !bytes.Equal(b[message1BodySize:], sum[:4]) {
		return ActivationMessage1{}, fmt.Errorf("%w 1: the checksum does not fit, look for a mistyped character", ErrActivationMessage)
	}
	if body[0] != 1 || body[1] != 1 {
		return ActivationMessage1{}, fmt.Errorf("%w 1: begins with %02X%02X, must be 0101", ErrActivationMessage, body[0], body[1])
	}
	m := ActivationMessage1{
		SerialNumber: string(body[2:12]),
		Challenge:    [8]byte(body[12:20]),
		Expiry:       time.Unix(int64(binary.BigEndian.Uint32(body[20:24])), 0).UTC(),
		MessageKey:   [16]byte(body[24:40]),
	}
	return m, m.check()
}

func (m ActivationMessage1) check() error {
	if err := CheckSerialNumber(m.SerialNumber); err != nil {
		return fmt.Errorf("%w 1: %w", ErrActivationMessage, err)
	}
	if seconds := m.Expiry.Unix(); seconds < 0 || seconds > math.MaxUint32 {
		return fmt.Errorf("%w 1: the expiry does not fit into 32 bits of Unix seconds", ErrActivationMessage)
	}
	return nil
}

func (m ActivationMessage1) body() []byte {
	body := append([]byte{1, 1}, m.SerialNumber...)
	body = append(body, m.Challenge[:]...)
	body = binary.BigEndian.AppendUint32(body, uint32(m.Expiry.Unix()))
	return append(body, m.MessageKey[:]...)
}

// context returns ctx: the message up to its key.
func (m ActivationMessage1) context() []byte { return m.body()[:contextSize] }
