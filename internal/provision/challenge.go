package provision

import (
	"errors"
	"fmt"
	"time"

	"github.com/dsappd/dsappd/dsapp"
	"github.com/dsappd/dsappd/store"
)

// Challenge is one that the server made, until it is answered or expires.
type Challenge struct {
	store.Revised
	Key       string // 10 digits
	Challenge string // what the device answers
	ExpiresAt time.Time

	// Domain and UserID say who may answer it; both empty: anybody.
	Domain string `json:",omitempty"`
	UserID string `json:",omitempty"`

	// Request makes it a request to one device; nil: Challenge has digits.
	Request *DeviceRequest `json:",omitempty"`
}

// question is what a response answers: nothing, a challenge, or a request to
// one device.
type question struct {
	challenge string
	request   *DeviceRequest
}

// response returns the text as the answer to the challenge, if there is one.
func (q question) response(text oneTimePassword) response {
	if q.challenge == "" {
		return text
	}
	return challengeResponse{text, q.challenge}
}

// challengeResponse is a response to a challenge and the moving factor.
type challengeResponse struct {
	oneTimePassword
	challenge string
}

func (r challengeResponse) match(from, to uint64) (uint64, bool) {
	return dsapp.MatchChallengeResponse(r.secret, r.text, r.parameters, r.challenge, from, to)
}

// question reads what the response of a credential is to. A challenge of the
// server takes one answer, right or wrong.
func (f *frame) question(key UserKey, c Credential) (question, error) {
	if c.Challenge == "" && c.ChallengeKey == "" {
		return question{}, nil
	}
	f.checked("challenge", c.ChallengeKey)
	if !f.settings.ChallengeResponse && (c.Challenge != "" || !f.settings.SecureChannel) {
		return question{}, refuseResponses()
	}
	if c.Challenge != "" {
		if err := dsapp.CheckChallenge(c.Challenge); err != nil {
			return question{}, refuse(InvalidParameter, fmt.Sprintf("The challenge is refused: %v.", err))
		}
		return question{challenge: c.Challenge}, nil
	}
	made, err := f.openChallenge(key, c.ChallengeKey)
	if err != nil {
		return question{}, err
	}
	if made.Request != nil {
		request, err := f.openRequest(key, c.ChallengeKey, dsapp.LoginRequest)
		return question{request: &request}, err
	}
	if !f.settings.ChallengeResponse {
		return question{}, refuseResponses()
	}
	remove(f, Challenges, made.Key)
	return question{challenge: made.Challenge}, nil
}

// refuseResponses turns down responses to challenges.
func refuseResponses() *Error {
	return refuse(NotAllowed, "The policy does not take responses to challenges (ChallengeResponse).")
}

// refuseChallenge turns down what is no challenge of the user's.
func refuseChallenge() *Error {
	return refuse(ChallengeExpired, "There is no such challenge for this user, or it has expired or was answered: ask for another.")
}

// openChallenge reads a challenge that the user may still answer.
func (f *frame) openChallenge(key UserKey, challengeKey string) (Challenge, error) {
	var made Challenge
	err := f.read(func(v *store.View) error {
		var err error
		made, err = get(f, v, Challenges, challengeKey)
		return err
	})
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return Challenge{}, fmt.Errorf("challenge: %w", err)
	}
	others := made.UserID != "" && key != UserKey{made.Domain, made.UserID}
	if err != nil || others || !f.now.Before(made.ExpiresAt) {
		return Challenge{}, refuseChallenge()
	}
	return made, nil
}
