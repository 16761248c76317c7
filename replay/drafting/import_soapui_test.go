package drafting_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/dsappd/dsappd/replay/drafting"
	"github.com/dsappd/dsappd/replay/transcript"

	"github.com/dsappd/dsappd/internal/playserver"

	"github.com/google/go-cmp/cmp"

	"github.com/dsappd/dsappd/replay"
)

// Each project in testdata/soapui has a file beside it that says what becomes
// of it: the transcripts, whether they pass at once, and what is said.
func TestImportSoapUI(t *testing.T) {
	entries, err := os.ReadDir("testdata/soapui")
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		name := entry.Name()
		if filepath.Ext(name) == ".want" {
			continue
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := becomes(t, filepath.Join("testdata/soapui", name))
			file := filepath.Join("testdata/soapui", strings.TrimSuffix(name, ".xml")+".want")
			if updating() {
				if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if again := becomes(t, filepath.Join("testdata/soapui", name)); again != got {
				t.Errorf("another import says something else:\n%s", cmp.Diff(got, again))
			}
		})
	}
}

// becomes is what an import comes to, in words.
func becomes(t *testing.T, path string) string {
	t.Helper()
	importer := &drafting.Importer{Drafter: &drafting.Drafter{}}
	if err := importer.Paths(t.Context(), path); err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	notices := importer.Notices()
	for i := range importer.Drafter.Len() {
		drafted, more := importer.Drafter.Draft(i)
		notices = append(notices, more...)
		text, err := transcript.Format(drafted)
		if err != nil {
			t.Fatal(err)
		}
		parsed, err := replay.Parse("transcript", text)
		if err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		if strings.Contains(string(text), "presumed0") {
			t.Errorf("a value that was made up stands in the transcript:\n%s", text)
		}
		outcome := "differs"
		if result := (&replay.Player{Start: playserver.Start}).Play(t.Context(), parsed); result.Passed() {
			outcome = "passes"
		}
		fmt.Fprintf(&out, "==== %s\n%s\n", outcome, text)
	}
	out.WriteString("==== notices\n")
	for _, n := range drafting.SortNotices(notices) {
		fmt.Fprintf(&out, "%s: %s\n", n.Kind, strings.TrimPrefix(filepath.ToSlash(n.String()), "testdata/soapui/"))
	}
	return strings.ReplaceAll(out.String(), "testdata/soapui/", "")
}

// A redacted import of a project holds none of its passwords, also not in what
// is said of it.
func TestImportSoapUIRedacts(t *testing.T) {
	importer := &drafting.Importer{Drafter: &drafting.Drafter{Redact: true}}
	if err := importer.Paths(t.Context(), "testdata/soapui"); err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for i := range importer.Drafter.Len() {
		drafted, notices := importer.Drafter.Draft(i)
		text, err := transcript.Format(drafted)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&all, "%s\n%v\n", text, notices)
	}
	fmt.Fprint(&all, importer.Notices())
	for _, secret := range []string{"Password2", "ps3w", "p&amp;w", ">pw<", ">wss<", "c3Zj", "123456", "wrong<", ">other<"} {
		if at := strings.Index(all.String(), secret); at >= 0 {
			t.Errorf("%q is in\n%s", secret, all.String()[max(0, at-500):at+100])
		}
	}
}

// A redacted import removes a secret from the names of cases and requests, from
// the names of files and from what is said.
func TestImportSoapUIRedactsNames(t *testing.T) {
	project := `<con:soapui-project name="p" xmlns:con="http://eviware.com/soapui/config"><con:testSuite name="Suite"><con:testCase name="Anna with Hush7Hush">
<con:testStep type="request" name="Register with Hush7Hush"><con:config><con:request><con:request><![CDATA[
<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body><p:dsappSRPRegister xmlns:p="http://www.vasco.com/IdentikeyServer/IdentikeyTypes/Provisioning">
<componentType>c</componentType><user><userID>anna</userID></user><credential><staticPassword>Hush7Hush</staticPassword></credential></p:dsappSRPRegister></e:Body></e:Envelope>]]></con:request>
<con:assertion type="XQuery Match" name="Hush7Hush"/></con:request></con:config></con:testStep></con:testCase></con:testSuite></con:soapui-project>`
	run := &drafting.ImportRun{
		Importer: &drafting.Importer{Drafter: &drafting.Drafter{Redact: true}}, Out: filepath.Join(t.TempDir(), "out"),
		Report: func(drafting.Imported) error { return nil },
	}
	report, err := run.Paths(t.Context(), fileOf(t, "project.xml", []byte(project)))
	if err != nil || len(report.Transcripts) != 1 {
		t.Fatal(report, err)
	}
	text, err := os.ReadFile(report.Transcripts[0].File)
	if err != nil {
		t.Fatal(err)
	}
	all := fmt.Sprintf("%+v\n%s", *report, text)
	if strings.Contains(all, "Hush7Hush") || !strings.Contains(all, "Anna-with-redacted") || !strings.Contains(all, "Register with redacted") {
		t.Error(all)
	}
}
