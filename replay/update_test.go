package replay_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/dsappd/dsappd"
	"github.com/dsappd/dsappd/replay"
)

// updated plays a transcript with an update, and again without, which must
// pass. It returns the file.
func updated(t *testing.T, text []byte) (string, replay.Result) {
	t.Helper()
	name := filepath.Join(t.TempDir(), "transcript.txtar")
	if err := os.WriteFile(name, text, 0o640); err != nil {
		t.Fatal(err)
	}
	var first replay.Result
	for _, update := range []bool{true, false} {
		run := replay.Run{Player: &replay.Player{Start: dsappd.StartReplay}, Update: update, Report: func(r replay.Result) error {
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
			got, _ := updated(t, []byte(text))
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
	for _, name := range []string{"wrong_password", "single_device"} {
		text, err := os.ReadFile("../testdata/transcripts/" + name + ".txtar")
		if err != nil {
			t.Fatal(err)
		}
		archive := txtar.Parse(text)
		for i, file := range archive.Files {
			if !strings.HasSuffix(file.Name, ".reply.xml") || name == "single_device" && file.Name != "3.reply.xml" {
				continue
			}
			transcript, err := replay.Parse(name, text)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range mutations(t, transcript.Exchanges[0], string(file.Data)) {
				archive.Files[i].Data = []byte(m.text + "\n")
				wrong := txtar.Format(archive)
				if _, err := replay.Parse(name, wrong); err != nil {
					continue // a placeholder was spoiled
				}
				t.Run(name+"/"+file.Name+"/"+m.what, func(t *testing.T) {
					t.Parallel()
					got, first := updated(t, wrong)
					before, after := txtar.Parse(wrong), txtar.Parse([]byte(got))
					for j, other := range after.Files {
						if j != i && string(other.Data) != string(before.Files[j].Data) {
							t.Errorf("%s was changed:\n%s", other.Name, first.Updated)
						}
					}
				})
			}
			archive.Files[i].Data = file.Data
		}
	}
}
