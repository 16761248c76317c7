package dsapp

import (
	"crypto/subtle"
	"encoding/binary"
	"fmt"
	"math/big"
)

// DeviceType is what kind of device answers an Activation Message 1.
type DeviceType uint8

const (
	IOS      DeviceType = 3
	Android  DeviceType = 7
	Hardware DeviceType = 11
)

func (t DeviceType) String() string {
	switch t {
	case IOS:
		return "iOS"
	case Android:
		return "Android"
	case Hardware:
		return "hardware"
	}
	return fmt.Sprintf("type %d", uint8(t))
}

const (
	deviceCodeSize = 26
	tagBits        = 30
	nonceBits      = 48
)

// DeviceCode is a device's answer to Activation Message 1 (section 8): 26
// digits that a person can type.
type DeviceCode struct {
	Type  DeviceType
	Nonce [6]byte // drawn afresh for each code
	tag   uint32  // 30 bits
}

// NewDeviceCode returns the device's code for a message.
func NewDeviceCode(m ActivationMessage1, t DeviceType, nonce [6]byte) (DeviceCode, error) {
	c := DeviceCode{Type: t, Nonce: nonce}
	if err := c.checkType(); err != nil {
		return DeviceCode{}, err
	}
	c.tag = c.expectedTag(m)
	return c, nil
}

// Answers reports whether the code was made for the message. It takes as long
// for a wrong tag as for a right one.
func (c DeviceCode) Answers(m ActivationMessage1) bool {
	return subtle.ConstantTimeEq(int32(c.tag), int32(c.expectedTag(m))) == 1
}

// String returns the code's 25 digits and its Luhn check digit.
func (c DeviceCode) String() string {
	number := new(big.Int).SetUint64(uint64(c.Type))
	number.Lsh(number, nonceBits).Or(number, new(big.Int).SetBytes(c.Nonce[:]))
	number.Lsh(number, tagBits).Or(number, big.NewInt(int64(c.tag)))
	symbols := fmt.Sprintf("%0*d", deviceCodeSize-1, number)
	return symbols + string(luhn(symbols, 10))
}

// ParseDeviceCode reads a code. It finds mistyped ones; whether a code
// answers a message is for Answers to say.
func ParseDeviceCode(s string) (DeviceCode, error) {
	if len(s) != deviceCodeSize || !isDecimal(s) {
		return DeviceCode{}, fmt.Errorf("%w: must be %d digits", ErrDeviceCode, deviceCodeSize)
	}
	symbols := s[:deviceCodeSize-1]
	if luhn(symbols, 10) != s[deviceCodeSize-1] {
		return DeviceCode{}, fmt.Errorf("%w: the check digit does not fit, look for a mistyped one", ErrDeviceCode)
	}
	// The base is given, so that zeros in front do not mean octal.
	number, ok := new(big.Int).SetString(symbols, 10)
	if !ok {
		return DeviceCode{}, fmt.Errorf("%w: not a number", ErrDeviceCode)
	}
	c := DeviceCode{tag: uint32(number.Uint64() & (1<<tagBits - 1))}
	number.Rsh(number, tagBits)
	nonce := new(big.Int).SetUint64(number.Uint64() & (1<<nonceBits - 1))
	nonce.FillBytes(c.Nonce[:])
	// 25 digits stay below 2^84: a number of 2^82 or more shows as a type of 16
	// or more, and none of those is known.
	c.Type = DeviceType(number.Rsh(number, nonceBits).Uint64())
	return c, c.checkType()
}

func (c DeviceCode) checkType() error {
	switch c.Type {
	case IOS, Android, Hardware:
		return nil
	}
	return fmt.Errorf("%w: device type %d is not 3 (iOS), 7 (Android) or 11 (hardware)", ErrDeviceCode, c.Type)
}

func (c DeviceCode) expectedTag(m ActivationMessage1) uint32 {
	mac := authenticate(m.MessageKey[:], []byte("dsapp/1 device code"), m.context(), []byte{byte(c.Type)}, c.Nonce[:])
	return binary.BigEndian.Uint32(mac) >> 2
}
