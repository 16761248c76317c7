package sealing_test

import (
	"bytes"
	"crypto/rand"
	"errors"
	"testing"
	"time"

	"github.com/dsappd/dsappd/internal/sealing"
)

func testSealer(t *testing.T, fill byte) *sealing.Sealer {
	t.Helper()
	s, err := sealing.NewSealer(bytes.Repeat([]byte{fill}, 32), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestSealedSecretsOpenOnlyInTheirPlace(t *testing.T) {
	s := testSealer(t, 1)
	at := sealing.Place{Kind: "registration", Key: "xiOb8GC2", Field: "s"}
	secret := []byte("sixteen byte s..")
	sealed, err := s.Seal(at, secret)
	if err != nil {
		t.Fatal(err)
	}
	opened, err := s.Open(at, sealed)
	if err != nil || !bytes.Equal(opened, secret) {
		t.Errorf("open = %q, %v", opened, err)
	}
	for _, elsewhere := range []sealing.Place{
		{Kind: "registration", Key: "xiOb8GC2", Field: "v"},
		{Kind: "registration", Key: "xiOb8GC3", Field: "s"},
		{Kind: "authenticator", Key: "xiOb8GC2", Field: "s"},
	} {
		if _, err := s.Open(elsewhere, sealed); !errors.Is(err, sealing.ErrSealed) {
			t.Errorf("open at %v: %v", elsewhere, err)
		}
	}
	if _, err := testSealer(t, 2).Open(at, sealed); !errors.Is(err, sealing.ErrSealed) {
		t.Errorf("another key: %v", err)
	}
	for i := range sealed {
		bent := bytes.Clone(sealed)
		bent[i] ^= 1
		if _, err := s.Open(at, bent); !errors.Is(err, sealing.ErrSealed) {
			t.Errorf("bit flipped in byte %d: %v", i, err)
		}
	}
	if _, err := s.Open(at, sealed[:5]); !errors.Is(err, sealing.ErrSealed) {
		t.Errorf("cut short: %v", err)
	}
}

func TestSealerStopsAtItsLimit(t *testing.T) {
	s := testSealer(t, 1)
	s.Keys().Current().SealedBefore(sealing.MaxSealed - 1)
	at := sealing.Place{Kind: "registration", Key: "xiOb8GC2", Field: "s"}
	sealed, err := s.Seal(at, []byte("the last"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Seal(at, []byte("one too many")); !errors.Is(err, sealing.ErrSealedOut) {
		t.Errorf("one more: %v, want %v", err, sealing.ErrSealedOut)
	}
	if _, err := s.Open(at, sealed); err != nil {
		t.Errorf("what was sealed before: %v", err)
	}
}

// What was sealed before a rotation opens after it, until the older keys are
// dropped; the keyring opens by its master key and at its place alone.
func TestKeysRotate(t *testing.T) {
	key := func(fill byte) []byte { return bytes.Repeat([]byte{fill}, sealing.KeySize) }
	first := must(sealing.New(key(1)))(t)
	s := first.Sealer(rand.Reader)
	at := sealing.Place{Kind: "registration", Key: "xiOb8GC2", Field: "s"}
	old := must(s.Seal(at, []byte("old")))(t)
	next := must(must(first.Rotated(key(2), time.Unix(1, 0)))(t).WithMaster(key(3)))(t)
	if !next.Rotating() || first.Rotating() || !next.Stale(old) || first.Stale(old) {
		t.Errorf("rotating: %v, before %v; stale: %v, before %v", next.Rotating(), first.Rotating(), next.Stale(old), first.Stale(old))
	}
	s.Use(next)
	if err := s.Under(first, func() error { t.Error("committed"); return nil }); !errors.Is(err, sealing.ErrReplaced) {
		t.Errorf("a commit under keys that were replaced: %v", err)
	}
	fresh := must(s.Seal(at, []byte("fresh")))(t)
	if opened, err := s.Open(at, old); err != nil || string(opened) != "old" {
		t.Errorf("what was sealed before: %q, %v", opened, err)
	}

	ring := sealing.Place{Kind: "keycheck", Key: "master", Field: "keys"}
	sealed := must(next.SealRing(ring, rand.Reader))(t)
	opened := must(must(sealing.New(key(3)))(t).OpenRing(ring, sealed))(t)
	if got := opened.Current(); got.ID != next.Current().ID || !got.MadeAt.Equal(time.Unix(1, 0)) || !bytes.Equal(opened.Root(), next.Root()) {
		t.Errorf("the keyring holds %v of %v", got.ID, got.MadeAt)
	}
	for name, err := range map[string]error{
		"another master key": second(must(sealing.New(key(1)))(t).OpenRing(ring, sealed)),
		"another place":      second(must(sealing.New(key(3)))(t).OpenRing(at, sealed)),
	} {
		if !errors.Is(err, sealing.ErrSealed) {
			t.Errorf("%s: %v", name, err)
		}
	}
	alone := opened.CurrentAlone()
	if got, err := alone.Open(at, fresh); err != nil || string(got) != "fresh" {
		t.Errorf("under the current key alone: %q, %v", got, err)
	}
	if _, err := next.CurrentAlone().Open(sealing.Place{Kind: "registration", Key: "xiOb8GC2", Field: "v"}, old); !errors.Is(err, sealing.ErrSealed) {
		t.Errorf("elsewhere, without its key: %v", err)
	}
}

func second(_ *sealing.Keys, err error) error { return err }

func must[T any](value T, err error) func(*testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return value
	}
}
