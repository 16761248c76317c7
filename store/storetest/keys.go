package storetest

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/store"
)

// hostile returns strings that a careless encoding of keys would confuse. No
// two are equal, and none is refused.
func hostile() []string {
	return []string{
		" ", "!", "\x01", "\x7f", "/", "//", "a", "a\x01", "a/b", "a//b", "a|b", "a\\x00b", "aa", "b", ".", "..", "*", "%", "%00",
		"user", "domain", "é", "e\u0301", "日本", "\u00ff", "\ufffd", "\U0010ffff", "\u202e", "A", "~",
		strings.Repeat("k", 2000), strings.Repeat("k", 2001), strings.Repeat("é", 1000),
	}
}

func testHostileKeys(t *testing.T, s *store.Store) {
	table := users()
	records := map[provision.UserKey]provision.User{}
	for _, domain := range hostile() {
		update(t, s, func(tx *store.Tx) error {
			for i, userID := range hostile() {
				u := provision.User{Domain: domain, UserID: userID, Locks: i}
				records[u.Key()] = u
				if err := store.Put(tx, provision.Users, u); err != nil {
					return err
				}
			}
			return nil
		})
	}
	view(t, s, func(v *store.View) error {
		if err := wantUsers(t, v, records); err != nil {
			return err
		}
		for _, domain := range append(hostile(), "") {
			within := provision.UserKey{Domain: domain}
			found, err := table.collect(v, within, provision.UserKey{}, 0)
			if err != nil {
				return err
			}
			wantEqual(t, "keys within", table.sorted(records, within, provision.UserKey{}), table.keys(found))
		}
		return nil
	})
}

// wantUsers gets each of the records.
func wantUsers(t failer, v *store.View, records map[provision.UserKey]provision.User) error {
	t.Helper()
	for key, want := range records {
		got, err := store.Get(v, provision.Users, key)
		if err != nil {
			return err
		}
		wantEqual(t, "Get", want, got)
	}
	return nil
}

func testRefusedKeys(t *testing.T, s *store.Store) {
	for name, userID := range map[string]string{
		"empty":          "",
		"zero byte":      "a\x00b",
		"zero byte only": "\x00",
		"not UTF-8":      "a\xffb",
		"too long":       strings.Repeat("k", store.MaxKeySize),
	} {
		for _, u := range []provision.User{{Domain: "d", UserID: userID}, {Domain: userID, UserID: "u"}} {
			var refused *store.KeyError
			put := s.Update(t.Context(), func(tx *store.Tx) error { return store.Put(tx, provision.Users, u) })
			if !errors.As(put, &refused) {
				t.Errorf("Put, %s: %v", name, put)
			}
			remove := s.Update(t.Context(), func(tx *store.Tx) error { return store.Delete(tx, provision.Users, u.Key()) })
			if !errors.As(remove, &refused) {
				t.Errorf("Delete, %s: %v", name, remove)
			}
			view(t, s, func(v *store.View) error {
				if _, err := store.Get(v, provision.Users, u.Key()); !errors.Is(err, store.ErrNotFound) || !errors.As(err, &refused) {
					t.Errorf("Get, %s: %v", name, err)
				}
				return nil
			})
		}
	}
}

func testRefusedWithin(t *testing.T, s *store.Store) {
	bad := provision.UserKey{Domain: "a\x00b"}
	view(t, s, func(v *store.View) error {
		var refused *store.KeyError
		if _, err := users().collect(v, bad, provision.UserKey{}, 0); !errors.As(err, &refused) {
			t.Errorf("within: %v", err)
		}
		if _, err := users().collect(v, provision.UserKey{}, bad, 0); !errors.As(err, &refused) {
			t.Errorf("after: %v", err)
		}
		return nil
	})
}

// testPaging reads pages of every size until there is no more.
func testPaging(t *testing.T, s *store.Store) {
	table := users()
	records := map[provision.UserKey]provision.User{}
	update(t, s, func(tx *store.Tx) error {
		for _, domain := range []string{"a", "ab", "b"} {
			for _, userID := range numbered("user%02d", 7) {
				u := provision.User{Domain: domain, UserID: userID}
				records[u.Key()] = u
				if err := store.Put(tx, provision.Users, u); err != nil {
					return err
				}
			}
		}
		return nil
	})
	for _, within := range []provision.UserKey{{}, {Domain: "a"}, {Domain: "b"}, {Domain: "c"}, {Domain: "a", UserID: "user03"}} {
		for limit := 1; limit <= 8; limit++ {
			var got []provision.UserKey
			var after provision.UserKey
			for page := []provision.User{{}}; len(page) > 0 && len(got) <= len(records); {
				page = nil
				view(t, s, func(v *store.View) (err error) {
					page, err = table.collect(v, within, after, limit)
					return err
				})
				got = append(got, table.keys(page)...)
				if len(page) > 0 {
					after = got[len(got)-1]
				}
			}
			if want := table.sorted(records, within, provision.UserKey{}); !slices.Equal(got, want) {
				t.Errorf("within %v by %d: got %v, want %v", within, limit, got, want)
			}
		}
	}
}

// A key that begins with another one is not that one.
func testPrefixIsNoMatch(t *testing.T, s *store.Store) {
	update(t, s, func(tx *store.Tx) error {
		return errors.Join(
			store.Put(tx, provision.Users, provision.User{Domain: "master", UserID: "user10"}),
			store.Put(tx, provision.Users, provision.User{Domain: "master2", UserID: "user1"}),
			store.Put(tx, provision.Domains, provision.Domain{Name: "master2"}),
		)
	})
	view(t, s, func(v *store.View) error {
		_, err := store.Get(v, provision.Users, provision.UserKey{Domain: "master", UserID: "user1"})
		wantError(t, "GetUser", err, store.ErrNotFound)
		_, err = store.Get(v, provision.Domains, "master")
		wantError(t, "GetDomain", err, store.ErrNotFound)
		found, err := users().collect(v, provision.UserKey{Domain: "master", UserID: "user1"}, provision.UserKey{}, 0)
		wantEqual(t, "users named user1 of master", []provision.User(nil), found)
		return err
	})
}
