package datafolder

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/store"
)

func TestCheck(t *testing.T) {
	cases := []struct {
		name  string
		spoil func(*store.Tx) error
		want  string // empty: no fault
	}{
		{"as made", func(*store.Tx) error { return nil }, ""},
		{"a user without its domain", func(tx *store.Tx) error { return store.Delete(tx, provision.Domains, "master") }, "its domain does not exist"},
		{"a secret of another authenticator", swapSecrets, "authenticator VDS1000140: its secret does not open under the store's keys"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "data")
			newFolderAt(t, dir, true)
			spoilRecords(t, dir, c.spoil)
			opened, err := open(dir)
			if err != nil {
				t.Fatal(err)
			}
			problems, err := opened.Check(t.Context())
			if err = errors.Join(err, opened.Close()); err != nil {
				t.Fatal(err)
			}
			var all strings.Builder
			for _, problem := range problems {
				all.WriteString(problem.String() + "\n")
			}
			if got := all.String(); !strings.Contains(got, c.want) || (got == "") != (c.want == "") {
				t.Errorf("found %q, want %q", got, c.want)
			}
		})
	}
}

func spoilRecords(t *testing.T, dir string, spoil func(*store.Tx) error) {
	t.Helper()
	opened, err := open(dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := opened.Records.Update(context.Background(), spoil); err != nil {
		t.Error(err)
	}
	if err := opened.Close(); err != nil {
		t.Error(err)
	}
}

func swapSecrets(tx *store.Tx) error {
	one, err := store.Get(tx, provision.Authenticators, "VDS1000140")
	if err != nil {
		return err
	}
	other, err := store.Get(tx, provision.Authenticators, "VDS1000141")
	if err != nil {
		return err
	}
	one.Secret = other.Secret
	return store.Put(tx, provision.Authenticators, one)
}
