package provision

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// Every name of Operations is one that the code gives an operation, and what
// callers of components decide is in it.
func TestOperationsAreThoseOfTheCode(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	var code strings.Builder
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") || file == "operations.go" {
			continue
		}
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		code.Write(text)
	}
	for _, name := range Operations() {
		noun, verb, two := strings.Cut(name, " ")
		if !strings.Contains(code.String(), `"`+name+`"`) && !(two && strings.Contains(code.String(), `"`+noun+`"`) && strings.Contains(code.String(), `" `+verb+`"`)) {
			t.Errorf("no operation is called %q", name)
		}
	}
	for _, found := range regexp.MustCompile(`callEvent\("([^"]+)"`).FindAllStringSubmatch(code.String(), -1) {
		if !slices.Contains(Operations(), found[1]) && !strings.HasPrefix(found[1], "PROVISIONCMD_") {
			t.Errorf("%q is missing: add it to Operations", found[1])
		}
	}
}
