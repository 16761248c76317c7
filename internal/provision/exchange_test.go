package provision_test

import (
	"bytes"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/dsappd/dsappd/dsapp"
	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/srp"
)

func TestClientPublicKeyIsNeverReduced(t *testing.T) {
	p := newPlay(t)
	r := p.mustRegister("user1")
	modulus := new(big.Int).SetBytes(srp.Group2048().N)
	hexOf := func(offset int64) string {
		return new(big.Int).Add(modulus, big.NewInt(offset)).Text(16)
	}
	ask := func(key string) error {
		_, err := p.DSAPPSRPGenerateEphemeralKey(t.Context(), caller(), provision.DSAPPSRPGenerateEphemeralKey{
			RegistrationID: r.RegistrationID, ClientEphemeralPublicKey: key})
		return err
	}
	for _, key := range []string{"0", strings.Repeat("0", 512), hexOf(0), hexOf(1), strings.Repeat("F", 512), strings.Repeat("1", 513), "", "xyz", "-1"} {
		p.refused(ask(key), -2)
	}
	if got := p.registration(r.RegistrationID); got.State != provision.Registered || got.KeyRequests != 0 {
		t.Errorf("a malformed key must not count: %+v", got)
	}
	for _, key := range []string{"1", "abc", strings.Repeat("0", 511) + "2", hexOf(-1)} {
		if err := ask(key); err != nil {
			t.Errorf("A of %d characters: %v", len(key), err)
		}
	}
}

func TestKeyRequestsHaveTheirLimit(t *testing.T) {
	p := newPlay(t)
	r := p.mustRegister("user1")
	var last handset
	for range 10 {
		last = p.exchange(r)
	}
	_, err := p.DSAPPSRPGenerateEphemeralKey(t.Context(), caller(), provision.DSAPPSRPGenerateEphemeralKey{
		RegistrationID: r.RegistrationID, ClientEphemeralPublicKey: "2"})
	p.refused(err, -13)
	must(p.prove(last, last.M1))(t) // the refused request did not touch the last B
}

func TestOneProofForOneKey(t *testing.T) {
	p := newPlay(t)
	r := p.mustRegister("user1")
	old := p.exchange(r)
	fresh := p.exchange(r)
	_, err := p.prove(old, old.M1) // the new request killed its B: a wrong proof
	p.refused(err, 1000)
	_, err = p.prove(fresh, fresh.M1) // and took the new B with it
	p.refused(err, -1)
	if got := p.registration(r.RegistrationID); got.State != provision.Registered || got.Attempts != 1 || got.ServerSecret != nil {
		t.Errorf("after a wrong proof: %+v", got)
	}
	again := p.exchange(r)
	must(p.prove(again, again.M1))(t)
	_, err = p.prove(again, again.M1)
	p.refused(err, -1)
}

func TestProofsAtOnceOneWins(t *testing.T) {
	p := newPlay(t)
	r := p.mustRegister("user1")
	h := p.exchange(r)
	granted := atOnce(32, func(int) error {
		_, err := p.prove(h, h.M1)
		return err
	})
	if granted != 1 {
		t.Errorf("%d of 32 proofs of one B were accepted", granted)
	}
}

// spend closes a registration by wrong proofs.
func (p *play) spend(r provision.DSAPPSRPRegisterResult) {
	p.t.Helper()
	for range 3 {
		h := p.exchange(r)
		_, err := p.prove(h, bytes.Repeat([]byte{9}, 32))
		p.refused(err, 1000)
	}
}

func TestWrongProofsSpendTheAttempts(t *testing.T) {
	p := newPlay(t)
	r := p.mustRegister("user1")
	p.spend(r)
	got := p.registration(r.RegistrationID)
	if got.State != provision.Closed || got.Salt != nil || got.Verifier != nil {
		t.Fatalf("spent, but %+v", got)
	}
	_, err := p.DSAPPSRPGenerateEphemeralKey(t.Context(), caller(), provision.DSAPPSRPGenerateEphemeralKey{
		RegistrationID: r.RegistrationID, ClientEphemeralPublicKey: "2"})
	p.refused(err, -13)
}

