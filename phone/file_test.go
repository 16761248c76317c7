package phone

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dsappd/dsappd/dsapp"
	"github.com/dsappd/dsappd/oath"
)

func sampleState() State {
	return State{
		RegistrationID: "xiOb8GC2",
		ActivationData: dsapp.ActivationData{
			Parameters: oath.Parameters{Type: oath.HOTP, Algorithm: oath.SHA256, Digits: 8},
			Domain:     "master", UserID: "Zoë", SerialNumber: "VDS1000140",
			Secret: []byte("12345678901234567890"), MovingFactor: 1<<64 - 1,
		},
		Binding: &Binding{Code: "C2B9E075C549CA48113403", Secret: []byte("09876543210987654321")},
	}
}

func sampleStateMDL() State {
	s := sampleState()
	s.MDL.Opening = &Opening{RegistrationID: "Tb048aX1", Message1: strings.Repeat("4D", 44), DeviceCode: strings.Repeat("7", 26)}
	s.MDL.Instances = []Instance{
		{SerialNumber: "VDM1000001", SequenceNumber: 1, DeviceType: dsapp.IOS, Secret: []byte("abcdefghijklmnopqrst"), Activated: true, UserID: "Zoë", Domain: "master"},
		{SerialNumber: "VDM1000001", SequenceNumber: 2, DeviceType: dsapp.Hardware, Secret: []byte("bcdefghijklmnopqrstu"), RegistrationID: "Tb048aX2", Signature: "24681357"},
	}
	return s
}

func TestFileKeepsTheState(t *testing.T) {
	name := filepath.Join(t.TempDir(), "phone")
	for _, want := range []State{sampleState(), sampleStateMDL(), {RegistrationID: "replaced", Activated: true}} {
		if err := WriteFile(name, rand.Reader, "2468", want); err != nil {
			t.Fatal(err)
		}
		got, err := ReadFile(name, "2468")
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Errorf("%v (-want +got):\n%s", err, diff)
		}
	}
	info, err := os.Stat(name)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v; want 0600", info.Mode(), err)
	}
	if entries, err := os.ReadDir(filepath.Dir(name)); err != nil || len(entries) != 1 {
		t.Errorf("left behind: %v, %v", entries, err)
	}
	if _, err := ReadFile(name+"2", "2468"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no file: %v, want %v", err, fs.ErrNotExist)
	}
}

// TestFileOfVersion1 was written before there were licences for several
// devices; a state that knows none is still written so.
func TestFileOfVersion1(t *testing.T) {
	got, err := ReadFile("testdata/state1.json", "2468")
	if diff := cmp.Diff(sampleState(), got); err != nil || diff != "" {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	for want, s := range map[int]State{1: sampleState(), 2: sampleStateMDL()} {
		file, err := Seal(rand.Reader, "2468", s)
		if err != nil {
			t.Fatal(err)
		}
		var content sealed
		if err := json.Unmarshal(file, &content); err != nil || content.Header.Version != want {
			t.Errorf("%s is sealed as version %d, %v; want %d", s, content.Header.Version, err, want)
		}
	}
}

// TestCheckFile: what WriteFile would fail at is found before, and the look
// leaves nothing behind.
func TestCheckFile(t *testing.T) {
	folder := t.TempDir()
	name := filepath.Join(folder, "phone")
	if err := CheckFile(name, "2468"); err != nil {
		t.Errorf("a new file: %v", err)
	}
	if entries, err := os.ReadDir(folder); err != nil || len(entries) != 0 {
		t.Errorf("left behind: %v, %v", entries, err)
	}
	if err := WriteFile(name, rand.Reader, "2468", sampleState()); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, "letter"), []byte("Dear"), 0o600); err != nil {
		t.Fatal(err)
	}
	for what, c := range map[string]struct {
		name, pin string
		want      error
	}{
		"its own state":     {"phone", "2468", nil},
		"another PIN":       {"phone", "1357", ErrPIN},
		"something else":    {"letter", "2468", ErrFile},
		"a PIN too short":   {"new", "123", ErrPINLength},
		"a folder not made": {"no/new", "2468", fs.ErrNotExist},
	} {
		if err := CheckFile(filepath.Join(folder, c.name), c.pin); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", what, err, c.want)
		}
	}
}

// TestFailedWriteKeepsTheOldFile: a state that cannot be written replaces
// nothing.
func TestFailedWriteKeepsTheOldFile(t *testing.T) {
	folder := t.TempDir()
	name := filepath.Join(folder, "phone")
	if err := os.Mkdir(name, 0o700); err != nil { // a rename onto a folder fails
		t.Fatal(err)
	}
	if err := WriteFile(name, rand.Reader, "2468", sampleState()); err == nil {
		t.Error("written over a folder")
	}
	if err := WriteFile(filepath.Join(folder, "short"), bytes.NewReader(nil), "2468", sampleState()); err == nil {
		t.Error("sealed without randomness")
	}
	if entries, err := os.ReadDir(folder); err != nil || len(entries) != 1 {
		t.Errorf("left behind: %v, %v", entries, err)
	}
}

