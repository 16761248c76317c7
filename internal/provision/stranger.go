package provision

import (
	"crypto/sha256"
	"fmt"
	"strings"

	"github.com/dsappd/dsappd/store"
)

// Stranger is written where a wrong password would be counted, had the user
// existed: the commit of a refusal takes as long either way. There are few,
// each for many names, so that nobody fills the store with them, and none says
// anything.
type Stranger struct {
	store.Revised
	Slot    string // 00 to ff
	Filling string
}

// usualUser is about the length of a User as it is stored, less its names.
const usualUser = 290

func stranger(domain, userID string) Stranger {
	digest := sha256.Sum256([]byte(domain + "\x00" + userID))
	return Stranger{
		Slot:    fmt.Sprintf("%02x", digest[0]),
		Filling: strings.Repeat("x", usualUser+len(domain)+len(userID)),
	}
}
