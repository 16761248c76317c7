package oath

import (
	"errors"
	"math"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func drawParameters(t *rapid.T) Parameters {
	return Parameters{
		Type:      rapid.SampledFrom([]Type{HOTP, TOTP}).Draw(t, "type"),
		Algorithm: rapid.SampledFrom([]Algorithm{SHA1, SHA256, SHA512}).Draw(t, "algorithm"),
		Digits:    rapid.IntRange(6, 8).Draw(t, "digits"),
	}
}

// naiveMatch is the window as RFC 4226 section 7.4 describes it.
func naiveMatch(secret []byte, otp string, p Parameters, from, to uint64) (uint64, bool) {
	for factor := from; factor <= to; factor++ {
		if own, _ := OTP(secret, factor, p); own == otp {
			return factor, true
		}
	}
	return 0, false
}

func TestMatchEqualsNaive(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		secret := rapid.SliceOfN(rapid.Byte(), 1, 40).Draw(t, "secret")
		p := drawParameters(t)
		from := rapid.Uint64Range(0, math.MaxUint64-1000).Draw(t, "from")
		to := from + rapid.Uint64Range(0, 30).Draw(t, "window")
		made := from + rapid.Uint64Range(0, 40).Draw(t, "made at")
		otp, err := OTP(secret, made, p)
		if err != nil {
			t.Fatal(err)
		}
		got, ok := Match(secret, otp, p, from, to)
		want, wantOK := naiveMatch(secret, otp, p, from, to)
		if got != want || ok != wantOK {
			t.Fatalf("Match = %d, %v; naive %d, %v", got, ok, want, wantOK)
		}
	})
}

func TestMatchAtTheEdges(t *testing.T) {
	secret, p := []byte("12345678901234567890"), Parameters{HOTP, SHA1, 6}
	last, err := OTP(secret, math.MaxUint64, p)
	if err != nil {
		t.Fatal(err)
	}
	if factor, ok := Match(secret, last, p, math.MaxUint64-2, math.MaxUint64); !ok || factor != math.MaxUint64 {
		t.Errorf("at the largest moving factor: %d, %v", factor, ok)
	}
	for name, ok := range map[string]bool{
		"window turned round": matches(secret, "755224", p, 1, 0),
		"other length":        matches(secret, "0755224", p, 0, 9),
		"sign":                matches(secret, "+55224", p, 0, 9),
		"space":               matches(secret, " 55224", p, 0, 9),
		"empty":               matches(secret, "", p, 0, 9),
		"no secret":           matches(nil, "755224", p, 0, 9),
		"bad parameters":      matches(secret, "755224", Parameters{HOTP, SHA1, 5}, 0, 9),
	} {
		if ok {
			t.Errorf("%s: matched", name)
		}
	}
}

// TestMatchTakesTheFirst: of two moving factors with one password the first
// counts, and not a mixture of both.
func TestMatchTakesTheFirst(t *testing.T) {
	secret, p := []byte("12345678901234567890"), Parameters{HOTP, SHA1, 6}
	seen := map[string]uint64{}
	for factor := uint64(0); factor < 100000; factor++ {
		otp, err := OTP(secret, factor, p)
		if err != nil {
			t.Fatal(err)
		}
		if first, ok := seen[otp]; ok {
			if got, ok := Match(secret, otp, p, first, factor); !ok || got != first {
				t.Errorf("Match = %d, %v; want %d", got, ok, first)
			}
			return
		}
		seen[otp] = factor
	}
	t.Fatal("no password came twice")
}

func matches(secret []byte, otp string, p Parameters, from, to uint64) bool {
	_, ok := Match(secret, otp, p, from, to)
	return ok
}

func TestTimeStep(t *testing.T) {
	for seconds, want := range map[int64]uint64{-31: 0, 0: 0, 29: 0, 30: 1, 59: 1, 20000000000: 666666666} {
		if got := TimeStep(time.Unix(seconds, 0)); got != want {
			t.Errorf("TimeStep(%d s) = %d, want %d", seconds, got, want)
		}
	}
}

func TestParametersCheck(t *testing.T) {
	for _, p := range []Parameters{
		{"", SHA1, 6}, {"HOTP", SHA1, 6}, {HOTP, "", 6}, {HOTP, "MD5", 6}, {TOTP, SHA1, 5}, {TOTP, SHA512, 9},
	} {
		if err := p.Check(); !errors.Is(err, ErrParameters) {
			t.Errorf("%+v: %v, want %v", p, err, ErrParameters)
		}
	}
}