func TestSealedStateShowsNothing(t *testing.T) {
	for _, s := range []State{sampleState(), sampleStateMDL()} {
		sealed, err := Seal(rand.Reader, "2468", s)
		if err != nil {
			t.Fatal(err)
		}
		m := s.MDL
		for _, text := range []string{string(sealed), fmt.Sprint(s), fmt.Sprintf("%+v %#v", s, s), fmt.Sprintf("%v %+v %#v", m, m, m),
			fmt.Sprintf("%v %#v %+v", m.Opening, m.Opening, m.Instances), fmt.Sprintf("%#v", m.Instances)} {
			for _, secret := range []string{string(s.Secret), "MTIzNDU2", "31323334", "[49 50", s.Binding.Code, "0x31",
				"4D4D", "7777", "abcdef", "YWJj", "616263", "[97 98", "0x61", "24681357"} {
				if strings.Contains(text, secret) {
					t.Errorf("%q shows %q", text, secret)
				}
			}
		}
		again, err := Seal(rand.Reader, "2468", s)
		if err != nil || bytes.Equal(sealed, again) {
			t.Errorf("sealed twice alike, %v", err)
		}
	}
}

func TestPIN(t *testing.T) {
	sealed, err := Seal(rand.Reader, "2468", sampleState())
	if err != nil {
		t.Fatal(err)
	}
	for _, pin := range []string{"", "2469", "24680"} {
		if _, err := Open(pin, sealed); !errors.Is(err, ErrPIN) {
			t.Errorf("PIN %q: %v, want %v", pin, err, ErrPIN)
		}
	}
	for _, pin := range []string{"", "123", strings.Repeat("1", 65)} {
		if _, err := Seal(rand.Reader, pin, State{}); !errors.Is(err, ErrPINLength) {
			t.Errorf("sealed under %q: %v, want %v", pin, err, ErrPINLength)
		}
	}
	if _, err := Seal(rand.Reader, "ëëëë", State{}); err != nil {
		t.Errorf("four characters outside ASCII: %v", err)
	}
}

// TestAlteredFile changes one field after another: the content is
// authenticated, and costs out of range are refused before they are paid.
func TestAlteredFile(t *testing.T) {
	file, err := Seal(rand.Reader, "2468", sampleState())
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		alter func(*sealed)
		want  error
	}{
		"state":           {func(s *sealed) { s.State[0] ^= 1 }, ErrPIN},
		"no state":        {func(s *sealed) { s.State = nil }, ErrPIN},
		"nonce":           {func(s *sealed) { s.Header.Nonce[0] ^= 1 }, ErrPIN},
		"salt":            {func(s *sealed) { s.Header.KDF.Salt[0] ^= 1 }, ErrPIN},
		"time":            {func(s *sealed) { s.Header.KDF.Time++ }, ErrPIN},
		"another version": {func(s *sealed) { s.Header.Version++ }, ErrPIN},
		"no version":      {func(s *sealed) { s.Header.Version = 0 }, ErrFile},
		"later version":   {func(s *sealed) { s.Header.Version = 3 }, ErrFile},
		"name":            {func(s *sealed) { s.Header.KDF.Name = "scrypt" }, ErrFile},
		"short nonce":     {func(s *sealed) { s.Header.Nonce = s.Header.Nonce[1:] }, ErrFile},
		"no salt":         {func(s *sealed) { s.Header.KDF.Salt = nil }, ErrFile},
		"no time":         {func(s *sealed) { s.Header.KDF.Time = 0 }, ErrFile},
		"too much time":   {func(s *sealed) { s.Header.KDF.Time = 17 }, ErrFile},
		"little memory":   {func(s *sealed) { s.Header.KDF.Memory = 1 }, ErrFile},
		"too much memory": {func(s *sealed) { s.Header.KDF.Memory = 256*1024 + 1 }, ErrFile},
		"no threads":      {func(s *sealed) { s.Header.KDF.Threads = 0 }, ErrFile},
	} {
		var content sealed
		if err := json.Unmarshal(file, &content); err != nil {
			t.Fatal(err)
		}
		c.alter(&content)
		altered, err := json.Marshal(content)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := Open("2468", altered); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
	for _, text := range []string{"", "{}", "[]", "not JSON", `{"Header":{"Version":1}}`, `{"Header":{"Version":2}}`, "{} {}"} {
		if _, err := Open("2468", []byte(text)); !errors.Is(err, ErrFile) {
			t.Errorf("%q: %v, want %v", text, err, ErrFile)
		}
	}
}
