package bolt

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.etcd.io/bbolt"

	"github.com/dsappd/dsappd/store"
)

// fresh makes an engine that is checked and closed when the test ends.
func fresh(t *testing.T) *Engine {
	t.Helper()
	e, err := Create(filepath.Join(t.TempDir(), "store.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { checkAndClose(t, e) })
	return e
}

func checkAndClose(t *testing.T, e *Engine) {
	t.Helper()
	faults, err := e.Check(context.Background())
	if err != nil {
		t.Error(err)
	}
	for _, fault := range faults {
		t.Error(fault)
	}
	if err := e.Close(); err != nil {
		t.Error(err)
	}
}

func put(key, value string) []store.Write {
	return []store.Write{{Key: key, Value: []byte(value)}}
}

func mustCommit(t *testing.T, e *Engine, writes []store.Write) {
	t.Helper()
	if err := e.Commit(t.Context(), nil, writes); err != nil {
		t.Fatal(err)
	}
}

// contents is all that the engine holds, without revisions.
func contents(t *testing.T, e *Engine) map[string]string {
	t.Helper()
	s, err := e.Snapshot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	found := map[string]string{}
	for entry, err := range s.Scan("", "") {
		if err != nil {
			t.Fatal(err)
		}
		found[entry.Key] = string(entry.Value)
	}
	return found
}

func wantContents(t *testing.T, e *Engine, want map[string]string) {
	t.Helper()
	if diff := cmp.Diff(want, contents(t, e)); diff != "" {
		t.Errorf("contents (-want +got):\n%s", diff)
	}
}

func revision(t *testing.T, e *Engine, key string) uint64 {
	t.Helper()
	s, err := e.Snapshot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	_, revision, err := s.Get(key)
	if err != nil {
		t.Fatal(err)
	}
	return revision
}

func TestRevisionNeverRepeats(t *testing.T) {
	e := fresh(t)
	seen := map[uint64]bool{}
	for range 5 {
		mustCommit(t, e, put("k", "v"))
		if r := revision(t, e, "k"); r == 0 || seen[r] {
			t.Errorf("revision %d: zero or seen before", r)
		} else {
			seen[r] = true
		}
		mustCommit(t, e, []store.Write{{Key: "k", Delete: true}})
		if r := revision(t, e, "k"); r != 0 {
			t.Errorf("revision %d of a deleted key, want 0", r)
		}
	}
}

func TestSnapshotScan(t *testing.T) {
	e := fresh(t)
	for _, key := range []string{"a", "b", "b\x00", "b\x00x", "bb", "c", "\xff"} {
		mustCommit(t, e, put(key, "v"))
	}
	s, err := e.Snapshot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for _, test := range []struct {
		prefix, after string
		want          []string
	}{
		{"", "", []string{"a", "b", "b\x00", "b\x00x", "bb", "c", "\xff"}},
		{"", "b\x00x", []string{"bb", "c", "\xff"}},
		{"", "\xff", nil},
		{"b", "", []string{"b", "b\x00", "b\x00x", "bb"}},
		{"b", "a", []string{"b", "b\x00", "b\x00x", "bb"}},
		{"b", "b", []string{"b\x00", "b\x00x", "bb"}},
		{"b", "b\x00a", []string{"b\x00x", "bb"}},
		{"b", "c", nil},
		{"d", "", nil},
	} {
		var got []string
		for entry, err := range s.Scan(test.prefix, test.after) {
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, entry.Key)
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("Scan(%q, %q) (-want +got):\n%s", test.prefix, test.after, diff)
		}
	}
}

func TestCreate(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.db")
	e, err := Create(path)
	if err != nil {
		t.Fatal(err)
	}
	mustCommit(t, e, put("k", "v"))
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode() != 0o600 {
		t.Errorf("mode %v, want 0600", info.Mode())
	}
	for range 2 { // a file in use, and one that is not
		if _, err := Create(path); !errors.Is(err, fs.ErrExist) {
			t.Errorf("Create on top of a file: %v", err)
		}
		if err := e.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	}
	names, err := filepath.Glob(path + "*")
	if err != nil || len(names) != 1 {
		t.Errorf("left behind: %q, %v", names, err)
	}
	e, err = Open(path)
	if err != nil {
		t.Fatal(err)
	}
	wantContents(t, e, map[string]string{"k": "v"})
	checkAndClose(t, e)
}

// A Create that was killed leaves its unfinished file; the next one takes it
// over.
func TestCreateAfterKill(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.db")
	if err := os.WriteFile(path+".new", nil, 0o600); err != nil {
		t.Fatal(err)
	}
	e, err := Create(path)
	if err != nil {
		t.Fatal(err)
	}
	checkAndClose(t, e)
}

func TestOpenRefusesMissing(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.db")
	if _, err := Open(path); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("Open: %v", err)
	}
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("Open made the file: %v", err)
	}
}

func TestOpenRefusesLocked(t *testing.T) {
	e := fresh(t)
	_, err := Open(e.path)
	var locked *LockedError
	if !errors.As(err, &locked) || locked.Path != e.path {
		t.Errorf("Open: %v", err)
	}
	mustCommit(t, e, put("k", "v")) // the holder does not notice
}

