package provision

import (
	"fmt"
	"slices"
	"strings"
)

// LocalAuthentication says by what a user may authenticate, in the vendor's
// words (USERFLD_LOCAL_AUTH). Empty stands for Default: somebody else decides.
type LocalAuthentication string

// The modes of local authentication.
const (
	NoLocalAuth      LocalAuthentication = "None"
	DigipassOnly     LocalAuthentication = "Digipass Only"
	PasswordInGrace  LocalAuthentication = "DIGIPASS/Password during Grace Period"
	DigipassPassword LocalAuthentication = "DIGIPASS or Password"
)

// BackendAuthentication says when a back end would be asked, in the vendor's
// words (USERFLD_BACKEND_AUTH). Empty stands for Default.
type BackendAuthentication string

// The modes of back-end authentication.
const (
	NoBackendAuth       BackendAuthentication = "None"
	BackendAuthIfNeeded BackendAuthentication = "If Needed"
	BackendAuthAlways   BackendAuthentication = "Always"
)

// defaultMode is how clients say that the policy decides.
const defaultMode = "Default"

// LocalAuthentications lists the modes as clients name them, Default first.
func LocalAuthentications() []string { return named(localModes) }

// BackendAuthentications lists the modes as clients name them, Default first.
func BackendAuthentications() []string { return named(backendModes) }

var (
	localModes   = []LocalAuthentication{NoLocalAuth, DigipassOnly, PasswordInGrace, DigipassPassword}
	backendModes = []BackendAuthentication{NoBackendAuth, BackendAuthIfNeeded, BackendAuthAlways}
)

func named[M ~string](modes []M) []string {
	all := []string{defaultMode}
	for _, m := range modes {
		all = append(all, string(m))
	}
	return all
}

// ParseLocalAuthentication reads a mode in any letter case. Default and an
// empty text are the empty mode.
func ParseLocalAuthentication(text string) (LocalAuthentication, error) {
	return parseMode(text, localModes)
}

// ParseBackendAuthentication reads a mode as ParseLocalAuthentication does.
func ParseBackendAuthentication(text string) (BackendAuthentication, error) {
	return parseMode(text, backendModes)
}

// String returns the mode as clients are told it, Default for the empty one.
func (m LocalAuthentication) String() string { return modeOrDefault(m) }

// String returns the mode as clients are told it, Default for the empty one.
func (m BackendAuthentication) String() string { return modeOrDefault(m) }

func parseMode[M ~string](text string, modes []M) (M, error) {
	if text == "" || strings.EqualFold(text, defaultMode) {
		return "", nil
	}
	at := slices.IndexFunc(modes, func(m M) bool { return strings.EqualFold(string(m), text) })
	if at < 0 {
		return "", fmt.Errorf("%q is none of %s", text, strings.Join(named(modes), ", "))
	}
	return modes[at], nil
}

func modeOrDefault[M ~string](mode M) string {
	if mode == "" {
		return defaultMode
	}
	return string(mode)
}
