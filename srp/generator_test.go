package srp

import (
	"bytes"
	"crypto/sha256"
	"math/big"
	"slices"
	"sync"
	"testing"

	"pgregory.net/rapid"
)

type fataler interface{ Fatalf(string, ...any) }

// The tables give what math/big does, in both groups, for exponents of every
// length up to theirs.
func TestTables(t *testing.T) {
	for _, group := range []Group{Group1024(), Group2048()} {
		suite, err := New(group, sha256.New)
		if err != nil {
			t.Fatal(err)
		}
		tables := newTables(suite.g.g, suite.n, PrivateSize)
		n, g := new(big.Int).SetBytes(group.N), big.NewInt(int64(group.G))
		check := func(t fataler, exponent []byte) {
			want := new(big.Int).Exp(g, new(big.Int).SetBytes(exponent), n).FillBytes(make([]byte, len(group.N)))
			if got := tables.power(exponent).Bytes(suite.n); !bytes.Equal(got, want) {
				t.Fatalf("g^%X is %X, not %X", exponent, got, want)
			}
		}
		check(t, make([]byte, PrivateSize))
		check(t, bytes.Repeat([]byte{0xFF}, PrivateSize))
		for bit := range 8 * PrivateSize {
			check(t, new(big.Int).Lsh(big.NewInt(1), uint(bit)).FillBytes(make([]byte, PrivateSize)))
		}
		rapid.Check(t, func(t *rapid.T) { check(t, rapid.SliceOfN(rapid.Byte(), 1, PrivateSize).Draw(t, "exponent")) })
	}
}

// A generator that is asked often makes its tables once, and answers the same
// before, during and after, to many at once.
func TestGeneratorMakesTables(t *testing.T) {
	suite := newSuite(t)
	exponent := bytes.Repeat([]byte{0x5A}, PrivateSize)
	first := suite.g.power(exponent)
	if suite.g.tables.Load() != nil {
		t.Fatal("the first time made tables")
	}
	var asking sync.WaitGroup
	for range 8 {
		asking.Go(func() {
			for range worthwhile {
				if suite.g.power(exponent).Equal(first) != 1 {
					t.Error("the tables gave another power")
				}
			}
		})
	}
	asking.Wait()
	if suite.g.tables.Load() == nil {
		t.Error("it has no tables")
	}
	long := slices.Concat([]byte{1}, exponent)
	want := new(big.Int).Exp(big.NewInt(2), new(big.Int).SetBytes(long), new(big.Int).SetBytes(Group2048().N))
	if got := suite.g.power(long).Bytes(suite.n); new(big.Int).SetBytes(got).Cmp(want) != 0 {
		t.Error("an exponent longer than the tables' gave another power")
	}
}
