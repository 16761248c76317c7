package provision

import (
	"bytes"
	"math"

	"github.com/dsappd/dsappd/oath"
)

// Drifted is a one-time password that verified outside the window: a wrong
// proof, which the next one of the same secret may redeem (RFC 4226, section
// 7.4). It is no secret: what it is good for takes the next password.
type Drifted struct {
	MovingFactor uint64
	Diversifier  []byte `json:",omitempty"` // of the derivation code; empty: a response
}

// renewed returns the authenticator under a secret that a derivation code
// begins. No time step is spent under it yet. Events go on, because the
// delivery told the phone which one comes next. What was accepted before the
// assignment stays spent: unassigning returned the authenticator to its initial
// secret, from which the same derivations lead to the same secrets again.
func (a Authenticator) renewed() Authenticator {
	if a.Type == oath.TOTP {
		a.PeakMovingFactor = max(a.PeakMovingFactor, a.NextMovingFactor)
		a.NextMovingFactor = a.AssignedMovingFactor
	}
	return a
}

// accept moves the moving factor past one that was accepted.
func (a *Authenticator) accept(movingFactor uint64) {
	a.NextMovingFactor = movingFactor + 1
	if a.PeakMovingFactor <= a.NextMovingFactor {
		a.PeakMovingFactor = 0
	}
}

// spend matches a one-time password of a registration and moves the moving
// factor past it. A diversifier says that the secret was derived with it. What
// drifts is noted in the registration.
func (f *frame) spend(l *living, a Authenticator, secret []byte, otp string, diversifier []byte) (Authenticator, error) {
	a, drifted, err := f.matchResponse(a, l.registration.Drifted, oneTimePassword{secret, a.Parameters, otp}, diversifier)
	l.registration.Drifted = drifted
	return a, err
}

// response is something that a device makes of its secret and a moving factor.
type response interface {
	// match returns the moving factor from..to, inclusive, that it was made of.
	match(from, to uint64) (movingFactor uint64, ok bool)
}

// oneTimePassword is a response to nothing but the moving factor.
type oneTimePassword struct {
	secret     []byte
	parameters oath.Parameters
	text       string
}

func (p oneTimePassword) match(from, to uint64) (uint64, bool) {
	return oath.Match(p.secret, p.text, p.parameters, from, to)
}

// matchResponse matches a response within the policy's window, or as the next one
// after a drifted one, and moves the moving factor past it. The error is
// errWrongCredential, or errUsedCredential for one that was right before; with
// it may come what has drifted.
func (f *frame) matchResponse(a Authenticator, before *Drifted, r response, diversifier []byte) (Authenticator, *Drifted, error) {
	from, to := f.window(a)
	if matched, ok := r.match(from, to); ok {
		f.follow(&a, matched)
		a.accept(matched)
		return a, nil, nil
	}
	if f.settings.ResynchronizationWindow == 0 {
		return a, nil, f.stray(a, r)
	}
	from, to = f.farWindow(a)
	if matched, ok := consecutive(before, r, diversifier); ok && from <= matched && matched <= to {
		f.noted("resynchronization", "the one-time password follows the one before it")
		a.accept(matched)
		if a.Type == oath.TOTP {
			a.Drift = int64(matched - oath.TimeStep(f.now))
		}
		return a, nil, nil
	}
	if matched, ok := r.match(from, to); ok {
		f.noted("resynchronization", "the one-time password lies outside the window: the next one may follow it")
		return a, &Drifted{MovingFactor: matched, Diversifier: diversifier}, errWrongCredential
	}
	return a, nil, f.stray(a, r)
}

// follow keeps how far the device's clock was from the server's. One password
// moves the window only as far as the present stays in it: it may have been
// typed late. Two in a row, as a resynchronisation takes them, move it further.
func (f *frame) follow(a *Authenticator, matched uint64) {
	if a.Type != oath.TOTP {
		return
	}
	least, most := -int64(f.settings.TimeWindowAhead), int64(f.settings.TimeWindowBack)
	if f.settings.ResynchronizationWindow > 0 {
		least, most = min(a.Drift, least), max(a.Drift, most)
	}
	a.Drift = max(least, min(int64(matched-oath.TimeStep(f.now)), most))
}

// stray notes for the audit what a wrong one-time password was right for: one
// that was used, or a moving factor as far from the window as that is wide.
func (f *frame) stray(a Authenticator, r response) error {
	from, to := f.window(a)
	wide := int(to - from)
	if a.Type == oath.TOTP { // the window is cut where passwords were used
		wide = f.settings.TimeWindowBack + f.settings.TimeWindowAhead
	}
	matched, ok := r.match(back(from, wide+1), ahead(to, wide+1))
	switch {
	case !ok:
	case matched < a.NextMovingFactor:
		f.noted("window", "the one-time password was used, or comes before one that was")
		return errUsedCredential
	case matched < from:
		f.noted("window", "the one-time password is too old")
	default:
		f.noted("window", "the one-time password is ahead of the window")
	}
	return errWrongCredential
}

// consecutive matches the one password that comes after the drifted one.
func consecutive(before *Drifted, r response, diversifier []byte) (uint64, bool) {
	if before == nil || !bytes.Equal(before.Diversifier, diversifier) {
		return 0, false
	}
	next := before.MovingFactor + 1
	return r.match(next, next)
}

// window returns the inclusive range of moving factors in which a one-time
// password may lie (profile section 6). Only values above the last accepted one
// are in it. A clock that was found to drift has its window there. A login also
// looks where the last password of the device was.
func (f *frame) window(a Authenticator) (from, to uint64) {
	if a.Type == oath.HOTP {
		return a.NextMovingFactor, ahead(a.NextMovingFactor, f.settings.EventWindow-1)
	}
	now := int64(oath.TimeStep(f.now))
	earliest, latest := now+f.settings.drift(a), now+f.settings.drift(a)
	if f.tracking {
		earliest, latest = min(earliest, now+min(0, a.Drift)), max(latest, now+max(0, a.Drift))
	}
	first := back(uint64(max(0, earliest)), f.settings.TimeWindowBack)
	return max(a.NextMovingFactor, first), ahead(uint64(max(0, latest)), f.settings.TimeWindowAhead)
}

// drift returns how far the device's clock drifts, as far as the policy still
// lets it.
func (s Settings) drift(a Authenticator) int64 {
	if s.ResynchronizationWindow == 0 {
		return 0
	}
	wide := s.ResynchronizationWindow
	return max(int64(-s.TimeWindowBack-wide), min(a.Drift, int64(s.TimeWindowAhead+wide)))
}

// farWindow returns the range around the window, as far as the policy lets a
// one-time password drift. It does not drift itself.
func (f *frame) farWindow(a Authenticator) (from, to uint64) {
	wide := f.settings.ResynchronizationWindow
	if a.Type == oath.HOTP {
		from = ahead(a.NextMovingFactor, f.settings.EventWindow)
		return from, ahead(from, wide-1)
	}
	now := oath.TimeStep(f.now)
	return max(a.NextMovingFactor, back(now, f.settings.TimeWindowBack+wide)), ahead(now, f.settings.TimeWindowAhead+wide)
}

// ahead stops short of the last number, which has no next one.
func ahead(from uint64, by int) uint64 {
	return from + min(uint64(by), math.MaxUint64-1-min(from, math.MaxUint64-1))
}

func back(from uint64, by int) uint64 { return from - min(from, uint64(by)) }
