package admin_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/internal/server/admin"
	"github.com/dsappd/dsappd/store"
)

// What a check finds is told whole, and finding nothing is an empty list.
func TestCheck(t *testing.T) {
	o := openOffice(t)
	if got, err := o.Check(t.Context()); err != nil || got.Problems == nil || len(got.Problems) > 0 {
		t.Errorf("a sound store: %+v, %v", got, err)
	}
	orphan := provision.User{Domain: "gone", UserID: "user1", PasswordHash: "x"}
	listed := provision.UserEntry{UserIndexKey: provision.UserIndexKey{Field: provision.ByAssigned, Value: "false", Domain: "gone", UserID: "user1"}}
	change(t, o, func(tx *store.Tx) error {
		return errors.Join(store.Put(tx, provision.Users, orphan), store.Put(tx, provision.UserIndex, listed))
	})
	got, err := o.Check(t.Context())
	want := admin.Checked{MaxSealedSecrets: 1 << 32, Problems: []admin.Problem{
		{Record: `user "user1" of domain "gone"`, Fault: "its domain does not exist", Mend: "add the domain"},
	}}
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	change(t, o, func(tx *store.Tx) error {
		return errors.Join(store.Delete(tx, provision.Users, orphan.Key()), store.Delete(tx, provision.UserIndex, listed.Key()))
	})
}

func change(t *testing.T, o *office, write func(*store.Tx) error) {
	t.Helper()
	if err := o.service.Store.Update(t.Context(), write); err != nil {
		t.Fatal(err)
	}
}
