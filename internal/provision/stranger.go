package provision

import (
	"crypto/sha256"
	"fmt"
	"strings"

	"github.com/dsappd/dsappd/store"
)

// Stranger is written where a wrong password would be counted if the user
// existed: the commit of a refusal takes as long either way. There are few, each
// for many names, so they cannot fill the store, and they say nothing.
type Stranger struct {
	store.Revised
	Slot    string // 00 to ff, or one of as many for authenticators
	Filling string
}

// The lengths, about, of a User as it is stored, less its names, and of an
// Authenticator.
const (
	usualUser          = 160
	usualAuthenticator = 230
)

func stranger(domain, userID string) Stranger {
	digest := sha256.Sum256([]byte(domain + "\x00" + userID))
	return Stranger{
		Slot:    fmt.Sprintf("%02x", digest[0]),
		Filling: strings.Repeat("x", usualUser+len(domain)+len(userID)),
	}
}

// strangersAuthenticator returns the record to write where an authenticator's
// error would be counted.
func strangersAuthenticator(domain, userID string) Stranger {
	s := stranger(domain, userID)
	return Stranger{Slot: "authenticator " + s.Slot, Filling: strings.Repeat("x", usualAuthenticator)}
}
