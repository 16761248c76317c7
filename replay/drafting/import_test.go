package drafting_test

import (
	"bytes"
	"compress/gzip"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/dsappd/dsappd/replay/drafting"
	"github.com/dsappd/dsappd/replay/transcript"

	"github.com/dsappd/dsappd/internal/playserver"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/unicode"

	"github.com/dsappd/dsappd/replay"
)

// imported is what an import comes to: a line for each transcript, and what
// was not taken over.
func imported(t *testing.T, redact bool, paths ...string) (played, unmapped []string, texts []string) {
	t.Helper()
	importer := &drafting.Importer{Drafter: &drafting.Drafter{Redact: redact}}
	if err := importer.Paths(t.Context(), paths...); err != nil {
		t.Fatal(err)
	}
	notices := importer.Notices()
	for i := range importer.Drafter.Len() {
		drafted, more := importer.Drafter.Draft(i)
		notices = append(notices, more...)
		text, err := transcript.Format(drafted)
		if err != nil {
			t.Fatal(err)
		}
		again, err := replay.Parse("draft.txtar", text)
		if err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		result := (&replay.Player{Start: playserver.Start}).Play(t.Context(), again)
		if !result.Passed() {
			t.Errorf("%+v\n%s", result, text)
		}
		played = append(played, drafted.Title)
		texts = append(texts, string(text))
	}
	for _, n := range notices {
		unmapped = append(unmapped, filepath.ToSlash(n.String()))
	}
	return played, unmapped, texts
}

