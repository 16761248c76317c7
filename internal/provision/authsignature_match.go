package provision

import (
	"errors"
	"time"

	"github.com/dsappd/dsappd/dsapp"
	"github.com/dsappd/dsappd/oath"
)

// verification is what a signature was found to be.
type verification struct {
	proof
	result AuthSignatureResult // what only the match can tell of it
}

// signature is a response to data fields and the moving factor.
type signature struct {
	oneTimePassword
	question dsapp.Question
}

func (s signature) match(from, to uint64) (uint64, bool) {
	return dsapp.MatchSignature(s.secret, s.text, s.parameters, s.question, from, to)
}

// matchSigner looks for the authenticator that made the signature. For a user who is
// unknown or has none, it works as for one with a time-based authenticator.
func (f *frame) matchSigner(a *applicant, in AuthSignature) (verification, error) {
	f.checked("transaction signature", in.SerialNumber)
	f.tracking = true
	var v verification
	var request *DeviceRequest
	if in.RequestKey != "" {
		made, err := f.openRequest(UserKey{f.event.Domain, f.event.UserID}, in.RequestKey, dsapp.SignatureRequest)
		if err != nil {
			return v, err
		}
		request = &made
	}
	candidates, err := f.candidates(a.user, in.SerialNumber, &v.proof)
	if err != nil {
		return v, err
	}
	candidates = addressed(candidates, request)
	if len(candidates) == 0 {
		_, err = f.standIn(Credential{Response: in.Signature})
		return v, err
	}
	for _, c := range candidates {
		if err := f.tryToVerify(c, in, request, &v); err != nil || v.right {
			return v, err
		}
	}
	return v, nil
}

// tryToVerify looks whether one candidate made the signature.
func (f *frame) tryToVerify(c candidate, in AuthSignature, request *DeviceRequest, v *verification) error {
	state := c.state()
	secret, err := f.secretOf(c)
	if err != nil {
		return err
	}
	text := oneTimePassword{secret, state.Parameters, in.Signature}
	var question dsapp.Question
	if request != nil {
		question = dsapp.Question(request.Question)
		err = errWrongCredential
		if (answer{text, question}).right() {
			err = nil
		}
	} else {
		if question, err = dsapp.DataQuestion(in.Fields); err != nil {
			return err
		}
		state, v.result, err = f.matchSignature(state, signature{text, question}, in)
	}
	switch {
	case errors.Is(err, errWrongCredential):
		v.used = v.used || errors.Is(err, errUsedCredential)
		v.count(c, state)
		return nil
	case err != nil:
		return err
	}
	v.right, v.authenticator, v.instance = true, c.with(state), c.instance
	v.authenticator.Errors = 0
	if in.Confirm {
		v.result.ConfirmationCode, err = dsapp.ConfirmationCode(secret, question, in.Signature)
	}
	return err
}

// matchSignature matches a signature within the window, or where the request
// says that it was made, and returns the state after it. Signatures have time
// steps of their own: one-time passwords do not spend them. Events are the
// device's, whatever it uses them for.
func (f *frame) matchSignature(a Authenticator, s signature, in AuthSignature) (Authenticator, AuthSignatureResult, error) {
	if in.DeferredEvent != nil || !in.DeferredAt.IsZero() {
		return f.matchDeferred(a, s, in)
	}
	if !f.settings.SignatureOnce {
		if last, ok := a.matchLastEvent(s); ok {
			return a, verifiedBy(a, last), nil
		}
	}
	apart := a
	if a.Type == oath.TOTP {
		apart.NextMovingFactor = a.NextSignature
		if !f.settings.SignatureOnce {
			apart.NextMovingFactor = 0
		}
	}
	matched, drifted, err := f.matchResponse(apart, a.Drifted, s, nil)
	if err != nil {
		a.Drifted = drifted
		return a, AuthSignatureResult{}, err
	}
	factor := matched.NextMovingFactor - 1
	a.Drift, a.Drifted = matched.Drift, nil
	a.signed(factor)
	return a, verifiedBy(a, factor), nil
}

// matchLastEvent matches the signature that was accepted last.
func (a Authenticator) matchLastEvent(s signature) (uint64, bool) {
	if a.Type != oath.HOTP || a.NextSignature == 0 {
		return 0, false
	}
	return s.match(a.NextSignature-1, a.NextSignature-1)
}

// matchDeferred matches a signature that was made before it is verified: around
// a time, or with an event.
func (f *frame) matchDeferred(a Authenticator, s signature, in AuthSignature) (Authenticator, AuthSignatureResult, error) {
	var from, to uint64
	switch {
	case a.Type == oath.HOTP && in.DeferredEvent != nil:
		from, to = *in.DeferredEvent, *in.DeferredEvent
		if from > ahead(a.NextMovingFactor, f.settings.EventWindow-1) {
			return a, AuthSignatureResult{}, errWrongCredential
		}
	case a.Type == oath.TOTP && in.DeferredEvent == nil:
		step := uint64(max(0, int64(oath.TimeStep(in.DeferredAt))+a.Drift))
		from, to = back(step, f.settings.TimeWindowBack), ahead(step, f.settings.TimeWindowAhead)
	default:
		return a, AuthSignatureResult{}, errWrongCredential
	}
	factor, ok := s.match(from, to)
	switch {
	case !ok:
		return a, AuthSignatureResult{}, errWrongCredential
	case f.settings.SignatureOnce && factor < a.NextSignature:
		f.noted("window", "the signature was used, or comes before one that was")
		return a, AuthSignatureResult{}, errUsedCredential
	}
	a.signed(factor)
	return a, verifiedBy(a, factor), nil
}

// signed moves what is next past a signature.
func (a *Authenticator) signed(factor uint64) {
	a.NextSignature = max(a.NextSignature, factor+1)
	if a.Type == oath.HOTP && factor >= a.NextMovingFactor {
		a.accept(factor)
	}
}

// verifiedBy says by which moving factor a signature was verified.
func verifiedBy(a Authenticator, factor uint64) AuthSignatureResult {
	if a.Type == oath.HOTP {
		return AuthSignatureResult{VerifiedEvent: &factor}
	}
	return AuthSignatureResult{VerifiedAt: time.Unix(int64(factor*uint64(oath.Period/time.Second)), 0).UTC()}
}
