package drafting_test

import (
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/dsappd/dsappd/replay/drafting"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"github.com/dsappd/dsappd/internal/playserver"
)

// The exchanges of the HAR files in testdata/har.
var activated = []string{"dsappSRPRegister, dsappSRPActivate", "dsappSRPRegister (STAT_INVCREDENTIALS)"}

func TestImportHARFiles(t *testing.T) {
	files, err := filepath.Glob("testdata/har/*.har")
	if err != nil || len(files) < 6 {
		t.Fatalf("%q, %v", files, err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			played, notices, _ := imported(t, false, file)
			if diff := cmp.Diff(activated, played); diff != "" || notices != nil {
				t.Errorf("%s\n%q", diff, notices)
			}
		})
	}
}

// harOf is testdata/har/bom.har with each entry changed.
func harOf(t testing.TB, change func(entry, request, response map[string]any)) []byte {
	t.Helper()
	text, err := os.ReadFile("testdata/har/bom.har")
	if err != nil {
		t.Fatal(err)
	}
	var har map[string]map[string]any
	if err := json.Unmarshal(bytes.TrimPrefix(text, []byte("\uFEFF")), &har); err != nil {
		t.Fatal(err)
	}
	for _, each := range har["log"]["entries"].([]any) {
		entry := each.(map[string]any)
		change(entry, entry["request"].(map[string]any), entry["response"].(map[string]any))
	}
	text, err = json.MarshalIndent(har, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func fileOf(t testing.TB, name string, text []byte) string {
	t.Helper()
	name = filepath.Join(t.TempDir(), name)
	if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// withoutFolder are notices without the folder of a file.
func withoutFolder(file string, notices []string) []string {
	var all []string
	for _, n := range notices {
		all = append(all, strings.ReplaceAll(n, filepath.ToSlash(filepath.Dir(file))+"/", ""))
	}
	return all
}

func inBase64(text string) string { return base64.StdEncoding.EncodeToString([]byte(text)) }

func packed(t testing.TB, kind, text string) string {
	t.Helper()
	var out bytes.Buffer
	var err error
	switch kind {
	case "gzip":
		w := gzip.NewWriter(&out)
		_, err = w.Write([]byte(text))
		err = errors.Join(err, w.Close())
	case "deflate":
		w := zlib.NewWriter(&out)
		_, err = w.Write([]byte(text))
		err = errors.Join(err, w.Close())
	case "UTF-16":
		var wide []byte
		wide, err = unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().Bytes([]byte(text))
		out.Write(wide)
	}
	if err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// charsOf is a text with a character for each byte.
func charsOf(bytes string) string {
	var out strings.Builder
	for _, b := range []byte(bytes) {
		out.WriteRune(rune(b))
	}
	return out.String()
}

// What programs write into HAR in their own ways means the same.
func TestImportHARForms(t *testing.T) {
	type message = map[string]any
	posted := func(request message) message { return request["postData"].(message) }
	came := func(response message) message { return response["content"].(message) }
	for name, change := range map[string]func(entry, request, response message){
		"date a number of milliseconds": func(e, _, _ message) { e["startedDateTime"] = 1795833000123 },
		"date in words":                 func(e, _, _ message) { e["startedDateTime"] = "Sat Nov 28 2026 02:30:00 GMT+0100 (CET)" },
		"date null":                     func(e, _, _ message) { e["startedDateTime"] = nil },
		"date missing":                  func(e, _, _ message) { delete(e, "startedDateTime") },
		"status a text":                 func(_, _, r message) { r["status"] = "200 OK" },
		"status null":                   func(_, _, r message) { r["status"] = nil },
		"method in lower case":          func(_, q, _ message) { q["method"] = "post" },
		"method missing":                func(_, q, _ message) { delete(q, "method") },
		"headers an object":             func(_, q, _ message) { q["headers"] = message{"Content-Type": "text/xml"} },
		"headers null":                  func(_, q, r message) { q["headers"], r["headers"] = nil, nil },
		"header a number":               func(_, q, _ message) { q["headers"] = []any{message{"name": "Content-Length", "value": 5}} },
		"postData a text":               func(_, q, _ message) { q["postData"] = posted(q)["text"] },
		"base64 not marked":             func(_, q, _ message) { posted(q)["text"] = inBase64(posted(q)["text"].(string)) },
		"base64 for URLs": func(_, q, _ message) {
			posted(q)["text"] = strings.TrimRight(strings.NewReplacer("+", "-", "/", "_").Replace(inBase64(posted(q)["text"].(string))), "=")
		},
		"base64 marked otherwise": func(_, q, _ message) {
			posted(q)["text"], posted(q)["_encoding"] = inBase64(posted(q)["text"].(string)), "BASE64"
		},
		"base64 in lines": func(_, _, r message) {
			text := inBase64(came(r)["text"].(string))
			came(r)["text"], came(r)["encoding"] = text[:60]+"\r\n"+text[60:], "base64"
		},
		"base64 twice": func(_, _, r message) {
			came(r)["text"], came(r)["encoding"] = inBase64(inBase64(came(r)["text"].(string))), "base64"
		},
		"base64 falsely marked": func(_, q, r message) { came(r)["encoding"], posted(q)["encoding"] = "base64", "base64" },
		"gzip in base64": func(_, _, r message) {
			came(r)["text"], came(r)["encoding"] = inBase64(packed(t, "gzip", came(r)["text"].(string))), "base64"
		},
		"gzip as characters":       func(_, q, _ message) { posted(q)["text"] = charsOf(packed(t, "gzip", posted(q)["text"].(string))) },
		"byte order mark as chars": func(_, q, _ message) { posted(q)["text"] = charsOf("\uFEFF" + posted(q)["text"].(string)) },
		"byte order mark": func(_, q, r message) {
			posted(q)["text"] = "\uFEFF" + posted(q)["text"].(string)
			came(r)["text"] = "\uFEFF" + came(r)["text"].(string)
		},
		"UTF-16 in base64": func(_, q, _ message) { posted(q)["text"] = inBase64(packed(t, "UTF-16", posted(q)["text"].(string))) },
		"deflate in base64": func(_, q, _ message) {
			posted(q)["text"], posted(q)["encoding"] = inBase64(packed(t, "deflate", posted(q)["text"].(string))), "base64"
			q["headers"] = []any{message{"name": "Content-Encoding", "value": "deflate"}}
		},
		"declared in another encoding": func(_, q, _ message) {
			posted(q)["text"] = `<?xml version="1.0" encoding="ISO-8859-15"?>` + posted(q)["text"].(string)
			delete(posted(q), "mimeType")
			q["headers"] = []any{}
		},
		"headers of what is unpacked": func(_, q, r message) {
			r["headers"] = []any{message{"name": "content-encoding", "value": "br"}, message{"name": "transfer-encoding", "value": "chunked"}}
			q["headers"] = []any{message{"name": ":method", "value": "POST"}, message{"name": "Content-Encoding", "value": "gzip"}}
		},
		"in a part of MTOM": func(_, q, _ message) {
			posted(q)["text"] = "--b\r\nContent-Type: text/xml\r\nContent-ID: <x>\r\n\r\nattached\r\n--b\r\nContent-Type: application/xop+xml; type=\"text/xml\"\r\nContent-ID: <e>\r\n\r\n" +
				posted(q)["text"].(string) + "\r\n--b--\r\n"
			q["headers"] = []any{message{"name": "Content-Type", "value": `multipart/related; boundary=b; start="<e>"; type="application/xop+xml"`}}
		},
	} {
		t.Run(name, func(t *testing.T) {
			file := fileOf(t, "x.har", harOf(t, change))
			played, notices, _ := imported(t, false, file)
			if diff := cmp.Diff(activated, played); diff != "" || notices != nil {
				t.Errorf("%s\n%q", diff, notices)
			}
		})
	}
}

// The characters of a request are those that were sent, whatever it was kept
// in.
func TestImportHARKeepsCharacters(t *testing.T) {
	latin := func(text string) string {
		out, err := charmap.ISO8859_15.NewEncoder().String(text)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	for name, change := range map[string]func(request map[string]any, text string){
		"text": func(q map[string]any, text string) {
			q["postData"] = map[string]any{"text": text, "mimeType": "text/xml; charset=iso-8859-15"}
		},
		"base64 of another charset": func(q map[string]any, text string) {
			q["postData"] = map[string]any{"text": inBase64(latin(text)), "encoding": "base64"}
			q["headers"] = []any{map[string]any{"name": "Content-Type", "value": "text/xml; charset=ISO-8859-15"}}
		},
		"base64 of a declared one": func(q map[string]any, text string) {
			q["postData"] = map[string]any{"text": inBase64(latin(`<?xml version="1.0" encoding="ISO-8859-15"?>` + text))}
			q["headers"] = []any{}
		},
	} {
		t.Run(name, func(t *testing.T) {
			file := fileOf(t, "x.har", harOf(t, func(_, q, _ map[string]any) {
				change(q, strings.Replace(q["postData"].(map[string]any)["text"].(string), ">Password2<", ">Grün€<", 1))
			}))
			_, _, texts := imported(t, false, file)
			if len(texts) != 2 || !strings.Contains(texts[0], "<staticPassword>Grün€</staticPassword>") {
				t.Errorf("%s", texts)
			}
		})
	}
}

// What is not taken over is said, with its line.
func TestImportHARNotices(t *testing.T) {
	register, activate := "dsappSRPRegister", "dsappSRPActivate"
	type message = map[string]any
	posted := func(request message) string { return request["postData"].(message)["text"].(string) }
	firstOnly := func(change func(entry, request, response message)) []byte {
		n := 0
		return harOf(t, func(e, q, r message) {
			if n++; n == 1 {
				change(e, q, r)
			}
		})
	}
	whole := harOf(t, func(message, message, message) {})
	for name, test := range map[string]struct {
		text    []byte
		played  []string
		notices []string
	}{
		"a time of no kind": {
			firstOnly(func(e, _, _ message) { e["startedDateTime"] = "yesterday" }), activated,
			[]string{`x.har:8: its startedDateTime "yesterday" is no time that is known`},
		},
		"another method": {
			firstOnly(func(_, q, _ message) { q["method"] = "OPTIONS" }), []string{activate, activated[1]},
			[]string{"x.har:8: OPTIONS http://bank:8888/ is no call of SOAP"},
		},
		"no body": {
			firstOnly(func(_, q, _ message) { delete(q, "postData") }), []string{activate, activated[1]},
			[]string{"x.har:8: POST http://bank:8888/ is no call of SOAP: its body was not kept, or it had none"},
		},
		"a call of REST": {
			firstOnly(func(_, q, r message) { q["postData"], r["content"] = `{"a": 1}`, message{"text": "{}"} }), []string{activate, activated[1]},
			[]string{"x.har:8: POST http://bank:8888/ is no call of SOAP: neither the request nor the reply holds an envelope"},
		},
		"no reply": {
			firstOnly(func(_, _, r message) {
				r["content"], r["status"], r["_error"] = message{"text": ""}, 0, "net::ERR_FAILED"
			}), nil,
			[]string{"x.har:8: the reply is not there (net::ERR_FAILED): any passes, and replay run --update writes what comes"},
		},
		"a page of a proxy": {
			firstOnly(func(_, _, r message) { r["content"], r["status"] = message{"text": "<html>Bad gateway"}, 502 }), nil,
			[]string{"x.har:8: the reply is no envelope, with HTTP status 502: any passes, and replay run --update writes what comes"},
		},
		"sent again": {
			firstOnly(func(_, _, r message) { r["content"], r["status"] = message{"text": "<html>"}, 401 }), []string{activate, activated[1]},
			[]string{"x.har:8: HTTP status 401 answers POST http://bank:8888/, so no SOAP server has seen it"},
		},
		"a large message": {
			firstOnly(func(_, q, _ message) {
				q["postData"] = message{"text": posted(q) + "<!-- " + strings.Repeat("x", 4<<20) + " -->"}
			}), []string{activate, activated[1]},
			[]string{"x.har:8: the request of http://bank:8888/: the message is larger than 4 MiB"},
		},
		"packed by br": {
			firstOnly(func(_, q, _ message) {
				q["headers"] = []any{message{"name": "Content-Encoding", "value": "br"}}
				q["postData"] = message{"text": inBase64("\xff\x00\xfe"), "encoding": "base64"}
			}), []string{activate, activated[1]},
			[]string{"x.har:8: the request of http://bank:8888/: the message is packed in a way that is not known here: br"},
		},
		"cut off": {
			whole[:bytes.LastIndex(whole, []byte(`"request"`))], activated[:1],
			[]string{"x.har:105: not well-formed JSON: the file ends within a value; nothing behind it is read"},
		},
		"no entries": {
			[]byte(`{"log": {"version": "1.2"}}`), nil, []string{"x.har:1: it looks like a HAR file, but log.entries is not there"},
		},
		"not in UTF-8": {
			bytes.Replace(whole, []byte(`"statusText": "OK"`), []byte("\"statusText\": \"\xfc\""), 1), activated,
			[]string{"x.har:8: its text is not in UTF-8, as JSON has to be: it is read as Windows-1252"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			file := fileOf(t, "x.har", test.text)
			importer := &drafting.Importer{Drafter: &drafting.Drafter{}}
			if err := importer.Paths(t.Context(), file); err != nil {
				t.Fatal(err)
			}
			var played []string
			for i := range importer.Drafter.Len() {
				drafted, _ := importer.Drafter.Draft(i)
				played = append(played, drafted.Title)
			}
			if test.played == nil && importer.Drafter.Len() > 0 {
				test.played = []string{register, activate, activated[1]} // nobody was given the ID
			}
			var notices []string
			for _, n := range importer.Notices() {
				notices = append(notices, filepath.ToSlash(n.String()))
			}
			if diff := cmp.Diff(test.played, played); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(test.notices, withoutFolder(file, notices)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// Lists of entries are read without the objects around them, in the order of
// their times, and in one line each has its column.
func TestImportHARParts(t *testing.T) {
	second := 10
	text := harOf(t, func(e, _, _ map[string]any) {
		second-- // the last one came first
		e["startedDateTime"] = time.Date(2026, 3, 1, 9, 0, second, 0, time.UTC).Format(time.RFC3339)
	})
	var har struct {
		Log struct{ Entries json.RawMessage }
	}
	if err := json.Unmarshal(text, &har); err != nil {
		t.Fatal(err)
	}
	var line bytes.Buffer
	if err := json.Compact(&line, har.Log.Entries); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"list": line.String(), "entries": fmt.Sprintf(`{"entries": %s, "x": 1}`, line.String()),
		"more before": fmt.Sprintf(`{"log": {"pages": [{"a": [1, {}]}], "entries": %s, "x": {}}, "y": []}`, line.String()),
	} {
		t.Run(name, func(t *testing.T) {
			played, notices, _ := imported(t, false, fileOf(t, "x.har", []byte(text)))
			if diff := cmp.Diff([]string{activated[1], activated[0]}, played); diff != "" || notices != nil {
				t.Errorf("%s\n%q", diff, notices)
			}
		})
	}
	get := strings.Replace(line.String(), `"method":"POST"`, `"method":"GET"`, 2)
	_, notices, _ := imported(t, false, fileOf(t, "x.har", []byte(get)))
	if len(notices) != 2 || !strings.Contains(notices[0], "x.har:1:2: GET") || strings.Contains(notices[1], "x.har:1:2: GET") {
		t.Errorf("%q", notices)
	}
}

// manyEntries writes a HAR file with the entries of testdata/har/bom.har so many
// times, each for a registration of its own.
func manyEntries(t testing.TB, times int) string {
	t.Helper()
	var har struct {
		Log struct{ Entries []json.RawMessage }
	}
	if err := json.Unmarshal(harOf(t, func(_, _, _ map[string]any) {}), &har); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	out.WriteString(`{"log": {"version": "1.2", "entries": [`)
	for n := range times {
		for m, entry := range har.Log.Entries {
			if n+m > 0 {
				out.WriteString(",\n")
			}
			out.Write(bytes.ReplaceAll(entry, []byte("VOS0gBoU"), fmt.Appendf(nil, "VOS%05d", n)))
		}
	}
	out.WriteString("]}}")
	return fileOf(t, "many.har", out.Bytes())
}

// An entry costs the same however many there are.
func TestImportHARIsLinear(t *testing.T) {
	allocated := func(times int) uint64 {
		file := manyEntries(t, times)
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		importer := &drafting.Importer{Drafter: &drafting.Drafter{}}
		if err := importer.Paths(t.Context(), file); err != nil || importer.Drafter.Len() != 2*times {
			t.Fatal(importer.Drafter.Len(), err)
		}
		runtime.ReadMemStats(&after)
		return after.TotalAlloc - before.TotalAlloc
	}
	if few, many := allocated(100), allocated(400); many > 6*few {
		t.Errorf("%d MiB for 300 entries, %d MiB for 1200", few>>20, many>>20)
	}
}

// BenchmarkImportHAR imports and plays HAR files of two sizes. Twice as many
// entries take twice as long.
func BenchmarkImportHAR(b *testing.B) {
	for _, megabytes := range []int{5, 10, 50} {
		b.Run(fmt.Sprintf("%d MB", megabytes), func(b *testing.B) {
			file := manyEntries(b, megabytes*120)
			info, err := os.Stat(file)
			if err != nil {
				b.Fatal(err)
			}
			b.SetBytes(info.Size())
			for b.Loop() {
				run := &drafting.ImportRun{
					Importer: &drafting.Importer{Drafter: &drafting.Drafter{}}, Out: filepath.Join(b.TempDir(), "out"),
					Play: playserver.Play, Isolated: true, Report: func(drafting.Imported) error { return nil },
				}
				if report, err := run.Paths(b.Context(), file); err != nil || report.Passed() != 2*megabytes*120 {
					b.Fatalf("%d passed, %v", report.Passed(), err)
				}
			}
		})
	}
}
