package provision

import (
	"slices"
	"time"
	"unicode/utf8"

	"github.com/dsappd/dsappd/store"
)

// UserField names what the index of users lists them by.
type UserField string

// The fields of the index. Flags are listed where they are true, times and
// texts where they are set.
const (
	ByEmail       UserField = "email"
	ByMobile      UserField = "mobile"
	ByPhone       UserField = "phone"
	ByName        UserField = "name"
	ByDescription UserField = "description"
	ByOrgUnit     UserField = "orgUnit"
	ByAssigned    UserField = "assigned" // "true" or "false"
	ByDisabled    UserField = "disabled"
	ByLocked      UserField = "locked" // has a lock, which may have run out
	ByExpiry      UserField = "expiry" // as store.TimePart has it
)

// UserIndexKey orders users by the value of a field.
type UserIndexKey struct {
	Field          UserField
	Value          string
	Domain, UserID string
}

// UserEntry is the entry of a user in the index of one field, written with the
// user, so that a search finds a page without reading the users before it.
type UserEntry struct {
	store.Revised
	UserIndexKey
}

// Key names the entry.
func (e UserEntry) Key() UserIndexKey { return e.UserIndexKey }

// maxIndexed is how many bytes of a text are in the index. What is longer is
// found by its beginning.
const maxIndexed = 96

// indexText returns a text as the index has it.
func indexText(text string) string {
	if len(text) > maxIndexed {
		text = text[:maxIndexed]
		for !utf8.ValidString(text) {
			text = text[:len(text)-1]
		}
	}
	return text
}

// entries returns the entries of the user in the index.
func (u User) entries() []UserEntry {
	if u.UserID == "" {
		return nil
	}
	var all []UserEntry
	add := func(field UserField, value string) {
		if value = indexText(value); value != "" {
			all = append(all, UserEntry{UserIndexKey: UserIndexKey{field, value, u.Domain, u.UserID}})
		}
	}
	flag := func(field UserField, is bool) {
		if is {
			add(field, "true")
		}
	}
	add(ByEmail, u.Email)
	add(ByMobile, u.Mobile)
	add(ByPhone, u.Phone)
	add(ByName, u.Name)
	add(ByDescription, u.Description)
	add(ByOrgUnit, u.OrgUnit)
	add(ByAssigned, assignedText(len(u.SerialNumbers) > 0))
	flag(ByDisabled, u.Disabled)
	flag(ByLocked, !u.LockedAt.IsZero() || u.LockHeld)
	add(ByExpiry, store.TimePart(u.ExpiresAt))
	return all
}

func assignedText(assigned bool) string {
	if assigned {
		return "true"
	}
	return "false"
}

// reindex writes the user's new entries and removes those that are no longer
// right. The zero user has none.
func (f *frame) reindex(before, after User) {
	had, has := before.entries(), after.entries()
	for _, e := range had {
		if !slices.Contains(has, e) {
			f.writes = append(f.writes, func(tx *store.Tx) error { return store.Delete(tx, UserIndex, e.Key()) })
		}
	}
	for _, e := range has {
		if !slices.Contains(had, e) {
			f.writes = append(f.writes, func(tx *store.Tx) error { return store.Put(tx, UserIndex, e) })
		}
	}
}

// knownUser returns the user as the operation has read or written it. The index
// is kept by it.
func (f *frame) knownUser(key UserKey) *User {
	for i := range f.users {
		if f.users[i].Key() == key {
			return &f.users[i]
		}
	}
	f.users = append(f.users, User{Domain: key.Domain})
	return &f.users[len(f.users)-1]
}

// knowsUser notes what an operation has read.
func (f *frame) knowsUser(u User) { *f.knownUser(u.Key()) = u }

// putUser keeps the index in step with a user that is written.
func (f *frame) putUser(u User) {
	known := f.knownUser(u.Key())
	f.reindex(*known, u)
	if u.locksAnew(*known) {
		f.happened(UserIsLocked)
	}
	*known = u
}

// removeUser keeps the index in step with a user that is deleted.
func (f *frame) removeUser(key UserKey) {
	known := f.knownUser(key)
	f.reindex(*known, User{})
	*known = User{Domain: key.Domain}
}

// IsLocked reports whether a lock keeps somebody out at now, by the policy that
// it was made under.
func (u User) IsLocked(now time.Time) bool {
	return u.LockHeld || !u.LockedAt.IsZero() && (u.LockedUntil.IsZero() || now.Before(u.LockedUntil))
}

// IsExpired reports whether the account's time is over at now.
func (u User) IsExpired(now time.Time) bool { return u.expired(now) }