func TestOCRASuiteRefusals(t *testing.T) {
	for _, name := range []string{
		"", "OCRA-2:HOTP-SHA1-6:QN08", "OCRA-1:HOTP-SHA1-6", "OCRA-1:HOTP-MD5-6:QN08", "OCRA-1:HOTP-SHA1-0:QN08",
		"OCRA-1:HOTP-SHA1-3:QN08", "OCRA-1:HOTP-SHA1-11:QN08", "OCRA-1:HOTP-SHA1-06:QN08", "OCRA-1:TOTP-SHA1-6:QN08",
		"OCRA-1:HOTP-SHA1-6:C", "OCRA-1:HOTP-SHA1-6:QX08", "OCRA-1:HOTP-SHA1-6:QN03", "OCRA-1:HOTP-SHA1-6:QN65",
		"OCRA-1:HOTP-SHA1-6:QN8", "OCRA-1:HOTP-SHA1-6:QN08-C", "OCRA-1:HOTP-SHA1-6:QN08-PMD5", "OCRA-1:HOTP-SHA1-6:QN08-S064",
		"OCRA-1:HOTP-SHA1-6:QN08-T60S", "OCRA-1:HOTP-SHA1-6:QN08-T49H", "OCRA-1:HOTP-SHA1-6:QN08-T0M", "OCRA-1:HOTP-SHA1-6:QN08-TM",
		"OCRA-1:HOTP-SHA1-6:QN08-T1D", "OCRA-1:HOTP-SHA1-6:QN08-T+1M", "OCRA-1:HOTP-SHA1-6:QN08-T1M-PSHA1", "OCRA-1:HOTP-SHA1-6:QN08:",
	} {
		if suite, err := ParseOCRASuite(name); !errors.Is(err, ErrSuite) {
			t.Errorf("%q: %+v, %v, want %v", name, suite, err, ErrSuite)
		}
	}
}

func TestOCRAInputRefusals(t *testing.T) {
	for _, c := range []struct {
		suite string
		input OCRAInput
	}{
		{"OCRA-1:HOTP-SHA1-6:QN08", OCRAInput{Question: ""}},
		{"OCRA-1:HOTP-SHA1-6:QN08", OCRAInput{Question: "1234567a"}},
		{"OCRA-1:HOTP-SHA1-6:QN08", OCRAInput{Question: "-1234567"}},
		{"OCRA-1:HOTP-SHA1-6:QN08", OCRAInput{Question: strings.Repeat("1", 17)}},
		{"OCRA-1:HOTP-SHA1-6:QH08", OCRAInput{Question: "0123456G"}},
		{"OCRA-1:HOTP-SHA1-6:QA64", OCRAInput{Question: strings.Repeat("q", 129)}},
		{"OCRA-1:HOTP-SHA1-6:QN08-T1M", OCRAInput{Question: "1", Time: time.Unix(-1, 0)}},
	} {
		suite, err := ParseOCRASuite(c.suite)
		if err != nil || suite.String() != c.suite {
			t.Fatalf("%s: %v", c.suite, err)
		}
		if _, err := suite.Response([]byte("key"), c.input); !errors.Is(err, ErrInput) {
			t.Errorf("%s with %+v: %v, want %v", c.suite, c.input, err, ErrInput)
		}
	}
	if _, err := (OCRASuite{}).Response([]byte("key"), OCRAInput{Question: "1"}); !errors.Is(err, ErrSuite) {
		t.Errorf("suite that was not parsed: %v, want %v", err, ErrSuite)
	}
}

// FuzzOCRASuite: what parses answers a question that it allows.
func FuzzOCRASuite(f *testing.F) {
	for _, name := range []string{"OCRA-1:HOTP-SHA1-6:QN08", "OCRA-1:HOTP-SHA256-8:C-QN08-PSHA1", "OCRA-1:HOTP-SHA512-8:QA10-T1M", "OCRA-1:HOTP-SHA256-8:QH64", "OCRA-1:HOTP-SHA1-6:QN08-S064", ""} {
		f.Add(name)
	}
	f.Fuzz(func(t *testing.T, name string) {
		suite, err := ParseOCRASuite(name)
		if err != nil {
			return
		}
		response, err := suite.Response([]byte("key"), OCRAInput{Question: "1234", Time: time.Unix(1, 0)})
		if err != nil || len(response) != suite.digits {
			t.Errorf("%q: response %q, %v", name, response, err)
		}
	})
}
