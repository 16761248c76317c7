package replay_test

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"

	"github.com/dsappd/dsappd/replay/transcript"

	"github.com/dsappd/dsappd/replay"
)

// Replies are compared whatever they are encoded in, and one that is not in
// what it says it is in is not taken for another.
func TestEncodings(t *testing.T) {
	transcript := "Encodings.\n-- 1.request.xml --\n<a/>\n-- 1.reply.xml --\n<a>grün</a>\n"
	utf16 := func(big bool) string {
		var out []byte
		for _, r := range "\uFEFF" + `<?xml version="1.0" encoding="UTF-16"?><a>grün</a>` {
			if big {
				out = append(out, byte(r>>8), byte(r))
			} else {
				out = append(out, byte(r), byte(r>>8))
			}
		}
		return string(out)
	}
	for name, c := range map[string]struct {
		contentType, body string
		passes            bool
	}{
		"UTF-8":                       {"text/xml", "<a>grün</a>", true},
		"UTF-8 with a mark":           {"text/xml; charset=utf-8", "\uFEFF<a>grün</a>", true},
		"Latin 1, declared":           {"text/xml", "<?xml version='1.0' encoding='ISO-8859-1'?><a>gr\xFCn</a>", true},
		"Latin 1, by the header":      {"text/xml; charset=iso-8859-1", "<a>gr\xFCn</a>", true},
		"the header before the rest":  {"text/xml; charset=utf-8", "<?xml version='1.0' encoding='ISO-8859-1'?><a>grün</a>", true},
		"UTF-16, big-endian":          {"text/xml", utf16(true), true},
		"UTF-16, little-endian":       {"text/xml; charset=utf-16", utf16(false), true},
		"Latin 1 that is not said so": {"text/xml", "<a>gr\xFCn</a>", false},
		"UTF-8 taken for Latin 1":     {"text/xml; charset=iso-8859-1", "<a>grün</a>", false},
		"an unknown encoding":         {"text/xml; charset=klingon", "<a>grün</a>", false},
	} {
		t.Run(name, func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", c.contentType)
				w.Write([]byte(c.body))
			}))
			defer server.Close()
			parsed, err := replay.Parse(name, []byte(transcript))
			if err != nil {
				t.Fatal(err)
			}
			result := (&replay.Player{URL: server.URL, HTTP: server.Client()}).Play(t.Context(), parsed)
			if result.Passed() != c.passes {
				t.Errorf("passed: %v, want %v: %+v", result.Passed(), c.passes, result)
			}
		})
	}
}

// FuzzParse holds that no file is too broken to be refused, and that what is
// read can be written down and read again.
func FuzzParse(f *testing.F) {
	for _, pattern := range []string{"../testdata/transcripts/*.txtar", "testdata/broken/*.txt", "testdata/update/*.txt"} {
		names, err := filepath.Glob(pattern)
		if err != nil || len(names) == 0 {
			f.Fatalf("%s: %v", pattern, err)
		}
		for _, name := range names {
			text, err := os.ReadFile(name)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(text)
		}
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		parsed, err := replay.Parse("fuzz", text)
		if err != nil {
			return
		}
		written, err := transcript.Format(&parsed.Transcript)
		if err != nil {
			return
		}
		if _, err := replay.Parse("written", written); err != nil {
			t.Errorf("%v:\n%s", err, written)
		}
	})
}
