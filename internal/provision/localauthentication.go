package provision

import "fmt"

// check refuses what is no mode of a policy.
func (m LocalAuthentication) check() error {
	mode, err := ParseLocalAuthentication(string(m))
	if err != nil || mode != m || m == "" {
		return fmt.Errorf("setting LocalAuthentication is %q: it must be %q, %q, %q or %q", string(m), NoLocalAuth, DigipassOnly, PasswordInGrace, DigipassPassword)
	}
	return nil
}

// localAuthentication returns the mode that holds for a user.
func (f *frame) localAuthentication(user User) LocalAuthentication {
	if user.LocalAuth != "" {
		f.checked("local authentication", string(user.LocalAuth)+", the user's own")
		return user.LocalAuth
	}
	f.checked("local authentication", string(f.settings.LocalAuthentication))
	return f.settings.LocalAuthentication
}
