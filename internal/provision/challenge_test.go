package provision_test

import (
	"testing"
	"time"

	"github.com/dsappd/dsappd/dsapp"
	"github.com/dsappd/dsappd/internal/provision"
)

// response is what user1's device answers to a challenge.
func (p *play) response(movingFactor uint64, challenge string) string {
	p.t.Helper()
	return must(dsapp.ChallengeResponse([]byte(rfc4226Secret), movingFactor, hotp(), challenge))(p.t)
}

func (p *play) challenge(userID string) provision.GetChallengeResult {
	p.t.Helper()
	return must(p.GetChallenge(p.t.Context(), loginCaller(), provision.GetChallenge{UserID: userID}))(p.t)
}

// answer answers a challenge of the server in one text.
func (p *play) answer(userID, key, text string) loggedIn {
	p.t.Helper()
	return p.login(userID, provision.Credential{Combined: text, ChallengeKey: key})
}

func TestChallengeResponse(t *testing.T) {
	t.Parallel()
	p := newLogin(t, only+`, "ChallengeResponse": true`)
	c := p.challenge("user1")
	if len(c.Challenge) != 8 || len(c.Key) != 10 {
		t.Errorf("a challenge is %+v", c)
	}
	p.answer("user1", c.Key, p.response(0, c.Challenge)).by("VDS1000140")
	p.answer("user1", c.Key, p.response(1, c.Challenge)).as(provision.ChallengeExpired)

	general := p.challenge("")
	p.answer("user1", general.Key, p.response(1, "12345678")).as(provision.OTPIncorrect)
	p.answer("user1", general.Key, p.response(1, general.Challenge)).as(provision.ChallengeExpired) // one answer
	general = p.challenge("")
	p.hasPIN("VDS1000140", "1234")
	p.answer("user1", general.Key, "1234"+p.response(1, general.Challenge)).by("VDS1000140")

	p.combined("user1", "1234"+p.otp(1)).as(provision.OTPUsed) // the response was of this event
	p.combined("user1", "1234"+p.otp(2)).by("VDS1000140")
	own := provision.Credential{PIN: "1234", Response: p.response(3, "0123"), Challenge: "0123"}
	p.login("user1", own).by("VDS1000140")
	p.login("user1", own).as(provision.OTPUsed)
}

func TestChallengeIsForItsUserAndTime(t *testing.T) {
	t.Parallel()
	p := newLogin(t, only+`, "ChallengeResponse": true`)
	for user, refusal := range map[string]provision.Refusal{"user2": provision.ChallengeExpired, "nobody": provision.ChallengeExpired} {
		c := p.challenge(user)
		p.answer("user1", c.Key, p.response(0, c.Challenge)).as(refusal)
	}
	c := p.challenge("user1")
	p.wait(time.Minute - time.Second)
	p.answer("user1", c.Key, p.response(0, c.Challenge)).by("VDS1000140")
	c = p.challenge("user1")
	p.wait(time.Minute)
	p.answer("user1", c.Key, p.response(1, c.Challenge)).as(provision.ChallengeExpired)
	p.answer("nobody", c.Key, p.response(1, c.Challenge)).as(provision.ChallengeExpired)

	fresh := p.challenge("user1")
	if swept := must(p.SweepChallenges(t.Context(), operator()))(t); swept != 3 || p.challenges() != 1 {
		t.Errorf("%d challenges were swept, and %d are left", swept, p.challenges())
	}
	p.answer("user1", fresh.Key, p.response(1, fresh.Challenge)).by("VDS1000140")
}

func TestChallengesNeedAPolicy(t *testing.T) {
	t.Parallel()
	p := newLogin(t, only)
	_, err := p.GetChallenge(t.Context(), loginCaller(), provision.GetChallenge{})
	wantRefusal(t, err, provision.NotAllowed)
	p.answer("user1", "1234567890", "755224").as(provision.NotAllowed)
}
