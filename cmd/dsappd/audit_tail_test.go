//go:build !race

package main

import (
	"bufio"
	"context"
	"io"
	"path/filepath"
	"strings"
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
	ctx, stop := context.WithCancel(t.Context())
	in, out := io.Pipe()
	ended := make(chan error, 1)
	command := auditTailCommand{doorFlags: doorFlags{Dir: watching, JSON: true}, Follow: true, Since: age(time.Hour), Operation: "user disable"}
	go func() {
		ended <- command.Run(ctx, streams{Out: out, Err: io.Discard})
		out.Close()
	}()
	lines := make(chan string)
	go func() {
		defer close(lines)
		for scanner := bufio.NewScanner(in); scanner.Scan(); {
			lines <- scanner.Text()
		}
	}()
	prints := func(f *datafolder.Folder, userID string) {
		t.Helper()
		if _, err := f.Service.DisableUser(t.Context(), provision.Operator{Name: "test"}, provision.NameUser{UserID: userID}); err != nil {
			t.Fatal(err)
		}
		select {
		case line := <-lines:
			if !strings.Contains(line, `"userID":"`+userID+`"`) {
				t.Errorf("got %s, want what was decided on %s", line, userID)
			}
		case <-time.After(patience):
			t.Fatal("nothing is printed")
		}
	}
	prints(newer, "user1")
	prints(older, "user2")
	prints(newer, "user3")
	stop()
	for line := range lines {
		t.Errorf("printed again: %s", line)
	}
	if err := <-ended; err != nil {
		t.Errorf("interrupted: %v", err)
	}
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
