package provision

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"

	"github.com/dsappd/dsappd/store"
)

// QueryUsers asks for the users that fit. Fits decides; everything else only
// says where to look, and must not leave out a user that fits.
type QueryUsers struct {
	Domains []string // empty: all

	// UserID is the whole user ID, UserIDPrefix its beginning; empty: any.
	UserID       string
	UserIDPrefix string

	// Terms are values of the index that a user must have.
	Terms []UserTerm

	Fits func(User) bool
	SearchOptions
}

// UserTerm is a value of a field of the index.
type UserTerm struct {
	Field  UserField
	Value  string
	Prefix bool // the value begins so
}

// QueryUsers reads users for an administrator, of the domains that the
// administrator reaches, in the order of domains and user IDs.
func (s *Service) QueryUsers(ctx context.Context, operator Operator, in QueryUsers) (Found[User], error) {
	return inspect(ctx, s, operator, "user query", MayViewUser, func(f *frame, v *store.View) (Found[User], error) {
		if err := in.check(); err != nil {
			return Found[User]{}, err
		}
		domains, err := f.reachable(v, in.Domains)
		if err != nil {
			return Found[User]{}, err
		}
		return gather(in.SearchOptions, in.fitting(f.usersOf(v, domains, in)))
	})
}

func (in QueryUsers) fitting(users iter.Seq2[User, error]) iter.Seq2[User, error] {
	return func(yield func(User, error) bool) {
		for user, err := range users {
			if (err != nil || in.Fits(user)) && !yield(user, err) {
				return
			}
		}
	}
}

// usersOf goes through the users of the domains that a query may find, in the
// order of their keys.
func (f *frame) usersOf(v *store.View, domains []string, in QueryUsers) iter.Seq2[User, error] {
	return func(yield func(User, error) bool) {
		for _, domain := range domains {
			for user, err := range f.usersIn(v, domain, in) {
				if !yield(user, err) || err != nil {
					return
				}
			}
		}
	}
}

func (f *frame) usersIn(v *store.View, domain string, in QueryUsers) iter.Seq2[User, error] {
	if in.UserID != "" {
		return f.userAlone(v, domain, in.UserID)
	}
	if in.UserIDPrefix != "" {
		return usersFrom(v, domain, in.UserIDPrefix)
	}
	if terms := in.exact(); len(terms) > 0 {
		return usersByTerms(v, domain, terms)
	}
	for _, term := range in.Terms {
		if keys, few := prefixed(v, domain, term); few {
			return usersByKeys(v, domain, keys)
		}
	}
	return store.Scan(v, Users, UserKey{Domain: domain}, UserKey{})
}

// userAlone yields the one user of a name, if there is one.
func (f *frame) userAlone(v *store.View, domain, userID string) iter.Seq2[User, error] {
	return func(yield func(User, error) bool) {
		key, err := f.userNamed(v, domain, userID)
		var user User
		if err == nil {
			user, err = store.Get(v, Users, key)
		}
		if errors.Is(err, store.ErrNotFound) {
			return
		}
		yield(user, err)
	}
}

// usersFrom yields the users whose IDs begin so.
func usersFrom(v *store.View, domain, prefix string) iter.Seq2[User, error] {
	return func(yield func(User, error) bool) {
		user, err := store.Get(v, Users, UserKey{domain, prefix})
		if err == nil && !yield(user, nil) {
			return
		}
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			yield(user, err)
			return
		}
		for user, err := range store.Scan(v, Users, UserKey{Domain: domain}, UserKey{domain, prefix}) {
			if err == nil && !strings.HasPrefix(user.UserID, prefix) || !yield(user, err) {
				return
			}
		}
	}
}

// exact returns the terms that stand for one value each.
func (in QueryUsers) exact() (terms []UserTerm) {
	for _, term := range in.Terms {
		if !term.Prefix {
			terms = append(terms, term)
		}
	}
	return terms
}

// usersByTerms yields the users that have all of the values. The entries of a
// value are in the order of users: whichever is behind goes on from where the
// foremost is, so that the least frequent value sets the pace.
func usersByTerms(v *store.View, domain string, terms []UserTerm) iter.Seq2[User, error] {
	return func(yield func(User, error) bool) {
		at, agreed := "", 0
		for turn := 0; ; turn = (turn + 1) % len(terms) {
			next, found, err := entryFrom(v, domain, terms[turn], at)
			if err != nil {
				yield(User{}, err)
				return
			}
			if !found {
				return
			}
			if next != at {
				at, agreed = next, 0
			}
			if agreed++; agreed < len(terms) {
				continue
			}
			user, err := store.Get(v, Users, UserKey{domain, at})
			if !errors.Is(err, store.ErrNotFound) && !yield(user, err) {
				return
			}
			at, agreed = at+" ", 0 // the least user ID after it that a key can have
		}
	}
}

// entryFrom finds the first user of a value from a user ID on.
func entryFrom(v *store.View, domain string, term UserTerm, from string) (userID string, found bool, err error) {
	within := UserIndexKey{Field: term.Field, Value: indexText(term.Value), Domain: domain}
	if from != "" {
		at := within
		at.UserID = from
		if _, err := store.Get(v, UserIndex, at); err == nil {
			return from, true, nil
		} else if !errors.Is(err, store.ErrNotFound) {
			return "", false, fmt.Errorf("index of users: %w", err)
		}
	}
	after := within
	after.UserID = from
	for entry, err := range store.Scan(v, UserIndex, within, after) {
		if err != nil {
			return "", false, fmt.Errorf("index of users: %w", err)
		}
		return entry.UserID, true, nil
	}
	return "", false, nil
}

// maxPrefixed is how many users a prefix may have to be looked up by it.
// Beyond that all users are looked at, in their order.
const maxPrefixed = 4096

// prefixed lists the users of a domain whose value begins so, and reports
// whether these are all.
func prefixed(v *store.View, domain string, term UserTerm) (keys []string, few bool) {
	prefix, seen := indexText(term.Value), 0
	within := UserIndexKey{Field: term.Field}
	after := UserIndexKey{Field: term.Field, Value: prefix}
	for entry, err := range store.Scan(v, UserIndex, within, after) {
		if seen++; err != nil || seen > maxPrefixed {
			return nil, false
		}
		if !strings.HasPrefix(entry.Value, prefix) {
			break
		}
		if entry.Domain == domain {
			keys = append(keys, entry.UserID)
		}
	}
	return keys, true
}

// usersByKeys yields users in the order of their IDs.
func usersByKeys(v *store.View, domain string, userIDs []string) iter.Seq2[User, error] {
	slices.Sort(userIDs)
	return func(yield func(User, error) bool) {
		for _, userID := range userIDs {
			user, err := store.Get(v, Users, UserKey{domain, userID})
			if !errors.Is(err, store.ErrNotFound) && !yield(user, err) {
				return
			}
		}
	}
}
