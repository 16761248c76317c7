package provision

import (
	"cmp"
	"time"

	"github.com/dsappd/dsappd/internal/names"
	"github.com/dsappd/dsappd/store"
)

// defaultDomain is the vendor's documented one.
const defaultDomain = "master"

// resolve finds whom a user ID and a domain name: user@domain and DOMAIN\user
// are split only where that domain exists, else the whole is the user ID, in
// the domain given or the default one.
func (f *frame) resolve(v *store.View, userID, domain string) (UserKey, error) {
	userID, domain = names.Trim(userID), names.Trim(domain)
	if userID == "" {
		return UserKey{}, refuse(InvalidParameter, "The user ID is missing.")
	}
	for _, split := range names.Splits(userID) {
		name, err := f.domainNamed(v, split.Domain)
		if err != nil {
			return UserKey{}, err
		}
		found, err := f.hasDomain(v, name)
		if err != nil {
			return UserKey{}, err
		}
		if found {
			return f.userNamed(v, name, split.UserID)
		}
	}
	name, err := f.domainNamed(v, cmp.Or(domain, defaultDomain))
	if err != nil {
		return UserKey{}, err
	}
	return f.userNamed(v, name, userID)
}

// output returns the user as replies name it.
func (u User) output() UserOutput {
	return UserOutput{UserID: u.UserID, Domain: u.Domain, OrgUnit: u.OrgUnit}
}

// expired reports whether the user is refused at now because of its date.
func (u User) expired(now time.Time) bool { return !u.ExpiresAt.IsZero() && !now.Before(u.ExpiresAt) }
