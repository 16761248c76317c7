package replay_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/dsappd/dsappd/internal/playserver"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/dsappd/dsappd/replay"
)

// updated plays a transcript with an update, and again without, which must
// pass. It returns the file.
func updated(t *testing.T, player *replay.Player, text []byte) (string, replay.Result) {
	t.Helper()
	name := filepath.Join(t.TempDir(), "transcript.txtar")
	if err := os.WriteFile(name, text, 0o640); err != nil {
		t.Fatal(err)
	}
	var first replay.Result
	for _, update := range []bool{true, false} {
		run := replay.Run{Player: player, Update: update, Report: func(r replay.Result) error {
			if update {
				first = r
			} else if !r.Passed() {
				content, _ := os.ReadFile(name)
				t.Errorf("it does not pass after the update: %+v\n%s\n%s", r.Exchanges, first.Updated, content)
			}
			return nil
		}}
		if _, err := run.Paths(t.Context(), []string{name}); err != nil {
			t.Fatal(err)
		}
	}
	info, err := os.Stat(name)
	if err != nil || info.Mode().Perm() != 0o640 {
		t.Errorf("the file's mode is %v, %v", info.Mode(), err)
	}
	content, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(content), first
}

// Each file in testdata/update is a transcript with wrong expectations, and
// behind it what an update makes of it.
func TestUpdate(t *testing.T) {
	names, err := filepath.Glob("testdata/update/*.txt")
	if err != nil || len(names) == 0 {
		t.Fatalf("no transcripts: %v", err)
	}
	for _, name := range names {
		t.Run(filepath.Base(name), func(t *testing.T) {
			content, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			text, want, _ := strings.Cut(string(content), "==== becomes ====\n")
			got, _ := updated(t, &replay.Player{Start: playserver.Start}, []byte(text))
			if got == want {
				return
			}
			if updating() {
				err = os.WriteFile(name, []byte(text+"==== becomes ====\n"+got), 0o644)
			}
			t.Errorf("(-want +got):\n%s%v", cmp.Diff(want, got), err)
		})
	}
}

// Whatever is wrong with an expectation, an update mends it, and leaves all
// the rest of the file as it was.
func TestUpdateMends(t *testing.T) {
	text, err := os.ReadFile("../testdata/transcripts/register-wrong-password.txtar")
	if err != nil {
		t.Fatal(err)
	}
	transcript, err := replay.Parse("register-wrong-password", text)
	if err != nil {
		t.Fatal(err)
	}
	// All replies are the same, so this server says nothing else.
	player := said(t, transcript.Exchanges[1].Reply.Body)
	archive := txtar.Parse(text)
	i := len(archive.Files) - 1
	for _, m := range mutations(t, replay.Watchable(transcript, 1), transcript.Exchanges[1].Reply.Body, func(string, string) bool { return true }) {
		archive.Files[i].Data = []byte(m.text + "\n")
		wrong := txtar.Format(archive)
		t.Run(m.what, func(t *testing.T) {
			got, first := updated(t, player, wrong)
			if first.Passed() || first.Updated == "" {
				t.Error("nothing differed")
			}
			before, after := txtar.Parse(wrong), txtar.Parse([]byte(got))
			for j, other := range after.Files {
				if j != i && string(other.Data) != string(before.Files[j].Data) {
					t.Errorf("%s was changed:\n%s", other.Name, first.Updated)
				}
			}
		})
	}
}

// said is a player against a server that always answers the same.
func said(t *testing.T, reply string) *replay.Player {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, reply) }))
	t.Cleanup(server.Close)
	return &replay.Player{URL: server.URL, HTTP: server.Client()}
}
