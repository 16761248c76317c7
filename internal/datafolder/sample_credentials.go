package datafolder

import (
	"fmt"

	"github.com/dsappd/dsappd/internal/lab"
	"github.com/dsappd/dsappd/internal/provision"
)

// samplePassword is that of every user of the sample who has one.
const samplePassword = "Password2"

// SampleCredentials returns the passwords and keys of the sample, which are
// public.
func SampleCredentials() lab.Credentials {
	known := lab.Credentials{
		GatewayKeys:  make(map[string]string),
		PlatformKeys: map[string]string{samplePlatformKey().Name: samplePlatformKey().Key},
		ServiceKeys:  map[string]string{sampleServiceUser: sampleAPIKey},
		Passwords:    make(map[provision.UserKey]string),
	}
	for _, key := range sampleGatewayKeys() {
		known.GatewayKeys[key.Name] = key.Key
	}
	users := []string{sampleAdministrator}
	for i := range sampleAuthenticators() {
		users = append(users, fmt.Sprintf("user%d", i+1))
	}
	for _, user := range users {
		known.Passwords[provision.UserKey{Domain: "master", UserID: user}] = samplePassword
	}
	return known
}
