package dsapp

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"
)

// TestWorkedExample computes the example of docs/profile-example.md again: every line
// must stand there as it comes out here.
func TestWorkedExample(t *testing.T) {
	example, err := os.ReadFile("../docs/profile-example.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range append(exampleOfExchange(t), exampleOfFormats(t)...) {
		if !strings.Contains(string(example), "    "+line+"\n") {
			t.Errorf("not in the worked example:\n    %s", line)
		}
	}
}

// short leaves of a long number what is enough to compare it by.
func short(b []byte) string {
	text := EncodeHex(b)
	return text[:16] + "..." + text[len(text)-16:]
}

func exampleOfExchange(t *testing.T) []string {
	t.Helper()
	file, err := os.ReadFile("../testdata/vectors.json")
	if err != nil {
		t.Fatal(err)
	}
	var vectors struct{ SRP []map[string]string }
	if err := json.Unmarshal(file, &vectors); err != nil {
		t.Fatal(err)
	}
	v := vectors.SRP[0]
	suite, err := NewSRP()
	if err != nil {
		t.Fatal(err)
	}
	id, salt, a, b := v["registrationID"], unhex(t, v["salt"]), unhex(t, v["a"]), unhex(t, v["b"])
	x := suite.X(salt, id, v["activationPassword"])
	verifier, errV := suite.Verifier(x)
	A, errA := suite.ClientPublicKey(a)
	B, errB := suite.ServerPublicKey(verifier, b)
	K, errK := suite.ClientKey(x, a, A, B)
	for _, err := range []error{errV, errA, errB, errK} {
		if err != nil {
			t.Fatal(err)
		}
	}
	M1 := suite.M1(id, salt, A, B, K)
	lines := []string{
		"I = " + id, "P = " + v["activationPassword"], "s = " + EncodeHex(salt),
		"a = " + EncodeHex(a), "b = " + EncodeHex(b), "x = " + EncodeHex(x),
		"v = " + short(verifier), "A = " + short(A), "B = " + short(B),
		"K = " + EncodeHex(K), "M1 = " + EncodeHex(M1), "M2 = " + EncodeHex(suite.M2(A, M1, K)),
	}
	return append(lines, exampleOfItems(t, K)...)
}

func exampleOfItems(t *testing.T, K []byte) []string {
	t.Helper()
	v := readVectors(t).ActivationData[0]
	data := ActivationData{v.parameters(), v.Domain, v.UserID, v.SerialNumber, unhex(t, v.Secret), v.MovingFactor}
	uri, err := data.URI()
	if err != nil {
		t.Fatal(err)
	}
	counter := EventReactivationCounter(data.Parameters, data.MovingFactor)
	first, err := Encrypt(K, [8]byte{1, 2, 3, 4, 5, 6, 7, 8}, ItemActivationCode, uri)
	if err != nil {
		t.Fatal(err)
	}
	second, err := Encrypt(K, [8]byte{17, 18, 19, 20, 21, 22, 23, 24}, ItemEventReactivationCounter, counter)
	if err != nil {
		t.Fatal(err)
	}
	lines := []string{"activationCode, plain = " + uri, "eventReactivationCounter, plain = " + counter}
	for i := 0; i < len(first.EncryptedData); i += 64 {
		lines = append(lines, "  "+first.EncryptedData[i:min(i+64, len(first.EncryptedData))])
	}
	return append(lines,
		"encryptedCounter = "+first.EncryptedCounter, "mac = "+first.MAC,
		"encryptedData = "+second.EncryptedData, "encryptedCounter = "+second.EncryptedCounter, "mac = "+second.MAC)
}

func exampleOfFormats(t *testing.T) []string {
	t.Helper()
	vectors := readVectors(t)
	code, derivation, mdl, image := vectors.ActivationCode[0], vectors.Derivation[0], vectors.MDL[0], vectors.Image[0]
	return []string{
		"secret = " + code.Secret, "activation code = " + code.ActivationCode,
		"fingerprint = " + derivation.Fingerprint, "D = " + derivation.Diversifier, "K' = " + derivation.DerivedSecret,
		fmt.Sprintf("derivation code at moving factor %d = %s", derivation.MovingFactor, derivation.DerivationCode),
		"L = " + mdl.LicenceSecret, "challenge = " + mdl.Challenge, fmt.Sprintf("expiry = %d", mdl.Expiry), "MK = " + mdl.MessageKey,
		"Activation Message 1 = " + mdl.ActivationMessage1,
		fmt.Sprintf("type = %d, nonce = %s", mdl.DeviceType, mdl.DeviceNonce), "device code = " + mdl.DeviceCode,
		fmt.Sprintf("sequence number = %d, instance's secret = %s", mdl.SequenceNumber, mdl.InstanceSecret),
		"Activation Message 2 = " + mdl.ActivationMessage2, "signature = " + mdl.Signature,
		fmt.Sprintf("one-time password at Unix second %d = %s", mdl.Time, mdl.OTP),
		"image of " + image.UserID + " = " + image.Hex,
	}
}
