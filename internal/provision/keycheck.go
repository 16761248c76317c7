package provision

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/dsappd/dsappd/internal/audit"
	"github.com/dsappd/dsappd/internal/sealing"
	"github.com/dsappd/dsappd/store"
)

// KeyCheck is nothing, sealed under a key: it opens under that one alone, and
// so tells the key of this store from another's before a secret is sealed
// under the wrong one.
type KeyCheck struct {
	store.Revised
	Name      string
	Sealed    []byte
	CreatedAt time.Time

	// Secrets is how many the key is known to have sealed. It is brought up to
	// date with the seals of the audit, so that counting costs no commit.
	Secrets uint64 `json:",omitempty"`

	// Keys are the store's keys, sealed under the master key; empty: the master
	// key is all of them. CreatedAt is when the current one was made.
	Keys []byte `json:",omitempty"`
}

// masterKey is the name of the one check that there is.
const masterKey = "master"

func keyCheckPlace() sealing.Place {
	return sealing.Place{Kind: "keycheck", Key: masterKey, Field: "check"}
}

func keyringPlace() sealing.Place {
	return sealing.Place{Kind: "keycheck", Key: masterKey, Field: "keys"}
}

// ErrWrongKey means that the Sealer's key is not the store's.
var ErrWrongKey = errors.New("the store's secrets are sealed under another key")

// OpenKeys opens the keys of a store by its master key. get returns the value
// under a key of the store, unchecked: what it holds is sealed. The error wraps
// ErrWrongKey where the master key is not the store's.
func OpenKeys(master []byte, get func(key string) ([]byte, error)) (*sealing.Keys, error) {
	keys, err := sealing.New(master)
	if err != nil {
		return nil, err
	}
	name, err := KeyChecks.Key(masterKey)
	if err != nil {
		return nil, err
	}
	value, err := get(name)
	if err != nil || value == nil {
		return keys, err
	}
	check, err := store.Unchecked(KeyChecks, name, value)
	if err != nil || len(check.Keys) == 0 {
		return keys, nil // CheckKey says what is wrong with it
	}
	opened, err := keys.OpenRing(keyringPlace(), check.Keys)
	if errors.Is(err, sealing.ErrSealed) {
		return nil, fmt.Errorf("%w %s; this one is %s", ErrWrongKey, sealing.KeyIDOf(check.Keys), keys.Master().ID)
	}
	return opened, err
}

// NoteKey makes the Sealer's key the store's. Afterwards CheckKey accepts it
// and no other.
func NoteKey(ctx context.Context, records *store.Store, sealer *sealing.Sealer, now time.Time) error {
	sealed, err := sealer.Seal(keyCheckPlace(), nil)
	if err != nil {
		return fmt.Errorf("note the key: %w", err)
	}
	return records.Update(ctx, func(tx *store.Tx) error {
		return store.Put(tx, KeyChecks, KeyCheck{Name: masterKey, Sealed: sealed, CreatedAt: now})
	})
}

// CheckKey returns ErrWrongKey, wrapped, unless the Sealer's key is the one
// that NoteKey noted.
func CheckKey(ctx context.Context, records *store.Store, sealer *sealing.Sealer) error {
	var check KeyCheck
	err := records.View(ctx, func(v *store.View) (err error) {
		check, err = store.Get(v, KeyChecks, masterKey)
		return err
	})
	if err != nil {
		return fmt.Errorf("check the key: %w", err)
	}
	if _, err := sealer.Keys().Master().Open(keyCheckPlace(), check.Sealed); err != nil {
		return ErrWrongKey
	}
	sealer.Keys().Current().SealedBefore(check.Secrets)
	return nil
}

// NewAudit returns the audit's log for one run of the server, under the Sealer's
// key. Each of its seals brings the count of sealed secrets up to date.
func NewAudit(records *store.Store, sealer *sealing.Sealer, run string, now func() time.Time, rand io.Reader) (*audit.Log, error) {
	signer, err := audit.NewSigner(sealer.Keys().Root())
	if err != nil {
		return nil, err
	}
	count := func() (func(*store.Tx) error, func()) {
		key := sealer.Keys().Current()
		secrets := key.NotNoted()
		return func(tx *store.Tx) error { return noteSealed(tx, secrets) }, func() { key.Noted(secrets) }
	}
	return &audit.Log{Store: records, Signer: signer, Run: run, Now: now, Rand: rand, WithSeal: count}, nil
}

// noteSealed adds so many secrets to those that the key has sealed.
func noteSealed(tx *store.Tx, secrets uint64) error {
	if secrets == 0 {
		return nil
	}
	check, err := store.Get(tx, KeyChecks, masterKey)
	if errors.Is(err, store.ErrNotFound) {
		return nil // a store without a key, as in tests
	}
	if err != nil {
		return err
	}
	check.Secrets += secrets
	return store.Put(tx, KeyChecks, check)
}

// Readable returns why the records cannot be read, at the example of the one
// that every store has.
func Readable(ctx context.Context, records *store.Store) error {
	return records.View(ctx, func(v *store.View) error {
		_, err := store.Get(v, KeyChecks, masterKey)
		return err
	})
}
