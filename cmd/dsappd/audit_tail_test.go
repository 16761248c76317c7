//go:build !race

package main

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/dsappd/dsappd/internal/datafolder"
	"github.com/dsappd/dsappd/internal/pgtest"
	"github.com/dsappd/dsappd/internal/provision"
)

// A tail that follows prints what any server of a store decides, also one that
// began before the others.
func TestAuditTailFollowsPeers(t *testing.T) {
	database, err := pgtest.Start()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = database.Stop() })
	at := t.TempDir()
	first, second, watching := filepath.Join(at, "first"), filepath.Join(at, "second"), filepath.Join(at, "watching")
	err = datafolder.Init(t.Context(), first, datafolder.InitOptions{Settings: cheap, Sample: true, Store: database.URL()})
	if err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{second, watching} {
		err = datafolder.Init(t.Context(), dir, datafolder.InitOptions{Store: database.URL(), KeyFile: filepath.Join(first, "master.key")})
		if err != nil {
			t.Fatal(err)
		}
	}
	older, newer := openFolder(t, first), openFolder(t, second)
	tail := followAudit(t, auditTailCommand{doorFlags: doorFlags{Dir: watching}, Since: age(time.Hour), Operation: "user disable"})
	prints := func(f *datafolder.Folder, userID string) {
		t.Helper()
		if _, err := f.Service.DisableUser(t.Context(), provision.Operator{Name: "test"}, provision.NameUser{UserID: userID}); err != nil {
			t.Fatal(err)
		}
		tail.prints(userID)
	}
	prints(newer, "user1")
	prints(older, "user2")
	prints(newer, "user3")
	tail.end()
}

// openFolder opens a data folder as a server of its own.
func openFolder(t *testing.T, dir string) *datafolder.Folder {
	t.Helper()
	f, err := datafolder.Open(t.Context(), dir, datafolder.Source{}.WithDefaults())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	})
	return f
}
