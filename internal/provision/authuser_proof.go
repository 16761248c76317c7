package provision

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/dsappd/dsappd/dsapp"
	"github.com/dsappd/dsappd/oath"
	"github.com/dsappd/dsappd/store"
)

// proof is what a credential was found to be.
type proof struct {
	right bool // the response, and the PIN before it
	used  bool // the response was right before

	// authenticator is the one that the right response is of, its moving
	// factor spent; instance is the one of a licence, zero for none.
	authenticator Authenticator
	instance      Instance

	// static is what may be a static password. apart says that the response
	// came beside it, and neither does without the other.
	static      string
	staticRight bool
	apart       bool

	likeResponse bool // the credential has the form of a response
	stoodIn      bool // it has, and there was nothing to match it with

	possessed []Authenticator // those of the user that are neither disabled nor expired
	wrong     []Authenticator // with the error counted, and with what drifted
}

// name returns the name of the authenticator or instance, or "" if none was
// used.
func (p proof) name() string {
	switch {
	case !p.right:
		return ""
	case p.instance.SequenceNumber != 0:
		return dsapp.InstanceName(p.authenticator.SerialNumber, p.instance.SequenceNumber)
	}
	return p.authenticator.SerialNumber
}

// graceInWords lists the ends of the grace periods.
func (p proof) graceInWords() string {
	if len(p.possessed) == 0 {
		return "the user has no authenticator"
	}
	var words []string
	for _, a := range p.possessed {
		words = append(words, a.SerialNumber+" until "+seconds(a.GraceEndsAt))
	}
	return strings.Join(words, ", ")
}

// candidate is a secret of the user's that a response may be made of. The
// instances of a licence are candidates of their own.
type candidate struct {
	authenticator Authenticator
	instance      Instance // zero: the authenticator itself
}

// state returns the candidate as an authenticator, which responses are matched
// with.
func (c candidate) state() Authenticator {
	if c.instance.SequenceNumber == 0 {
		return c.authenticator
	}
	i := c.instance
	return Authenticator{Parameters: dsapp.InstanceParameters(), NextMovingFactor: i.NextMovingFactor, NextSignature: i.NextSignature, Drift: i.Drift, Drifted: i.Drifted}
}

// with returns the authenticator's record with a state of the candidate.
func (c candidate) with(state Authenticator) Authenticator {
	if c.instance.SequenceNumber == 0 {
		return state
	}
	c.instance.NextMovingFactor, c.instance.NextSignature = state.NextMovingFactor, state.NextSignature
	c.instance.Drift, c.instance.Drifted = state.Drift, state.Drifted
	a := c.authenticator
	a.Licence = a.Licence.with(c.instance)
	return a
}

func (f *frame) secretOf(c candidate) ([]byte, error) {
	if c.instance.SequenceNumber == 0 {
		return f.service.Sealer.Open(authenticatorPlace(c.authenticator.SerialNumber, "secret"), c.authenticator.Secret)
	}
	return f.service.Sealer.Open(instancePlace(c.authenticator.SerialNumber, c.instance.SequenceNumber, "secret"), c.instance.Secret)
}

// proveByResponse looks for a one-time password, or the response to a
// challenge, in the credential. For a user who is unknown or has nothing to
// match with, it works as for one with a time-based authenticator.
func (f *frame) proveByResponse(a *applicant, in AuthUser) (proof, error) {
	f.checked("one-time password", in.SerialNumber)
	f.tracking = true
	p := proof{apart: in.Response != "", static: in.Combined + in.StaticPassword}
	question, err := f.question(UserKey{f.event.Domain, f.event.UserID}, in.Credential)
	if err != nil {
		return p, err
	}
	candidates, err := f.candidates(a.user, in.SerialNumber, &p)
	if err != nil {
		return p, err
	}
	candidates = addressed(candidates, question.request)
	if len(candidates) == 0 {
		p.stoodIn, err = f.standIn(in.Credential)
		return p, err
	}
	for _, c := range candidates {
		if err := f.try(c, in.Credential, question, &p); err != nil || p.right {
			return p, err
		}
	}
	return p, nil
}

// candidates reads the user's authenticators that are not disabled, and lists
// those that a response may be of.
func (f *frame) candidates(user User, named string, p *proof) ([]candidate, error) {
	var all []candidate
	err := f.read(func(v *store.View) error {
		for _, serialNumber := range user.SerialNumbers {
			a, err := get(f, v, Authenticators, serialNumber)
			if errors.Is(err, store.ErrNotFound) || err == nil && !a.serves(user, f.now) {
				continue
			}
			if err != nil {
				return fmt.Errorf("authenticator %s: %w", serialNumber, err)
			}
			p.possessed = append(p.possessed, a)
			all = append(all, a.candidates()...)
		}
		return nil
	})
	return slices.DeleteFunc(all, func(c candidate) bool { return !c.named(named) }), err
}

