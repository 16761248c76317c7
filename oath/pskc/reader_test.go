package pskc_test

import (
	"encoding/hex"
	"errors"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/dsappd/dsappd/oath/pskc"
)

func unhex(s string) []byte {
	b, err := hex.DecodeString(s)
	if err != nil {
		panic(err)
	}
	return b
}

func file(t testing.TB, name string) string {
	t.Helper()
	text, err := os.ReadFile("testdata/" + name + ".xml")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// all reads every key, and the errors of those that cannot be read.
func all(text string, options pskc.Options) (keys []pskc.Key, failed []error) {
	reader := pskc.NewReader(strings.NewReader(text), options)
	for {
		key, err := reader.Next()
		switch {
		case errors.Is(err, io.EOF):
			return keys, failed
		case err == nil:
			keys = append(keys, key)
		default:
			failed = append(failed, err)
			if !pskc.Continues(err) {
				return keys, failed
			}
		}
	}
}

const ascii20 = "12345678901234567890"

var (
	shared  = pskc.Options{Key: unhex("12345678901234567890123456789012")}
	example = pskc.Key{
		ID: "12345678", Algorithm: pskc.HOTP, Issuer: "Issuer", Manufacturer: "Manufacturer", SerialNo: "987654321",
		Secret: []byte(ascii20), ResponseLength: 8, ResponseEncoding: "DECIMAL",
	}
)

func with(key pskc.Key, change func(*pskc.Key)) pskc.Key {
	change(&key)
	return key
}

func bulk(id, serial, start, expiry string) pskc.Key {
	at := func(date string) time.Time {
		t, err := time.Parse(time.DateOnly, date)
		if err != nil {
			panic(err)
		}
		return t
	}
	return with(example, func(k *pskc.Key) {
		k.ID, k.SerialNo, k.Manufacturer, k.StartDate, k.ExpiryDate = id, serial, "TokenVendorAcme", at(start), at(expiry)
	})
}

// The figures of RFC 6030, by their numbers. 8 and 9 are in its form.
func TestFigures(t *testing.T) {
	for name, test := range map[string]struct {
		options pskc.Options
		want    []pskc.Key
	}{
		"figure2": {want: []pskc.Key{{ID: "12345678", Algorithm: pskc.HOTP, Issuer: "Issuer-A", Secret: []byte("1234")}}},
		"figure3": {want: []pskc.Key{with(example, func(k *pskc.Key) {
			k.DeviceUserID, k.UserID = "DC=example-bank,DC=net", "UID=jsmith,DC=example-bank,DC=net"
		})}},
		"figure4": {want: []pskc.Key{with(example, func(k *pskc.Key) { k.Secret, k.KeyUsage = nil, []string{"OTP"} })}},
		"figure5": {want: []pskc.Key{
			with(example, func(k *pskc.Key) { k.PINPolicy, k.KeyUsage = true, []string{"OTP"} }),
			with(example, func(k *pskc.Key) {
				k.ID, k.Algorithm, k.Secret, k.ResponseLength = "123456781", pskc.PIN, []byte("1234"), 4
			}),
		}},
		"figure6": {shared, []pskc.Key{example}},
		"figure7": {pskc.Options{Password: "qwerty"}, []pskc.Key{with(example, func(k *pskc.Key) {
			k.ID, k.Issuer, k.Manufacturer, k.Secret = "123456", "Example-Issuer", "TokenVendorAcme", unhex("3132333435363738393031323334353637383930")
		})}},
		"figure9": {want: []pskc.Key{with(example, func(k *pskc.Key) {
			k.ID, k.Issuer, k.Manufacturer, k.SerialNo, k.ResponseLength = "123", "Example-Issuer", "TokenVendorAcme", "0755225266", 6
		})}},
		"figure10": {want: []pskc.Key{
			bulk("1", "654321", "2006-05-01", "2006-05-31"), bulk("2", "123456", "2006-05-01", "2006-05-31"),
			bulk("3", "9999999", "2006-03-01", "2006-03-31"), bulk("4", "9999999", "2006-04-01", "2006-04-30"),
		}},
	} {
		t.Run(name, func(t *testing.T) {
			keys, failed := all(file(t, name), test.options)
			if diff := cmp.Diff(test.want, keys); diff != "" || failed != nil {
				t.Errorf("%v\n%s", failed, diff)
			}
		})
	}
	if _, failed := all(file(t, "figure8"), shared); len(failed) != 1 || !errors.Is(failed[0], pskc.ErrUnsupported) || !strings.Contains(failed[0].Error(), "certificate") {
		t.Errorf("a file for a certificate: %v", failed)
	}
}

func TestSignedIsTold(t *testing.T) {
	for name, want := range map[string]bool{"figure9": true, "figure3": false} {
		reader := pskc.NewReader(strings.NewReader(file(t, name)), pskc.Options{})
		for err := error(nil); err == nil; {
			_, err = reader.Next()
		}
		if reader.Signed() != want {
			t.Errorf("%s: signed %v", name, reader.Signed())
		}
	}
}

// Each encryption and MAC, in files of another implementation.
func TestEncryptions(t *testing.T) {
	for name, test := range map[string]struct{ key, want string }{
		"kw-aes128":          {"000102030405060708090a0b0c0d0e0f", "00112233445566778899aabbccddeeff"},
		"kw-aes256":          {"000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f", "00112233445566778899aabbccddeeff0001020304050607"},
		"aes256-cbc":         {"1234567890123456789012345678901234567890123456789012345678901234", hex.EncodeToString([]byte(ascii20))},
		"tripledes-cbc":      {"12345678901234567890123456789012", hex.EncodeToString([]byte(ascii20))},
		"mac-over-plaintext": {"12345678901234567890123456789012", hex.EncodeToString([]byte(ascii20))},
		"no-mac-key":         {"12345678901234567890123456789012", hex.EncodeToString([]byte(ascii20))},
	} {
		t.Run(name, func(t *testing.T) {
			keys, failed := all(file(t, name), pskc.Options{Key: unhex(test.key)})
			if len(keys) != 1 || failed != nil || hex.EncodeToString(keys[0].Secret) != test.want {
				t.Errorf("%v, %+v", failed, keys)
			}
			wrong := unhex(test.key)
			wrong[0] ^= 0x80 // not the parity bit of DES
			if keys, failed := all(file(t, name), pskc.Options{Key: wrong}); len(keys) > 0 || len(failed) == 0 {
				t.Errorf("a wrong key opens %+v", keys)
			}
		})
	}
}

// Nothing of a value that was changed is used.
func TestMACIsChecked(t *testing.T) {
	text := file(t, "figure6")
	for name, test := range map[string]struct {
		old, new string
		want     error
	}{
		"value":        {"AAECAwQFBgcICQoLDA0OD+c", "AAECAwQFBgcICQoLDA0OD+d", pskc.ErrMAC},
		"IV":           {"AAECAwQF", "BAECAwQF", pskc.ErrMAC},
		"MAC":          {"Su+NvtQfmvf", "Su+NvtQfmvg", pskc.ErrMAC},
		"no MAC":       {"<ValueMAC>Su+NvtQfmvfJzF6bmQiJqoLRExc=\n                    </ValueMAC>", "", pskc.ErrMAC},
		"MAC key":      {"ESIzRFVmd4iZABEiM0RVZgKn", "FSIzRFVmd4iZABEiM0RVZgKn", pskc.ErrMAC},
		"algorithm":    {"xmldsig#hmac-sha1", "xmldsig#hmac-md5", pskc.ErrUnsupported},
		"encryption":   {"EncryptedValue>\n                        <xenc:EncryptionMethod\n                        Algorithm=\"http://www.w3.org/2001/04/xmlenc#aes128-cbc", "EncryptedValue>\n                        <xenc:EncryptionMethod\n                        Algorithm=\"http://www.w3.org/2001/04/xmlenc#aes192-cbc", pskc.ErrWrongKey},
		"other cipher": {"<EncryptedValue>\n                        <xenc:EncryptionMethod\n                        Algorithm=\"http://www.w3.org/2001/04/xmlenc#aes128-cbc", "<EncryptedValue>\n                        <xenc:EncryptionMethod\n                        Algorithm=\"http://www.w3.org/2001/04/xmldsig-more#camellia128", pskc.ErrUnsupported},
	} {
		t.Run(name, func(t *testing.T) {
			changed := strings.Replace(text, test.old, test.new, 1)
			if changed == text {
				t.Fatal("nothing was changed")
			}
			keys, failed := all(changed, shared)
			if name == "encryption" || name == "other cipher" { // the MAC of which still holds
				if len(keys) > 0 || len(failed) != 1 || !errors.Is(failed[0], test.want) {
					t.Errorf("%v, %+v", failed, keys)
				}
				return
			}
			if len(keys) > 0 || len(failed) == 0 || !errors.Is(failed[0], test.want) {
				t.Errorf("%v, %+v", failed, keys)
			}
			for _, err := range failed {
				if strings.Contains(err.Error(), ascii20) || strings.Contains(err.Error(), "AAEC") {
					t.Errorf("%v quotes a secret", err)
				}
			}
		})
	}
	unprotected := strings.Replace(text, "<ValueMAC>Su+NvtQfmvfJzF6bmQiJqoLRExc=\n                    </ValueMAC>", "", 1)
	if keys, failed := all(unprotected, pskc.Options{Key: shared.Key, WithoutMAC: true}); len(keys) != 1 || string(keys[0].Secret) != ascii20 {
		t.Errorf("without a MAC, where that is meant: %v", failed)
	}
}

// What is wrong is said, with its line, and of one key only where the others can
// be read.
func TestRefusals(t *testing.T) {
	for name, test := range map[string]struct {
		text    string
		options pskc.Options
		want    error
		words   string
	}{
		"no XML":       {"serial;secret", pskc.Options{}, pskc.ErrSyntax, "it ends too early"},
		"other XML":    {"<html/>", pskc.Options{}, pskc.ErrSyntax, "line 1: not a PSKC file: it begins with <html>"},
		"empty":        {"", pskc.Options{}, pskc.ErrSyntax, "it ends too early"},
		"version":      {`<KeyContainer Version="1"/>`, pskc.Options{}, pskc.ErrSyntax, `its version is "1"`},
		"cut off":      {file(t, "figure10")[:1500], pskc.Options{}, pskc.ErrSyntax, ""},
		"no key":       {file(t, "figure6"), pskc.Options{}, pskc.ErrEncrypted, `which the file calls "Pre-shared-key"`},
		"key for word": {file(t, "figure7"), shared, pskc.ErrEncrypted, "under a password"},
		"password":     {file(t, "figure7"), pskc.Options{Password: "asdfgh"}, nil, ""},
		"rounds":       {strings.Replace(file(t, "figure7"), ">1000<", ">100000000<", 1), pskc.Options{Password: "qwerty"}, pskc.ErrUnsupported, "rounds"},
		"base64":       {strings.Replace(file(t, "figure2"), "MTIzNA==", "MTIzNA", 1), pskc.Options{}, nil, `key "12345678": the key cannot be read: its Secret is not base64`},
		"counter":      {strings.Replace(file(t, "figure3"), ">0<", ">-1<", 1), pskc.Options{}, nil, "its Counter is not a number"},
		"date":         {strings.Replace(file(t, "figure10"), "2006-05-01T00:00:00Z", "1 May", 1), pskc.Options{}, nil, `its StartDate "1 May" is not a time`},
		"encoding":     {strings.Replace(file(t, "figure2"), "UTF-8", "ISO-8859-1", 1), pskc.Options{}, pskc.ErrSyntax, "use UTF-8"},
		"large":        {`<KeyContainer Version="1.0"><KeyPackage>` + strings.Repeat(" ", 2<<20), pskc.Options{}, pskc.ErrSyntax, "larger than 1 MiB"},
	} {
		t.Run(name, func(t *testing.T) {
			_, failed := all(test.text, test.options)
			if len(failed) == 0 || test.want != nil && !errors.Is(failed[0], test.want) || !strings.Contains(failed[0].Error(), test.words) {
				t.Errorf("%v", failed)
			}
		})
	}
	keys, failed := all(strings.Replace(file(t, "figure10"), ">0<", ">x<", 1), pskc.Options{})
	if len(keys) != 3 || len(failed) != 1 {
		t.Errorf("one of four is broken: %d are read, %v", len(keys), failed)
	}
}

func TestPolicyThatIsNotKnown(t *testing.T) {
	keys, _ := all(strings.Replace(file(t, "figure5"), "<KeyUsage>OTP</KeyUsage>", "<OnWeekDays/>", 1), pskc.Options{})
	if keys[0].For("OTP") || !keys[1].For("OTP") {
		t.Errorf("%+v", keys)
	}
}

func FuzzReader(f *testing.F) {
	for _, name := range []string{"figure2", "figure5", "figure6", "figure9", "kw-aes128"} {
		f.Add(file(f, name))
	}
	f.Fuzz(func(t *testing.T, text string) {
		keys, failed := all(text, shared)
		if len(failed) == 0 && !strings.Contains(text, "KeyContainer") {
			t.Errorf("%d keys of no container", len(keys))
		}
	})
}
