package provision

import (
	"bytes"
	"crypto/rand"
	"errors"
	"testing"
)

func testSealer(t *testing.T, fill byte) *Sealer {
	t.Helper()
	s, err := NewSealer(bytes.Repeat([]byte{fill}, 32), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestSealedSecretsOpenOnlyInTheirPlace(t *testing.T) {
	s := testSealer(t, 1)
	at := registrationPlace("xiOb8GC2", "s")
	secret := []byte("sixteen byte s..")
	sealed, err := s.seal(at, secret)
	if err != nil {
		t.Fatal(err)
	}
	opened, err := s.open(at, sealed)
	if err != nil || !bytes.Equal(opened, secret) {
		t.Errorf("open = %q, %v", opened, err)
	}
	for _, elsewhere := range []place{
		registrationPlace("xiOb8GC2", "v"),
		registrationPlace("xiOb8GC3", "s"),
		{"authenticator", "xiOb8GC2", "s"},
	} {
		if _, err := s.open(elsewhere, sealed); !errors.Is(err, errSealed) {
			t.Errorf("open at %v: %v", elsewhere, err)
		}
	}
	if _, err := testSealer(t, 2).open(at, sealed); !errors.Is(err, errSealed) {
		t.Errorf("another key: %v", err)
	}
	for i := range sealed {
		bent := bytes.Clone(sealed)
		bent[i] ^= 1
		if _, err := s.open(at, bent); !errors.Is(err, errSealed) {
			t.Errorf("bit flipped in byte %d: %v", i, err)
		}
	}
	if _, err := s.open(at, sealed[:5]); !errors.Is(err, errSealed) {
		t.Errorf("cut short: %v", err)
	}
}

func TestSealerStopsAtItsLimit(t *testing.T) {
	s := testSealer(t, 1)
	s.keys.Load().current().before.Store(MaxSealed - 1)
	at := registrationPlace("xiOb8GC2", "s")
	sealed, err := s.seal(at, []byte("the last"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.seal(at, []byte("one too many")); !errors.Is(err, ErrSealedOut) {
		t.Errorf("one more: %v, want %v", err, ErrSealedOut)
	}
	if _, err := s.open(at, sealed); err != nil {
		t.Errorf("what was sealed before: %v", err)
	}
}
