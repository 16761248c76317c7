package srp

import (
	"testing"
	"time"

	"filippo.io/bigmod"
)

// BenchmarkServerExchange is the server's side of one exchange: B, then S, K,
// M1 and M2. Its ratio is to the three exponentiations that cannot be avoided,
// g^b, v^u and (A*v^u)^b, taken in turns with it in the same run.
func BenchmarkServerExchange(b *testing.B) {
	suite := newSuite(b)
	var file struct{ SRP []vector }
	readVectors(b, "../testdata/vectors.json", &file)
	v := file.SRP[0]
	verifier, private, A := v.bytes(b, "v"), v.bytes(b, "b"), v.bytes(b, "A")
	salt, u := v.bytes(b, "salt"), v.bytes(b, "u")
	base, err := bigmod.NewNat().SetBytes(verifier, suite.n)
	if err != nil {
		b.Fatal(err)
	}
	var exchange, bare time.Duration
	for b.Loop() {
		start := time.Now()
		B, err := suite.ServerPublicKey(verifier, private)
		if err != nil {
			b.Fatal(err)
		}
		K, err := suite.ServerKey(verifier, private, A, B)
		if err != nil {
			b.Fatal(err)
		}
		suite.M2(A, suite.M1(v["registrationID"], salt, A, B, K), K)
		middle := time.Now()
		bigmod.NewNat().Exp(suite.g, private, suite.n)
		bigmod.NewNat().Exp(base, u, suite.n)
		bigmod.NewNat().Exp(base, private, suite.n)
		exchange += middle.Sub(start)
		bare += time.Since(middle)
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(float64(exchange.Microseconds())/float64(b.N), "exchange-µs")
	b.ReportMetric(float64(bare.Microseconds())/float64(b.N), "bare-µs")
	b.ReportMetric(float64(exchange)/float64(bare), "times-bare")
}
