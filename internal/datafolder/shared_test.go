package datafolder

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/dsappd/dsappd/internal/pgtest"
	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/store/postgres"
)

// database is the server of the tests of folders whose store is shared.
var database pgtest.Shared

func TestMain(m *testing.M) { os.Exit(pgtest.Run(m, &database)) }

// cheapSettings are those of a new folder, with password hashes that cost nothing.
func cheapSettings() string {
	return strings.NewReplacer("memory_kib = 19456", "memory_kib = 8", "passes = 2", "passes = 1").Replace(SettingsText)
}

// emptyDatabase returns the URL of a schema that holds nothing.
func emptyDatabase(t *testing.T) string {
	t.Helper()
	url, err := database.URL(t.Name() + pgtest.Name())
	if err != nil {
		t.Fatal(err)
	}
	return url
}

// sharedFolder makes a folder whose store is in a database of its own.
func sharedFolder(t *testing.T) (dir, url string) {
	t.Helper()
	dir, url = filepath.Join(t.TempDir(), "a"), emptyDatabase(t)
	if err := Init(t.Context(), dir, InitOptions{Settings: cheapSettings(), Sample: true, Store: url}); err != nil {
		t.Fatal(err)
	}
	return dir, url
}

// joined makes the folder of one more server.
func joined(t *testing.T, dir, url string) string {
	t.Helper()
	other := filepath.Join(t.TempDir(), "b")
	err := Init(t.Context(), other, InitOptions{Store: url, KeyFile: filepath.Join(dir, keyName)})
	if err != nil {
		t.Fatal(err)
	}
	return other
}

func openShared(t *testing.T, dir string) *Folder {
	t.Helper()
	f, err := Open(t.Context(), dir, Source{}.WithDefaults())
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func closeFolder(t *testing.T, f *Folder) {
	t.Helper()
	if err := f.Close(); err != nil {
		t.Error(err)
	}
}

func inDatabase(t *testing.T, url, statement string, args ...any) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	if _, err := conn.Exec(t.Context(), statement, args...); err != nil {
		t.Fatal(err)
	}
}

func userIDs(t *testing.T, f *Folder) []string {
	t.Helper()
	page, err := f.Service.ListUsers(t.Context(), provision.ListUsers{})
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, u := range page.Records {
		ids = append(ids, u.UserID)
	}
	return ids
}

// A second server needs the URL and the master key, and what one writes the other
// reads.
func TestServersShareAStore(t *testing.T) {
	t.Parallel()
	dir, url := sharedFolder(t)
	other := joined(t, dir, url)
	a, b := openShared(t, dir), openShared(t, other)
	defer closeFolder(t, a)
	defer closeFolder(t, b)
	if a.Settings.PasswordHash != b.Settings.PasswordHash {
		t.Error("the settings of the store did not come along")
	}
	add := provision.AddUser{UserID: "ann", StaticPassword: "Password2"}
	if _, err := a.Service.AddUser(t.Context(), provision.Operator{Name: "test"}, add); err != nil {
		t.Fatal(err)
	}
	if found := strings.Join(userIDs(t, b), " "); !strings.Contains(found, "ann") {
		t.Errorf("the other server has the users %s", found)
	}
	cluster, err := ReadCluster(t.Context(), other, a.Service.Now)
	if err != nil || len(cluster.Servers) != 2 || !cluster.Servers[0].Live || !cluster.Servers[1].Live {
		t.Errorf("the servers: %+v, %v", cluster, err)
	}
	problems, err := a.Check(t.Context())
	if err != nil || len(problems) > 0 {
		t.Errorf("check: %v, %v", problems, err)
	}
}

func TestSharedStoreRefuses(t *testing.T) {
	t.Parallel()
	dir, url := sharedFolder(t)
	wrong := filepath.Join(t.TempDir(), "wrong.key")
	if err := os.WriteFile(wrong, bytes.Repeat([]byte{7}, keySize), 0o600); err != nil {
		t.Fatal(err)
	}
	into := filepath.Join(t.TempDir(), "new")
	for name, test := range map[string]struct {
		do   func() error
		want error
	}{
		"a second store": {func() error { return Init(t.Context(), into, InitOptions{Store: url}) }, ErrNotEmpty},
		"a wrong key":    {func() error { return Init(t.Context(), into, InitOptions{Store: url, KeyFile: wrong}) }, ErrKey},
		"an empty database": {func() error {
			return Init(t.Context(), into, InitOptions{Store: emptyDatabase(t), KeyFile: filepath.Join(dir, keyName)})
		}, ErrNoStore},
		"to migrate": {func() error { _, err := Migrate(t.Context(), dir, MigrateOptions{}); return err }, ErrShared},
		"to compact": {func() error { _, err := Compact(t.Context(), dir, CompactOptions{}); return err }, ErrShared},
	} {
		if err := test.do(); !errors.Is(err, test.want) {
			t.Errorf("%s: got %v, want %v", name, err, test.want)
		}
		if _, err := os.Stat(into); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("%s: left a folder behind", name)
		}
	}
}

