package dsappd_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
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
	chapters, err := filepath.Glob("docs/asvs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	index := make(map[string]bool)
	for _, page := range slices.Concat(pages, chapters, others) {
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

var requirement = regexp.MustCompile(`(?m)^\| (V\d+\.\d+\.\d+) \| (yes|no|not applicable) \| [^|]+ \| [^|]+ \|$`)

// The pages go through every requirement of ASVS 5.0.0, levels 1 and 2, once.
func TestEveryRequirementIsAnswered(t *testing.T) {
	chapters, err := filepath.Glob("docs/asvs/v*.md")
	if err != nil {
		t.Fatal(err)
	}
	answered := make(map[string]bool)
	for _, page := range chapters {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		rows := requirement.FindAllStringSubmatch(string(text), -1)
		if lines := strings.Count(string(text), "\n| V"); lines != len(rows) {
			t.Errorf("%s has %d rows, of which %d can be read", page, lines, len(rows))
		}
		for _, row := range rows {
			if answered[row[1]] {
				t.Errorf("%s: %s is there twice", page, row[1])
			}
			answered[row[1]] = true
		}
	}
	if len(answered) != 253 {
		t.Errorf("%d requirements, want 253", len(answered))
	}
}
