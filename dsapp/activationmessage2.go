package dsapp

import (
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"fmt"

	"github.com/dsappd/dsappd/oath"
)

const (
	message2Size    = 49
	message2TagSize = 16
)

// ActivationMessage2 carries an instance's secret to the one device that made
// the device code (section 8).
type ActivationMessage2 struct {
	SerialNumber   string
	SequenceNumber uint8 // 1 to 255
	ciphertext     [InstanceSecretSize]byte
	tag            [message2TagSize]byte
}

// NewActivationMessage2 seals 20 random bytes for the device that answered m
// with c. A licence uses no sequence number twice.
func NewActivationMessage2(m ActivationMessage1, c DeviceCode, sequenceNumber uint8, instanceSecret []byte) (ActivationMessage2, error) {
	if len(instanceSecret) != InstanceSecretSize {
		return ActivationMessage2{}, fmt.Errorf("%w: an instance secret has %d bytes, not %d", ErrKey, InstanceSecretSize, len(instanceSecret))
	}
	out := ActivationMessage2{SerialNumber: m.SerialNumber, SequenceNumber: sequenceNumber}
	if err := out.check(); err != nil {
		return ActivationMessage2{}, err
	}
	encrypt, authentic, err := out.keys(m, c)
	if err != nil {
		return ActivationMessage2{}, err
	}
	out.tag = out.tagOf(authentic, instanceSecret)
	ciphertext, err := counterMode(encrypt, out.tag[:], instanceSecret)
	if err != nil {
		return ActivationMessage2{}, err
	}
	out.ciphertext = [InstanceSecretSize]byte(ciphertext)
	return out, nil
}

// Open returns the instance's secret, for the device that answered m with c. For
// any other the error is ErrAuthentication.
func (m2 ActivationMessage2) Open(m ActivationMessage1, c DeviceCode) ([]byte, error) {
	if m2.SerialNumber != m.SerialNumber {
		return nil, fmt.Errorf("%w 2: is for another licence than message 1", ErrActivationMessage)
	}
	encrypt, authentic, err := m2.keys(m, c)
	if err != nil {
		return nil, err
	}
	secret, err := counterMode(encrypt, m2.tag[:], m2.ciphertext[:])
	if err != nil {
		return nil, err
	}
	if tag := m2.tagOf(authentic, secret); !hmac.Equal(tag[:], m2.tag[:]) {
		return nil, fmt.Errorf("%s 2: %w", ErrActivationMessage, ErrAuthentication)
	}
	return secret, nil
}

// String returns the message as 98 hex characters.
func (m2 ActivationMessage2) String() string { return EncodeHex(m2.bytes()) }

// ParseActivationMessage2 reads a message; only Open can say whether it is
// genuine.
func ParseActivationMessage2(s string) (ActivationMessage2, error) {
	b, err := DecodeHex(s, message2Size)
	if err != nil {
		return ActivationMessage2{}, fmt.Errorf("%w 2: %w", ErrActivationMessage, err)
	}
	if b[0] != 1 || b[1] != 2 {
		return ActivationMessage2{}, fmt.Errorf("%w 2: begins with %02X%02X, must be 0102", ErrActivationMessage, b[0], b[1])
	}
	m2 := ActivationMessage2{
		SerialNumber:   string(b[2:12]),
		SequenceNumber: b[12],
		ciphertext:     [InstanceSecretSize]byte(b[13:33]),
		tag:            [message2TagSize]byte(b[33:]),
	}
	return m2, m2.check()
}

// Signature returns the device's proof that it opened the message: the OCRA
// response, 8 digits, to a question that is the hash of the message.
func (m2 ActivationMessage2) Signature(instanceSecret []byte) (string, error) {
	suite, err := oath.ParseOCRASuite("OCRA-1:HOTP-SHA256-8:QH64")
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(m2.bytes())
	return suite.Response(instanceSecret, oath.OCRAInput{Question: EncodeHex(sum[:])})
}

// InstanceParameters returns the parameters of every instance's one-time passwords.
func InstanceParameters() oath.Parameters {
	return oath.Parameters{Type: oath.TOTP, Algorithm: oath.SHA256, Digits: 6}
}

func (m2 ActivationMessage2) check() error {
	if err := CheckSerialNumber(m2.SerialNumber); err != nil {
		return fmt.Errorf("%w 2: %w", ErrActivationMessage, err)
	}
	if m2.SequenceNumber == 0 {
		return fmt.Errorf("%w 2: the sequence number is 0, must be 1 to 255", ErrActivationMessage)
	}
	return nil
}

func (m2 ActivationMessage2) header() []byte {
	return append(append([]byte{1, 2}, m2.SerialNumber...), m2.SequenceNumber)
}

func (m2 ActivationMessage2) bytes() []byte {
	return append(append(m2.header(), m2.ciphertext[:]...), m2.tag[:]...)
}

// keys derives the message's keys, bound to the device by its code's type and nonce.
func (m2 ActivationMessage2) keys(m ActivationMessage1, c DeviceCode) (encrypt, authentic []byte, err error) {
	salt := append(append([]byte{byte(c.Type)}, c.Nonce[:]...), m2.SequenceNumber)
	keys, err := hkdf.Key(sha256.New, m.MessageKey[:], salt, "dsapp/1 message 2"+string(m.context()), 64)
	if err != nil {
		return nil, nil, fmt.Errorf("%w: %w", ErrKey, err)
	}
	return keys[:32], keys[32:], nil
}

func (m2 ActivationMessage2) tagOf(key, instanceSecret []byte) [message2TagSize]byte {
	return [message2TagSize]byte(authenticate(key, m2.header(), instanceSecret))
}
