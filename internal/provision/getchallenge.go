package provision

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"github.com/dsappd/dsappd/dsapp"
	"github.com/dsappd/dsappd/store"
)

// GetChallenge asks for a challenge that the user answers in authUser, or
// anybody where UserID is empty.
type GetChallenge struct {
	UserID string
	Domain string

	Length     int  // of the challenge in digits, 1 to 16; 0: 8
	CheckDigit bool // the last of them is a Luhn check digit
}

// GetChallengeResult is a challenge and the key by which authUser names it.
type GetChallengeResult struct {
	Challenge string
	Key       string // 10 digits
}

// The lengths of what is drawn, in digits.
const (
	challengeLength    = 8
	challengeKeyLength = 10
)

// GetChallenge draws a challenge. It does not say whether there is such a user.
func (s *Service) GetChallenge(ctx context.Context, caller Caller, in GetChallenge) (GetChallengeResult, error) {
	return perform(ctx, s, callEvent("getChallenge", caller), func(f *frame) (GetChallengeResult, error) {
		f.unproven = true
		if in.Length < 0 || in.Length > dsapp.MaxChallenge || in.CheckDigit && in.Length == 1 {
			return GetChallengeResult{}, refuse(InvalidParameter, fmt.Sprintf("The length of a challenge is 1 to %d digits, and at least 2 with a check digit.", dsapp.MaxChallenge))
		}
		key, err := f.challenged(caller, in)
		if err != nil {
			return GetChallengeResult{}, err
		}
		f.checked("challenge", "")
		if !f.settings.ChallengeResponse {
			return GetChallengeResult{}, refuseResponses()
		}
		return f.drawChallenge(key, in)
	})
}

// challenged finds the component and whom the challenge is for.
func (f *frame) challenged(caller Caller, in GetChallenge) (key UserKey, err error) {
	if in.UserID != "" {
		if err := checkUserName(in.Domain, in.UserID); err != nil {
			return UserKey{}, err
		}
	}
	err = f.read(func(v *store.View) error {
		component, err := f.component(v, caller)
		if err != nil {
			return err
		}
		if err := f.govern(v, component.Policy); err != nil || in.UserID == "" {
			return err
		}
		key, err = f.resolve(v, in.UserID, in.Domain)
		f.event.Domain, f.event.UserID = key.Domain, key.UserID
		return err
	})
	return key, err
}

func (f *frame) drawChallenge(of UserKey, in GetChallenge) (GetChallengeResult, error) {
	if err := f.roomToBegin(); err != nil {
		return GetChallengeResult{}, err
	}
	length := cmp.Or(in.Length, challengeLength)
	if in.CheckDigit {
		length--
	}
	challenge, err := dsapp.DrawDigits(f.service.Rand, length)
	if err != nil {
		return GetChallengeResult{}, err
	}
	if in.CheckDigit {
		challenge = dsapp.WithCheckDigit(challenge)
	}
	key, err := f.drawChallengeKey()
	if err != nil {
		return GetChallengeResult{}, err
	}
	put(f, Challenges, Challenge{Key: key, Challenge: challenge, Domain: of.Domain, UserID: of.UserID,
		ExpiresAt: f.now.Add(time.Duration(f.settings.ChallengeSeconds) * time.Second)})
	return GetChallengeResult{Challenge: challenge, Key: key}, nil
}

// drawChallengeKey draws a key that no other challenge has.
func (f *frame) drawChallengeKey() (string, error) {
	key, err := dsapp.DrawDigits(f.service.Rand, challengeKeyLength)
	if err != nil {
		return "", err
	}
	expect(f, Challenges, key, 0)
	return key, nil
}
