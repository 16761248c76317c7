package lab

import (
	"maps"

	"github.com/dsappd/dsappd/internal/names"
	"github.com/dsappd/dsappd/internal/provision"
)

// Credentials hold the passwords and keys of a lab whose text is known: those of
// the sample, and those of files that were applied. A password is the one that
// the user was made with.
type Credentials struct {
	GatewayKeys  map[string]string `json:"gatewayKeys"`  // by their names
	PlatformKeys map[string]string `json:"platformKeys"` // by their names
	ServiceKeys  map[string]string `json:"serviceKeys"`  // by the user IDs of service users

	Passwords map[provision.UserKey]string `json:"-"`
}

func (c Credentials) clone() Credentials {
	return Credentials{}.with(c)
}

// with returns c and more, which wins.
func (c Credentials) with(more Credentials) Credentials {
	passwords := make(map[provision.UserKey]string)
	for _, from := range []map[provision.UserKey]string{c.Passwords, more.Passwords} {
		for key, password := range from {
			passwords[userKey(key.Domain, key.UserID)] = password
		}
	}
	return Credentials{
		GatewayKeys:  united(c.GatewayKeys, more.GatewayKeys),
		PlatformKeys: united(c.PlatformKeys, more.PlatformKeys),
		ServiceKeys:  united(c.ServiceKeys, more.ServiceKeys),
		Passwords:    passwords,
	}
}

func united(one, other map[string]string) map[string]string {
	all := make(map[string]string)
	maps.Copy(all, one)
	maps.Copy(all, other)
	return all
}

// userKey is the one key of all spellings of a name.
func userKey(domain, userID string) provision.UserKey {
	key := provision.UserKey{Domain: domain, UserID: userID}
	if same, err := names.Domain(domain); err == nil {
		key.Domain = same
	}
	if same, err := names.UserID(userID); err == nil {
		key.UserID = same
	}
	return key
}