func TestImport(t *testing.T) {
	for name, test := range map[string]struct{ played, unmapped []string }{
		"pairs": {
			played: []string{
				"dsappSRPRegister, dsappSRPActivate",
				"dsappSRPRegister, dsappSRPActivate",
				"dsappSRPRegister (STAT_LOCKED)",
				"dsappSRPRegister (STAT_INVCREDENTIALS)",
				"dsappSRPRegister",
			},
			unmapped: []string{"../../testdata/import/pairs/note.md:1: it holds no message of SOAP: the document holds text outside its root element"},
		},
		"bank.har": {
			played:   []string{"dsappSRPRegister, dsappSRPActivate", "dsappSRPRegister (STAT_INVCREDENTIALS)"},
			unmapped: []string{"../../testdata/import/bank.har:9: GET https://bank.example:8888/?wsdl is no call of SOAP"},
		},
		// Requests and replies that only their folders, their numbers or their
		// order tell apart.
		"in-out": {
			played: []string{
				"dsappSRPRegister, dsappSRPActivate",
				"dsappSRPRegister, dsappSRPActivate (STAT_INVCREDENTIALS), dsappSRPActivate",
				"dsappSRPRegister (STAT_INVCREDENTIALS)",
			},
		},
		"words": {
			played: []string{
				"dsappSRPRegister, dsappSRPActivate",
				"dsappSRPRegister, dsappSRPActivate (STAT_INVCREDENTIALS), dsappSRPActivate",
				"dsappSRPRegister (STAT_INVCREDENTIALS)",
				"dsappSRPRegister",
			},
			unmapped: []string{"../../testdata/import/words/reqRegister9.xml:1: its reply is not there: any passes, and replay run --update writes what comes"},
		},
		// Chunks, MTOM, 100 Continue and HTTP/2 in one file, and a log.
		"wire": {
			played: []string{
				"dsappSRPRegister, dsappSRPActivate (STAT_INVCREDENTIALS), dsappSRPActivate",
				"dsappSRPRegister, dsappSRPActivate",
			},
		},
		// Replies that a stub gives to everybody, with what toolkits add and
		// without what they leave out.
		"names": { // one user: composed, with a combining mark, with white space and domain
			played: []string{"dsappSRPRegister", "dsappSRPRegister", "dsappSRPRegister"},
		},
		"stub": {
			played: []string{"dsappSRPRegister, dsappSRPActivate", "dsappSRPRegister, dsappSRPActivate"},
			unmapped: []string{
				"../../testdata/import/stub/1_response.xml:1: the serial number 91-1234567-1 has a form that dsappd does not take; AAA9000001 stands for it",
				"../../testdata/import/stub/1_response.xml:1: what stands in the reply's Header is not expected",
				`../../testdata/import/stub/3_response.xml:1: the reply is about the user "user1", the request about "anna": whom a reply is about is left free`,
				`../../testdata/import/stub/4_response.xml:1: the reply is about the user "user1", the request about "anna": whom a reply is about is left free`,
			},
		},
		"refused": {
			played: []string{"dsappSRPRegister, dsappSRPActivate (STAT_INVCREDENTIALS)", "dsappSRPRegister, dsappSRPActivate (STAT_NOT_FOUND)"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			played, unmapped, _ := imported(t, false, filepath.Join("../../testdata/import", name))
			if diff := cmp.Diff(test.played, played); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(test.unmapped, unmapped); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// A request and its reply may be given as files of their own.
func TestImportPairsArguments(t *testing.T) {
	files, err := filepath.Glob("../../testdata/import/refused/*.xml")
	if err != nil || len(files) != 8 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	if played, unmapped, _ := imported(t, false, files...); len(played) != 2 || unmapped != nil {
		t.Errorf("got %q, not taken over %q", played, unmapped)
	}
}

// A redacted import holds no password and no ID that was handed out.
func TestImportRedacts(t *testing.T) {
	paths, err := filepath.Glob("../../testdata/import/*")
	if err != nil || len(paths) == 0 {
		t.Fatalf("%d recordings, %v", len(paths), err)
	}
	var texts []string
	for _, path := range paths {
		_, _, more := imported(t, true, path)
		texts = append(texts, more...)
	}
	for _, text := range texts {
		for _, secret := range []string{"Password2", "Geheim1!", ">bad<", "Pw1", ">123456<", ">12345678<", "Tb048aX1", "xiOb8GC2"} {
			if strings.Contains(text, secret) {
				t.Errorf("%q is in\n%s", secret, text)
			}
		}
	}
}

// What is redacted holds nothing of a request but what is known to be no
// secret.
func TestRedactsWhatIsNotKnown(t *testing.T) {
	request, err := os.ReadFile("../../testdata/import/pairs/register_request.xml")
	if err != nil {
		t.Fatal(err)
	}
	reply, err := os.ReadFile("../../testdata/import/pairs/register_response.xml")
	if err != nil {
		t.Fatal(err)
	}
	for name, with := range map[string][2]string{
		"header":              {"<soapenv:Body>", `<soapenv:Header><l:Login xmlns:l="urn:l"><l:cred>TopS3cret</l:cred></l:Login></soapenv:Header><soapenv:Body>`},
		"attribute of header": {"<soapenv:Body>", `<soapenv:Header><l:Login xmlns:l="urn:l" value="TopS3cret"/></soapenv:Header><soapenv:Body>`},
		"attribute":           {"<credential>", `<credential pw='TopS3cret'>`},
		"element":             {"</credential>", `<challenge>TopS3cret</challenge></credential>`},
		"nested":              {"Password2", `<v>TopS3cret</v>`},
		"comment":             {"<credential>", `<!-- TopS3cret --><credential>`},
	} {
		t.Run(name, func(t *testing.T) {
			body := bytes.Replace(request, []byte(with[0]), []byte(with[1]), 1)
			if !bytes.Contains(body, []byte("TopS3cret")) {
				t.Fatal("the request holds no secret")
			}
			drafter := &drafting.Drafter{Redact: true}
			_, err := drafter.Add(drafting.Recorded{Request: drafting.RecordedMessage{Body: body}, Reply: drafting.RecordedMessage{Body: reply}})
			if err != nil {
				t.Fatal(err)
			}
			drafted, _ := drafter.Draft(0)
			if text, err := transcript.Format(drafted); err != nil || bytes.Contains(text, []byte("TopS3cret")) {
				t.Errorf("%v\n%s", err, text)
			}
		})
	}
}

// A client's encodings are those of its time; a transcript is in UTF-8.
func TestImportReadsEncodings(t *testing.T) {
	request, err := os.ReadFile("../../testdata/import/pairs/register_request.xml")
	if err != nil {
		t.Fatal(err)
	}
	reply, err := os.ReadFile("../../testdata/import/pairs/register_response.xml")
	if err != nil {
		t.Fatal(err)
	}
	wide, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().Bytes(
		bytes.Replace(request, []byte(`<?xml version="1.0"?>`), []byte(`<?xml version="1.0" encoding="utf-16"?>`), 1))
	if err != nil {
		t.Fatal(err)
	}
	latin := bytes.ReplaceAll(bytes.Replace(request, []byte(`<?xml version="1.0"?>`), []byte(`<?xml version="1.0" encoding="iso-8859-1"?>`), 1),
		[]byte("Password2"), []byte("Passw\xf6rt"))
	var zipped bytes.Buffer
	packer := gzip.NewWriter(&zipped)
	_, _ = packer.Write(request) // into memory
	if err := packer.Close(); err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		body []byte
		want string
	}{
		"UTF-16":     {wide, `encoding="UTF-8"`},
		"ISO-8859-1": {latin, "Passwört"},
		"gzip":       {zipped.Bytes(), "Password2"},
	} {
		t.Run(name, func(t *testing.T) {
			drafter := &drafting.Drafter{}
			_, err := drafter.Add(drafting.Recorded{
				Request: drafting.RecordedMessage{Header: http.Header{}, Body: test.body},
				Reply:   drafting.RecordedMessage{Header: http.Header{}, Body: reply},
			})
			if err != nil {
				t.Fatal(err)
			}
			drafted, _ := drafter.Draft(0)
			if body := drafted.Exchanges[0].Request.Body; !strings.Contains(body, test.want) {
				t.Errorf("got %s", body)
			}
		})
	}
}
