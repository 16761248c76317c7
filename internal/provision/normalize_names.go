package provision

import (
	"context"
	"errors"
	"fmt"

	"github.com/dsappd/dsappd/internal/names"
	"github.com/dsappd/dsappd/store"
)

// NormalizeNames gives the users and domains of an older program the names by
// which they are compared since schema 2. Where another one has that name, or
// where no name may be like that, it keeps the old one, by which it is still
// found; the notes list these, and none is merged. It is for a store that
// nobody else uses.
func (s *Service) NormalizeNames(ctx context.Context) (notes []string, err error) {
	n := &normalizing{service: s, ctx: ctx, domains: map[string]string{}, users: map[UserKey]UserKey{}, kept: map[UserKey]bool{}}
	for _, step := range []func() error{n.renameDomains, n.renameUsers, n.moveAuthenticators, n.moveRegistrations} {
		if err := step(); err != nil {
			return nil, fmt.Errorf("normalize names: %w", err)
		}
	}
	return n.notes, nil
}

// normalizing is what has been renamed: old names to new ones.
type normalizing struct {
	service *Service
	ctx     context.Context
	domains map[string]string
	users   map[UserKey]UserKey // whose user IDs are others now
	kept    map[UserKey]bool    // whose user IDs are noted
	notes   []string
}

func (n *normalizing) renameDomains() error {
	return inBatches(n, Domains, func(tx *store.Tx, d Domain) (string, error) {
		name, err := names.Domain(d.Name)
		if err != nil {
			return fmt.Sprintf("kept the domain %+q as it is: %v", d.Name, err), nil
		}
		if name == d.Name {
			return "", nil
		}
		_, err = store.Get(tx, Domains, name)
		if taken, err := exists(err); err != nil || taken {
			return fmt.Sprintf("kept the domain %+q as it is: there is a domain %+q", d.Name, name), err
		}
		old := d.Name
		d.Name, n.domains[old] = name, name
		return fmt.Sprintf("renamed the domain %+q to %+q", old, name), errors.Join(store.Delete(tx, Domains, old), store.Put(tx, Domains, d))
	})
}

func (n *normalizing) renameUsers() error {
	return inBatches(n, Users, func(tx *store.Tx, u User) (string, error) {
		old := u.Key()
		kept := UserKey{n.domain(old.Domain), old.UserID}
		name, why := names.UserID(old.UserID)
		to := UserKey{kept.Domain, name}
		if why != nil {
			to = kept
		} else if to != kept {
			_, err := store.Get(tx, Users, to)
			taken, err := exists(err)
			if err != nil {
				return "", err
			}
			if taken {
				why, to = fmt.Errorf("there is a user %+q", name), kept
			}
		}
		if n.kept[old] { // it came here from another domain
			return "", nil
		}
		if why != nil && to != old {
			n.kept[to] = true
		}
		if to.UserID != old.UserID {
			n.users[old] = to
		}
		if to != old {
			u.Domain, u.UserID = to.Domain, to.UserID
			if err := errors.Join(store.Delete(tx, Users, old), store.Put(tx, Users, u)); err != nil {
				return "", err
			}
		}
		switch {
		case why != nil:
			return fmt.Sprintf("kept the user ID %+q of domain %+q as it is: %v", old.UserID, to.Domain, why), nil
		case to.UserID != old.UserID:
			return fmt.Sprintf("renamed the user %+q of domain %+q to %+q", old.UserID, to.Domain, to.UserID), nil
		}
		return "", nil
	})
}

// domain returns the name that a domain has now.
func (n *normalizing) domain(name string) string {
	if renamed, is := n.domains[name]; is {
		return renamed
	}
	return name
}

// user returns the name that a user has now. A key without a user ID names
// nobody.
func (n *normalizing) user(key UserKey) UserKey {
	if renamed, is := n.users[key]; is && key.UserID != "" {
		return renamed
	}
	return UserKey{n.domain(key.Domain), key.UserID}
}

func (n *normalizing) moveAuthenticators() error {
	return inBatches(n, Authenticators, func(tx *store.Tx, a Authenticator) (string, error) {
		before := a.free().Key()
		to := n.user(UserKey{a.Domain, a.UserID})
		if to == (UserKey{a.Domain, a.UserID}) {
			return "", nil
		}
		a.Domain, a.UserID = to.Domain, to.UserID
		if a.State == Unassigned {
			if err := errors.Join(store.Delete(tx, FreeAuthenticators, before), store.Put(tx, FreeAuthenticators, a.free())); err != nil {
				return "", err
			}
		}
		return "", store.Put(tx, Authenticators, a)
	})
}

func (n *normalizing) moveRegistrations() error {
	return inBatches(n, Registrations, func(tx *store.Tx, r Registration) (string, error) {
		to := n.user(UserKey{r.Domain, r.UserID})
		if to == (UserKey{r.Domain, r.UserID}) {
			return "", nil
		}
		r.Domain, r.UserID = to.Domain, to.UserID
		return "", store.Put(tx, Registrations, r)
	})
}

// normalizeBatch is how many records one transaction changes.
const normalizeBatch = 256

// inBatches changes records, a batch a transaction, and keeps notes of the
// changes. It sees a record again that moved to a later key, and has nothing to
// change then.
func inBatches[K, R any](n *normalizing, kind store.Kind[K, R], change func(*store.Tx, R) (note string, err error)) error {
	var all, after K
	for {
		var batch []R
		err := n.service.Store.View(n.ctx, func(v *store.View) error {
			for record, err := range store.Scan(v, kind, all, after) {
				if err != nil || len(batch) == normalizeBatch {
					return err
				}
				batch = append(batch, record)
			}
			return nil
		})
		if err != nil || len(batch) == 0 {
			return err
		}
		after = kind.KeyOf(batch[len(batch)-1])
		var notes []string
		err = n.service.Store.Update(n.ctx, func(tx *store.Tx) error {
			notes = nil
			for _, record := range batch {
				note, err := change(tx, record)
				if err != nil {
					return err
				}
				if note != "" {
					notes = append(notes, note)
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
		n.notes = append(n.notes, notes...)
	}
}
