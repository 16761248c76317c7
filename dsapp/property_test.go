package dsapp

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/dsappd/dsappd/oath"
)

func drawBytes(t *rapid.T, what string, least, most int) []byte {
	return rapid.SliceOfN(rapid.Byte(), least, most).Draw(t, what)
}

func drawSerial(t *rapid.T) string {
	return rapid.StringMatching(`[A-Z0-9]{3}[0-9]{7}`).Draw(t, "serial number")
}

func drawParameters(t *rapid.T) oath.Parameters {
	return oath.Parameters{
		Type:      rapid.SampledFrom([]oath.Type{oath.HOTP, oath.TOTP}).Draw(t, "type"),
		Algorithm: rapid.SampledFrom([]oath.Algorithm{oath.SHA1, oath.SHA256, oath.SHA512}).Draw(t, "algorithm"),
		Digits:    rapid.IntRange(6, 8).Draw(t, "digits"),
	}
}

// flipBit changes one bit of a hex text.
func flipBit(t *rapid.T, text string) string {
	b, err := DecodeHex(text, len(text)/2)
	if err != nil {
		t.Fatal(err)
	}
	b[rapid.IntRange(0, len(b)-1).Draw(t, "byte")] ^= 1 << rapid.IntRange(0, 7).Draw(t, "bit")
	return EncodeHex(b)
}

func items() []Item {
	return []Item{ItemActivationCode, ItemEventReactivationCounter, ItemActivationMessage}
}

func TestEncryptedDataProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		K, counter := drawBytes(t, "K", 32, 32), [8]byte(drawBytes(t, "counter", 8, 8))
		item := rapid.SampledFrom(items()).Draw(t, "item")
		text := rapid.StringMatching(`[ -~]{1,80}`).Draw(t, "text")
		sealed, err := Encrypt(K, counter, item, text)
		if err != nil {
			t.Fatal(err)
		}
		lower := EncryptedData{strings.ToLower(sealed.EncryptedData), strings.ToLower(sealed.EncryptedCounter), strings.ToLower(sealed.MAC)}
		for _, e := range []EncryptedData{sealed, lower} {
			if got, err := Decrypt(K, item, e); err != nil || got != text {
				t.Fatalf("decrypted %q, %v; want %q", got, err, text)
			}
		}
		for _, other := range items() {
			if _, err := Decrypt(K, other, sealed); other != item && !errors.Is(err, ErrAuthentication) {
				t.Fatalf("%s opened as %s: %v", item, other, err)
			}
		}
		altered := sealed
		field := rapid.SampledFrom([]*string{&altered.EncryptedData, &altered.EncryptedCounter, &altered.MAC}).Draw(t, "field")
		*field = flipBit(t, *field)
		if got, err := Decrypt(K, item, altered); !errors.Is(err, ErrAuthentication) || got != "" {
			t.Fatalf("altered item opened: %q, %v", got, err)
		}
	})
}

// TestItemsAreIndependent: two counters never give the same keystream block,
// because the block number counts in the other half.
func TestItemsAreIndependent(t *testing.T) {
	K, text := bytes.Repeat([]byte{7}, 32), strings.Repeat("0", 64)
	first, errFirst := Encrypt(K, [8]byte{1}, ItemActivationCode, text)
	second, errSecond := Encrypt(K, [8]byte{2}, ItemActivationCode, text)
	if errFirst != nil || errSecond != nil {
		t.Fatal(errFirst, errSecond)
	}
	for i := 0; i < len(first.EncryptedData); i += 32 {
		if strings.Contains(second.EncryptedData, first.EncryptedData[i:i+32]) {
			t.Errorf("block %d of one item stands in the other", i/32)
		}
	}
}

func TestActivationCodeFindsOneWrongCharacter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		secret := drawBytes(t, "secret", MinSecret, MaxActivationCodeSecret)
		code, err := ActivationCode(secret)
		if err != nil {
			t.Fatal(err)
		}
		for _, form := range []string{code, strings.ToLower(code)} {
			if got, err := ParseActivationCode(form); err != nil || !bytes.Equal(got, secret) {
				t.Fatalf("%s: %X, %v", form, got, err)
			}
		}
		place := rapid.IntRange(0, len(code)-1).Draw(t, "place")
		for _, symbol := range hexDigits {
			wrong := code[:place] + string(symbol) + code[place+1:]
			if _, err := ParseActivationCode(wrong); wrong != code && !errors.Is(err, ErrActivationCode) {
				t.Fatalf("%s passes for %s", wrong, code)
			}
		}
	})
}