// TestSpentRegistrationsLock holds that fresh registrations are no supply of
// guesses to somebody who has the password.
func TestSpentRegistrationsLock(t *testing.T) {
	p := newPlay(t)
	for range 3 {
		p.spend(p.mustRegister("user1"))
	}
	_, err := p.register("user1")
	p.refused(err, 1000)
	if u := p.account("user1"); u.LockedAt.IsZero() || u.SpentRegistrations != 3 {
		t.Errorf("%d registrations spent, locked at %v", u.SpentRegistrations, u.LockedAt)
	}
	must(p.UnlockUser(t.Context(), operator(), provision.NameUser{UserID: "user1"}))(t)

	p.spend(p.mustRegister("user1"))
	for range 2 { // add up with wrong passwords
		_, err := p.DSAPPSRPRegister(t.Context(), caller(), provision.DSAPPSRPRegister{UserID: "user1", StaticPassword: "wrong"})
		p.refused(err, 1000)
	}
	_, err = p.register("user1")
	p.refused(err, 1000)
}

func TestActivationForgetsSpentRegistrations(t *testing.T) {
	p := newPlay(t)
	for n := range 4 {
		p.spend(p.mustRegister("user1"))
		r := p.mustRegister("user1")
		p.deliver(r)
		if err := p.activate(r.RegistrationID, p.hotp([]byte(rfc4226Secret), uint64(n))); err != nil {
			t.Fatal(err)
		}
	}
	if u := p.account("user1"); u.SpentRegistrations != 0 {
		t.Errorf("%d spent registrations after an activation", u.SpentRegistrations)
	}
}

func TestSpentRegistrationsAreCountedAnewAfterALock(t *testing.T) {
	p := newPlay(t)
	p.policy("lab", `{"UnlockMinutes": 10, "MaximumActivations": 0, "MinimumIntervalMinutes": 0}`)
	for range 3 {
		p.spend(p.mustRegister("user1"))
	}
	p.wait(10 * time.Minute)
	for range 2 {
		p.spend(p.mustRegister("user1"))
	}
	if u := p.account("user1"); u.SpentRegistrations != 2 || !u.LockedAt.IsZero() {
		t.Errorf("%d registrations spent, locked at %v", u.SpentRegistrations, u.LockedAt)
	}
}

func TestStepsOutOfOrder(t *testing.T) {
	p := newPlay(t)
	r := p.mustRegister("user1")
	_, err := p.DSAPPSRPGenerateActivationData(t.Context(), caller(), provision.DSAPPSRPGenerateActivationData{
		RegistrationID: r.RegistrationID, ClientEvidenceMessage: strings.Repeat("A", 64)})
	refusal := p.refused(err, -1)
	if !strings.Contains(refusal.Desc, "Registered") || !strings.Contains(refusal.Desc, "GenerateEphemeralKey") {
		t.Errorf("errorDesc names neither the state nor what may follow: %s", refusal.Desc)
	}
	p.refused(p.activate(r.RegistrationID, "755224"), -1)
	p.exchange(r)
	p.refused(p.activate(r.RegistrationID, "755224"), -1)
	if got := p.registration(r.RegistrationID); got.Attempts != 0 {
		t.Errorf("out of order is no attempt: %+v", got)
	}
}

func TestStepsOfOthers(t *testing.T) {
	p := newPlay(t)
	p.refused(p.activate("nowhere1", "755224"), -13)
	r := p.mustRegister("user1")
	must(p.DisableUser(t.Context(), operator(), provision.NameUser{UserID: "user1"}))(t)
	ask := func() error {
		_, err := p.DSAPPSRPGenerateEphemeralKey(t.Context(), caller(), provision.DSAPPSRPGenerateEphemeralKey{
			RegistrationID: r.RegistrationID, ClientEphemeralPublicKey: "2"})
		return err
	}
	p.refused(ask(), 1000)
	must(p.EnableUser(t.Context(), operator(), provision.NameUser{UserID: "user1"}))(t)
	if err := ask(); err != nil {
		t.Error(err)
	}
	must(p.UnassignAuthenticator(t.Context(), operator(), "VDS1000140"))(t)
	p.refused(ask(), -13)
}

func TestDeliveryStartsOver(t *testing.T) {
	p := newPlay(t)
	r := p.mustRegister("user2")
	first, counter := p.deliver(r)
	second, _ := p.deliver(r)
	if first != second || counter != "000" {
		t.Errorf("%s, then %s; counter %s", first, second, counter)
	}
	if _, err := dsapp.ParseActivationData(second); err != nil {
		t.Error(err)
	}
}
