package provision

import (
	"net/netip"
	"slices"
	"time"
)

// holds reports whether the lock holds at now, for whichever addresses, and
// until when; the zero time means until somebody unlocks.
func (u User) holds(now time.Time, settings Settings) (bool, time.Time) {
	if u.LockHeld {
		return true, time.Time{}
	}
	if u.LockedAt.IsZero() || settings.UnlockMinutes == 0 {
		return !u.LockedAt.IsZero(), time.Time{}
	}
	until := u.LockedAt.Add(unlockAfter(settings, u.Locks))
	return now.Before(until), until
}

// locked reports whether the lock holds at now for callers at an address.
func (u User) locked(from netip.Prefix, now time.Time, settings Settings) (bool, time.Time) {
	if !u.lockedFor(from, now) {
		return false, time.Time{}
	}
	return u.holds(now, settings)
}

// lockedFor reports whether the lock, while it holds, is for an address. One
// that names no address is for all of them.
func (u User) lockedFor(from netip.Prefix, now time.Time) bool {
	return u.LockHeld || len(u.LockedFor) == 0 || slices.Contains(u.LockedFor, from) ||
		slices.Contains(u.LockedFor, elsewhere()) && !u.origin(from).familiar(now)
}

// maxUnlock keeps the back-off within what a clock can hold.
const maxUnlock = 10 * 365 * 24 * time.Hour

func unlockAfter(settings Settings, locks int) time.Duration {
	wait := time.Duration(settings.UnlockMinutes) * time.Minute
	for n := 1; n < locks && wait < maxUnlock; n++ {
		wait *= time.Duration(settings.UnlockBackOff)
	}
	return min(wait, maxUnlock)
}

// wrongPassword counts one from an address, for which the user is not locked.
// So many from one address lock the user for that address, and so many from
// all of them for every address that is not familiar: nobody who guesses keeps
// the user out who comes from where the right password came from before.
func (u *User) wrongPassword(from netip.Prefix, now time.Time, settings Settings) {
	if settings.LockThreshold == 0 {
		return
	}
	u.countAnew(now, settings)
	o := u.origin(from)
	o.WrongPasswords++
	u.remember(o, now)
	u.WrongPasswords++
	if o.WrongPasswords+u.SpentRegistrations >= settings.LockThreshold {
		u.lock(from, now, settings)
	}
	overall := max(settings.OverallLockThreshold, settings.LockThreshold)
	if settings.OverallLockThreshold > 0 && u.WrongPasswords >= overall {
		u.lock(elsewhere(), now, settings)
	}
}

// wrongProof counts one, and a spent registration for every so many as close
// one, which lock the user for everybody: they are made by somebody who has the
// password. It reports whether that changed the record.
func (u *User) wrongProof(now time.Time, settings Settings) bool {
	holds, _ := u.holds(now, settings)
	if settings.LockThreshold == 0 || holds && len(u.LockedFor) == 0 {
		return false
	}
	u.countAnew(now, settings)
	u.WrongProofs++
	if u.WrongProofs < settings.Attempts {
		return true
	}
	u.WrongProofs = 0
	u.SpentRegistrations++
	if u.SpentRegistrations >= settings.LockThreshold {
		u.LockedFor = nil
		u.SpentLocks++
		u.beginLock(now, settings)
	}
	return true
}

// lock locks the user for an address, or has it join a lock that holds.
func (u *User) lock(from netip.Prefix, now time.Time, settings Settings) {
	if holds, _ := u.holds(now, settings); !holds {
		u.LockedFor = []netip.Prefix{from}
		u.beginLock(now, settings)
		return
	}
	if len(u.LockedFor) >= maxOrigins {
		from = elsewhere()
	}
	if !slices.Contains(u.LockedFor, from) {
		u.LockedFor = append(slices.Clone(u.LockedFor), from)
	}
}

func (u *User) beginLock(now time.Time, settings Settings) {
	u.LockedAt = now
	u.Locks++
	_, u.LockedUntil = u.holds(now, settings)
}

// countAnew forgets what led to a lock that has run out. Whom it was for is
// kept, for the back-off.
func (u *User) countAnew(now time.Time, settings Settings) {
	holds, _ := u.holds(now, settings)
	if holds || u.LockedAt.IsZero() {
		return
	}
	if len(u.LockedFor) == 0 {
		u.WrongProofs, u.SpentRegistrations = 0, 0
	}
	u.LockedAt, u.LockedUntil = time.Time{}, time.Time{}
	u.forgetWrongPasswords()
}

func (u *User) forgetWrongPasswords() {
	u.WrongPasswords = 0
	u.Origins = slices.DeleteFunc(slices.Clone(u.Origins), func(o Origin) bool { return o.RightAt.IsZero() })
	for at := range u.Origins {
		u.Origins[at].WrongPasswords = 0
	}
}

// rightPassword clears what wrong ones from the same address left, notes that
// the address is familiar, and reports whether the record changed. It is asked
// of a user who is not locked for the address.
func (u *User) rightPassword(from netip.Prefix, now time.Time, settings Settings) bool {
	o := u.origin(from)
	ended := u.lockedFor(from, now) && (!u.LockedAt.IsZero() || u.Locks != u.SpentLocks)
	if ended {
		u.countAnew(now, settings)
		u.Locks = u.SpentLocks
	}
	noted := o.WrongPasswords > 0 || !o.familiar(now) || now.Sub(o.RightAt) >= refamiliar
	if noted {
		u.WrongPasswords = max(0, u.WrongPasswords-o.WrongPasswords)
		u.remember(Origin{Prefix: from, RightAt: now}, now)
	}
	return ended || noted
}

// rightProof forgets, at an activation, the wrong proofs before it, and
// reports whether there were any.
func (u *User) rightProof() bool {
	any := u.WrongProofs != 0 || u.SpentRegistrations != 0 || u.SpentLocks != 0
	u.WrongProofs, u.SpentRegistrations, u.SpentLocks = 0, 0, 0
	return any
}

// negative reports whether a counter is, as only a damaged record can have it.
func (u User) negative() bool {
	counters := []int{u.WrongPasswords, u.WrongProofs, u.SpentRegistrations, u.SpentLocks, u.Locks}
	for _, o := range u.Origins {
		counters = append(counters, o.WrongPasswords)
	}
	return slices.Min(counters) < 0
}

// unlock opens the lock and forgets all that led to it.
func (u *User) unlock() {
	u.rightProof()
	u.forgetWrongPasswords()
	u.LockedAt, u.LockedUntil, u.LockedFor, u.Locks = time.Time{}, time.Time{}, nil, 0
	u.LockHeld = false
}

// hold locks the user for everybody until somebody unlocks.
func (u *User) hold(now time.Time) {
	u.LockHeld = true
	u.LockedAt, u.LockedUntil, u.LockedFor = now, time.Time{}, nil
}
