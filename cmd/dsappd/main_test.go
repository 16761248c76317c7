package main

import (
	"errors"
	"net/url"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	"go.etcd.io/bbolt"
)

// The second that a program built with the race detector waits before it ends
// is spared: the tests run it some hundred times.
const endAtOnce = "atexit_sleep_ms=0"

// cheap settings make password hashes cost next to nothing.
const cheap = "[password_hash]\nmemory_kib = 8\npasses = 1\n"

func TestMain(m *testing.M) {
	if err := os.Setenv("GORACE", endAtOnce); err != nil {
		panic(err)
	}
	testscript.Main(m, map[string]func(){"dsappd": main})
}

// withoutWait hands GORACE to scripts, whose environment is their own.
func withoutWait(env *testscript.Env) error {
	env.Setenv("GORACE", endAtOnce)
	env.Values[lastServed{}] = new(lastServed)
	return nil
}

// modes FILE MODE looks whether the file has the mode, written as by ls.
func modes(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: modes FILE MODE")
	}
	info, err := os.Stat(ts.MkAbs(args[0]))
	ts.Check(err)
	if got := info.Mode().String(); got != args[1] {
		ts.Fatalf("%s has mode %s, want %s", args[0], got, args[1])
	}
}

// serving DIR FLAG... starts a server for the folder, which answers when the
// command returns. It sets $URL, $GATEWAY and $ADDR.
func serving(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 1 {
		ts.Fatalf("usage: serving DIR FLAG...")
	}
	s, err := startServe(ts.MkAbs(args[0]), args[1:]...)
	ts.Check(err)
	ts.Defer(s.kill)
	if last, is := ts.Value(lastServed{}).(*lastServed); is {
		last.served = s
	}
	ts.Setenv("URL", s.url)
	ts.Setenv("GATEWAY", s.gateway)
	at, err := url.Parse(s.url)
	ts.Check(err)
	ts.Setenv("ADDR", at.Host)
}

// schema DIR VERSION makes the store one of another version of the program.
func schema(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: schema DIR VERSION")
	}
	db, err := bbolt.Open(ts.MkAbs(filepath.Join(args[0], "dsappd.db")), 0o600, &bbolt.Options{Timeout: time.Second})
	ts.Check(err)
	changed := false
	err = db.Update(func(tx *bbolt.Tx) error {
		return tx.ForEach(func(_ []byte, bucket *bbolt.Bucket) error {
			if bucket.Get([]byte("schema")) == nil {
				return nil
			}
			changed = true
			return bucket.Put([]byte("schema"), []byte(args[1]))
		})
	})
	ts.Check(errors.Join(err, db.Close()))
	if !changed {
		ts.Fatalf("%s holds no schema version", args[0])
	}
}
