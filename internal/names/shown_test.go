package names_test

import (
	"testing"

	"github.com/dsappd/dsappd/internal/names"
)

func TestShown(t *testing.T) {
	for _, plain := range []string{
		"", "alice", "O'Neil", "a.b+c@example.com", `a\b`, "Müller", "Łukasz Żółć", "Дмитрий", "Щукин", "Ελένη Παπαδοπούλου",
		"田中さくら", "김철수", "李明", "עדי", "نور", "नेहा", "user1, user2", "Müller Дмитрий", "2026-11-28T12:00:00Z", "naïve – “so” …",
	} {
		if got := names.Shown(plain); got != plain {
			t.Errorf("%q is shown as %q", plain, got)
		}
	}
	for text, want := range map[string]string{
		"\u0430lice":               `"\u0430lice"`,               // Cyrillic a, then Latin
		"\u0441\u043e\u0440\u0435": `"\u0441\u043e\u0440\u0435"`, // all Cyrillic
		"\u039f\u039a":             `"\u039f\u039a"`,             // Greek OK
		"Mu\u0308ller":             `"Mu\u0308ller"`,             // NFD
		"al\u200bice":              `"al\u200bice"`,              // zero width space
		"al\u00adice":              `"al\u00adice"`,              // soft hyphen
		"\u202ealice":              `"\u202ealice"`,              // from right to left
		"alice\u00a0b":             `"alice\u00a0b"`,             // no-break space
		"\uff41lice":               `"\uff41lice"`,               // full width
		"a\u2010b":                 `"a\u2010b"`,                 // hyphen
		"\U0001d41alice":           `"\U0001d41alice"`,           // mathematical bold
		"a\x1b[31m":                `"a\x1b[31m"`,
		"a\xffb":                   `"a\xffb"`,
		"say \"\u0430lice\"":       `"say \"\u0430lice\""`,
	} {
		if got := names.Shown(text); got != want {
			t.Errorf("%+q is shown as %s, want %s", text, got, want)
		}
	}
}
