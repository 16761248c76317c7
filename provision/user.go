package provision

import (
	"errors"
	"fmt"
	"strings"
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

// output is the user as replies name it.
func (u User) output() UserOutput {
	return UserOutput{UserID: u.UserID, Domain: u.Domain, OrgUnit: u.OrgUnit}
}
