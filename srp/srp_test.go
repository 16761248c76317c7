package srp

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"hash"
	"testing"

	"filippo.io/bigmod"
	"pgregory.net/rapid"
)

func TestClientAndServerAgree(t *testing.T) {
	suite := newSuite(t)
	private := rapid.SliceOfN(rapid.Byte(), PrivateSize, PrivateSize)
	rapid.Check(t, func(t *rapid.T) {
		identity, password := rapid.String().Draw(t, "I"), rapid.String().Draw(t, "P")
		salt := rapid.SliceOfN(rapid.Byte(), 1, 32).Draw(t, "s")
		a, b := private.Draw(t, "a"), private.Draw(t, "b")
		client, server, err := exchangeKeys(suite, suite.X(salt, identity, password), suite.X(salt, identity, password), a, b)
		if err != nil || !bytes.Equal(client, server) {
			t.Fatalf("right password: client K %X, server K %X, %v", client, server, err)
		}
		client, server, err = exchangeKeys(suite, suite.X(salt, identity, password+"!"), suite.X(salt, identity, password), a, b)
		// With b = 0 there is no secret on the server's side to differ by.
		if zero := bytes.Equal(b, make([]byte, PrivateSize)); err != nil || bytes.Equal(client, server) && !zero {
			t.Fatalf("wrong password: both K are %X, %v", client, err)
		}
	})
}

func exchangeKeys(s *Suite, clientX, serverX, a, b []byte) (client, server []byte, err error) {
	v, errV := s.Verifier(serverX)
	A, errA := s.ClientPublicKey(a)
	B, errB := s.ServerPublicKey(v, b)
	client, errClient := s.ClientKey(clientX, a, A, B)
	server, errServer := s.ServerKey(v, b, A, B)
	return client, server, errors.Join(errV, errA, errB, errClient, errServer)
}

func TestCheckPublicKey(t *testing.T) {
	suite := newSuite(t)
	n := Group2048().N
	minusOne, plusOne := bytes.Clone(n), bytes.Clone(n)
	minusOne[len(n)-1]--
	plusOne[len(n)-1]++
	for _, c := range []struct {
		name string
		key  []byte
		want error
	}{
		{"empty", nil, ErrPublicKey},
		{"zero", make([]byte, len(n)), ErrPublicKey},
		{"one in one byte", []byte{1}, nil},
		{"N-1", minusOne, nil},
		{"N", n, ErrPublicKey},
		{"N+1", plusOne, ErrPublicKey},
		{"longer than N", append([]byte{0}, minusOne...), ErrPublicKey},
		{"2N", append([]byte{1}, n...), ErrPublicKey},
	} {
		if err := suite.CheckPublicKey(c.key); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", c.name, err, c.want)
		}
		if _, err := suite.ServerKey([]byte{2}, make([]byte, PrivateSize), c.key, []byte{2}); !errors.Is(err, c.want) {
			t.Errorf("%s as A: %v, want %v", c.name, err, c.want)
		}
		if _, err := suite.ClientKey(make([]byte, sha256.Size), make([]byte, PrivateSize), []byte{2}, c.key); !errors.Is(err, c.want) {
			t.Errorf("%s as B: %v, want %v", c.name, err, c.want)
		}
	}
}

func TestDrawAgainWhenBIsZero(t *testing.T) {
	suite := newSuite(t)
	// b = 0 gives g^b = 1, so v = -1/k makes B zero.
	k := bigmod.NewNat().ExpandFor(suite.n)
	k.Add(suite.k, suite.n)
	inverse, ok := bigmod.NewNat().InverseVarTime(k, suite.n)
	if !ok {
		t.Fatal("k has no inverse")
	}
	v := bigmod.NewNat().ExpandFor(suite.n).Sub(inverse, suite.n).Bytes(suite.n)
	if _, err := suite.ServerPublicKey(v, make([]byte, PrivateSize)); !errors.Is(err, ErrDrawAgain) {
		t.Errorf("B = 0: %v, want %v", err, ErrDrawAgain)
	}
}

// zeroHash is a hash whose every digest is zero: the only practicable way to
// see a scrambler of zero.
type zeroHash struct{ hash.Hash }

func (zeroHash) Sum(b []byte) []byte { return append(b, make([]byte, sha256.Size)...) }

func TestZeroScramblerIsRefused(t *testing.T) {
	suite, err := New(Group2048(), func() hash.Hash { return zeroHash{sha256.New()} })
	if err != nil {
		t.Fatal(err)
	}
	private := bytes.Repeat([]byte{1}, PrivateSize)
	if _, err := suite.ServerKey([]byte{2}, private, []byte{3}, []byte{5}); !errors.Is(err, ErrScrambler) {
		t.Errorf("server: %v, want %v", err, ErrScrambler)
	}
	if _, err := suite.ClientKey(private, private, []byte{3}, []byte{5}); !errors.Is(err, ErrScrambler) {
		t.Errorf("client: %v, want %v", err, ErrScrambler)
	}
}

func TestLengthsAreChecked(t *testing.T) {
	suite := newSuite(t)
	short := make([]byte, PrivateSize-1)
	_, errA := suite.ClientPublicKey(short)
	_, errB := suite.ServerPublicKey([]byte{2}, short)
	_, errV := suite.Verifier(short)
	_, errServer := suite.ServerKey([]byte{2}, short, []byte{2}, []byte{2})
	_, errClient := suite.ClientKey(make([]byte, sha256.Size), short, []byte{2}, []byte{2})
	for _, err := range []error{errA, errB, errV, errServer, errClient} {
		if !errors.Is(err, ErrPrivateKey) {
			t.Errorf("short private key: %v, want %v", err, ErrPrivateKey)
		}
	}
	if _, err := suite.ServerPublicKey(nil, make([]byte, PrivateSize)); !errors.Is(err, ErrVerifier) {
		t.Errorf("no verifier: %v, want %v", err, ErrVerifier)
	}
	if _, err := New(Group{N: []byte{23}, G: 5}, sha256.New); !errors.Is(err, ErrGroup) {
		t.Errorf("group shorter than the hash: %v, want %v", err, ErrGroup)
	}
}
