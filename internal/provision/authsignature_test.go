package provision_test

import (
	"errors"
	"testing"
	"time"

	"github.com/dsappd/dsappd/dsapp"
	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/oath"
)

// signed is what an authenticator of tests makes of data fields.
func (p *play) signed(serialNumber string, movingFactor uint64, fields ...string) string {
	p.t.Helper()
	question := must(dsapp.DataQuestion(fields))(p.t)
	return must(dsapp.Sign([]byte(rfc4226Secret), movingFactor, p.device(serialNumber).Parameters, question))(p.t)
}

func (p *play) proveSigned(in provision.AuthSignature) verified {
	p.t.Helper()
	if in.UserID == "" {
		in.UserID = "user1"
	}
	result, err := p.AuthSignature(p.t.Context(), loginCaller(), in)
	return verified{p, result, err}
}

type verified struct {
	*play
	result provision.AuthSignatureResult
	err    error
}

// as expects a refusal by its name, or, with "", success.
func (v verified) as(want provision.Refusal) {
	v.t.Helper()
	refusal, _ := errors.AsType[*provision.Error](v.err)
	if want == "" && v.err == nil || refusal != nil && refusal.Refusal == want {
		return
	}
	v.t.Errorf("the answer is %v, want %q", v.err, want)
}

func pay() []string { return []string{"DE89370400440532013000", "100.00", "EUR"} }

func TestSignatureByEvents(t *testing.T) {
	t.Parallel()
	p := newLogin(t, only+`, "LockThreshold": 0`)
	good := provision.AuthSignature{Signature: p.signed("VDS1000140", 2, pay()...), Fields: pay(), Confirm: true}
	v := p.proveSigned(good)
	v.as("")
	question := must(dsapp.DataQuestion(pay()))(t)
	code := must(dsapp.ConfirmationCode([]byte(rfc4226Secret), question, good.Signature))(t)
	if v.result.SerialNumber != "VDS1000140" || v.result.ConfirmationCode != code || v.result.VerifiedEvent == nil || *v.result.VerifiedEvent != 2 {
		t.Errorf("a signature is verified as %+v", v.result)
	}
	p.proveSigned(good).as(provision.SignatureIncorrect) // once
	p.combined("user1", p.otp(2)).as(provision.OTPUsed)
	p.combined("user1", p.otp(3)).by("VDS1000140")

	other := provision.AuthSignature{Signature: p.signed("VDS1000140", 4, pay()...), Fields: []string{"DE89370400440532013000", "900.00", "EUR"}}
	p.proveSigned(other).as(provision.SignatureIncorrect)
	if errors := p.device("VDS1000140").Errors; errors != 1 {
		t.Errorf("%d errors are counted", errors)
	}
	other.Fields = pay()
	p.proveSigned(other).as("")
	if errors := p.device("VDS1000140").Errors; errors != 0 {
		t.Errorf("%d errors are left", errors)
	}
}

// A user logs in and signs within one time step, and signs once within it.
func TestSignatureByTime(t *testing.T) {
	t.Parallel()
	p := newLogin(t, only+`, "LockThreshold": 0`)
	p.combined("user2", p.totp(0)).by("VDS1000141")
	step := oath.TimeStep(p.clock())
	v := p.proveSigned(provision.AuthSignature{UserID: "user2", Signature: p.signed("VDS1000141", step, pay()...), Fields: pay()})
	v.as("")
	if !v.result.VerifiedAt.Equal(time.Unix(int64(step)*30, 0)) || v.result.VerifiedEvent != nil {
		t.Errorf("a signature is verified as %+v", v.result)
	}
	p.proveSigned(provision.AuthSignature{UserID: "user2", Signature: p.signed("VDS1000141", step, "another"), Fields: []string{"another"}}).as(provision.SignatureIncorrect)
	p.wait(30 * time.Second)
	next := provision.AuthSignature{UserID: "user2", Signature: p.signed("VDS1000141", step+1, "another"), Fields: []string{"another"}}
	p.proveSigned(next).as("")
	p.combined("user2", p.totp(0)).by("VDS1000141")

	p.logins(only + `, "LockThreshold": 0, "SignatureOnce": false`)
	p.proveSigned(next).as("")
	p.proveSigned(next).as("")
	p.wait(time.Hour)
	p.proveSigned(next).as(provision.SignatureIncorrect)
	p.combined("user2", p.totp(0)).by("VDS1000141")
}

