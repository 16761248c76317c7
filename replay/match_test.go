package replay_test

import (
	"fmt"
	"testing"

	"github.com/dsappd/dsappd/replay"
)

// TestFreeValues holds what each placeholder takes, and what it does not.
func TestFreeValues(t *testing.T) {
	for _, c := range []struct {
		expected string
		fits     []string
		refused  []string
	}{
		{`plain`, []string{"plain"}, []string{"", "Plain", "plain ", "xplain"}},
		{`{{any}}`, []string{"a", "a\nb", " "}, []string{""}},
		{`a{{...}}`, []string{"a", "ab"}, []string{"", "b"}},
		{`{{1..9}}`, []string{"1", "9", "05"}, []string{"", "0", "10", "5.0", "x", "5x", "99999999999999999999"}},
		{`{{-3..-1}}`, []string{"-3", "-1"}, []string{"-4", "0", "1"}},
		{`{{..0}}`, []string{"0", "-100"}, []string{"1"}},
		{`{{10..}} of {{..20}}`, []string{"10 of 20", "99 of -1"}, []string{"9 of 20", "10 of 21", "10 of"}},
		{`{{a|b|"c d"}}`, []string{"a", "b", "c d"}, []string{"", "c", "ab", "a|b"}},
		{`{{a|ab}}c`, []string{"ac", "abc"}, []string{"c", "abbc"}},
		{`{{/[0-9A-F]{4}/}}`, []string{"00FF"}, []string{"00F", "00FF0", "00ff", "00FF\n"}},
		{`{{/a|b/}}c`, []string{"ac", "bc"}, []string{"a", "c"}},
		{`{{/a\/b/}}`, []string{"a/b"}, []string{`a\/b`}},
		{`{{"{{any}}"}}`, []string{"{{any}}"}, []string{"x"}},
		{`{{"a\tb"}}.`, []string{"a\tb."}, []string{"a\tbx"}},
		{`a.b`, []string{"a.b"}, []string{"axb"}},
	} {
		text := fmt.Sprintf("Free values.\n-- 1.request.xml --\n<a/>\n-- 1.reply.txt --\n%s\n", c.expected)
		transcript, err := replay.Parse(c.expected, []byte(text))
		if err != nil {
			t.Errorf("%s: %v", c.expected, err)
			continue
		}
		play := func(reply string) bool { return said(t, reply).Play(t.Context(), transcript).Passed() }
		for _, reply := range c.fits {
			if !play(reply + "\n") {
				t.Errorf("%s refuses %q", c.expected, reply)
			}
		}
		for _, reply := range c.refused {
			if play(reply + "\n") {
				t.Errorf("%s takes %q", c.expected, reply)
			}
		}
	}
}
