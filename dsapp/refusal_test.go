package dsapp

import (
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/dsappd/dsappd/oath"
)

// TestRFC5869 holds the standard library's HKDF, called as this package calls
// it, against the SHA-256 cases of RFC 5869 appendix A.
func TestRFC5869(t *testing.T) {
	file, err := os.ReadFile("testdata/rfc5869.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases []struct {
		IKM, Salt, Info, OKM string
		Length               int
	}
	if err := json.Unmarshal(file, &cases); err != nil || len(cases) != 3 {
		t.Fatalf("%d cases, %v", len(cases), err)
	}
	for _, c := range cases {
		got, err := hkdf.Key(sha256.New, unhex(t, c.IKM), unhex(t, c.Salt), string(unhex(t, c.Info)), c.Length)
		check(t, "HKDF", EncodeHex(got), c.OKM, err)
	}
}

func TestRefusals(t *testing.T) {
	key := make([]byte, 256)
	image := Image{UserID: "user1", Domain: "master", RegistrationID: "xiOb8GC2", ActivationPassword: "Tb048aX1"}
	semicolon, long := image, image
	semicolon.UserID, long.UserID = "user;1", strings.Repeat("u", 491)
	m1, err := NewActivationMessage1(key[:32], "VDS1000140", [8]byte{}, time.Unix(0, 0))
	if err != nil {
		t.Fatal(err)
	}
	code, err := NewDeviceCode(m1, Android, [6]byte{})
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		call func() error
		want error
	}{
		"session key of 31 bytes":  {func() error { _, err := Encrypt(key[:31], [8]byte{}, ItemActivationCode, "a"); return err }, ErrKey},
		"unknown item":             {func() error { _, err := Encrypt(key[:32], [8]byte{}, "item", "a"); return err }, ErrItem},
		"empty text":               {func() error { _, err := Encrypt(key[:32], [8]byte{}, ItemActivationCode, ""); return err }, ErrItem},
		"text outside ASCII":       {func() error { _, err := Encrypt(key[:32], [8]byte{}, ItemActivationCode, "ë"); return err }, ErrItem},
		"secret of 9 bytes":        {func() error { _, err := ActivationCode(key[:9]); return err }, ErrKey},
		"secret of 21 bytes":       {func() error { _, err := ActivationCode(key[:21]); return err }, ErrSecretTooLong},
		"no fingerprint":           {func() error { _, err := Diversifier("VDS1000140", nil); return err }, ErrKey},
		"fingerprint of 256 bytes": {func() error { _, err := Diversifier("VDS1000140", key); return err }, ErrKey},
		"diversifier of no device": {func() error { _, err := Diversifier("VDS", key[:1]); return err }, ErrSerialNumber},
		"derived from 9 bytes":     {func() error { _, err := DeriveSecret(key[:9], [8]byte{}, "VDS1000140"); return err }, ErrKey},
		"derived from 65 bytes":    {func() error { _, err := DeriveSecret(key[:65], [8]byte{}, "VDS1000140"); return err }, ErrKey},
		"derived for no device":    {func() error { _, err := DeriveSecret(key[:20], [8]byte{}, "VDS"); return err }, ErrSerialNumber},
		"code of 5 digits": {func() error {
			_, err := NewDerivationCode([8]byte{}, key[:20], 0, oath.Parameters{Type: oath.HOTP, Algorithm: oath.SHA1, Digits: 5})
			return err
		}, oath.ErrParameters},
		"licence secret of 31 bytes": {func() error {
			_, err := NewActivationMessage1(key[:31], "VDS1000140", [8]byte{}, time.Unix(0, 0))
			return err
		}, ErrKey},
		"licence without serial": {func() error { _, err := NewActivationMessage1(key[:32], "", [8]byte{}, time.Unix(0, 0)); return err }, ErrActivationMessage},
		"expiry before 1970": {func() error {
			_, err := NewActivationMessage1(key[:32], "VDS1000140", [8]byte{}, time.Unix(-1, 0))
			return err
		}, ErrActivationMessage},
		"expiry after 2106": {func() error {
			_, err := NewActivationMessage1(key[:32], "VDS1000140", [8]byte{}, time.Unix(1<<32, 0))
			return err
		}, ErrActivationMessage},
		"unknown device type":     {func() error { _, err := NewDeviceCode(m1, 4, [6]byte{}); return err }, ErrDeviceCode},
		"sequence number 0":       {func() error { _, err := NewActivationMessage2(m1, code, 0, key[:20]); return err }, ErrActivationMessage},
		"instance secret of 21":   {func() error { _, err := NewActivationMessage2(m1, code, 1, key[:21]); return err }, ErrKey},
		"semicolon in an image":   {func() error { _, err := semicolon.Hex(); return err }, ErrImage},
		"semicolon in an upgrade": {func() error { _, err := Upgrade{UserID: "a;b", Domain: "master"}.Hex(); return err }, ErrImage},
		"upgrade without user":    {func() error { _, err := Upgrade{Domain: "master"}.Hex(); return err }, ErrImage},
		"image of 513 bytes":      {func() error { _, err := long.Hex(); return err }, ErrImage},
		"mac of 31 bytes": {func() error {
			_, err := Decrypt(key[:32], ItemActivationCode, EncryptedData{"00", strings.Repeat("0", 16), strings.Repeat("0", 62)})
			return err
		}, ErrHex},
		"counter of 7 bytes": {func() error {
			_, err := Decrypt(key[:32], ItemActivationCode, EncryptedData{"00", strings.Repeat("0", 14), strings.Repeat("0", 64)})
			return err
		}, ErrHex},
	} {
		if err := c.call(); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
}

// TestMessage2OfAnotherLicence: the serial number of message 2 must be that of
// message 1.
func TestMessage2OfAnotherLicence(t *testing.T) {
	v := readVectors(t).MDL
	m1, err := ParseActivationMessage1(v[0].ActivationMessage1)
	check(t, "message 1", m1.SerialNumber, v[0].SerialNumber, err)
	code, err := ParseDeviceCode(v[0].DeviceCode)
	check(t, "device code", code.Type, v[0].DeviceType, err)
	other, err := ParseActivationMessage2(v[1].ActivationMessage2)
	check(t, "message 2", other.SerialNumber, v[1].SerialNumber, err)
	if _, err := other.Open(m1, code); !errors.Is(err, ErrActivationMessage) {
		t.Errorf("message 2 of another licence: %v, want %v", err, ErrActivationMessage)
	}
	otherM1, err := ParseActivationMessage1(v[1].ActivationMessage1)
	if err != nil || code.Answers(otherM1) {
		t.Errorf("a device code answers another message 1: %v", err)
	}
}
