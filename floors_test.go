package dsappd_test

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/dsappd/dsappd"

// floors is the plan of the house: a room may import rooms on lower floors
// only, and no other room on its own. It names every room from the first
// day; a room appears when it is filled.
func floors() map[string]int {
	return map[string]int{
		"srp": 0, "oath": 0, "names": 0, "soap": 0, "wsdl": 0, "internal": 0,
		"dsapp":     1,
		"provision": 2, "phone": 2,
		"store": 3, "server": 3, "replay": 3,
		".":   4,
		"cmd": 5, "torture": 5,
	}
}

// room is the first folder of a package's path inside the module, "." for
// the root package.
func room(importPath string) string {
	rest := strings.TrimPrefix(strings.TrimPrefix(importPath, module), "/")
	if rest == "" {
		return "."
	}
	first, _, _ := strings.Cut(rest, "/")
	return first
}

func inModule(importPath string) bool {
	return importPath == module || strings.HasPrefix(importPath, module+"/")
}

func TestFloors(t *testing.T) {
	err := filepath.WalkDir(".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() {
			return skipFolder(name, entry)
		}
		if strings.HasSuffix(name, ".go") {
			checkFile(t, filepath.ToSlash(name))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func skipFolder(name string, entry fs.DirEntry) error {
	hidden := name != "." && strings.HasPrefix(entry.Name(), ".")
	if hidden || entry.Name() == "testdata" || entry.Name() == "node_modules" {
		return filepath.SkipDir
	}
	return nil
}

func checkFile(t *testing.T, name string) {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ImportsOnly)
	if err != nil {
		t.Fatal(err)
	}
	here := room(path.Join(module, path.Dir(name)))
	hereFloor, known := floors()[here]
	if !known {
		t.Errorf("%s: the room %q is not in the plan of the house", name, here)
		return
	}
	// A test of the whole may stand beside any room's code, but never
	// inside it: only external test packages look upwards.
	if strings.HasSuffix(file.Name.Name, "_test") {
		return
	}
	for _, spec := range file.Imports {
		imported, _ := strconv.Unquote(spec.Path.Value)
		if !inModule(imported) {
			continue
		}
		there := room(imported)
		if there != here && floors()[there] >= hereFloor {
			t.Errorf("%s: room %q (floor %d) imports room %q (floor %d): arrows only point down",
				name, here, hereFloor, there, floors()[there])
		}
	}
}
