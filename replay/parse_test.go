package replay_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dsappd/dsappd/replay"
)

// Each file in testdata/broken is an archive of broken transcripts, each
// behind a file with what is said of it.
func TestBroken(t *testing.T) {
	names, err := filepath.Glob("testdata/broken/*.txt")
	if err != nil || len(names) == 0 {
		t.Fatalf("no broken transcripts: %v", err)
	}
	for _, name := range names {
		t.Run(filepath.Base(name), func(t *testing.T) {
			content, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			text, want, _ := strings.Cut(string(content), "==== is told ====\n")
			_, err = replay.Parse("broken.txtar", []byte(text))
			broken, ok := errors.AsType[*replay.BrokenError](err)
			if !ok || broken.File != "broken.txtar" {
				t.Fatalf("Parse: %v, want a *BrokenError", err)
			}
			if got := err.Error() + "\n"; got != want {
				if updating() {
					err = os.WriteFile(name, []byte(text+"==== is told ====\n"+got), 0o644)
				}
				t.Errorf("told (-want +got):\n%s%v", cmp.Diff(want, got), err)
			}
		})
	}
}
