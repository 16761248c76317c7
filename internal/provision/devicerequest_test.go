package provision_test

import (
	"testing"
	"time"

	"github.com/dsappd/dsappd/dsapp"
	"github.com/dsappd/dsappd/internal/provision"
)

const secure = only + `, "LockThreshold": 0, "SecureChannel": true`

func (p *play) askToLogIn(in provision.AskDevice) provision.AskDeviceResult {
	p.t.Helper()
	return must(p.GetSecureChallenge(p.t.Context(), loginCaller(), in))(p.t)
}

func (p *play) askToSign(in provision.AskDevice) provision.AskDeviceResult {
	p.t.Helper()
	return must(p.GenRequest(p.t.Context(), loginCaller(), in))(p.t)
}

// answered is what the device with a secret reads in a message, and answers.
func (p *play) answered(message, serialNumber string) (dsapp.Request, string) {
	p.t.Helper()
	request := must(must(dsapp.ParseRequestMessage(message))(p.t).Open([]byte(rfc4226Secret)))(p.t)
	answer := must(dsapp.Answer([]byte(rfc4226Secret), p.device(serialNumber).Parameters, must(request.Question())(p.t)))(p.t)
	return request, answer
}

func TestScanAndLogin(t *testing.T) {
	t.Parallel()
	p := newLogin(t, secure)
	asked := p.askToLogIn(provision.AskDevice{UserID: "user1", Title: "Log in", Fields: []dsapp.RequestField{{Value: "from Vienna"}}})
	if asked.SerialNumber != "VDS1000140" || len(asked.Key) != 10 {
		t.Errorf("the request is %+v", asked)
	}
	request, answer := p.answered(asked.Message, "VDS1000140")
	if request.Title != "Log in" || request.Fields[0].Value != "from Vienna" || !request.Expiry.Equal(p.clock().Add(3*time.Minute)) {
		t.Errorf("the device reads %+v", request)
	}
	p.answer("user2", asked.Key, answer).as(provision.ChallengeExpired) // another's
	p.answer("user1", asked.Key, answer).by("VDS1000140")
	p.answer("user1", asked.Key, answer).as(provision.ChallengeExpired) // once
	p.combined("user1", p.otp(0)).by("VDS1000140")                      // it spent no event

	asked = p.askToLogIn(provision.AskDevice{UserID: "user1"})
	p.answer("user1", asked.Key, p.otp(1)).as(provision.OTPIncorrect) // a one-time password is no answer
	_, answer = p.answered(asked.Message, "VDS1000140")
	p.answer("user1", asked.Key, answer).as(provision.ChallengeExpired) // and was the one that it takes
	if granted := p.device("VDS1000140"); granted.Errors != 1 {
		t.Errorf("%d errors are counted", granted.Errors)
	}

	asked = p.askToLogIn(provision.AskDevice{UserID: "user1"})
	_, answer = p.answered(asked.Message, "VDS1000140")
	p.wait(3 * time.Minute)
	p.answer("user1", asked.Key, answer).as(provision.ChallengeExpired)
}

func TestRequestToSign(t *testing.T) {
	t.Parallel()
	p := newLogin(t, secure)
	asked := p.askToSign(provision.AskDevice{UserID: "user2", Title: "Pay", Fields: []dsapp.RequestField{{Key: "AMT", Value: "100"}, {Key: "CCY", Value: "EUR"}}})
	_, answer := p.answered(asked.Message, "VDS1000141")
	p.answer("user2", asked.Key, answer).as(provision.ChallengeExpired) // it logs nobody in
	v := p.proveSigned(provision.AuthSignature{UserID: "user2", Signature: answer, RequestKey: asked.Key, Confirm: true})
	v.as("")
	if v.result.SerialNumber != "VDS1000141" || len(v.result.ConfirmationCode) != 8 || !v.result.VerifiedAt.IsZero() {
		t.Errorf("the signature is verified as %+v", v.result)
	}
	v = p.proveSigned(provision.AuthSignature{UserID: "user2", Signature: answer, RequestKey: asked.Key})
	v.as(provision.ChallengeExpired)

	login := p.askToLogIn(provision.AskDevice{UserID: "user2"})
	_, answer = p.answered(login.Message, "VDS1000141")
	p.proveSigned(provision.AuthSignature{UserID: "user2", Signature: answer, RequestKey: login.Key}).as(provision.ChallengeExpired)
	p.answer("user2", login.Key, answer).by("VDS1000141") // a wrong kind of call takes nothing away

	asked = p.askToSign(provision.AskDevice{UserID: "user2", Title: "Pay"})
	p.proveSigned(provision.AuthSignature{UserID: "user2", Signature: "00000000", RequestKey: asked.Key}).as(provision.SignatureIncorrect)
	_, answer = p.answered(asked.Message, "VDS1000141")
	p.proveSigned(provision.AuthSignature{UserID: "user2", Signature: answer, RequestKey: asked.Key}).as(provision.ChallengeExpired)
}

