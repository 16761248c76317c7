package srp

import (
	"crypto/subtle"
	"sync/atomic"

	"filippo.io/bigmod"
)

// generator raises g to secret exponents. Once that has been asked for as often
// as it takes for tables to pay, it makes them, and takes about a third of the time
// from then on.
type generator struct {
	n *bigmod.Modulus
	g *bigmod.Nat

	longest int // exponent that the tables are for, in bytes
	uses    atomic.Int64
	tables  atomic.Pointer[tables]
}

// worthwhile is how many exponentiations the tables cost.
const worthwhile = 16

// power returns g^exponent. It is constant-time for exponents of one length.
func (g *generator) power(exponent []byte) *bigmod.Nat {
	if len(exponent) <= g.longest {
		if g.tables.Load() == nil && g.uses.Add(1) == worthwhile {
			g.tables.Store(newTables(g.g, g.n, g.longest))
		}
		if t := g.tables.Load(); t != nil {
			return t.power(exponent)
		}
	}
	return bigmod.NewNat().Exp(g.g, exponent, g.n)
}

// windowBits is how many bits of an exponent are looked up at once. More need fewer
// multiplications; but every entry of a window is read, so a lookup takes longer.
const windowBits = 5

// tables hold, for each window of an exponent, the powers of g that the window can
// stand for: entry d of window i is g^(d * 2^(5i)). (Brickell, Gordon, McCurley and
// Wilson, Fast Exponentiation with Precomputation, EUROCRYPT 1992.)
type tables struct {
	n       *bigmod.Modulus
	windows []window
}

type window [1 << windowBits][]uint // each the limbs of a number below N

// newTables makes tables for exponents of up to so many bytes.
func newTables(g *bigmod.Nat, n *bigmod.Modulus, longest int) *tables {
	t := &tables{n: n, windows: make([]window, (8*longest+windowBits-1)/windowBits)}
	base := bigmod.NewNat().ExpandFor(n)
	copy(base.Bits(), g.Bits())
	for i := range t.windows {
		power := one(n)
		for d := range t.windows[i] {
			t.windows[i][d] = append([]uint(nil), power.Bits()...)
			power.Mul(base, n)
		}
		base = power // of 2^5 times the exponent
	}
	return t
}

func one(n *bigmod.Modulus) *bigmod.Nat { return bigmod.NewNat().SetUint(1).ExpandFor(n) }

// power returns g^exponent. Which entries are multiplied is secret: each window is
// read as a whole, and an entry of 1 is multiplied like any other.
func (t *tables) power(exponent []byte) *bigmod.Nat {
	result, entry := bigmod.NewNat().ExpandFor(t.n), bigmod.NewNat().ExpandFor(t.n)
	t.windows[0].read(result.Bits(), digit(exponent, 0))
	for i := 1; i < (8*len(exponent)+windowBits-1)/windowBits; i++ {
		t.windows[i].read(entry.Bits(), digit(exponent, i))
		result.Mul(entry, t.n)
	}
	return result
}

// digit returns the bits of a big-endian exponent that window i is for.
func digit(exponent []byte, i int) int {
	bit := i * windowBits
	last := len(exponent) - 1 - bit/8
	bits := int(exponent[last])
	if last > 0 {
		bits |= int(exponent[last-1]) << 8
	}
	return bits >> (bit % 8) & (1<<windowBits - 1)
}

// read copies entry d into limbs, and reads all the others as well, four at a time.
func (w *window) read(limbs []uint, d int) {
	clear(limbs)
	for i := 0; i < len(w); i += 4 {
		is0, is1, is2, is3 := mask(i, d), mask(i+1, d), mask(i+2, d), mask(i+3, d)
		w0, w1, w2, w3 := w[i][:len(limbs)], w[i+1][:len(limbs)], w[i+2][:len(limbs)], w[i+3][:len(limbs)]
		for j := range limbs {
			limbs[j] |= is0&w0[j] | is1&w1[j] | is2&w2[j] | is3&w3[j]
		}
	}
}

// mask returns all ones where two numbers are equal, and else 0.
func mask(i, d int) uint { return -uint(subtle.ConstantTimeEq(int32(i), int32(d))) }