// Settings that bear on decisions are alike on all servers that live.
func TestServersAgreeOnSettings(t *testing.T) {
	t.Parallel()
	dir, url := sharedFolder(t)
	other := joined(t, dir, url)
	text, err := os.ReadFile(filepath.Join(other, settingsName))
	if err != nil {
		t.Fatal(err)
	}
	changed := setSetting(string(text), "sweep", "retention", `"1h0m0s"`)
	if err := overwrite(other, settingsName, []byte(changed)); err != nil {
		t.Fatal(err)
	}
	a := openShared(t, dir)
	_, err = Open(t.Context(), other, Source{}.WithDefaults())
	if !errors.Is(err, ErrSettings) || !strings.Contains(err.Error(), `sweep.retention is "1h0m0s" here and "168h0m0s" there`) {
		t.Errorf("other settings than a server's that lives: %v", err)
	}
	closeFolder(t, a)
	closeFolder(t, openShared(t, other)) // nobody lives, so these hold now
	closeFolder(t, openShared(t, dir))   // and after it has ended, the first one's again
}

// A run that a peer has not heard of for long is sealed by the peer, and one that
// lives is not.
func TestPeersSealTheDead(t *testing.T) {
	t.Parallel()
	dir, url := sharedFolder(t)
	a, b := openShared(t, dir), openShared(t, joined(t, dir, url))
	defer closeFolder(t, b)
	add := provision.AddUser{UserID: "ann", StaticPassword: "Password2"}
	if _, err := a.Service.AddUser(t.Context(), provision.Operator{Name: "test"}, add); err != nil {
		t.Fatal(err)
	}
	sealed := func() []string {
		runs, err := b.Service.Audit.SealEndedRuns(t.Context(), b.hasEnded(t.Context()))
		if err != nil {
			t.Error(err)
		}
		return runs
	}
	const age = "update dsappd_servers set at = case when run = $1 then now() - interval '1 minute' else at end, steady = now() - interval '1 minute'"
	inDatabase(t, url, age, "nobody")
	if runs := sealed(); len(runs) > 0 {
		t.Errorf("sealed runs that live: %v", runs)
	}
	inDatabase(t, url, age, a.Service.Audit.Run)
	if lapsed, err := b.Shared.Lapsed(t.Context()); err != nil || !lapsed {
		t.Errorf("Lapsed: %v, %v", lapsed, err)
	}
	if runs := sealed(); len(runs) != 1 || runs[0] != a.Service.Audit.Run {
		t.Errorf("sealed %v, want %s", runs, a.Service.Audit.Run)
	}
	if err := a.Shared.Beat(t.Context(), a.member.self); !errors.Is(err, postgres.ErrLapsed) {
		t.Errorf("the beat of a run that was ended: %v", err)
	}
	_ = a.Close() // it cannot seal any more
	report, err := b.Service.Audit.Verify(t.Context(), nil)
	if err != nil || len(report.Broken) > 0 {
		t.Errorf("verify: %+v, %v", report, err)
	}
}

// A store goes from a file to a database and back, and a backup of it is restored
// as a file.
func TestCopyThereAndBack(t *testing.T) {
	t.Parallel()
	at := t.TempDir()
	first, url := filepath.Join(at, "first"), emptyDatabase(t)
	if err := Init(t.Context(), first, InitOptions{Settings: cheapSettings(), Sample: true}); err != nil {
		t.Fatal(err)
	}
	there, err := Copy(t.Context(), first, url, Source{})
	if err != nil {
		t.Fatal(err)
	}
	shared := joined(t, first, url)
	back, err := Copy(t.Context(), shared, filepath.Join(at, "back"), Source{})
	if err != nil || there.SHA256 != back.SHA256 || there.Records != back.Records || there.Records < 50 {
		t.Errorf("there %+v and back %+v: %v", there, back, err)
	}
	if _, err := Copy(t.Context(), first, url, Source{}); !errors.Is(err, ErrNotEmpty) {
		t.Errorf("on top of a store: %v", err)
	}
	f := openShared(t, shared)
	if _, err := Copy(t.Context(), shared, filepath.Join(at, "late"), Source{}); !errors.Is(err, ErrLocked) {
		t.Errorf("while a server lives: %v", err)
	}
	var backup bytes.Buffer
	_, err = WriteBackup(t.Context(), &backup, shared, f.Service.Now(), nil, func(begin func(int64) (io.Writer, error)) error { return f.CopyStore(begin) })
	want := userIDs(t, f)
	closeFolder(t, f)
	file, restored := filepath.Join(at, "backup"), filepath.Join(at, "restored")
	if err == nil {
		err = os.WriteFile(file, backup.Bytes(), 0o600)
	}
	if err == nil {
		_, err = Restore(t.Context(), file, restored, RestoreOptions{KeyFile: filepath.Join(first, keyName)})
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{filepath.Join(at, "back"), restored} {
		f := openShared(t, dir)
		if f.Shared != nil || strings.Join(userIDs(t, f), " ") != strings.Join(want, " ") {
			t.Errorf("%s has the users %v, want %v in a file", dir, userIDs(t, f), want)
		}
		closeFolder(t, f)
	}
}

func TestStoreSettings(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`engine = "mysql"`:    "store.engine",
		`engine = "postgres"`: "store.url",
		"engine = \"postgres\"\nurl = \"postgres://u:secret@h/db\"":        "store.password_file",
		"engine = \"postgres\"\nurl = \"postgres://h/db?password=secret\"": "store.password_file",
		`wait = "0s"`: "store.wait",
	} {
		_, err := parseSettings("[store]\n" + text)
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %v", text, err)
		}
	}
}