func TestSignatureAgainByEvents(t *testing.T) {
	t.Parallel()
	p := newLogin(t, only+`, "LockThreshold": 0, "SignatureOnce": false`)
	first := provision.AuthSignature{Signature: p.signed("VDS1000140", 0, pay()...), Fields: pay()}
	p.proveSigned(first).as("")
	p.combined("user1", p.otp(1)).by("VDS1000140")
	p.proveSigned(first).as("")
	p.proveSigned(provision.AuthSignature{Signature: p.signed("VDS1000140", 2, "b"), Fields: []string{"b"}}).as("")
	p.proveSigned(first).as(provision.SignatureIncorrect) // it is no longer the last
}

func TestDeferredSignature(t *testing.T) {
	t.Parallel()
	p := newLogin(t, only+`, "LockThreshold": 0`)
	p.wait(48 * time.Hour)
	then := p.clock().Add(-24 * time.Hour)
	past := provision.AuthSignature{UserID: "user2", Signature: p.signed("VDS1000141", oath.TimeStep(then), pay()...), Fields: pay()}
	p.proveSigned(past).as(provision.SignatureIncorrect)
	past.DeferredAt = then.Add(time.Minute)
	p.proveSigned(past).as("")
	p.proveSigned(past).as(provision.SignatureIncorrect) // once
	past.DeferredAt = p.clock().Add(time.Second)
	p.proveSigned(past).as(provision.InvalidParameter)

	for range 3 {
		p.combined("user1", p.otp(p.device("VDS1000140").NextMovingFactor)).by("VDS1000140")
	}
	event := func(n uint64) *uint64 { return &n }
	late := provision.AuthSignature{Signature: p.signed("VDS1000140", 1, pay()...), Fields: pay(), DeferredEvent: event(1)}
	p.proveSigned(late).as("")
	p.proveSigned(late).as(provision.SignatureIncorrect)
	p.proveSigned(provision.AuthSignature{Signature: p.signed("VDS1000140", 1000, "x"), Fields: []string{"x"}, DeferredEvent: event(1000)}).as(provision.SignatureIncorrect)
	p.proveSigned(provision.AuthSignature{Signature: "123456", Fields: pay(), DeferredEvent: event(2), DeferredAt: then}).as(provision.InvalidParameter)
	if next := p.device("VDS1000140").NextMovingFactor; next != 3 {
		t.Errorf("the next event is %d", next)
	}
}

func TestSignatureRefusals(t *testing.T) {
	t.Parallel()
	p := newLogin(t, only)
	for name, in := range map[string]provision.AuthSignature{
		"no signature":    {Fields: pay()},
		"other digits":    {Fields: pay(), Signature: "12345٣"},
		"nothing signed":  {Signature: "123456"},
		"nine fields":     {Signature: "123456", Fields: []string{"1", "2", "3", "4", "5", "6", "7", "8", "9"}},
		"two things":      {Signature: "123456", Fields: pay(), RequestKey: "1234567890"},
		"request in time": {Signature: "123456", RequestKey: "1234567890", DeferredAt: p.clock()},
	} {
		if v := p.proveSigned(in); !refusedAs(v.err, provision.InvalidParameter) {
			t.Errorf("%s: %v", name, v.err)
		}
	}
	p.proveSigned(provision.AuthSignature{Signature: "123456", RequestKey: "1234567890"}).as(provision.ChallengeExpired)
	p.proveSigned(provision.AuthSignature{UserID: "nobody", Signature: "123456", Fields: pay()}).as(provision.SignatureIncorrect)

	for range 3 {
		p.proveSigned(provision.AuthSignature{Signature: "000000", Fields: pay()}).as(provision.SignatureIncorrect)
	}
	p.proveSigned(provision.AuthSignature{Signature: p.signed("VDS1000140", 0, pay()...), Fields: pay()}).as(provision.UserLocked)
	p.combined("user1", p.otp(0)).as(provision.UserLocked)
}

func refusedAs(err error, want provision.Refusal) bool {
	refusal, ok := errors.AsType[*provision.Error](err)
	return ok && refusal.Refusal == want
}

// One signature is accepted once, however many ask at once.
func TestSignatureRace(t *testing.T) {
	t.Parallel()
	p := newLogin(t, only+`, "LockThreshold": 0`)
	in := provision.AuthSignature{UserID: "user1", Signature: p.signed("VDS1000140", 0, pay()...), Fields: pay()}
	granted := atOnce(8, func(int) error {
		_, err := p.AuthSignature(t.Context(), loginCaller(), in)
		return err
	})
	if granted != 1 {
		t.Errorf("the signature is accepted %d times", granted)
	}
}