// modify closes the engine and changes its file by bbolt itself.
func modify(t *testing.T, e *Engine, change func(*bbolt.Tx) error) {
	t.Helper()
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
	db, err := bbolt.Open(e.path, 0o600, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Update(change); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
}

func filled(t *testing.T) *Engine {
	t.Helper()
	e, err := Create(filepath.Join(t.TempDir(), "store.db"))
	if err != nil {
		t.Fatal(err)
	}
	mustCommit(t, e, put("k", "v"))
	return e
}

func TestOpenRefusesSchema(t *testing.T) {
	for name, test := range map[string]struct {
		change func(*bbolt.Tx) error
		found  string
	}{
		"newer": {func(tx *bbolt.Tx) error {
			return tx.Bucket([]byte(headBucket)).Put([]byte(schemaKey), []byte("99"))
		}, "99"},
		"older": {func(tx *bbolt.Tx) error {
			return tx.Bucket([]byte(headBucket)).Put([]byte(schemaKey), []byte("1"))
		}, "1"},
		"none":       {func(tx *bbolt.Tx) error { return tx.DeleteBucket([]byte(headBucket)) }, ""},
		"no records": {func(tx *bbolt.Tx) error { return tx.DeleteBucket([]byte(recordsBucket)) }, wantSchema()},
	} {
		t.Run(name, func(t *testing.T) {
			e := filled(t)
			modify(t, e, test.change)
			_, err := Open(e.path)
			var schema *SchemaError
			if !errors.As(err, &schema) {
				t.Fatalf("Open: %v", err)
			}
			if want := (SchemaError{e.path, test.found, wantSchema()}); *schema != want {
				t.Errorf("got %+v, want %+v", *schema, want)
			}
		})
	}
}

// A file cut at any page, or that never was one, is refused in words, though
// reading what is missing would be a fault of memory.
func TestOpenRefusesDamage(t *testing.T) {
	e := filled(t)
	for range 20 {
		mustCommit(t, e, put("long", strings.Repeat("v", 50_000)))
	}
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(e.path)
	if err != nil {
		t.Fatal(err)
	}
	refused := func(data []byte) {
		t.Helper()
		path := filepath.Join(t.TempDir(), "store.db")
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		damaged, err := Open(path)
		var damage *DamagedError
		if err == nil {
			_ = damaged.Close()
		}
		if !errors.As(err, &damage) {
			t.Errorf("Open of %d bytes: %v", len(data), err)
		}
	}
	page := os.Getpagesize()
	for size := 0; size < 16*page; size += page / 2 {
		refused(whole[:size])
	}
	refused([]byte(strings.Repeat("not a store", 10_000)))
	refused(make([]byte, len(whole)))
}

func entry(key string, revision uint64) []byte {
	made := appendEntry(nil, []byte("{}"))
	stamp([]byte(key), made, revision)
	return made
}

func TestCheckFindsRevisions(t *testing.T) {
	e := filled(t)
	modify(t, e, func(tx *bbolt.Tx) error {
		records := tx.Bucket([]byte(recordsBucket))
		return errors.Join(
			records.Put([]byte("none"), []byte("12345678901")),
			records.Put([]byte("zero"), entry("zero", 0)),
			records.Put([]byte("ahead"), entry("ahead", 2)),
			records.Put([]byte("changed"), entry("other", 1)),
		)
	})
	e, err := Open(e.path)
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	faults, err := e.Check(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	want := []store.Problem{
		{Record: `key "ahead"`, Fault: "its revision is 2, and commits have reached 1", Mend: mendBackup},
		{Record: `key "changed"`, Fault: ErrChecksum.Error(), Mend: mendBackup},
		{Record: `key "none"`, Fault: "stored value holds no revision", Mend: mendBackup},
		{Record: `key "zero"`, Fault: "its revision is 0, and commits have reached 1", Mend: mendBackup},
	}
	if last := len(faults) - 1; last < 0 || !strings.Contains(faults[last].Fault, errTotals.Error()) {
		t.Errorf("faults: %v, want one of the totals last", faults)
	} else {
		faults = faults[:last]
	}
	if diff := cmp.Diff(want, faults); diff != "" {
		t.Errorf("faults (-want +got):\n%s", diff)
	}
	if err := e.Commit(t.Context(), []store.Read{{Key: "none", Revision: 1}}, nil); !errors.Is(err, ErrNoRevision) {
		t.Errorf("Commit over a damaged value: %v", err)
	}
}

func TestCheckFindsPages(t *testing.T) {
	e := filled(t)
	for _, key := range []string{"1", "2", "3"} {
		mustCommit(t, e, put(key, strings.Repeat(key, 3000)))
	}
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(e.path)
	if err != nil {
		t.Fatal(err)
	}
	// Swap the order of two keys in every page that holds them.
	data = []byte(strings.ReplaceAll(string(data), "\x00\x00\x00\x00\x00\x04"+strings.Repeat("3", 100), "\x00\x00\x00\x00\x00\x04"+strings.Repeat("4", 100)))
	data = []byte(strings.ReplaceAll(string(data), "2\x00\x00\x00\x00\x00\x00\x00\x03", "9\x00\x00\x00\x00\x00\x00\x00\x03"))
	if err := os.WriteFile(e.path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	e, err = Open(e.path)
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	if faults, err := e.Check(t.Context()); err != nil || len(faults) == 0 {
		t.Errorf("Check of a file with its keys out of order: %q, %v", faults, err)
	}
}