func TestActivationDataRoundTrip(t *testing.T) {
	name := rapid.StringN(1, MaxName, -1).Filter(func(s string) bool { return strings.ToValidUTF8(s, "") == s })
	rapid.Check(t, func(t *rapid.T) {
		d := ActivationData{
			Parameters: drawParameters(t), Domain: name.Draw(t, "domain"), UserID: name.Draw(t, "user ID"),
			SerialNumber: drawSerial(t), Secret: drawBytes(t, "secret", MinSecret, MaxSecret),
		}
		if d.Type == oath.HOTP {
			d.MovingFactor = rapid.Uint64().Draw(t, "moving factor")
		}
		uri, err := d.URI()
		if err != nil {
			t.Fatal(err)
		}
		got, err := ParseActivationData(uri)
		if err != nil || got.Domain != d.Domain || got.UserID != d.UserID || got.MovingFactor != d.MovingFactor ||
			got.SerialNumber != d.SerialNumber || got.Parameters != d.Parameters || !bytes.Equal(got.Secret, d.Secret) {
			t.Fatalf("%s: %+v, %v", uri, got, err)
		}
		if _, err := Encrypt(make([]byte, 32), [8]byte{}, ItemActivationCode, uri); err != nil {
			t.Fatalf("a URI that cannot be encrypted: %v", err)
		}
	})
}

func TestDerivationCodeProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		secret, serial, p := drawBytes(t, "secret", MinSecret, MaxSecret), drawSerial(t), drawParameters(t)
		diversifier, err := Diversifier(serial, drawBytes(t, "fingerprint", 1, 255))
		if err != nil {
			t.Fatal(err)
		}
		derived, err := DeriveSecret(secret, diversifier, serial)
		if err != nil || len(derived) != len(secret) {
			t.Fatalf("derived %d bytes of %d, %v", len(derived), len(secret), err)
		}
		movingFactor := rapid.Uint64().Draw(t, "moving factor")
		code, err := NewDerivationCode(diversifier, derived, movingFactor, p)
		if err != nil {
			t.Fatal(err)
		}
		parsed, err := ParseDerivationCode(code.String(), p.Digits)
		if err != nil || parsed != code {
			t.Fatalf("%s: %+v, %v", code, parsed, err)
		}
		if factor, ok := oath.Match(derived, parsed.OTP, p, movingFactor, movingFactor); !ok || factor != movingFactor {
			t.Fatalf("%s does not verify", code)
		}
	})
}

func TestMDLProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		expiry := time.Unix(rapid.Int64Range(0, 1<<32-1).Draw(t, "expiry"), 0)
		m1, err := NewActivationMessage1(drawBytes(t, "L", 32, 32), drawSerial(t), [8]byte(drawBytes(t, "challenge", 8, 8)), expiry)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := ParseActivationMessage1(flipBit(t, m1.String())); !errors.Is(err, ErrActivationMessage) {
			t.Fatalf("altered message 1: %v", err)
		}
		code := drawDeviceCode(t, m1)
		secret := drawBytes(t, "instance secret", 20, 20)
		m2, err := NewActivationMessage2(m1, code, rapid.Uint8Range(1, 255).Draw(t, "sequence number"), secret)
		if err != nil {
			t.Fatal(err)
		}
		if opened, err := m2.Open(m1, code); err != nil || !bytes.Equal(opened, secret) {
			t.Fatalf("opened %X, %v", opened, err)
		}
		altered, err := ParseActivationMessage2(flipBit(t, m2.String()))
		if err == nil {
			_, err = altered.Open(m1, code)
		}
		if !errors.Is(err, ErrAuthentication) && !errors.Is(err, ErrActivationMessage) {
			t.Fatalf("altered message 2 opened: %v", err)
		}
		other := code
		other.Nonce[rapid.IntRange(0, 5).Draw(t, "nonce byte")]++
		if _, err := m2.Open(m1, other); !errors.Is(err, ErrAuthentication) || other.Answers(m1) {
			t.Fatalf("another device's code opened message 2: %v", err)
		}
	})
}

