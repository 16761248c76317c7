package main

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/dsappd/dsappd/internal/audit"
	"github.com/dsappd/dsappd/internal/sealing"

	"github.com/dsappd/dsappd/internal/operators"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/internal/server/admin"
	"github.com/dsappd/dsappd/store"
	"github.com/dsappd/dsappd/store/bolt"
)

// verifyAudit looks whether the audit of a folder that nobody serves holds.
func verifyAudit(t *testing.T, dir string) audit.Verification {
	t.Helper()
	door := openDoor(t, dir)
	defer door.Close()
	got, err := door.VerifyAudit(t.Context(), admin.VerifyAudit{})
	if err != nil || len(got.Broken) > 0 {
		t.Errorf("the audit: %+v, %v", got, err)
	}
	return got
}

func openDoor(t *testing.T, dir string) *operators.Door {
	t.Helper()
	door, err := operators.Open(t.Context(), dir, operators.Config{Operator: "test"})
	if err != nil {
		t.Fatal(err)
	}
	return door
}

func enable(t *testing.T, dir, userID string) {
	t.Helper()
	door := openDoor(t, dir)
	_, err := door.EnableUser(t.Context(), provision.NameUser{UserID: userID})
	if err != nil {
		t.Error(err)
	}
	if err := door.Close(); err != nil {
		t.Error(err)
	}
}

// What a killed server leaves unsealed, the next one seals.
func TestAuditOfAKilledServer(t *testing.T) {
	dir := newDataFolder(t)
	first := serveFolder(t, dir)
	enable(t, dir, "user1")
	first.kill()
	_ = first.wait(t)
	before := verifyAudit(t, dir)
	next := serveFolder(t, dir)
	next.log.await(t, "sealed what earlier runs had left")
	enable(t, dir, "user2")
	next.signal(t, os.Interrupt)
	if err := next.wait(t); err != nil {
		t.Error(err)
	}
	next.log.await(t, "audit sealed")
	after := verifyAudit(t, dir)
	if after.Unsealed != 0 || after.Events != before.Events+before.Unsealed+1 {
		t.Errorf("before %+v, after %+v", before, after)
	}
}

// A tail that follows prints each decision once, with a server, through its
// end, and without one.
func TestAuditTailFollows(t *testing.T) {
	dir := newDataFolder(t)
	server := serveFolder(t, dir)
	tail := followAudit(t, auditTailCommand{doorFlags: doorFlags{Dir: dir}, Operation: "user enable"})
	prints := func(userID string) {
		t.Helper()
		enable(t, dir, userID)
		tail.prints(userID)
	}
	prints("user1")
	prints("user2")
	server.signal(t, os.Interrupt)
	_ = server.wait(t)
	prints("user3")
	server = serveFolder(t, dir)
	prints("user4")
	server.kill()
	_ = server.wait(t)
	tail.end()
}

// followed is a tail of the audit that goes on.
type followed struct {
	t     *testing.T
	lines chan string
	stop  context.CancelFunc
	ended chan error
}

// followAudit begins to follow what a command prints.
func followAudit(t *testing.T, command auditTailCommand) *followed {
	ctx, stop := context.WithCancel(t.Context())
	f := &followed{t, make(chan string), stop, make(chan error, 1)}
	in, out := io.Pipe()
	command.Follow, command.JSON = true, true
	go func() {
		f.ended <- command.Run(ctx, streams{Out: out, Err: io.Discard})
		out.Close()
	}()
	go func() {
		defer close(f.lines)
		for scanner := bufio.NewScanner(in); scanner.Scan(); {
			f.lines <- scanner.Text()
		}
	}()
	return f
}

// prints awaits the line of what was decided on a user.
func (f *followed) prints(userID string) {
	f.t.Helper()
	select {
	case line := <-f.lines:
		if !strings.Contains(line, `"userID":"`+userID+`"`) {
			f.t.Errorf("got %s, want what was decided on %s", line, userID)
		}
	case <-time.After(patience):
		f.t.Fatal("nothing is printed")
	}
}

// end ends the tail, which has printed nothing else.
func (f *followed) end() {
	f.t.Helper()
	f.stop()
	for line := range f.lines {
		f.t.Errorf("printed again: %s", line)
	}
	if err := <-f.ended; err != nil {
		f.t.Errorf("interrupted: %v", err)
	}
}

// post FILE posts an envelope to $URL; the reply is what stdout looks at next.
func post(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: post FILE")
	}
	response, err := http.Post(ts.Getenv("URL"), "text/xml", strings.NewReader(ts.ReadFile(args[0])))
	ts.Check(err)
	defer response.Body.Close()
	_, err = io.Copy(ts.Stdout(), response.Body)
	ts.Check(err)
	ts.Setenv("REQUEST", response.Header.Get("Request-Id"))
}

// get PATH FILE keeps in a file what $URL answers a GET of the path.
func get(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: get PATH FILE")
	}
	response, err := http.Get(ts.Getenv("URL") + args[0])
	ts.Check(err)
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), text, 0o600))
}

// tamper DIR OLD NEW puts the words NEW in the place of OLD in the first event
// of the store that holds them, as somebody can who has the key of the records.
func tamper(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: tamper DIR OLD NEW")
	}
	master, err := os.ReadFile(ts.MkAbs(filepath.Join(args[0], "master.key")))
	ts.Check(err)
	key, err := sealing.RecordKey(master)
	ts.Check(err)
	engine, err := bolt.Open(ts.MkAbs(filepath.Join(args[0], "dsappd.db")))
	ts.Check(err)
	defer engine.Close()
	changed, err := tampered(engine, key, []byte(args[1]), []byte(args[2]))
	ts.Check(err)
	ts.Check(engine.Commit(context.Background(), nil, []store.Write{changed}))
}

func tampered(engine *bolt.Engine, key, old, new []byte) (store.Write, error) {
	text, seal := store.JSONOf(key, provision.Kinds()...), store.Convert(1, key, provision.Kinds()...)
	snapshot, err := engine.Snapshot(context.Background())
	if err != nil {
		return store.Write{}, err
	}
	defer snapshot.Close()
	for entry, err := range snapshot.Scan("audit\x00", "") {
		if err != nil {
			return store.Write{}, err
		}
		plain, err := text(entry)
		if err != nil {
			return store.Write{}, err
		}
		if bytes.Contains(plain, old) {
			value, err := seal(entry.Key, bytes.Replace(plain, old, new, 1))
			return store.Write{Key: entry.Key, Value: value}, err
		}
	}
	return store.Write{}, io.ErrUnexpectedEOF
}
