package provision_test

import (
	"crypto/rand"
	"testing"
	"time"

	"filippo.io/bigmod"

	"github.com/dsappd/dsappd/dsapp"
	"github.com/dsappd/dsappd/internal/cputime"
	"github.com/dsappd/dsappd/internal/passwords"
	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/srp"
)

// BenchmarkFlow is the server's side of a whole flow, register, exchange, data and
// activate, at the default Argon2id cost, durable. Beside it stands what it cannot do
// without: the hash and the exponentiations of SRP. Both are the CPU time of the whole
// process; the phone's side is in neither.
func BenchmarkFlow(b *testing.B) {
	p := newPlay(b)
	p.Passwords = must(passwords.New(passwords.DefaultCost(), 1, 10, rand.Reader))(b)
	p.mustRegister("user1") // makes the hash anew at the default cost
	var flow, bare time.Duration
	for n := 0; b.Loop(); n++ {
		flow += p.measureFlow(uint64(n))
		before := cputime.Process()
		bareHash()
		bareExponentiations(b)
		bare += cputime.Process() - before
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(float64(flow.Microseconds())/float64(b.N), "flow-cpu-µs")
	b.ReportMetric(float64(bare.Microseconds())/float64(b.N), "bare-cpu-µs")
	b.ReportMetric(bare.Seconds()/flow.Seconds(), "bare/flow")
}

// measureFlow takes user1 through the flow and returns what the server's calls took.
func (p *play) measureFlow(movingFactor uint64) (spent time.Duration) {
	measured := func(call func() error) {
		before := cputime.Process()
		err := call()
		spent += cputime.Process() - before
		must(0, err)(p.t)
	}
	var r provision.DSAPPSRPRegisterResult
	measured(func() (err error) { r, err = p.register("user1"); return err })

	h := handset{suite: p.SRP, id: r.RegistrationID, a: make([]byte, srp.PrivateSize)}
	must(rand.Read(h.a))(p.t)
	h.A = must(h.suite.ClientPublicKey(h.a))(p.t)
	var key provision.DSAPPSRPGenerateEphemeralKeyResult
	measured(func() (err error) {
		key, err = p.DSAPPSRPGenerateEphemeralKey(p.t.Context(), caller(), provision.DSAPPSRPGenerateEphemeralKey{
			RegistrationID: h.id, ClientEphemeralPublicKey: dsapp.EncodeHex(h.A)})
		return err
	})

	h.B = must(dsapp.ParseEphemeralKey(key.ServerEphemeralPublicKey))(p.t)
	salt := must(dsapp.DecodeHex(key.Salt, dsapp.SaltSize))(p.t)
	h.K = must(h.suite.ClientKey(h.suite.X(salt, h.id, r.ActivationPassword), h.a, h.A, h.B))(p.t)
	h.M1 = h.suite.M1(h.id, salt, h.A, h.B, h.K)
	measured(func() error { _, err := p.prove(h, h.M1); return err })
	response := p.hotp([]byte(rfc4226Secret), movingFactor)
	measured(func() error { return p.activate(h.id, response) })
	return spent
}

// bareExponentiations are g^x, g^b, v^u and (A*v^u)^b.
func bareExponentiations(b *testing.B) {
	n, err := bigmod.NewModulus(srp.Group2048().N)
	if err != nil {
		b.Fatal(err)
	}
	exponent := make([]byte, srp.PrivateSize)
	must(rand.Read(exponent))(b)
	base := bigmod.NewNat().SetUint(2).ExpandFor(n)
	for range 4 {
		base = bigmod.NewNat().Exp(base, exponent, n)
	}
}
