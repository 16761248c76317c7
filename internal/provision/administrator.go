package provision

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"slices"
	"time"

	"github.com/dsappd/dsappd/store"
)

// Administrator says what a user may administer. It is a record beside the
// user's and goes with it.
type Administrator struct {
	store.Revised
	Domain, UserID string
	Privileges     []Privilege

	// KeyDigest is SHA-256 of the API key of a service user, who calls with it
	// and has no sessions. Empty: the user logs on. The key has 128 bits that
	// nobody chose, so that a digest without salt or cost is no way to it.
	KeyDigest  []byte    `json:",omitempty"`
	KeyAddedAt time.Time `json:",omitzero"`

	LastLogonAt time.Time `json:",omitzero"`

	CreatedAt time.Time
}

// Key names the user.
func (a Administrator) Key() UserKey { return UserKey{a.Domain, a.UserID} }

// IsServiceUser reports whether the administrator calls with an API key.
func (a Administrator) IsServiceUser() bool { return len(a.KeyDigest) > 0 }

// has reports whether the administrator may do something. Without
// MayLogOn nobody may do anything.
func (a Administrator) has(p Privilege) bool {
	return slices.Contains(a.Privileges, MayLogOn) && slices.Contains(a.Privileges, p)
}

// Has reports whether the administrator may do something.
func (a Administrator) Has(p Privilege) bool { return a.has(p) }

// reaches reports whether the administrator may see what is in a domain.
func (a Administrator) reaches(domain string) bool {
	return a.Domain == domain || a.has(MayAccessAllDomains)
}

// covers reports whether the administrator may do all that another one may, so
// that whoever manages the other's account gains nothing by it.
func (a Administrator) covers(other Administrator) bool {
	if !a.reaches(other.Domain) {
		return false
	}
	return !slices.ContainsFunc(other.Privileges, func(p Privilege) bool { return !a.has(p) })
}

// isKey compares an API key in constant time.
func (a Administrator) isKey(key string) bool {
	digest := sha256.Sum256([]byte(key))
	return subtle.ConstantTimeCompare(a.KeyDigest, digest[:]) == 1
}

// AdminSession is an administrative session. It is kept under the digest of its
// ID, so that whoever reads the store learns no ID.
type AdminSession struct {
	store.Revised
	Digest string // SHA-256 of the ID, in hex

	// Index tells the sessions apart for people.
	Index string

	Domain, UserID string
	Address        string // that it is bound to

	StartedAt time.Time
	EndsAt    time.Time // whatever happens

	// UsedAt is when it was last used, to a fraction of Idle. Unused for Idle,
	// it ends.
	UsedAt time.Time
	Idle   time.Duration
}

// alive reports whether the session goes on at now.
func (s AdminSession) alive(now time.Time) bool {
	return now.Before(s.EndsAt) && now.Before(s.UsedAt.Add(s.Idle))
}

// stale reports whether it is time to note that the session is used.
func (s AdminSession) stale(now time.Time) bool { return now.Sub(s.UsedAt) >= s.Idle/usedFraction }

// usedFraction is the part of Idle to which UsedAt is kept: a session that is
// used does not cost a commit each time.
const usedFraction = 16

// sessionDigest returns the key that a session is stored under.
func sessionDigest(id string) string {
	digest := sha256.Sum256([]byte(id))
	return hex.EncodeToString(digest[:])
}

// is compares the digest of an ID in constant time.
func (s AdminSession) is(digest string) bool {
	return subtle.ConstantTimeCompare([]byte(s.Digest), []byte(digest)) == 1
}
