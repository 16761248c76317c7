package provision

import (
	"errors"

	"github.com/dsappd/dsappd/internal/audit"
	"github.com/dsappd/dsappd/store"
)

// ExplainInOneLine is what a policy that says Explain has the peer told.
var ExplainInOneLine = audit.Event.ExplainInOneLine

// Watchers counts the registrations that are watched.
func (s *Service) Watchers() int {
	s.watchers.mu.Lock()
	defer s.watchers.mu.Unlock()
	return len(s.watchers.of)
}

// Turn is that of one operation, beside the service's others.
func (s *Service) Turn() (registration func(string), user func(UserKey), end func()) {
	t := &turn{turns: &s.turns}
	return t.registration, t.user, t.end
}

// PutUser writes a user with its entries in the index, as operations do.
func PutUser(tx *store.Tx, u User) error {
	before, err := store.Get(tx, Users, u.Key())
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	for _, e := range before.entries() {
		if err := store.Delete(tx, UserIndex, e.Key()); err != nil {
			return err
		}
	}
	return errors.Join(putAll(tx, UserIndex, u.entries()), store.Put(tx, Users, u))
}

// DeleteUserOnly deletes a user with its entries in the index and nothing else.
func DeleteUserOnly(tx *store.Tx, key UserKey) error {
	before, err := store.Get(tx, Users, key)
	for _, e := range before.entries() {
		err = errors.Join(err, store.Delete(tx, UserIndex, e.Key()))
	}
	return errors.Join(err, store.Delete(tx, Users, key))
}

// PutAuthenticator writes an authenticator with its entries in the index.
func PutAuthenticator(tx *store.Tx, a Authenticator) error {
	before, err := store.Get(tx, Authenticators, a.SerialNumber)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	for _, e := range before.entries() {
		if err := store.Delete(tx, AuthenticatorIndex, e.Key()); err != nil {
			return err
		}
	}
	return errors.Join(putAll(tx, AuthenticatorIndex, a.entries()), store.Put(tx, Authenticators, a))
}

// DeleteAuthenticatorOnly deletes an authenticator with its entries and nothing
// else.
func DeleteAuthenticatorOnly(tx *store.Tx, serialNumber string) error {
	before, err := store.Get(tx, Authenticators, serialNumber)
	for _, e := range before.entries() {
		err = errors.Join(err, store.Delete(tx, AuthenticatorIndex, e.Key()))
	}
	return errors.Join(err, store.Delete(tx, Authenticators, serialNumber))
}