// A request is for one instance: another device of the user answers it wrongly.
func TestRequestIsForOneInstance(t *testing.T) {
	t.Parallel()
	p := newLogin(t, secure)
	p.licensed(3)
	first, second := p.activated(), p.activated()
	asked := p.askToLogIn(provision.AskDevice{UserID: "user3"})
	if asked.SerialNumber != "VDM1000001-2" {
		t.Errorf("the request is for %s, want the last activated", asked.SerialNumber)
	}
	message := must(dsapp.ParseRequestMessage(asked.Message))(t)
	if _, err := message.Open(first.secret); err == nil {
		t.Error("another instance opens the request")
	}
	question := must(must(message.Open(second.secret))(t).Question())(t)
	wrong := must(dsapp.Answer(first.secret, dsapp.InstanceParameters(), question))(t)
	p.answer("user3", asked.Key, wrong).as(provision.OTPIncorrect)

	asked = p.askToLogIn(provision.AskDevice{UserID: "user3", SerialNumber: "VDM1000001-1"})
	question = must(must(must(dsapp.ParseRequestMessage(asked.Message))(t).Open(first.secret))(t).Question())(t)
	p.answer("user3", asked.Key, must(dsapp.Answer(first.secret, dsapp.InstanceParameters(), question))(t)).by("VDM1000001-1")
	if at := p.licence().Instances[1].NextMovingFactor; at != p.licence().Instances[0].NextMovingFactor && at == 0 {
		t.Errorf("the other instance was changed: %d", at)
	}
}

// activated goes on from Activation Message 2.
func (p *play) activated() added {
	p.t.Helper()
	d := p.add()
	must(p.sign(d.id, d.signature))(p.t)
	p.wait(time.Minute)
	return d
}

func TestCancelRequest(t *testing.T) {
	t.Parallel()
	p := newLogin(t, secure+`, "ChallengeResponse": true`)
	p.component("other", "127.0.0.0/8", "lab")
	cancel := func(componentType, key, userID string) error {
		c := loginCaller()
		c.ComponentType = componentType
		_, err := p.CancelAuthUser(t.Context(), c, provision.CancelAuthUser{Key: key, UserID: userID})
		return err
	}
	asked := p.askToLogIn(provision.AskDevice{UserID: "user1"})
	wantRefusal(t, cancel("other", asked.Key, ""), provision.NotFound)
	wantRefusal(t, cancel("login", asked.Key, "user2"), provision.NotFound)
	if err := cancel("login", asked.Key, "user1"); err != nil {
		t.Error(err)
	}
	wantRefusal(t, cancel("login", asked.Key, ""), provision.NotFound)
	_, answer := p.answered(asked.Message, "VDS1000140")
	p.answer("user1", asked.Key, answer).as(provision.ChallengeExpired)
	if err := cancel("login", p.challenge("user1").Key, ""); err != nil {
		t.Error(err)
	}
}

func TestRequestRefusals(t *testing.T) {
	t.Parallel()
	p := newLogin(t, only)
	ask := func(in provision.AskDevice) error {
		_, err := p.GetSecureChallenge(t.Context(), loginCaller(), in)
		return err
	}
	wantRefusal(t, ask(provision.AskDevice{UserID: "user1"}), provision.NotAllowed)
	p.logins(secure)
	must(p.AddUser(t.Context(), operator(), provision.AddUser{UserID: "bare", StaticPassword: "Password2"}))(t)
	for _, in := range []provision.AskDevice{{UserID: "nobody"}, {UserID: "bare"}, {UserID: "user1", SerialNumber: "VDS1000141"}} {
		wantRefusal(t, ask(in), provision.NotFound)
	}
	wantRefusal(t, ask(provision.AskDevice{UserID: "user1", Title: string(make([]byte, 600))}), provision.InvalidParameter)
	_, err := p.GenRequest(t.Context(), loginCaller(), provision.AskDevice{UserID: "user1"})
	wantRefusal(t, err, provision.InvalidParameter)
	p.policy("lab", `{"SecureChannel": true}`)
	for _, user := range []string{"nobody", "bare"} {
		if err := ask(provision.AskDevice{UserID: user}); p.refused(err, 1000).Desc != "The credentials were not accepted." {
			t.Errorf("%s is told apart: %v", user, err)
		}
	}
}
