//go:build !race

package replay_test

import (
	"path/filepath"
	"regexp"
	"sync"
	"testing"

	"github.com/dsappd/dsappd/internal/playserver"
	"github.com/dsappd/dsappd/replay"
	"github.com/dsappd/dsappd/replay/transcript"
)

// A transcript that would pass against a wrong server is useless. Each reply of
// each transcript is spoiled in every place, and the comparison must notice all
// but what the transcript leaves free.
func TestMutations(t *testing.T) {
	names, err := filepath.Glob("../testdata/transcripts/*.txtar")
	if err != nil || len(names) == 0 {
		t.Fatalf("no transcripts: %v", err)
	}
	digits := regexp.MustCompile("[0-9]+") // of users and serial numbers
	var seen sync.Map                      // what was expected somewhere: the same is not spoiled again
	for _, name := range names {
		t.Run(filepath.Base(name), func(t *testing.T) {
			t.Parallel()
			read, err := replay.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			tried, free := 0, 0
			player := &replay.Player{Start: playserver.Start}
			err = replay.Watch(t.Context(), player, read, func(e replay.Watched, reply string, notices func(string) bool) {
				if e.Reply.Kind == transcript.JSON {
					for what, spoiled := range mutationsJSON(t, reply, replay.FreeJSON(e)) {
						tried++
						if !notices(spoiled) {
							t.Errorf("exchange %d: nobody noticed: %s:\n%s", e.Number, what, spoiled)
						}
					}
					return
				}
				if e.Reply.Kind != transcript.XML {
					return
				}
				isNew := func(path, want string) bool {
					_, again := seen.LoadOrStore(path+" "+digits.ReplaceAllString(want, "0"), true)
					return !again
				}
				spoiled := mutations(t, e, reply, isNew)
				if len(spoiled) == 0 {
					return
				}
				for _, m := range spoiled {
					tried++
					if m.free {
						free++
						continue
					}
					if !notices(m.text) {
						t.Errorf("exchange %d: nobody noticed: %s:\n%s", e.Number, m.what, m.text)
					}
				}
				for _, same := range freedoms(t, reply) {
					if notices(same.text) {
						t.Errorf("exchange %d: it should not matter: %s:\n%s", e.Number, same.what, same.text)
					}
				}
			})
			if err != nil {
				t.Fatal(err)
			}
			t.Logf("%d mutations, %d of them free", tried, free)
		})
	}
}
