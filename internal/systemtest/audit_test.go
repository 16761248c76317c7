package systemtest_test

import (
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/dsappd/dsappd"
	"github.com/dsappd/dsappd/internal/audit"
	"github.com/dsappd/dsappd/internal/datafolder"
	"github.com/dsappd/dsappd/internal/operators"

	"github.com/dsappd/dsappd/internal/server/admin"
)

// logLines hands on each line of a log.
type logLines chan string

func (l logLines) Write(line []byte) (int, error) {
	l <- string(line)
	return len(line), nil
}

// await waits for a line that holds the words.
func (l logLines) await(t *testing.T, words string) {
	t.Helper()
	for {
		select {
		case line := <-l:
			if strings.Contains(line, words) {
				return
			}
		case <-time.After(30 * time.Second):
			t.Fatalf("no line of the log holds %q", words)
		}
	}
}

// A server removes at its start what retention does not keep, and its log has
// the seal that vouches for what there was when it ended.
func TestServerKeepsItsAudit(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	ago := func() time.Time { return time.Now().Add(-72 * time.Hour) }
	options := datafolder.InitOptions{Now: ago, Settings: "[audit]\nretention = \"48h\"\n[password_hash]\nmemory_kib = 8\npasses = 1\n"}
	if err := datafolder.Init(t.Context(), dir, options); err != nil {
		t.Fatal(err)
	}
	lines := make(logLines, 1000)
	server, err := dsappd.Open(t.Context(), dsappd.Config{Dir: dir, Addr: "127.0.0.1:0", Logger: slog.New(slog.NewTextHandler(lines, nil))})
	if err != nil {
		t.Fatal(err)
	}
	lines.await(t, "removed old parts of the audit")
	if err := server.Close(); err != nil {
		t.Fatal(err)
	}
	lines.await(t, "audit sealed")
	door, err := operators.Open(t.Context(), dir, operators.Config{Operator: "alice"})
	if err != nil {
		t.Fatal(err)
	}
	defer door.Close()
	got, err := door.VerifyAudit(t.Context(), admin.VerifyAudit{})
	if err != nil || len(got.Broken) > 0 || got.Unsealed != 0 || got.Runs != 2 || got.Events != 1 {
		t.Errorf("the anchor of the first run and the removal: %+v, %v", got, err)
	}
}

// A command without a server seals what it decides while it goes on.
func TestCommandWithoutServerSealsMeanwhile(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	if err := datafolder.Init(t.Context(), dir, datafolder.InitOptions{Settings: "[password_hash]\nmemory_kib = 8\npasses = 1\n"}); err != nil {
		t.Fatal(err)
	}
	door, err := operators.Open(t.Context(), dir, operators.Config{Operator: "alice"})
	if err != nil {
		t.Fatal(err)
	}
	defer door.Close()
	if _, err := door.PruneAudit(t.Context(), audit.Limit{Before: time.Now().Add(-time.Hour)}); err != nil {
		t.Fatal(err)
	}
	for end := time.Now().Add(time.Minute); ; time.Sleep(50 * time.Millisecond) {
		got, err := door.VerifyAudit(t.Context(), admin.VerifyAudit{})
		if err != nil || len(got.Broken) > 0 || time.Now().After(end) {
			t.Fatalf("not sealed while the door is open: %+v, %v", got, err)
		}
		if got.Runs == 2 && got.Unsealed == 0 {
			return
		}
	}
}
