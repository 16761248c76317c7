package provision

import (
	"errors"
	"fmt"

	"github.com/dsappd/dsappd/internal/names"
	"github.com/dsappd/dsappd/store"
)

// A store holds prepared names (package names), but for those of older programs
// that two users have, or that no profile allows.

// sameUserID reports whether a text names a user ID.
func sameUserID(text, userID string) bool {
	prepared, err := names.UserID(text)
	return text == userID || err == nil && prepared == userID
}

// stored returns the name that a record has: the very words if there is one of
// them, as programs before this one kept them, or else the prepared name. What
// cannot be prepared is looked for as it is.
func stored(text string, prepare func(string) (string, error), is func(string) (bool, error)) (string, error) {
	text = names.Trim(text)
	prepared, err := prepare(text)
	if err != nil || prepared == text {
		return text, nil
	}
	kept, err := is(text)
	if kept || err != nil {
		return text, err
	}
	return prepared, nil
}

// domainNamed returns the name of the domain that a text names, whether or not
// there is one.
func (f *frame) domainNamed(v *store.View, text string) (string, error) {
	return stored(text, names.Domain, func(name string) (bool, error) {
		return f.hasDomain(v, name)
	})
}

// userNamed returns the key of the user that a text names in a domain, whether
// or not there is one.
func (f *frame) userNamed(v *store.View, domain, text string) (UserKey, error) {
	if _, err := names.UserID(text); err != nil {
		f.checked("user ID", err.Error())
	}
	userID, err := stored(text, names.UserID, func(name string) (bool, error) {
		_, err := get(f, v, Users, UserKey{domain, name})
		return exists(err)
	})
	return UserKey{Domain: domain, UserID: userID}, err
}

// mayBeNamed refuses a new name that cannot be prepared.
func mayBeNamed(what, name string, prepare func(string) (string, error)) error {
	if _, err := prepare(name); err != nil {
		return refuse(InvalidParameter, fmt.Sprintf("The %s is refused: %v.", what, err))
	}
	return nil
}

// exists reports whether a get found what it was to.
func exists(err error) (bool, error) {
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}
