package apply

import (
	"strings"

	"github.com/dsappd/dsappd/internal/lab"
	"github.com/dsappd/dsappd/internal/provision"
)

// What Change.What of these records begins with.
const (
	gatewayKey  = "gateway key "
	platformKey = "platform key "
)

// record names a user, as Change.What does.
func (u User) record() string { return "user " + u.ID + " of " + u.Domain }

// Credentials returns the passwords of the users whom these changes have made, and
// the keys that were drawn for them.
func (f File) Credentials(made []Change) lab.Credentials {
	known := lab.Credentials{GatewayKeys: map[string]string{}, PlatformKeys: map[string]string{}, Passwords: map[provision.UserKey]string{}}
	added := make(map[string]bool)
	for _, c := range made {
		added[c.What] = added[c.What] || c.Do == "add"
		if name, is := strings.CutPrefix(c.What, gatewayKey); is && c.Key != "" {
			known.GatewayKeys[name] = c.Key
		}
		if name, is := strings.CutPrefix(c.What, platformKey); is && c.Key != "" {
			known.PlatformKeys[name] = c.Key
		}
	}
	for _, user := range f.Users {
		if added[user.record()] {
			known.Passwords[provision.UserKey{Domain: user.Domain, UserID: user.ID}] = user.Password
		}
	}
	return known
}
