package dsapp

import (
	"bytes"
	"errors"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/dsappd/dsappd/oath"
)

// corpus reads testdata/corpus/NAME: a quoted text a line.
func corpus(t testing.TB, name string) []string {
	t.Helper()
	file, err := os.ReadFile("testdata/corpus/" + name)
	if err != nil {
		t.Fatal(err)
	}
	var texts []string
	for line := range strings.Lines(string(file)) {
		text, err := strconv.Unquote(strings.TrimSuffix(line, "\n"))
		if err != nil {
			t.Fatalf("%s: %s: %v", name, line, err)
		}
		texts = append(texts, text)
	}
	return texts
}

// fuzz checks the corpora of a format and fuzzes on from them. parse must
// return what its writer makes of the value again; a refusal must be one of
// refusals. What is accepted differs from what is written in case only.
func fuzz(f *testing.F, name string, parse func(string) (string, error), refusals ...error) {
	refused := func(err error) bool {
		for _, refusal := range refusals {
			if errors.Is(err, refusal) {
				return true
			}
		}
		return false
	}
	for _, text := range corpus(f, name+".accept") {
		if _, err := parse(text); err != nil {
			f.Errorf("%q is refused: %v", text, err)
		}
		f.Add(text)
	}
	for _, text := range corpus(f, name+".reject") {
		if got, err := parse(text); err == nil {
			f.Errorf("%q passes for %q", text, got)
		}
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		again, err := parse(text)
		if err != nil && !refused(err) {
			t.Errorf("%q: a refusal of no kind: %v", text, err)
		}
		if err == nil && again != text && !strings.EqualFold(again, text) {
			t.Errorf("%q came back as %q", text, again)
		}
	})
}

func FuzzActivationCode(f *testing.F) {
	fuzz(f, "ActivationCode", func(s string) (string, error) {
		secret, err := ParseActivationCode(s)
		if err != nil {
			return "", err
		}
		return ActivationCode(secret)
	}, ErrActivationCode)
}

func FuzzActivationData(f *testing.F) {
	fuzz(f, "ActivationData", func(s string) (string, error) {
		data, err := ParseActivationData(s)
		if err != nil {
			return "", err
		}
		return data.URI()
	}, ErrActivationData)
}

func FuzzDerivationCode(f *testing.F) {
	fuzz(f, "DerivationCode", func(s string) (string, error) {
		// Of all digits that an authenticator may have, one could fit.
		code, err := ParseDerivationCode(s, min(max(len(s)-16, 6), 8))
		return code.String(), err
	}, ErrDerivationCode, ErrUnverifiable)
}

func FuzzDeviceCode(f *testing.F) {
	fuzz(f, "DeviceCode", func(s string) (string, error) {
		code, err := ParseDeviceCode(s)
		return code.String(), err
	}, ErrDeviceCode)
}

func FuzzActivationMessage1(f *testing.F) {
	fuzz(f, "ActivationMessage1", func(s string) (string, error) {
		m, err := ParseActivationMessage1(s)
		return m.String(), err
	}, ErrActivationMessage)
}

func FuzzActivationMessage2(f *testing.F) {
	fuzz(f, "ActivationMessage2", func(s string) (string, error) {
		m, err := ParseActivationMessage2(s)
		return m.String(), err
	}, ErrActivationMessage)
}

func FuzzImage(f *testing.F) {
	fuzz(f, "Image", func(s string) (string, error) {
		image, err := ParseImage(s)
		if err != nil {
			return "", err
		}
		return image.Hex()
	}, ErrImage)
}

func FuzzEphemeralKey(f *testing.F) {
	fuzz(f, "EphemeralKey", func(s string) (string, error) {
		key, err := ParseEphemeralKey(s)
		if err != nil {
			return "", err
		}
		return EncodeHex(key)[2*EphemeralKeySize-len(s):], nil
	}, ErrHex)
}

func FuzzEventReactivationCounter(f *testing.F) {
	fuzz(f, "EventReactivationCounter", func(s string) (string, error) {
		movingFactor, err := ParseEventReactivationCounter(s)
		return EventReactivationCounter(oath.Parameters{Type: oath.HOTP}, movingFactor), err
	}, ErrEventReactivationCounter)
}

func FuzzSerialNumber(f *testing.F) {
	fuzz(f, "SerialNumber", func(s string) (string, error) { return s, CheckSerialNumber(s) }, ErrSerialNumber)
}

func FuzzInstanceName(f *testing.F) {
	fuzz(f, "InstanceName", func(s string) (string, error) {
		serial, sequence, err := ParseInstanceName(s)
		return InstanceName(serial, sequence), err
	}, ErrSerialNumber)
}

// FuzzEncryptedData: whatever the three fields hold, opening refuses with a
// known error or finds what Encrypt would have written.
func FuzzEncryptedData(f *testing.F) {
	v := readVectors(f).EncryptedData
	for _, e := range v {
		f.Add(e.EncryptedData, e.EncryptedCounter, e.MAC)
		f.Add(e.EncryptedData, e.MAC, e.EncryptedCounter)
		f.Add(e.EncryptedData+"0", e.EncryptedCounter, e.MAC)
		f.Add("", e.EncryptedCounter, e.MAC)
	}
	f.Add(strings.Repeat("00", MaxText+1), v[0].EncryptedCounter, v[0].MAC)
	K := bytes.Repeat([]byte{1}, SessionKeySize)
	if own, err := Encrypt(K, [8]byte{1, 2, 3}, ItemActivationCode, "an item"); err == nil {
		f.Add(own.EncryptedData, own.EncryptedCounter, own.MAC)
	}
	f.Fuzz(func(t *testing.T, data, counter, mac string) {
		text, err := Decrypt(K, ItemActivationCode, EncryptedData{data, counter, mac})
		if err != nil && (text != "" || !errors.Is(err, ErrHex) && !errors.Is(err, ErrAuthentication)) {
			t.Errorf("%q: %v", text, err)
		}
		if err != nil {
			return
		}
		again, err := Encrypt(K, [8]byte(unhex(t, counter)), ItemActivationCode, text)
		if err != nil || !strings.EqualFold(again.EncryptedData, data) || !strings.EqualFold(again.MAC, mac) {
			t.Errorf("%q came back as %+v, %v", text, again, err)
		}
	})
}

// TestUnverifiableDerivationCodes: well-formed by the published limit, but of
// no use: the domain answers these as wrong credentials.
func TestUnverifiableDerivationCodes(t *testing.T) {
	for _, text := range corpus(t, "DerivationCodeUnverifiable.reject") {
		if _, err := ParseDerivationCode(text, 6); !errors.Is(err, ErrUnverifiable) || errors.Is(err, ErrDerivationCode) {
			t.Errorf("%q: %v, want %v", text, err, ErrUnverifiable)
		}
	}
	for _, text := range corpus(t, "DerivationCode.reject") {
		if _, err := ParseDerivationCode(text, 6); !errors.Is(err, ErrDerivationCode) || errors.Is(err, ErrUnverifiable) {
			t.Errorf("%q: %v, want %v", text, err, ErrDerivationCode)
		}
	}
}
