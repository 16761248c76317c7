package dsappd_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// ofTheSystem are the files that read the system's clock, or wait by it, and
// why no rule depends on that. Everything else asks the clock that it is given,
// so that a lab can move it.
var ofTheSystem = map[string]string{
	"replay/play.go":                            "how long a reply took; the clock of a play comes after it",
	"internal/datafolder/member.go":             "how often a server beats; the database's clock counts",
	"internal/cputime/cputime_other.go":         "benchmarks",
	"internal/server/admin/backup.go":           "a deadline of a connection",
	"internal/server/watch/metrics.go":          "how long a request took",
	"internal/server/request/body.go":           "a deadline of a connection",
	"internal/server/platform/registrations.go": "how long a peer waits for an answer",
	"internal/server/platform/waits.go":         "how often a registration is read anew",
	"internal/server/listen/pressure.go":        "connections",
	"internal/server/listen/sparing.go":         "connections",
	"internal/server/listen/address.go":         "connections",
	"internal/server/listen/conn.go":            "connections",
	"internal/server/listen/lobby.go":           "connections",
	"internal/server/listen/listener.go":        "connections",
	"internal/server/listen/table.go":           "connections",
	"internal/server/listen/gate.go":            "connections",
	"internal/server/listen/endpoint.go":        "connections",
	"internal/server/listen/shared.go":          "connections",
	"internal/server/listen/bodies.go":          "connections",
	"internal/server/handshake/listener.go":     "connections",
	"internal/server/browser/answer.go":         "deadlines of a connection",
	"internal/server/console/events.go":         "heartbeats of a stream, and how often it is read anew",
	"internal/server/operator/events.go":        "heartbeats of a stream, and the pause between two events",
	"internal/lab/wrap.go":                      "how long a fault holds a reply",
	"internal/server/lab/phone.go":              "a deadline of a connection",
	"internal/server/lab/state.go":              "a deadline of a connection",
	"internal/operators/ready.go":               "how often a server is asked",
	"internal/recording/record.go":              "the default of a clock that is given",
	"internal/datafolder/sweep.go":              "how often it sweeps; what it sweeps is the given clock's",
	"internal/datafolder/audit.go":              "how often it seals; what is old is the given clock's",
	"internal/datafolder/space.go":              "how often it looks at the disk",
	"internal/datafolder/notify.go":             "how often it looks; what expires is by the given clock",
	"internal/notify/sender.go":                 "how often it looks and tries again; who is given up is by the given clock",
	"internal/notify/syslog.go":                 "a deadline of a connection",
	"internal/datafolder/key_open.go":           "the name of the file of a replaced key",
	"internal/datafolder/restore.go":            "the time of a damaged copy",
	"internal/datafolder/init.go":               "the default of a clock that is given",
	"internal/datafolder/certificates.go":       "the default of a clock that is given",
	"internal/datafolder/folder.go":             "the default of a clock that is given",
	"internal/passwords/passwords.go":           "a pause before a refusal",
	"internal/provision/import.go":              "a pause before another try",
	"soap/body.go":                              "a deadline of a connection",
}

// outsideServers are the rooms that no server is made of, and the store, whose
// engines know no rule.
var outsideServers = []string{"cmd/", "internal/bench/", "internal/torture/", "internal/systemtest/", "internal/labtest/", "internal/pgtest/", "packaging/", "store/", "wsdl/internal/"}

// TestNothingElseReadsTheSystemClock looks for whoever reads it.
func TestNothingElseReadsTheSystemClock(t *testing.T) {
	found := map[string]bool{}
	err := filepath.WalkDir(".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name = filepath.ToSlash(name)
		if entry.IsDir() && (entry.Name() == "testdata" || entry.Name() == "node_modules" || name != "." && strings.HasPrefix(entry.Name(), ".")) {
			return filepath.SkipDir
		}
		outside := slices.ContainsFunc(outsideServers, func(room string) bool { return strings.HasPrefix(name, room) })
		if !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") || outside {
			return nil
		}
		for _, what := range systemClock(t, name) {
			found[name] = true
			if ofTheSystem[name] == "" {
				t.Errorf("%s reads the system's clock by time.%s: take the clock that the room is given, or say in ofTheSystem why no rule depends on it", name, what)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range slices.Sorted(maps.Keys(ofTheSystem)) {
		if !found[name] {
			t.Errorf("%s does not read the system's clock any more: take it from ofTheSystem", name)
		}
	}
}

// systemClock lists the functions of package time that a file uses to read the
// system's clock or to wait by it.
func systemClock(t *testing.T, name string) (used []string) {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(file, func(n ast.Node) bool {
		selected, is := n.(*ast.SelectorExpr)
		if !is {
			return true
		}
		from, is := selected.X.(*ast.Ident)
		if is && from.Name == "time" && slices.Contains([]string{"Now", "Since", "Until", "After", "AfterFunc", "NewTimer", "NewTicker", "Tick", "Sleep"}, selected.Sel.Name) {
			used = append(used, selected.Sel.Name)
		}
		return true
	})
	return used
}
