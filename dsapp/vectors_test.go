package dsapp

import (
	"encoding/json"
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/dsappd/dsappd/oath"
)

type authenticatorVector struct {
	Type                                          oath.Type
	Algorithm                                     oath.Algorithm
	Digits                                        int
	MovingFactor                                  uint64
	Domain, UserID, SerialNumber, Secret          string
	URI, EventReactivationCounter                 string
	Fingerprint, Diversifier                      string
	DerivedSecret, DerivationCode, ActivationCode string
}

func (v authenticatorVector) parameters() oath.Parameters {
	return oath.Parameters{Type: v.Type, Algorithm: v.Algorithm, Digits: v.Digits}
}

type mdlVector struct {
	LicenceSecret      string `json:"licenseSecret"`
	SerialNumber       string
	Challenge          string
	Expiry             int64
	MessageKey         string
	ActivationMessage1 string
	DeviceType         DeviceType
	DeviceNonce        string
	DeviceCode         string
	SequenceNumber     uint8
	InstanceSecret     string
	ActivationMessage2 string
	Signature          string
	Time               int64
	OTP                string
}

type profileVectors struct {
	EncryptedData []struct {
		K, Plaintext                         string
		Item                                 Item
		EncryptedData, EncryptedCounter, MAC string
	}
	ActivationCode, ActivationData, Derivation []authenticatorVector
	MDL                                        []mdlVector
	Image                                      []struct {
		Image
		Hex string
	}
}

// readVectors decodes the project's vectors; a kind of them that is missing
// must not pass as a kind that came out right.
func readVectors(t testing.TB) profileVectors {
	t.Helper()
	file, err := os.ReadFile("../testdata/vectors.json")
	if err != nil {
		t.Fatal(err)
	}
	var v profileVectors
	if err := json.Unmarshal(file, &v); err != nil {
		t.Fatal(err)
	}
	for _, count := range []int{len(v.EncryptedData), len(v.ActivationCode), len(v.ActivationData), len(v.Derivation), len(v.MDL), len(v.Image)} {
		if count < 8 {
			t.Fatalf("%d vectors of one kind, there were 8", count)
		}
	}
	return v
}

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := DecodeHex(s, len(s)/2)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// check compares a result with its vector.
func check(t *testing.T, what string, got, want any, err error) {
	t.Helper()
	if err != nil {
		t.Errorf("%s: %v", what, err)
	} else if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

func TestEncryptedDataVectors(t *testing.T) {
	for _, v := range readVectors(t).EncryptedData {
		want := EncryptedData{v.EncryptedData, v.EncryptedCounter, v.MAC}
		K, counter := unhex(t, v.K), [8]byte(unhex(t, v.EncryptedCounter))
		got, err := Encrypt(K, counter, v.Item, v.Plaintext)
		check(t, "encrypted", got, want, err)
		text, err := Decrypt(K, v.Item, want)
		check(t, "decrypted", text, v.Plaintext, err)
	}
}

func TestActivationCodeVectors(t *testing.T) {
	for _, v := range readVectors(t).ActivationCode {
		code, err := ActivationCode(unhex(t, v.Secret))
		check(t, "activation code", code, v.ActivationCode, err)
		secret, err := ParseActivationCode(v.ActivationCode)
		check(t, "secret", EncodeHex(secret), v.Secret, err)
	}
}

func TestActivationDataVectors(t *testing.T) {
	for _, v := range readVectors(t).ActivationData {
		data := ActivationData{v.parameters(), v.Domain, v.UserID, v.SerialNumber, unhex(t, v.Secret), v.MovingFactor}
		uri, err := data.URI()
		check(t, "URI", uri, v.URI, err)
		parsed, err := ParseActivationData(v.URI)
		check(t, "activation data", parsed, data, err)
		counter := EventReactivationCounter(data.Parameters, data.MovingFactor)
		check(t, "event reactivation counter", counter, v.EventReactivationCounter, nil)
		movingFactor, err := ParseEventReactivationCounter(v.EventReactivationCounter)
		check(t, "moving factor", movingFactor, v.MovingFactor, err)
	}
}

func TestDerivationVectors(t *testing.T) {
	for _, v := range readVectors(t).Derivation {
		diversifier, err := Diversifier(v.SerialNumber, unhex(t, v.Fingerprint))
		check(t, "diversifier", EncodeHex(diversifier[:]), v.Diversifier, err)
		derived, err := DeriveSecret(unhex(t, v.Secret), diversifier, v.SerialNumber)
		check(t, "derived secret", EncodeHex(derived), v.DerivedSecret, err)
		p := oath.Parameters{Type: oath.HOTP, Algorithm: v.Algorithm, Digits: v.Digits}
		code, err := NewDerivationCode(diversifier, derived, v.MovingFactor, p)
		check(t, "derivation code", code.String(), v.DerivationCode, err)
		parsed, err := ParseDerivationCode(v.DerivationCode, v.Digits)
		check(t, "parsed derivation code", parsed, code, err)
	}
}

func TestMDLVectors(t *testing.T) {
	for i, v := range readVectors(t).MDL {
		t.Run(fmt.Sprint(i), func(t *testing.T) { checkMDL(t, v) })
	}
}

func checkMDL(t *testing.T, v mdlVector) {
	m1, err := NewActivationMessage1(unhex(t, v.LicenceSecret), v.SerialNumber, [8]byte(unhex(t, v.Challenge)), time.Unix(v.Expiry, 0))
	check(t, "activation message 1", m1.String(), v.ActivationMessage1, err)
	check(t, "message key", EncodeHex(m1.MessageKey[:]), v.MessageKey, nil)
	parsed1, err := ParseActivationMessage1(v.ActivationMessage1)
	check(t, "parsed activation message 1", parsed1, m1, err)

	code, err := NewDeviceCode(m1, v.DeviceType, [6]byte(unhex(t, v.DeviceNonce)))
	check(t, "device code", code.String(), v.DeviceCode, err)
	parsedCode, err := ParseDeviceCode(v.DeviceCode)
	check(t, "parsed device code", parsedCode == code && parsedCode.Answers(m1), true, err)

	secret := unhex(t, v.InstanceSecret)
	m2, err := NewActivationMessage2(m1, code, v.SequenceNumber, secret)
	check(t, "activation message 2", m2.String(), v.ActivationMessage2, err)
	parsed2, err := ParseActivationMessage2(v.ActivationMessage2)
	check(t, "parsed activation message 2", parsed2 == m2, true, err)
	opened, err := parsed2.Open(parsed1, parsedCode)
	check(t, "instance secret", opened, secret, err)

	signature, err := m2.Signature(secret)
	check(t, "signature", signature, v.Signature, err)
	otp, err := oath.OTP(secret, oath.TimeStep(time.Unix(v.Time, 0)), InstanceParameters())
	check(t, "one-time password", otp, v.OTP, err)
}

func TestImageVectors(t *testing.T) {
	for _, v := range readVectors(t).Image {
		text, err := v.Image.Hex()
		check(t, "image", text, v.Hex, err)
		parsed, err := ParseImage(v.Hex)
		check(t, "parsed image", parsed, v.Image, err)
	}
}
