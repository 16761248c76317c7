package dsappd_test

import (
	"fmt"
	"io/fs"
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

// requirement is a row of a chapter of ASVS.
var requirement = regexp.MustCompile(`(?m)^\| (V\d+\.\d+\.\d+) \| (yes|no|not applicable) \| [^|]+ \| [^|]+ \|$`)

// The pages go through every requirement of ASVS 5.0.0, levels 1 and 2, once.
// Their index counts the answers and lists what is not met.
func TestEveryRequirementIsAnswered(t *testing.T) {
	chapters, err := filepath.Glob("docs/asvs/v*.md")
	if err != nil {
		t.Fatal(err)
	}
	index := read(t, "docs/asvs/README.md")
	answered := make(map[string]bool)
	unmet := 0
	for _, page := range chapters {
		text := read(t, page)
		rows := requirement.FindAllStringSubmatch(text, -1)
		if lines := strings.Count(text, "\n| V"); lines != len(rows) {
			t.Errorf("%s has %d rows, of which %d can be read", page, lines, len(rows))
		}
		counts := make(map[string]int)
		for _, row := range rows {
			if answered[row[1]] {
				t.Errorf("%s: %s is there twice", page, row[1])
			}
			answered[row[1]] = true
			counts[row[2]]++
			listed := strings.Contains(index, "\n| ["+row[1]+"](")
			if listed != (row[2] == "no") {
				t.Errorf("%s: %s is %q, and the index lists it as not met: %t", page, row[1], row[2], listed)
			}
		}
		unmet += counts["no"]
		line := fmt.Sprintf("](%s) | %d | %d | %d |\n", filepath.Base(page), counts["yes"], counts["no"], counts["not applicable"])
		if !strings.Contains(index, line) {
			t.Errorf("docs/asvs/README.md counts %s otherwise than %v", page, counts)
		}
	}
	if len(answered) != 253 {
		t.Errorf("%d requirements, want 253", len(answered))
	}
	if listed := strings.Count(index, "\n| [V") - len(chapters); listed != unmet {
		t.Errorf("docs/asvs/README.md lists %d requirements as not met, want %d", listed, unmet)
	}
}

var (
	testNamed    = regexp.MustCompile(`\b(?:Test|Fuzz)[A-Z]\w+`)
	testDeclared = regexp.MustCompile(`(?m)^func ((?:Test|Fuzz)\w+)\(`)
)

// Every test that the threat model and the pages on ASVS name is there.
func TestNamedTestsExist(t *testing.T) {
	declared := make(map[string]bool)
	err := filepath.WalkDir(".", func(path string, _ fs.DirEntry, err error) error {
		if err == nil && strings.HasSuffix(path, "_test.go") {
			for _, found := range testDeclared.FindAllStringSubmatch(read(t, path), -1) {
				declared[found[1]] = true
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	pages, err := filepath.Glob("docs/asvs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, page := range append(pages, "docs/threat-model.md") {
		for _, name := range testNamed.FindAllString(read(t, page), -1) {
			if !declared[name] {
				t.Errorf("%s names %s, which is not there", page, name)
			}
		}
	}
}

func read(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
