package replay_test

import (
	"fmt"
	"testing"

	"github.com/dsappd/dsappd/replay"
	"github.com/dsappd/dsappd/replay/transcript"
)

// Checks say something of a reply whose body is not written down, and of one
// that is.
func TestChecks(t *testing.T) {
	player := said(t, `<a xmlns:p="urn:p"><p:b><c>1</c></p:b><b><c>2</c><d/></b></a>`)
	for _, body := range []string{"", "-- 1.reply.xml --\n<a>{{...}}</a>\n"} {
		for options, passes := range map[string]bool{
			`contains = ["<c>1</c>"]`:              true,
			`contains = ["<c>3</c>"]`:              false,
			`lacks = ["<c>3</c>"]`:                 true,
			`lacks = ['{{/<c>.<\/c>/}}']`:          false,
			`values = { "b/c" = "2" }`:             true,
			`values = { "a//c" = "1" }`:            true,
			`values = { "b/c" = "3" }`:             false,
			`values = { "b/x" = "{{any}}" }`:       false,
			`values = { "count(b/c)" = "2" }`:      true,
			`values = { "count(b/c)" = "1" }`:      false,
			`values = { "count(x)" = "0" }`:        true,
			`values = { "b[2]/d" = "" }`:           true,
			`values = { "b[c='2']/d" = "{{any}}"}`: false,
			`statuses = [201, 200]`:                true,
			`statuses = [201, 202]`:                false,
		} {
			text := fmt.Sprintf("Checks.\n-- 1.toml --\n[reply]\n%s\n-- 1.request.xml --\n<a/>\n%s", options, body)
			parsed, err := replay.Parse("checks", []byte(text))
			if err != nil {
				t.Fatalf("%s: %v", options, err)
			}
			result := player.Play(t.Context(), parsed)
			if result.Passed() != passes || result.Unwritten() != 0 {
				t.Errorf("%s passes: %v, want %v: %+v", options, result.Passed(), passes, result)
			}
			again, err := transcript.Format(&parsed.Transcript)
			if err != nil {
				t.Fatal(err)
			}
			if parsed, err = replay.Parse("again", again); err != nil || player.Play(t.Context(), parsed).Passed() != passes {
				t.Errorf("%s is not the same when it was written: %v\n%s", options, err, again)
			}
		}
	}
}
