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

// renewed is the authenticator under a secret that a derivation code begins.
// No time step is spent under it yet; events go on, because the delivery told
// the phone which one comes next. What was accepted before the assignment
// stays spent: unassigning returned the authenticator to its initial secret,
// from which the same derivations lead to the same secrets again.
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

// spend matches a one-time password within the policy's window, or as the next
// one after a drifted one, and moves the moving factor past it. A diversifier
// says that the secret was derived with it. What drifts itself is noted in the
// registration.
func (f *frame) spend(l *living, a Authenticator, secret []byte, otp string, diversifier []byte) (Authenticator, error) {
	before := l.registration.Drifted
	l.registration.Drifted = nil
	from, to := f.window(a)
	if matched, ok := oath.Match(secret, otp, a.Parameters, from, to); ok {
		a.accept(matched)
		return a, nil
	}
	if f.settings.ResynchronizationWindow == 0 {
		f.stray(a, secret, otp)
		return a, errWrongCredential
	}
	from, to = f.farWindow(a)
	if matched, ok := consecutive(before, secret, otp, a.Parameters, diversifier); ok && from <= matched && matched <= to {
		f.noted("resynchronization", "the one-time password follows the one before it")
		a.accept(matched)
		if a.Type == oath.TOTP {
			a.Drift = int64(matched - oath.TimeStep(f.now))
		}
		return a, nil
	}
	if matched, ok := oath.Match(secret, otp, a.Parameters, from, to); ok {
		f.noted("resynchronization", "the one-time password lies outside the window: the next one may follow it")
		l.registration.Drifted = &Drifted{MovingFactor: matched, Diversifier: diversifier}
		return a, errWrongCredential
	}
	f.stray(a, secret, otp)
	return a, errWrongCredential
}

// stray notes for the audit what a wrong one-time password was right for: one
// that was used, or a moving factor as far from the window as that is wide.
func (f *frame) stray(a Authenticator, secret []byte, otp string) {
	from, to := f.window(a)
	wide := int(to - from)
	if a.Type == oath.TOTP { // the window is cut where passwords were used
		wide = f.settings.TimeWindowBack + f.settings.TimeWindowAhead
	}
	matched, ok := oath.Match(secret, otp, a.Parameters, back(from, wide+1), ahead(to, wide+1))
	switch {
	case !ok:
	case matched < a.NextMovingFactor:
		f.noted("window", "the one-time password was used, or comes before one that was")
	case matched < from:
		f.noted("window", "the one-time password is too old")
	default:
		f.noted("window", "the one-time password is ahead of the window")
	}
}

// consecutive matches the one password that comes after the drifted one.
func consecutive(before *Drifted, secret []byte, otp string, p oath.Parameters, diversifier []byte) (uint64, bool) {
	if before == nil || !bytes.Equal(before.Diversifier, diversifier) {
		return 0, false
	}
	next := before.MovingFactor + 1
	return oath.Match(secret, otp, p, next, next)
}

// window is the inclusive range of moving factors in which a one-time
// password may lie (profile section 6); only values above the last accepted
// one are in it. A clock that was found to drift has its window there.
func (f *frame) window(a Authenticator) (from, to uint64) {
	if a.Type == oath.HOTP {
		return a.NextMovingFactor, ahead(a.NextMovingFactor, f.settings.EventWindow-1)
	}
	now := uint64(max(0, int64(oath.TimeStep(f.now))+f.settings.drift(a)))
	return max(a.NextMovingFactor, back(now, f.settings.TimeWindowBack)), ahead(now, f.settings.TimeWindowAhead)
}

// drift is that of the device's clock, as far as the policy still lets it.
func (s Settings) drift(a Authenticator) int64 {
	if s.ResynchronizationWindow == 0 {
		return 0
	}
	wide := s.ResynchronizationWindow
	return max(int64(-s.TimeWindowBack-wide), min(a.Drift, int64(s.TimeWindowAhead+wide)))
}

// farWindow is what lies around the window, as far as the policy lets a
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
