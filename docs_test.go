package dsappd_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// A page has at most this many lines: a longer one answers several questions.
const maxPageLines = 250

var link = regexp.MustCompile(`\]\(([^)#:]+)(#[^)]*)?\)`)

// Every link within the documents leads to a file, the index names every page,
// and no page is too long.
func TestDocumentsHoldTogether(t *testing.T) {
	pages, err := filepath.Glob("docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	others, err := filepath.Glob("*.md")
	if err != nil {
		t.Fatal(err)
	}
	index := make(map[string]bool)
	for _, page := range append(pages, others...) {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		if lines := strings.Count(string(text), "\n"); lines > maxPageLines {
			t.Errorf("%s has %d lines, at most %d are allowed: split it", page, lines, maxPageLines)
		}
		for _, found := range link.FindAllStringSubmatch(string(text), -1) {
			target := filepath.Join(filepath.Dir(page), found[1])
			if _, err := os.Stat(target); err != nil {
				t.Errorf("%s links to %s, which is not there", page, found[1])
			}
			if page == "docs/README.md" {
				index[target] = true
			}
		}
	}
	for _, page := range pages {
		if page != "docs/README.md" && !index[page] {
			t.Errorf("docs/README.md does not name %s", page)
		}
	}
}
