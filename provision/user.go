package provision

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// defaultDomain is the vendor's documented one.
const defaultDomain = "master"

// resolve finds whom a user ID and domain name: user@domain is split only
// where that domain exists, else the whole is the user ID, in the domain
// given or the default one.
func (f *frame) resolve(v View, userID, domain string) (UserKey, error) {
	if user, at := splitAtDomain(userID); at != "" {
		_, err := get(f, v.GetDomain, Tx.GetDomain, at)
		if err == nil {
			return UserKey{Domain: at, UserID: user}, nil
		}
		if !errors.Is(err, ErrNotFound) {
			return UserKey{}, fmt.Errorf("domain: %w", err)
		}
	}
	if domain == "" {
		domain = defaultDomain
	}
	return UserKey{Domain: domain, UserID: userID}, nil
}

// splitAtDomain is what may be a user ID and a domain; without one, domain is
// empty.
func splitAtDomain(userID string) (user, domain string) {
	at := strings.LastIndexByte(userID, '@')
	if at <= 0 || at == len(userID)-1 {
		return userID, ""
	}
	return userID[:at], userID[at+1:]
}

// locked reports whether the lock holds at now, and until when; the zero
// time means until somebody unlocks.
func (u User) locked(now time.Time, settings Settings) (bool, time.Time) {
	if u.LockedAt.IsZero() {
		return false, time.Time{}
	}
	if settings.UnlockMinutes == 0 {
		return true, time.Time{}
	}
	until := u.LockedAt.Add(unlockAfter(settings, u.Locks))
	return now.Before(until), until
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

// wrongPassword counts one against the user.
func (u *User) wrongPassword(now time.Time, settings Settings) {
	if u.counts(now, settings) {
		u.WrongPasswords++
		u.lockIfDue(now, settings)
	}
}

// wrongProof counts one, and a spent registration for every so many as close
// one. It reports whether that changed the record.
func (u *User) wrongProof(now time.Time, settings Settings) bool {
	if !u.counts(now, settings) {
		return false
	}
	u.WrongProofs++
	if u.WrongProofs >= settings.Attempts {
		u.WrongProofs = 0
		u.SpentRegistrations++
		u.lockIfDue(now, settings)
	}
	return true
}

// counts reports whether anything is counted against the user now, and begins
// anew where a lock has run out.
func (u *User) counts(now time.Time, settings Settings) bool {
	locked, _ := u.locked(now, settings)
	if locked || settings.LockThreshold == 0 {
		return false
	}
	if !u.LockedAt.IsZero() {
		u.LockedAt, u.WrongPasswords, u.WrongProofs, u.SpentRegistrations = time.Time{}, 0, 0, 0
	}
	return true
}

func (u *User) lockIfDue(now time.Time, settings Settings) {
	if u.WrongPasswords+u.SpentRegistrations >= settings.LockThreshold {
		u.LockedAt = now
		u.Locks++
	}
}

// rightPassword clears what wrong ones left, and reports whether there was
// anything. It is asked of a user who is not locked.
func (u *User) rightPassword() bool {
	if !u.LockedAt.IsZero() { // the lock has run out: count anew
		u.WrongProofs, u.SpentRegistrations = 0, 0
	}
	clean := u.WrongPasswords == 0 && u.Locks == 0 && u.LockedAt.IsZero()
	u.WrongPasswords, u.Locks, u.LockedAt = 0, 0, time.Time{}
	return !clean
}

// output is the user as replies name it.
func (u User) output() UserOutput {
	return UserOutput{UserID: u.UserID, Domain: u.Domain, OrgUnit: u.OrgUnit}
}
