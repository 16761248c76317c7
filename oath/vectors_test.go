package oath

import (
	"encoding/hex"
	"encoding/json"
	"os"
	"testing"
	"time"
)

func readVectors(t *testing.T, name string, into any) {
	t.Helper()
	file, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(file, into); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
}

func unhex(t *testing.T, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

type otpVector struct {
	Secret       string
	Algorithm    Algorithm
	Digits       int
	MovingFactor uint64
	Time         int64
	OTP          string
}

func checkOTPs(t *testing.T, vectors []otpVector) {
	t.Helper()
	if len(vectors) == 0 {
		t.Fatal("no vectors in the file")
	}
	for _, v := range vectors {
		factor, kind := v.MovingFactor, HOTP
		if v.Time != 0 {
			factor, kind = TimeStep(time.Unix(v.Time, 0)), TOTP
		}
		p := Parameters{Type: kind, Algorithm: v.Algorithm, Digits: v.Digits}
		got, err := OTP(unhex(t, v.Secret), factor, p)
		if err != nil || got != v.OTP {
			t.Errorf("OTP of %+v = %s, %v", v, got, err)
		}
	}
}

func TestRFC4226(t *testing.T) {
	var vectors []otpVector
	readVectors(t, "testdata/rfc4226.json", &vectors)
	checkOTPs(t, vectors)
}

func TestRFC6238(t *testing.T) {
	var vectors []otpVector
	readVectors(t, "testdata/rfc6238.json", &vectors)
	checkOTPs(t, vectors)
}

func TestProfileVectors(t *testing.T) {
	var file struct{ OTP []otpVector }
	readVectors(t, "../testdata/vectors.json", &file)
	checkOTPs(t, file.OTP)
}

func TestRFC6287(t *testing.T) {
	var vectors []struct {
		Suite, Key, Question, PIN, Response string
		Counter                             uint64
		Time                                int64
	}
	readVectors(t, "testdata/rfc6287.json", &vectors)
	if len(vectors) == 0 {
		t.Fatal("no vectors in the file")
	}
	for _, v := range vectors {
		suite, err := ParseOCRASuite(v.Suite)
		if err != nil {
			t.Errorf("%s: %v", v.Suite, err)
			continue
		}
		input := OCRAInput{Counter: v.Counter, Question: v.Question, PIN: v.PIN, Time: time.Unix(v.Time, 0)}
		got, err := suite.Response(unhex(t, v.Key), input)
		if err != nil || got != v.Response {
			t.Errorf("response to %+v = %s, %v", v, got, err)
		}
	}
}
