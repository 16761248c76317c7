package provision

import (
	"slices"
	"strings"

	"github.com/dsappd/dsappd/store"
)

// AuthenticatorIndexKey orders authenticators by domain and by whether they are
// assigned.
type AuthenticatorIndexKey struct {
	Domain       string
	Assigned     string // "true" or "false"
	SerialNumber string
}

// AuthenticatorEntry is the entry of an authenticator in the index, written with
// it, so that a search finds a page without reading those of other domains.
type AuthenticatorEntry struct {
	store.Revised
	AuthenticatorIndexKey
}

// Key names the entry.
func (e AuthenticatorEntry) Key() AuthenticatorIndexKey { return e.AuthenticatorIndexKey }

// entries returns the entries of the authenticator in the index.
func (a Authenticator) entries() []AuthenticatorEntry {
	if a.SerialNumber == "" {
		return nil
	}
	return []AuthenticatorEntry{{AuthenticatorIndexKey: AuthenticatorIndexKey{a.Domain, assignedText(a.UserID != ""), a.SerialNumber}}}
}

// ModelName returns the DIGIPASS type: the model, or else the type of its
// one-time passwords in upper case.
func (a Authenticator) ModelName() string {
	if a.Model != "" {
		return a.Model
	}
	return strings.ToUpper(string(a.kind()))
}

// reindexAuthenticator does for authenticators what reindex does for users.
func (f *frame) reindexAuthenticator(before, after Authenticator) {
	had, has := before.entries(), after.entries()
	for _, e := range had {
		if !slices.Contains(has, e) {
			f.writes = append(f.writes, func(tx *store.Tx) error { return store.Delete(tx, AuthenticatorIndex, e.Key()) })
		}
	}
	for _, e := range has {
		if !slices.Contains(had, e) {
			f.writes = append(f.writes, func(tx *store.Tx) error { return store.Put(tx, AuthenticatorIndex, e) })
		}
	}
}

// knownAuthenticator does for authenticators what knownUser does for users.
func (f *frame) knownAuthenticator(serialNumber string) *Authenticator {
	for i := range f.authenticators {
		if f.authenticators[i].SerialNumber == serialNumber {
			return &f.authenticators[i]
		}
	}
	f.authenticators = append(f.authenticators, Authenticator{})
	return &f.authenticators[len(f.authenticators)-1]
}

func (f *frame) knowsAuthenticator(a Authenticator) { *f.knownAuthenticator(a.SerialNumber) = a }

func (f *frame) putAuthenticator(a Authenticator) {
	known := f.knownAuthenticator(a.SerialNumber)
	f.reindexAuthenticator(*known, a)
	*known = a
}

func (f *frame) removeAuthenticator(serialNumber string) {
	known := f.knownAuthenticator(serialNumber)
	f.reindexAuthenticator(*known, Authenticator{})
	*known = Authenticator{}
}
