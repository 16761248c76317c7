package dsappd_test

import (
	"fmt"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/dsappd/dsappd"

// floors is the plan of the house, the top floor first. A room imports rooms of
// lower floors only, and no other of its own. A folder belongs to the room with
// the longest name that holds it.
var floors = []struct {
	rooms []string
	about string
}{
	{[]string{"cmd", "dsapptest", "internal/bench", "internal/systemtest", "internal/torture", "packaging"}, "the command line; tests of the whole program"},
	{[]string{".", "internal/playserver"}, "servers: Open(ctx, Config), and the one for each play of a transcript"},
	{[]string{"internal/apply", "internal/bulk", "internal/operators", "internal/recording"}, "a folder's door for operators; the recording proxy"},
	{[]string{"internal/datafolder"}, "a data folder: settings, keys, certificates, store, upkeep"},
	{[]string{"store/bolt", "store/memory", "store/postgres", "store/storetest", "internal/server/admin", "internal/server/administration", "internal/server/authentication", "internal/server/console", "internal/server/gateway", "internal/server/lab", "internal/server/operator", "internal/server/platform", "internal/server/provisioning", "internal/server/signature"}, "engines; doors"},
	{[]string{"replay", "replay/drafting", "internal/lab", "internal/labtest", "internal/server/browser", "internal/server/listen", "internal/server/operation", "internal/server/request"}, "transcripts played, and made from traffic; listeners; the frame of a request"},
	{[]string{"internal/notify", "internal/provision", "phone", "replay/transcript", "internal/server/certificate", "internal/server/directory", "internal/server/forwarded", "internal/server/handshake", "internal/server/timeline"}, "the domain, and who is told of it; the device at the other end; transcripts as data"},
	{[]string{"dsapp", "internal/audit", "internal/sealing", "internal/server/journal", "internal/server/watch"}, "the profile's formats; the audit's chain; sealed secrets"},
	{[]string{"srp", "oath", "internal/names", "soap", "wsdl", "store", "internal/passwords"}, "standards: RFC 5054, OATH, PRECIS, SOAP 1.1; typed records"},
	{[]string{"replay/internal", "internal/atomicfile", "internal/cputime", "internal/hint", "internal/pgtest", "internal/recovered"}, "tools"},
}

// room returns the room of an import path, and its floor; the ground floor is 0.
func room(importPath string) (name string, floor int) {
	folder := strings.TrimPrefix(strings.TrimPrefix(importPath, module), "/")
	if folder == "" {
		folder = "."
	}
	for i, f := range floors {
		for _, r := range f.rooms {
			if (folder == r || strings.HasPrefix(folder, r+"/")) && len(r) > len(name) {
				name, floor = r, len(floors)-1-i
			}
		}
	}
	return name, floor
}

func TestFloors(t *testing.T) {
	err := filepath.WalkDir(".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() {
			hidden := name != "." && strings.HasPrefix(entry.Name(), ".")
			if hidden || entry.Name() == "testdata" || entry.Name() == "node_modules" {
				return filepath.SkipDir
			}
			return nil
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

func checkFile(t *testing.T, name string) {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ImportsOnly)
	if err != nil {
		t.Fatal(err)
	}
	here, hereFloor := room(path.Join(module, path.Dir(name)))
	if here == "" {
		t.Errorf("%s: its folder is not in the plan of the house", name)
		return
	}
	// Only an external test may look up: it tests the whole from beside the
	// room, and is no part of it.
	if strings.HasSuffix(file.Name.Name, "_test") {
		return
	}
	for _, spec := range file.Imports {
		imported, _ := strconv.Unquote(spec.Path.Value)
		if imported != module && !strings.HasPrefix(imported, module+"/") {
			continue
		}
		there, thereFloor := room(imported)
		if there != here && thereFloor >= hereFloor {
			t.Errorf("%s: room %q (floor %d) imports room %q (floor %d): arrows only point down",
				name, here, hereFloor, there, thereFloor)
		}
	}
}

// TestPlanIsShown keeps the architecture page in step with the plan.
func TestPlanIsShown(t *testing.T) {
	var plan strings.Builder
	for i, f := range floors {
		rooms := slices.Clone(f.rooms)
		for j, r := range rooms {
			if r == "." {
				rooms[j] = "dsappd"
			}
		}
		fmt.Fprintf(&plan, "%d  %s\n     %s\n", len(floors)-1-i, strings.Join(rooms, "  "), f.about)
	}
	page, err := os.ReadFile("docs/architecture.md")
	if err != nil {
		t.Fatal(err)
	}
	if want := "```text\n" + plan.String() + "```\n"; !strings.Contains(string(page), want) {
		t.Errorf("docs/architecture.md does not show the plan:\n%s", want)
	}
}