// serves reports whether a user may authenticate by the authenticator at now.
func (a Authenticator) serves(user User, now time.Time) bool {
	expired := !a.ExpiresAt.IsZero() && !now.Before(a.ExpiresAt)
	return a.State != Disabled && !expired && a.UserID == user.UserID && a.Domain == user.Domain
}

func (a Authenticator) candidates() []candidate {
	if a.Licence == nil {
		return []candidate{{authenticator: a}}
	}
	var all []candidate
	for _, i := range a.Licence.Instances {
		if i.State == InstanceActive {
			all = append(all, candidate{authenticator: a, instance: i})
		}
	}
	return all
}

// named reports whether the candidate goes by a serial number: its own, or
// that of its licence.
func (c candidate) named(serialNumber string) bool {
	return serialNumber == "" || serialNumber == c.authenticator.SerialNumber ||
		c.instance.SequenceNumber != 0 && serialNumber == dsapp.InstanceName(c.authenticator.SerialNumber, c.instance.SequenceNumber)
}

// try takes a credential apart for one candidate, from the right: the
// response's length is known, and so is the PIN's.
func (f *frame) try(c candidate, in Credential, q question, p *proof) error {
	state := c.state()
	before, text, ok := in.apart(state.Digits)
	if !ok {
		return nil
	}
	p.likeResponse = p.likeResponse || p.apart || strings.Trim(before, "0123456789") == ""
	secret, err := f.secretOf(c)
	if err != nil {
		return err
	}
	matched, drifted, err := f.matchAnswer(c, q, oneTimePassword{secret, state.Parameters, text})
	switch {
	case errors.Is(err, errWrongCredential):
		p.used = p.used || errors.Is(err, errUsedCredential)
		state.Drifted = drifted
		p.count(c, state)
		return nil
	case err != nil:
		return err
	}
	matched.Drifted = nil
	return f.tryPIN(c, matched, before, p)
}

// addressed leaves of candidates the one that a request is for; all, if it is nil.
func addressed(all []candidate, request *DeviceRequest) []candidate {
	return slices.DeleteFunc(all, func(c candidate) bool { return request != nil && c.name() != request.name() })
}

// matchAnswer matches what a candidate answers to a question. The answer to a
// request spends nothing but the request.
func (f *frame) matchAnswer(c candidate, q question, text oneTimePassword) (Authenticator, *Drifted, error) {
	state := c.state()
	switch {
	case q.request == nil:
		return f.matchResponse(state, state.Drifted, q.response(text), nil)
	case answer{text, dsapp.Question(q.request.Question)}.right():
		return state, nil, nil
	}
	return state, state.Drifted, errWrongCredential
}

// count counts an error of an authenticator, which is one however many of its
// instances were tried, and keeps a state of the candidate.
func (p *proof) count(c candidate, state Authenticator) {
	a := c.with(state)
	at := slices.IndexFunc(p.wrong, func(w Authenticator) bool { return w.SerialNumber == a.SerialNumber })
	if at < 0 {
		a.Errors++
		p.wrong = append(p.wrong, a)
		return
	}
	c.authenticator = p.wrong[at]
	p.wrong[at] = c.with(state)
}

// tryPIN looks at what comes before a right response.
func (f *frame) tryPIN(c candidate, matched Authenticator, before string, p *proof) error {
	static, ok, err := f.cutPIN(c.authenticator, before)
	if err != nil {
		return err
	}
	if !ok || p.apart && static != "" {
		f.checked("PIN", "not that of "+c.authenticator.SerialNumber)
		p.count(c, c.state())
		return nil
	}
	if !p.apart {
		p.static = static
	}
	p.right, p.authenticator, p.instance = true, c.with(matched), c.instance
	p.authenticator.Errors = 0
	return nil
}

// apart cuts a response of so many digits off the end of the credential, and
// returns what comes before it.
func (c Credential) apart(digits int) (before, response string, ok bool) {
	if c.Response != "" {
		return c.PIN, c.Response, len(c.Response) == digits
	}
	at := len(c.Combined) - digits
	if at < 0 || strings.Trim(c.Combined[at:], "0123456789") != "" {
		return "", "", false
	}
	return c.Combined[:at], c.Combined[at:], true
}

// standIn does the work of a candidate for a user who has none, and reports
// whether the credential has the form of a response.
func (f *frame) standIn(in Credential) (bool, error) {
	const nobodys = "AAA0000000"
	a := Authenticator{Parameters: oath.Parameters{Type: oath.TOTP, Algorithm: oath.SHA1, Digits: 6}}
	err := f.read(func(v *store.View) error {
		_, err := store.Get(v, Authenticators, nobodys)
		return err
	})
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return false, err
	}
	_, text, ok := in.apart(a.Digits)
	if !ok {
		return false, nil
	}
	_, _ = f.service.Sealer.Open(authenticatorPlace(nobodys, "secret"), make([]byte, 3*defaultSecret)) // it opens nothing
	_, _, err = f.matchResponse(a, nil, oneTimePassword{make([]byte, defaultSecret), a.Parameters, text}, nil)
	if errors.Is(err, errWrongCredential) {
		err = nil
	}
	return true, err
}
