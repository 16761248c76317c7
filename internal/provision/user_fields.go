package provision

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// UserFields are what can be said of a user beside the name and the password.
// Nil: it stays as it is. An empty text and the zero time take it away.
type UserFields struct {
	// LocalAuth and BackendAuth are modes in any letter case.
	LocalAuth   *string `json:"localAuthentication,omitempty"`
	BackendAuth *string `json:"backendAuthentication,omitempty"`

	// Disabled refuses the user. Locked locks the user until somebody unlocks,
	// or unlocks.
	Disabled *bool `json:"disabled,omitempty"`
	Locked   *bool `json:"locked,omitempty"`

	Email       *string `json:"email,omitempty"`
	Mobile      *string `json:"mobile,omitempty"`
	Phone       *string `json:"phone,omitempty"`
	Name        *string `json:"name,omitempty"`
	Description *string `json:"description,omitempty"`
	OrgUnit     *string `json:"orgUnit,omitempty"`

	// VirtualDelivery is Default, SMS, Email or Voice.
	VirtualDelivery *string `json:"virtualDelivery,omitempty"`

	ExpiresAt *time.Time `json:"expiresAt,omitempty"`

	// Kept are values of attributes that are only kept, by their names.
	Kept map[string]string `json:"kept,omitempty"`
}

// maxDescription is in characters.
const maxDescription = 1024

// apply changes a user by the fields that are there.
func (in UserFields) apply(f *frame, u *User) error {
	if err := in.applyModes(f, u); err != nil {
		return err
	}
	for _, text := range []struct {
		what  string
		given *string
		kept  *string
		most  int
	}{
		{"e-mail address", in.Email, &u.Email, maxName},
		{"mobile number", in.Mobile, &u.Mobile, maxName},
		{"phone number", in.Phone, &u.Phone, maxName},
		{"name", in.Name, &u.Name, maxName},
		{"description", in.Description, &u.Description, maxDescription},
		{"organizational unit", in.OrgUnit, &u.OrgUnit, maxName},
	} {
		if text.given == nil {
			continue
		}
		if err := checkText(text.what, *text.given, text.most); err != nil {
			return err
		}
		*text.kept = *text.given
	}
	if err := in.applyDelivery(u); err != nil {
		return err
	}
	for name, value := range in.Kept {
		if err := checkText(name, value, maxName); err != nil {
			return err
		}
		u.keep(name, value)
	}
	if in.ExpiresAt == nil || in.ExpiresAt.Equal(u.ExpiresAt) {
		return nil
	}
	u.ExpiresAt = in.ExpiresAt.UTC()
	return f.may(MaySetUserExpiration, u)
}

// may refuses an administrator a change of a user that there is which needs a
// privilege of its own, by whichever command it is made.
func (f *frame) may(needs Privilege, u *User) error {
	if f.admin == nil || u.Revision == 0 || f.admin.has(needs) {
		return nil
	}
	return noPermission(fmt.Sprintf("the administrator lacks the privilege %s", needs))
}

// applyModes changes how and whether the user authenticates.
func (in UserFields) applyModes(f *frame, u *User) (err error) {
	if in.LocalAuth != nil {
		if u.LocalAuth, err = ParseLocalAuthentication(*in.LocalAuth); err != nil {
			return refuse(InvalidData, fmt.Sprintf("The local authentication is refused: %v.", err))
		}
		f.checked("local authentication of the user", u.LocalAuth.String())
	}
	if in.BackendAuth != nil {
		if u.BackendAuth, err = ParseBackendAuthentication(*in.BackendAuth); err != nil {
			return refuse(InvalidData, fmt.Sprintf("The back-end authentication is refused: %v.", err))
		}
	}
	if in.Disabled != nil && *in.Disabled != u.Disabled {
		if err := f.may(MayEnableUser, u); err != nil {
			return err
		}
		u.Disabled = *in.Disabled
	}
	if in.Locked == nil || *in.Locked == u.IsLocked(f.now) {
		return nil
	}
	if *in.Locked {
		u.hold(f.now)
	} else {
		u.unlock()
	}
	return f.may(MayUnlockUser, u)
}

// VirtualDeliveries are the ways in which a user may want virtual one-time
// passwords.
var VirtualDeliveries = []string{defaultDelivery, "SMS", "Email", "Voice"}

const defaultDelivery = "Default"

func (in UserFields) applyDelivery(u *User) error {
	if in.VirtualDelivery == nil {
		return nil
	}
	delivery := cmp.Or(*in.VirtualDelivery, defaultDelivery)
	at := slices.IndexFunc(VirtualDeliveries, func(known string) bool { return strings.EqualFold(known, delivery) })
	if at < 0 {
		return refuse(InvalidData, "The delivery of virtual one-time passwords is none of "+strings.Join(VirtualDeliveries, ", ")+".")
	}
	if u.VirtualDelivery = VirtualDeliveries[at]; u.VirtualDelivery == defaultDelivery {
		u.VirtualDelivery = ""
	}
	return nil
}

// checkText refuses a text that is too long or that no envelope could carry.
func checkText(what, text string, most int) error {
	switch length := utf8.RuneCountInString(text); {
	case length > most:
		return refuse(InvalidData, fmt.Sprintf("The %s has %d characters: %d are the limit.", what, length, most))
	case unwritable(text):
		return refuse(InvalidData, "The "+what+" holds a control character or is not UTF-8.")
	}
	return nil
}
