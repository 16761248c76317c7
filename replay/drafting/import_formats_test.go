package drafting_test

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/dsappd/dsappd/replay/drafting"
	"github.com/dsappd/dsappd/replay/transcript"

	"github.com/google/go-cmp/cmp"
)

// member is a file in an archive.
type member struct{ name, text string }

func zipOf(t testing.TB, members ...member) []byte {
	t.Helper()
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, m := range members {
		file, err := w.Create(m.name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(file, m.text); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func tarOf(t testing.TB, members ...member) []byte {
	t.Helper()
	var out bytes.Buffer
	w := tar.NewWriter(&out)
	for _, m := range members {
		if err := w.WriteHeader(&tar.Header{Name: m.name, Mode: 0o600, Size: int64(len(m.text))}); err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(w, m.text); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func textOf(t testing.TB, name string) string {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// call is an exchange of testdata/har/bom.har.
type call struct{ request, reply string }

func callsOf(t testing.TB) []call {
	t.Helper()
	var all []call
	harOf(t, func(_, q, r map[string]any) {
		all = append(all, call{q["postData"].(map[string]any)["text"].(string), r["content"].(map[string]any)["text"].(string)})
	})
	return all
}

// quoted is a text as JSON has it.
func quoted(t testing.TB, text string) string {
	t.Helper()
	out, err := json.Marshal(text)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

var inXML = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")

// Archives are opened, also in each other.
func TestImportArchives(t *testing.T) {
	har, refused := textOf(t, "testdata/har/utf16.har"), []member{}
	files, err := filepath.Glob("../../testdata/import/refused/*.xml")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		refused = append(refused, member{"refused/" + filepath.Base(file), textOf(t, file)})
	}
	pairs := []string{"dsappSRPRegister, dsappSRPActivate (STAT_INVCREDENTIALS)", "dsappSRPRegister, dsappSRPActivate (STAT_NOT_FOUND)"}
	for name, test := range map[string]struct {
		text   []byte
		played []string
	}{
		"x.har.gz":      {[]byte(packed(t, "gzip", har)), activated},
		"x.zip":         {zipOf(t, member{"a/x.har", har}, member{"__MACOSX/a/._x.har", "x"}, member{".hidden/x", "x"}), activated},
		"x.tar":         {tarOf(t, member{"a/x.har", har}), activated},
		"x.tgz":         {[]byte(packed(t, "gzip", string(tarOf(t, member{"a/x.har.gz", packed(t, "gzip", har)})))), activated},
		"pairs.zip":     {zipOf(t, refused...), pairs},
		"pairs.tar":     {tarOf(t, refused...), pairs},
		"zip-in-zip":    {zipOf(t, member{"b.zip", string(zipOf(t, member{"x.har", har}))}), activated},
		"x.bz2":         {[]byte(textOf(t, "testdata/formats/base64.har.bz2")), activated},
		"back\\slashes": {zipOf(t, member{`a\x.har`, har}), activated},
	} {
		t.Run(name, func(t *testing.T) {
			played, notices, _ := imported(t, false, fileOf(t, name, test.text))
			if diff := cmp.Diff(test.played, played); diff != "" || notices != nil {
				t.Errorf("%s\n%q", diff, notices)
			}
		})
	}
}

// What other programs keep of exchanges is read.
func TestImportFormats(t *testing.T) {
	calls := callsOf(t)
	head := "POST http://bank:8888/ HTTP/1.1\r\nHost: bank:8888\r\nContent-Type: text/xml; charset=utf-8\r\n"
	saz := []member{{"[Content_Types].xml", "<Types/>"}, {"_index.htm", "<html></html>"}}
	charlesJSON, charlesXML, chlz := []string{}, "", []member{}
	stubs, journal, items := []string{}, []string{}, []string{}
	for n, c := range calls {
		at := fmt.Sprintf("2026-03-01T09:00:%02d.123+01:00", n)
		saz = append(saz,
			member{fmt.Sprintf("raw/%d_c.txt", n), head + fmt.Sprintf("Content-Length: %d\r\n\r\n", len(c.request)) + c.request},
			member{fmt.Sprintf("raw/%d_m.xml", n), fmt.Sprintf(`<?xml version="1.0" encoding="utf-8"?><Session SID="%d"><SessionTimers ClientBeginRequest=%q/></Session>`, n, at)},
			member{fmt.Sprintf("raw/%d_s.txt", n), "HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n" + chunked(packed(t, "gzip", c.reply))})
		meta := fmt.Sprintf(`{"status": "COMPLETE", "method": "POST", "scheme": "http", "host": "bank", "path": "/", "times": {"start": %q}, "request": {"mimeType": "text/xml", "header": {"headers": [{"name": "SOAPAction", "value": "\"\""}]}%%s}, "response": {"status": 200, "mimeType": "text/xml", "charset": "utf-8"%%s}}`, at)
		charlesJSON = append(charlesJSON, fmt.Sprintf(meta, `, "body": {"text": `+quoted(t, c.request)+`}`, `, "body": {"encoding": "base64", "encoded": "`+inBase64(c.reply)+`"}`))
		chlz = append(chlz, member{fmt.Sprintf("%d-meta.json", n), fmt.Sprintf(meta, "", "")}, member{fmt.Sprintf("%d-req.xml", n), c.request}, member{fmt.Sprintf("%d-res.xml", n), c.reply})
		charlesXML += fmt.Sprintf(`<transaction status="COMPLETE" method="POST" protocol="http" host="bank" path="/" startTime=%q><request><headers><header><name>SOAPAction</name><value>x</value></header></headers><body>%s</body></request><response status="200"><body encoding="base64">%s</body></response></transaction>`+"\n", at, inXML.Replace(c.request), inBase64(c.reply))
		stubs = append(stubs, fmt.Sprintf(`{"request": {"method": "ANY", "url": "/", "headers": {"SOAPAction": {"equalTo": "x"}}, "bodyPatterns": [{"matchesXPath": "//a"}, {"equalToXml": %s}]}, "response": {"status": 200, "bodyFileName": "%d.xml", "headers": {"Content-Type": "text/xml"}}}`, quoted(t, c.request), n))
		journal = append(journal, fmt.Sprintf(`{"id": "x", "request": {"url": "/", "method": "POST", "headers": {"Content-Type": "text/xml"}, "body": %s, "loggedDate": %d}, "responseDefinition": {"status": 200}, "response": {"status": 200, "bodyAsBase64": "%s"}}`, quoted(t, c.request), 1772355600000+n, inBase64(c.reply)))
		items = append(items, fmt.Sprintf(`{"name": "Call %d", "request": {"method": "POST", "header": [{"key": "Content-Type", "value": "text/xml"}, {"key": "X-Off", "value": "1", "disabled": true}], "url": {"raw": "{{host}}/"}, "body": {"mode": "raw", "raw": %s}}, "response": [{"name": "Saved", "code": 200, "body": %s}]}`, n, quoted(t, strings.Replace(c.request, "user2", "{{user}}", 1)), quoted(t, c.reply)))
	}
	answers := []member{}
	for n, c := range calls {
		answers = append(answers, member{fmt.Sprintf("__files/%d.xml", n), c.reply})
	}
	mappings := `{"mappings": [` + strings.Join(stubs, ",\n") + `], "meta": {"total": 3}}`
	for name, test := range map[string]struct {
		text    []byte
		played  []string
		notices []string
	}{
		"x.saz":         {text: zipOf(t, saz...)},
		"x.chlsj":       {text: []byte("[" + strings.Join(charlesJSON, ",\n") + "]")},
		"x.chlsx":       {text: []byte(`<?xml version='1.0' encoding='UTF-8' ?><?charles serialisation-version='2.0' ?><!DOCTYPE charles-session SYSTEM "x.dtd"><charles-session>` + charlesXML + `</charles-session>`)},
		"x.chlz":        {text: zipOf(t, chlz...)},
		"stubs.zip":     {text: zipOf(t, append(answers, member{"mappings/all.json", mappings})...)},
		"requests.json": {text: []byte(`{"requests": [` + strings.Join(journal, ",") + `]}`)},
		"x.postman_collection.json": {text: []byte(`{"info": {"name": "Bank", "schema": "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"}, "item": [{"name": "Folder", "item": [` +
			strings.Join(items, ",\n") + `]}], "variable": [{"key": "user", "value": "{{name}}"}, {"key": "name", "value": "user2"}, {"key": "host", "value": "http://bank"}]}`)},
	} {
		t.Run(name, func(t *testing.T) {
			file := fileOf(t, name, test.text)
			played, notices, _ := imported(t, false, file)
			if diff := cmp.Diff(activated, played); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(test.notices, withoutFolder(file, notices)); diff != "" {
				t.Error(diff)
			}
		})
	}
	t.Run("folder of stubs", func(t *testing.T) {
		dir := t.TempDir()
		for _, m := range append(answers, member{"mappings/all.json", mappings}) {
			name := filepath.Join(dir, filepath.FromSlash(m.name))
			if err := errors.Join(os.MkdirAll(filepath.Dir(name), 0o700), os.WriteFile(name, []byte(m.text), 0o600)); err != nil {
				t.Fatal(err)
			}
		}
		played, notices, _ := imported(t, false, dir)
		if diff := cmp.Diff(activated, played); diff != "" || notices != nil {
			t.Errorf("%s\n%q", diff, notices)
		}
	})
}

// chunked is a body in chunks.
func chunked(body string) string {
	half := len(body) / 2
	return fmt.Sprintf("%x\r\n%s\r\n%x;x=y\r\n%s\r\n0\r\n\r\n", half, body[:half], len(body)-half, body[half:])
}

// Projects without replies are requests whose replies are free; what they do
// besides is listed.
func TestImportProjects(t *testing.T) {
	free := ": any passes, and replay run --update writes what comes"
	for name, test := range map[string]struct{ played, notices []string }{
		"wiremock.json": {[]string{"dsappSRPRegister"}, nil},
		"plain.jmx":     {[]string{"dsappSRPRegister"}, []string{"plain.jmx:2: the reply is not there (a test plan holds none)" + free}},
		"plan.jmx": {[]string{"Activate a phone"}, []string{
			"plan.jmx:19: CSVDataSet People has no equal",
			"plan.jmx:23: ThreadGroup Activate a phone repeats what it sends (ThreadGroup.num_threads = 10): it is taken over once",
			"plan.jmx:39: ${password} stays as it is: it has no value here, unless one is given by --property 'password=VALUE'",
			"plan.jmx:39: the reply is not there (a test plan holds none)" + free,
			"plan.jmx:61: ResponseAssertion Succeeds is left free: assertions of JMeter are not taken over",
			"plan.jmx:64: ConstantTimer Wait is left out: a play does not wait",
			"plan.jmx:66: what IfController Perhaps holds is sent once, in its order",
			"plan.jmx:68: POST is no call of SOAP: its body is in the file activate.xml, which is not beside",
			"plan.jmx:79: the reply is not there (a test plan holds none)" + free,
			"plan.jmx:90: HTTPSamplerProxy Off is disabled",
			"plan.jmx:93: JSR223Sampler Script has no equal",
		}},
		"collection.json": {[]string{"dsappSRPRegister, dsappSRPActivate"}, []string{
			`collection.json:11: the script of "Registering / Register anna" (test) has no equal`,
			"collection.json:11: {{trace}} stays as it is: it has no value here, unless one is given by --property 'trace=VALUE'",
			"collection.json:11: the reply is not there" + free,
			"collection.json:22: {{registrationId}} is taken for what the replies before hold under this name, as a script may have set it",
			"collection.json:22: the reply is not there" + free,
			`collection.json:22: the request logs in by "oauth2", which has no equal`,
			"collection.json:26: GET {{host}}/health is no call of SOAP",
			"collection.json:30: POST {{host}}/ is no call of SOAP: its body is urlencoded",
		}},
	} {
		t.Run(name, func(t *testing.T) {
			file := filepath.Join("testdata/formats", name)
			played, notices, texts := imported(t, false, file)
			if name != "plain.jmx" && name != "wiremock.json" && !strings.Contains(texts[0], "<registrationID>{{registrationID}}</registrationID>") {
				t.Errorf("the ID that was extracted is not captured:\n%s", texts[0])
			}
			if diff := cmp.Diff(test.played, played); diff != "" {
				t.Errorf("%s\n%s", diff, texts)
			}
			if diff := cmp.Diff(test.notices, withoutFolder(file, notices)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// Kinds that are not read are named, with what to do.
func TestImportNamesOthers(t *testing.T) {
	for name, test := range map[string]struct{ text, notice string }{
		"empty.xml":    {"", "the file is empty"},
		"packets.txt":  {"0000   00 1c 42 00 00 08 00 1c 42 00 00 09 08 00 45 00   ..B.....B.....E.\n", "a hex dump of packets or of a stream, which is not read: save the capture as pcap"},
		"stream.txt":   {"00000000  50 4f 53 54 20 2f 20 48  54 54 50 2f 31 2e 31 0d   POST / H TTP/1.1.\n", "a hex dump of packets or of a stream, which is not read: save the capture as pcap"},
		"x.chls":       {"\x00\x01", "a session of Charles in its own format, which is not read: save it in Charles as a JSON session file (.chlsj) or as HAR"},
		"burp.xml":     {`<?xml version="1.0"?><!DOCTYPE items [<!ELEMENT items (item*)>]><items burpVersion="2026.1" exportTime="x"><item/></items>`, "an export of Burp Suite, which is not read: save each request"},
		"x.burp":       {"\x00", "a project of Burp Suite"},
		"lines.json":   {"{\"time\": 1, \"message\": \"<a/>\"}\n{\"time\": 2}\n", "JSON, a line for each message of a log, which is not read: write the texts of the log into a file and import that, such as: jq -r .message FILE"},
		"docker.log":   {"{\"log\":\"<a/>\\n\",\"stream\":\"stdout\"}\n{\"log\":\"\"}\n", "JSON, a line for each message of a log"},
		"x.7z":         {"7z\xbc\xaf\x27\x1c\x00", "a 7-Zip archive, which is not read: unpack it, and import the folder"},
		"x.xz":         {"\xfd7zXZ\x00\x00", "a file packed by xz"},
		"x.zst":        {"\x28\xb5\x2f\xfd\x00", "a file packed by Zstandard"},
		"flows":        {"9:7:request;4:", "a flow file of mitmproxy, which is not read: save it as HAR"},
		"v1.json":      {`{"id": "1", "name": "x", "order": [], "requests": []}`, "a collection of Hoppscotch, or of Postman in the format 1"},
		"env.json":     {`{"id": "1", "name": "x", "values": [], "_postman_variable_scope": "environment"}`, "an environment of Postman"},
		"api.json":     {`{"openapi": "3.1.0", "paths": {}}`, "a description of a REST interface"},
		"x.wsdl":       {`<wsdl:definitions xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/"/>`, "a WSDL or a schema"},
		"x.txtar":      {"Title\n-- 1.request.xml --\n", "a transcript, which is not read: play it by dsappd replay run"},
		"x.docx":       {string(zipOf(t, member{"[Content_Types].xml", "<a/>"}, member{"word/document.xml", "<a/>"})), "it is a document or a table of an office program, which is not read: save the messages in it as texts"},
		"hopp.json":    {`{"v": 2, "name": "x", "folders": [], "requests": []}`, "a collection of Hoppscotch, or of Postman in the format 1"},
		"insomnia.yml": {"type: collection.insomnia.rest/5.0\n", "a workspace of Insomnia"},
		"empty.zip":    {string(zipOf(t)), "empty.zip: a zip archive without anything in it"},
		"empty.har":    {`{"log": {"entries": []}}`, "empty.har: a HAR file without anything in it"},
		"stubs.json":   {`{"mappings": []}`, "stubs.json: stubs of WireMock without anything in it"},
		"empty":        {"", "the file is empty"},
		"insomnia":     {`{"_type": "export", "__export_format": 4, "resources": []}`, "a workspace of Insomnia"},
		"other.json":   {`{"a": 1}`, "JSON of a kind that is not known, which is not read: HAR,"},
		"x.pdml":       {`<?xml version="1.0"?><pdml version="0"/>`, "packets that Wireshark has written as XML or JSON"},
		"results.jtl":  {`<testResults version="1.2"/>`, "results of JMeter"},
		"not-json.txt": {`{not json}`, "it holds no message of SOAP"},
		"list.log":     {"[2026-03-01 09:00:00] INFO nothing\n", "it holds no message of SOAP"},
	} {
		t.Run(name, func(t *testing.T) {
			file := fileOf(t, name, []byte(test.text))
			_, notices, _ := imported(t, false, file)
			if len(notices) != 1 || !strings.Contains(notices[0], test.notice) {
				t.Errorf("%q", withoutFolder(file, notices))
			}
		})
	}
}

// A composite project in an archive is the same as in a folder.
func TestImportZippedComposite(t *testing.T) {
	folder := "testdata/soapui/composite"
	want, told, _ := imported(t, false, folder)
	for _, prefix := range []string{"", "outer/proj/"} {
		var members []member
		if err := filepath.WalkDir(folder, func(name string, entry fs.DirEntry, err error) error {
			if err == nil && !entry.IsDir() {
				inside, _ := filepath.Rel(folder, name)
				members = append(members, member{prefix + filepath.ToSlash(inside), textOf(t, name)})
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
		file := fileOf(t, "x.zip", zipOf(t, members...))
		played, notices, _ := imported(t, false, file)
		if diff := cmp.Diff(want, played); diff != "" {
			t.Error(diff)
		}
		for n := range notices {
			notices[n] = strings.ReplaceAll(notices[n], strings.TrimSuffix(filepath.ToSlash(file)+"/"+prefix, "/"), folder)
		}
		if diff := cmp.Diff(told, notices); diff != "" {
			t.Error(diff)
		}
	}
}

// A link that is given is followed, one in a folder is not if it leads to a
// folder; what a program writes is read as a file is.
func TestImportLinksAndPipes(t *testing.T) {
	har, err := filepath.Abs("testdata/har")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for _, err := range []error{
		os.Symlink(har, filepath.Join(dir, "linked")), os.Symlink(filepath.Join(har, "bom.har"), filepath.Join(dir, "x")),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	if played, notices, _ := imported(t, false, filepath.Join(dir, "linked")); len(played) < 12 || notices != nil {
		t.Errorf("a link to a folder: %q, %q", played, notices)
	}
	played, notices, _ := imported(t, false, dir)
	if diff := cmp.Diff(activated, played); diff != "" || len(notices) != 1 || !strings.HasSuffix(notices[0], "/linked: it is a link to a folder, which is not followed: import the folder itself") {
		t.Errorf("a folder of links: %s\n%q", diff, notices)
	}
	pipe := filepath.Join(t.TempDir(), "pipe")
	if err := exec.Command("mkfifo", pipe).Run(); err != nil {
		t.Fatal(err)
	}
	go func() { _ = os.WriteFile(pipe, []byte(packed(t, "gzip", textOf(t, "testdata/har/bom.har"))), 0o600) }()
	if played, notices, _ := imported(t, false, pipe); len(played) != 2 || notices != nil {
		t.Errorf("a pipe: %q, %q", played, notices)
	}
}

// FuzzImport holds that no file stops an import, and that the same file always
// comes to the same.
func FuzzImport(f *testing.F) {
	for _, pattern := range []string{"testdata/har/*", "testdata/formats/*", "../../testdata/import/*/*"} {
		names, err := filepath.Glob(pattern)
		if err != nil {
			f.Fatal(err)
		}
		for _, name := range names {
			if info, err := os.Stat(name); err == nil && info.Mode().IsRegular() {
				f.Add(textOf(f, name))
			}
		}
	}
	f.Add(string(zipOf(f, member{"raw/1_c.txt", "POST / HTTP/1.1\r\n\r\n"}, member{"raw/1_s.txt", "HTTP/1.1 200"}, member{"raw/1_m.xml", "<a>"})))
	f.Add(string(zipOf(f, member{"1-meta.json", `{"method": "POST"}`}, member{"1-req.x", "<a/>"}, member{"1-res.x", ""})))
	f.Add(string(tarOf(f, member{"a", "b"})))
	f.Fuzz(func(t *testing.T, text string) {
		file := fileOf(t, "x", []byte(text))
		var before string
		for range 2 {
			importer := &drafting.Importer{Drafter: &drafting.Drafter{}}
			if err := importer.Paths(t.Context(), file); err != nil {
				t.Fatal(err)
			}
			notices := importer.Notices()
			var all strings.Builder
			for i := range importer.Drafter.Len() {
				drafted, more := importer.Drafter.Draft(i)
				written, err := transcript.Format(drafted)
				fmt.Fprintf(&all, "%s %v\n", written, err)
				notices = append(notices, more...)
			}
			fmt.Fprint(&all, notices)
			if before != "" && before != all.String() {
				t.Errorf("%s\nand then\n%s", before, all.String())
			}
			before = all.String()
		}
	})
}

// A reader ends with its context, and leaves nothing to the next one.
func TestImportEndsAtOnce(t *testing.T) {
	for _, name := range []string{"testdata/har/bom.har", "testdata/formats/plain.jmx", "testdata/formats/base64.har.bz2", "../../testdata/import/pairs"} {
		ctx, cancel := context.WithCancel(t.Context())
		read := 0
		importer := &drafting.Importer{Drafter: &drafting.Drafter{}, Progress: func(string, int64, int64) {
			if read++; read == 2 {
				cancel()
			}
		}}
		if err := importer.Paths(ctx, name); !errors.Is(err, context.Canceled) || importer.Drafter.Len() > 0 || len(importer.Notices()) > 0 {
			t.Errorf("%s: %v, %d transcripts, %v", name, err, importer.Drafter.Len(), importer.Notices())
		}
		cancel()
	}
}

// A plan that is too large is refused at once, by its size.
func TestImportTooLargeForItsKind(t *testing.T) {
	name := filepath.Join(t.TempDir(), "plan.jmx")
	plan, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	_, err = io.WriteString(plan, `<jmeterTestPlan version="1.2">`)
	blank := bytes.Repeat([]byte("\n"), 1<<20)
	for n := 0; n < 257 && err == nil; n++ {
		_, err = plan.Write(blank)
	}
	if err = errors.Join(err, plan.Close()); err != nil {
		t.Fatal(err)
	}
	i := &drafting.Importer{Drafter: &drafting.Drafter{}}
	if err := i.Paths(t.Context(), name); err != nil {
		t.Fatal(err)
	}
	if all := i.Notices(); len(all) != 1 || !strings.Contains(all[0].Reason, "more than 256 MiB") {
		t.Errorf("got %v", all)
	}
}