func drawDeviceCode(t *rapid.T, m1 ActivationMessage1) DeviceCode {
	kind := rapid.SampledFrom([]DeviceType{IOS, Android, Hardware}).Draw(t, "device type")
	code, err := NewDeviceCode(m1, kind, [6]byte(drawBytes(t, "nonce", 6, 6)))
	if err != nil {
		t.Fatal(err)
	}
	text := code.String()
	parsed, err := ParseDeviceCode(text)
	if err != nil || parsed != code || !parsed.Answers(m1) {
		t.Fatalf("%s: %+v, %v", text, parsed, err)
	}
	place := rapid.IntRange(0, len(text)-1).Draw(t, "place")
	for _, symbol := range decimals {
		wrong := text[:place] + string(symbol) + text[place+1:]
		if _, err := ParseDeviceCode(wrong); wrong != text && !errors.Is(err, ErrDeviceCode) {
			t.Fatalf("%s passes for %s", wrong, text)
		}
	}
	return code
}

func TestDraw(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		alphabet := rapid.SampledFrom([]Alphabet{Numeric, Upper, Lower, Mixed}).Draw(t, "alphabet")
		length := rapid.IntRange(0, 45).Draw(t, "length")
		source := drawBytes(t, "random bytes", 1000, 1000)
		text, err := Draw(bytes.NewReader(source), alphabet, length)
		if err != nil {
			if !errors.Is(err, ErrDraw) && len(text) != 0 {
				t.Fatalf("%v with %q", err, text)
			}
			return
		}
		symbols, err := alphabet.symbols()
		if err != nil || len(text) != length || strings.Trim(text, symbols) != "" {
			t.Fatalf("drew %q of %s, %d long", text, alphabet, length)
		}
	})
}

// TestLongestActivationData: names of the greatest length, every byte of them
// escaped, still make an item.
func TestLongestActivationData(t *testing.T) {
	name := strings.Repeat("\U0001F511", MaxName)
	d := ActivationData{
		Parameters: oath.Parameters{Type: oath.HOTP, Algorithm: oath.SHA512, Digits: 8}, Domain: name, UserID: name,
		SerialNumber: "VDS1000140", Secret: make([]byte, MaxSecret), MovingFactor: 1<<64 - 1,
	}
	uri, err := d.URI()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Encrypt(make([]byte, 32), [8]byte{}, ItemActivationCode, uri); err != nil {
		t.Error(err)
	}
	if _, err := ParseActivationData(uri); err != nil {
		t.Error(err)
	}
	d.UserID += "u"
	if _, err := d.URI(); !errors.Is(err, ErrActivationData) {
		t.Errorf("%d characters: %v, want %v", MaxName+1, err, ErrActivationData)
	}
}

// TestDrawIsUniform feeds every byte once: rejection leaves each symbol as
// often as any other.
func TestDrawIsUniform(t *testing.T) {
	for _, alphabet := range []Alphabet{Numeric, Upper, Lower, Mixed} {
		symbols, err := alphabet.symbols()
		if err != nil {
			t.Fatal(err)
		}
		source := make([]byte, 0, 256*MaxDraw)
		for b := range 256 {
			source = append(source, bytes.Repeat([]byte{byte(b)}, MaxDraw)...)
		}
		counts := map[rune]int{}
		for reader := bytes.NewReader(source); ; {
			text, err := Draw(reader, alphabet, MaxDraw)
			if err != nil {
				break
			}
			for _, symbol := range text {
				counts[symbol]++
			}
		}
		for _, symbol := range symbols {
			if counts[symbol] != 256/len(symbols)*MaxDraw {
				t.Errorf("%s: %c was drawn %d times, want %d", alphabet, symbol, counts[symbol], 256/len(symbols)*MaxDraw)
			}
		}
	}
}

func TestDrawFloor(t *testing.T) {
	for alphabet, least := range map[Alphabet]int{Numeric: 13, Upper: 8, Lower: 8, Mixed: 7} {
		if err := alphabet.Check(least); err != nil {
			t.Errorf("%s at %d: %v", alphabet, least, err)
		}
		for _, length := range []int{-1, 0, least - 1, MaxDraw + 1} {
			if err := alphabet.Check(length); !errors.Is(err, ErrDraw) {
				t.Errorf("%s at %d: %v, want %v", alphabet, length, err, ErrDraw)
			}
		}
	}
	if _, err := Draw(bytes.NewReader(nil), "greek", 8); !errors.Is(err, ErrDraw) {
		t.Errorf("unknown alphabet: %v", err)
	}
}
