package dsapp

import (
	"crypto/subtle"
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/dsappd/dsappd/oath"
)

// MaxChallenge bounds the digits of a challenge (section 11).
const MaxChallenge = 16

// CheckChallenge refuses what is no challenge: 1 to 16 decimal digits.
func CheckChallenge(challenge string) error {
	if challenge == "" || len(challenge) > MaxChallenge || strings.Trim(challenge, "0123456789") != "" {
		return fmt.Errorf("%w: it has 1 to %d decimal digits", ErrChallenge, MaxChallenge)
	}
	return nil
}

// ChallengeResponse makes the response to a challenge: OCRA (RFC 6287) over the
// moving factor and the challenge, under the authenticator's secret and with
// its algorithm and digits (section 11).
func ChallengeResponse(secret []byte, movingFactor uint64, p oath.Parameters, challenge string) (string, error) {
	suite, err := challengeSuite(p, challenge)
	if err != nil {
		return "", err
	}
	return suite.Response(secret, movingInput(movingFactor, challenge))
}

// MatchChallengeResponse looks for a response among those of the moving
// factors from..to, both included, and returns the first that it was made of.
// The time taken does not depend on where or whether it matched.
func MatchChallengeResponse(secret []byte, response string, p oath.Parameters, challenge string, from, to uint64) (movingFactor uint64, ok bool) {
	suite, err := challengeSuite(p, challenge)
	if err != nil || len(response) != p.Digits {
		return 0, false
	}
	return matchOCRA(suite, secret, response, from, to, func(factor uint64) oath.OCRAInput { return movingInput(factor, challenge) })
}

// matchOCRA compares a text with the OCRA values of moving factors, all of them.
func matchOCRA(suite oath.OCRASuite, secret []byte, text string, from, to uint64, input func(uint64) oath.OCRAInput) (movingFactor uint64, ok bool) {
	if from > to {
		return 0, false
	}
	found := 0
	for factor := from; ; factor++ {
		want, err := suite.Response(secret, input(factor))
		if err != nil {
			return 0, false
		}
		equal := subtle.ConstantTimeCompare([]byte(want), []byte(text)) &^ found
		movingFactor |= factor & -uint64(equal)
		found |= equal
		if factor == to {
			return movingFactor, found == 1
		}
	}
}

// challengeSuite returns the one of an authenticator's parameters: with the event
// counter, or with the time step.
func challengeSuite(p oath.Parameters, challenge string) (oath.OCRASuite, error) {
	if err := CheckChallenge(challenge); err != nil {
		return oath.OCRASuite{}, err
	}
	input := "C-QN16"
	if p.Type == oath.TOTP {
		input = "QN16-T30S"
	}
	return suiteOf(p, input)
}

// suiteOf returns a suite with an authenticator's algorithm and digits.
func suiteOf(p oath.Parameters, input string) (oath.OCRASuite, error) {
	if err := p.Check(); err != nil {
		return oath.OCRASuite{}, err
	}
	return oath.ParseOCRASuite(fmt.Sprintf("OCRA-1:HOTP-%s-%d:%s", p.Algorithm, p.Digits, input))
}

// movingInput writes the moving factor in both of its forms, of which a suite
// reads one.
func movingInput(movingFactor uint64, question string) oath.OCRAInput {
	period := uint64(oath.Period / time.Second)
	return oath.OCRAInput{
		Counter:  movingFactor,
		Question: question,
		Time:     time.Unix(int64(min(movingFactor, math.MaxInt64/period)*period), 0),
	}
}
