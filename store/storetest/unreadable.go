package storetest

import (
	"errors"
	"slices"
	"testing"

	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/store"
)

// testUnreadable holds that a damaged record, or one under another's key, is
// never taken for a record, and that its key says where a scan goes on.
func testUnreadable(t *testing.T, open Open) {
	engine, err := open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	s := store.New(engine, []byte("record key"))
	defer s.Close()
	update(t, s, func(tx *store.Tx) error {
		return errors.Join(store.Put(tx, provision.Users, counter("a", 1)), store.Put(tx, provision.Users, counter("z", 1)))
	})
	user := func(name string) string { return "user\x00counters\x00" + name + "\x00" }
	snapshot, err := engine.Snapshot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	value, _, err := snapshot.Get(user("a"))
	misplaced := slices.Clone(value)
	snapshot.Close()
	if err != nil || value == nil {
		t.Fatalf("the user is not under %q: %v", user("a"), err)
	}
	flipped := slices.Clone(value)
	flipped[len(flipped)/2] ^= 1
	for fault, value := range map[string][]byte{"scrambled": []byte("{"), "misplaced": misplaced, "flipped": flipped} {
		if err := engine.Commit(t.Context(), nil, []store.Write{{Key: user("m"), Value: value}}); err != nil {
			t.Fatal(err)
		}
		view(t, s, func(v *store.View) error {
			_, getErr := store.Get(v, provision.Users, counterKey("m"))
			found, scanErr := users().collect(v, provision.UserKey{}, provision.UserKey{}, 0)
			for _, err := range []error{getErr, scanErr} {
				unreadable, ok := errors.AsType[*store.UnreadableError](err)
				if !ok || unreadable.Kind != "user" || !slices.Equal(unreadable.Key, []string{"counters", "m"}) {
					t.Errorf("%s: %v", fault, err)
				}
			}
			if !errors.Is(getErr, store.ErrMAC) {
				t.Errorf("%s: %v", fault, getErr)
			}
			behind, err := users().collect(v, provision.UserKey{}, counterKey("m"), 0)
			wantEqual(t, fault+": before", []provision.User{counter("a", 1)}, found)
			wantEqual(t, fault+": behind", []provision.User{counter("z", 1)}, behind)
			return err
		})
	}
}
