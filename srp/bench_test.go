package srp

import (
	"crypto/rand"
	"math"
	"runtime"
	"testing"
	"time"

	"filippo.io/bigmod"

	"github.com/dsappd/dsappd/internal/cputime"
)

// BenchmarkServerExchange is the server's side of one registration: v, B, then S,
// K, M1 and M2. Beside it stand the exponentiations that it replaces, g^x, g^b,
// v^u and (A*v^u)^b, taken in turns with it. Both are CPU time.
func BenchmarkServerExchange(b *testing.B) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	suite := newSuite(b)
	var file struct{ SRP []vector }
	readVectors(b, "../testdata/vectors.json", &file)
	v := file.SRP[0]
	x, private, A := v.bytes(b, "x"), v.bytes(b, "b"), v.bytes(b, "A")
	salt, u := v.bytes(b, "salt"), v.bytes(b, "u")
	base, err := bigmod.NewNat().SetBytes(A, suite.n)
	if err != nil {
		b.Fatal(err)
	}
	raiseOften(suite)
	var exchange, bare time.Duration
	for b.Loop() {
		start := cputime.Thread()
		verifier, err := suite.Verifier(x)
		if err != nil {
			b.Fatal(err)
		}
		B, err := suite.ServerPublicKey(verifier, private)
		if err != nil {
			b.Fatal(err)
		}
		K, err := suite.ServerKey(verifier, private, A, B)
		if err != nil {
			b.Fatal(err)
		}
		suite.M2(A, suite.M1(v["registrationID"], salt, A, B, K), K)
		middle := cputime.Thread()
		bigmod.NewNat().Exp(suite.g.g, x, suite.n)
		bigmod.NewNat().Exp(suite.g.g, private, suite.n)
		bigmod.NewNat().Exp(base, u, suite.n)
		bigmod.NewNat().Exp(base, private, suite.n)
		exchange += middle - start
		bare += cputime.Thread() - middle
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(float64(exchange.Microseconds())/float64(b.N), "exchange-µs")
	b.ReportMetric(float64(bare.Microseconds())/float64(b.N), "bare-µs")
	b.ReportMetric(float64(exchange)/float64(bare), "times-bare")
}

// raiseOften has the suite make its tables.
func raiseOften(s *Suite) {
	for range worthwhile {
		s.g.power(make([]byte, PrivateSize))
	}
}

// BenchmarkGenerator looks for a difference in time between exponents: zero, whose
// every window is the first entry, and random ones, in turns. Its t is Welch's of
// the two means; from 4.5 on, they differ.
func BenchmarkGenerator(b *testing.B) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	suite := newSuite(b)
	raiseOften(suite)
	exponents := [2][]byte{make([]byte, PrivateSize), make([]byte, PrivateSize)}
	var sum, squares [2]float64
	for n := 0; b.Loop(); n++ {
		class := n % 2
		if _, err := rand.Read(exponents[1]); err != nil {
			b.Fatal(err)
		}
		start := cputime.Thread()
		suite.g.power(exponents[class])
		// A square root tames what an interrupt adds to some.
		took := math.Sqrt(float64(cputime.Thread() - start))
		sum[class] += took
		squares[class] += took * took
	}
	n := float64(b.N) / 2
	variance := func(class int) float64 { return squares[class]/n - sum[class]*sum[class]/n/n }
	b.ReportMetric(math.Abs(sum[0]-sum[1])/n/math.Sqrt((variance(0)+variance(1))/n), "t")
}
