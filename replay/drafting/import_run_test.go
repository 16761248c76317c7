package drafting_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/dsappd/dsappd/replay/drafting"

	"github.com/dsappd/dsappd/internal/playserver"
)

// manyCases writes a project with so many test cases of one request each.
func manyCases(t testing.TB, cases int) string {
	t.Helper()
	var b strings.Builder
	b.WriteString(`<con:soapui-project name="many" xmlns:con="http://eviware.com/soapui/config"><con:testSuite name="Suite">`)
	for i := range cases {
		fmt.Fprintf(&b, `<con:testCase name="Case %d"><con:testStep type="request" name="Register"><con:config><con:request><con:request><![CDATA[`+
			`<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body><p:dsappSRPRegister xmlns:p="http://www.vasco.com/IdentikeyServer/IdentikeyTypes/Provisioning">`+
			`<componentType>c</componentType><user><userID>user%[1]d</userID></user><credential><staticPassword>x</staticPassword></credential>`+
			`</p:dsappSRPRegister></e:Body></e:Envelope>]]></con:request><con:assertion type="Simple Contains" name="Contains"><con:configuration>`+
			`<token>STAT_SUCCESS</token></con:configuration></con:assertion></con:request></con:config></con:testStep></con:testCase>`+"\n", i)
	}
	b.WriteString(`</con:testSuite></con:soapui-project>`)
	name := filepath.Join(t.TempDir(), "project.xml")
	if err := os.WriteFile(name, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// entries are the names in a folder, none if it is not there.
func entries(t *testing.T, dir string) []string {
	t.Helper()
	all, err := os.ReadDir(dir)
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	var names []string
	for _, entry := range all {
		names = append(names, entry.Name())
	}
	return names
}

// An import that is interrupted, or that fails, leaves nothing behind.
func TestImportLeavesNothingHalfDone(t *testing.T) {
	project := manyCases(t, 40)
	stop := errors.New("no more")
	for name, report := range map[string]func(context.CancelFunc) error{
		"interrupted":  func(cancel context.CancelFunc) error { cancel(); return nil },
		"report fails": func(context.CancelFunc) error { return stop },
	} {
		for _, there := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, folder there: %v", name, there), func(t *testing.T) {
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				parent := t.TempDir()
				out := filepath.Join(parent, "out")
				if there {
					if err := os.Mkdir(out, 0o700); err != nil {
						t.Fatal(err)
					}
				}
				run := &drafting.ImportRun{
					Importer: &drafting.Importer{Drafter: &drafting.Drafter{}}, Out: out,
					Play: playserver.Play, Isolated: true,
					Report: func(drafting.Imported) error { return report(cancel) },
				}
				report, err := run.Paths(ctx, project)
				if !errors.Is(err, context.Canceled) && !errors.Is(err, stop) || report == nil {
					t.Errorf("Paths: %v, %v", report, err)
				}
				if left := append(entries(t, parent), entries(t, out)...); len(left) > 1 || !there && len(left) > 0 {
					t.Errorf("left behind: %q", left)
				}
			})
		}
	}
}

// A folder that is there keeps what is in it, and nothing comes into it where a
// name is taken.
func TestImportReplacesNothing(t *testing.T) {
	out := t.TempDir()
	taken := filepath.Join(out, "003-Suite-Case-2.txtar")
	if err := os.WriteFile(taken, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	imported := func() error {
		run := &drafting.ImportRun{Importer: &drafting.Importer{Drafter: &drafting.Drafter{}}, Out: out, Report: func(drafting.Imported) error { return nil }}
		_, err := run.Paths(t.Context(), manyCases(t, 4))
		return err
	}
	if err := imported(); err == nil || !strings.Contains(err.Error(), "003-Suite-Case-2.txtar is there already") {
		t.Errorf("a name was taken: %v", err)
	}
	if names := entries(t, out); len(names) != 1 {
		t.Errorf("there are %q", names)
	}
	if err := os.Rename(taken, filepath.Join(out, "mine")); err != nil {
		t.Fatal(err)
	}
	if err := imported(); err != nil {
		t.Fatal(err)
	}
	if names := entries(t, out); len(names) != 6 {
		t.Errorf("there are %q", names)
	}
	text, err := os.ReadFile(filepath.Join(out, drafting.ReportName))
	if err != nil {
		t.Fatal(err)
	}
	var report drafting.ImportReport
	if err := json.Unmarshal(text, &report); err != nil || len(report.Transcripts) != 4 || report.Transcripts[3].Title != "Suite / Case 3" {
		t.Errorf("%v\n%s", err, text)
	}
}

// BenchmarkImport imports and plays projects of two sizes.
// Twice as many cases take twice as long.
func BenchmarkImport(b *testing.B) {
	for _, cases := range []int{500, 1000} {
		b.Run(fmt.Sprintf("%d cases", cases), func(b *testing.B) {
			project := manyCases(b, cases)
			for b.Loop() {
				run := &drafting.ImportRun{
					Importer: &drafting.Importer{Drafter: &drafting.Drafter{}}, Out: filepath.Join(b.TempDir(), "out"),
					Play: playserver.Play, Isolated: true, Report: func(drafting.Imported) error { return nil },
				}
				if report, err := run.Paths(b.Context(), project); err != nil || report.Passed() != cases {
					b.Fatalf("%d passed, %v", report.Passed(), err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Milliseconds())/float64(b.N)/float64(cases), "ms/case")
		})
	}
}

// Transcripts that are the same but for what stands above them are played once.
func TestImportPlaysTheSameOnce(t *testing.T) {
	var started atomic.Int32
	run := &drafting.ImportRun{
		Importer: &drafting.Importer{Drafter: &drafting.Drafter{}}, Out: filepath.Join(t.TempDir(), "out"),
		Isolated: true,
		Play: func(ctx context.Context, file string, text []byte) (bool, int, error) {
			started.Add(1)
			return playserver.Play(ctx, file, text)
		},
		Report: func(drafting.Imported) error { return nil },
	}
	report, err := run.Paths(t.Context(), manyEntries(t, 10))
	if err != nil || report.Passed() != 20 || started.Load() != 2 {
		t.Errorf("%d of %d pass, %d were played, %v", report.Passed(), len(report.Transcripts), started.Load(), err)
	}
}
