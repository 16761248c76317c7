package main

import (
	"bytes"
	"encoding/json"
	"encoding/pem"
	"encoding/xml"
	"errors"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/dsappd/dsappd/replay/transcript"

	"github.com/dsappd/dsappd"
	"github.com/dsappd/dsappd/internal/datafolder"
	"github.com/dsappd/dsappd/replay"
)

const transcripts = "../../testdata/transcripts"

// command runs a command line, in this process.
func command(t *testing.T, args ...string) (exit int, stdout, stderr string) {
	t.Helper()
	var out, log bytes.Buffer
	exit = run(args, streams{In: strings.NewReader(""), Out: &out, Err: &log})
	return exit, out.String(), log.String()
}

// wrongTranscript copies a transcript of the book, spoiled.
func wrongTranscript(t *testing.T, dir, name, old, wrong string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(transcripts, name+transcript.Extension))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(text), old) {
		t.Fatalf("%s holds no %q", name, old)
	}
	file := filepath.Join(dir, name+transcript.Extension)
	if err := os.WriteFile(file, []byte(strings.ReplaceAll(string(text), old, wrong)), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func TestReplayExitCodes(t *testing.T) {
	dir := t.TempDir()
	differs := wrongTranscript(t, dir, "activation", "<digipassGatewayID>0123456789", "<digipassGatewayID>other")
	broken := wrongTranscript(t, t.TempDir(), "register-wrong-password", "<soapenv:Envelope", "<soapenv:Envelop")
	ends := map[string]struct {
		args []string
		exit int
		says string // on stdout or stderr
	}{
		"right":           {[]string{"activation"}, 0, "1 transcript, 4 exchanges: 1 passed, 0 failed, 0 skipped, 0 broken"},
		"twice":           {[]string{"activation", "--repeat", "2", "-j", "2"}, 0, "2 transcripts, 8 exchanges: 2 passed"},
		"different":       {[]string{differs}, 1, "- "},
		"broken":          {[]string{broken}, 2, "register-wrong-password.txtar:53: not well-formed XML: element <Envelop> closed by </Envelope>"},
		"both":            {[]string{differs, broken}, 2, "1 failed, 0 skipped, 1 broken"},
		"no transcript":   {[]string{t.TempDir()}, 1, "holds no transcript: their names end in .txtar"},
		"no such file":    {[]string{"missing.txtar"}, 1, "there is no missing.txtar in "},
		"no server":       {[]string{"activation", "--url", "http://127.0.0.1:1/"}, 1, "connection refused"},
		"no URL":          {[]string{"activation", "--url", "127.0.0.1:1"}, 1, "give http://HOST:PORT/"},
		"CA without URL":  {[]string{"activation", "--ca", "x"}, 1, "--ca, --client-cert, --dir and --strict belong to --url"},
		"no certificates": {[]string{"activation", "--url", "https://127.0.0.1:1/", "--ca", differs}, 1, "holds no certificate in PEM"},
	}
	for name, c := range ends {
		t.Run(name, func(t *testing.T) {
			for i, arg := range c.args {
				if arg == "activation" {
					c.args[i] = filepath.Join(transcripts, arg+transcript.Extension)
				}
			}
			exit, out, log := command(t, append([]string{"replay", "run"}, c.args...)...)
			if exit != c.exit || !strings.Contains(out+log, c.says) {
				t.Errorf("exit %d, want %d with %q:\n%s%s", exit, c.exit, c.says, out, log)
			}
		})
	}
}

func TestReplayReports(t *testing.T) {
	dir := t.TempDir()
	wrongTranscript(t, dir, "activation", "<digipassGatewayID>0123456789", "<digipassGatewayID>other")
	wrongTranscript(t, dir, "register-wrong-password", "-- 1.request.xml --", "-- 1.request --")
	junit := filepath.Join(dir, "junit.xml")
	exit, out, log := command(t, "replay", "run", "--json", "-", "--junit", junit, dir, filepath.Join(transcripts, "fault-not-an-envelope.txtar"))
	if exit != 2 {
		t.Errorf("exit %d: %s", exit, log)
	}
	var report struct {
		Transcripts []replay.Result
		Summary     replay.Summary
	}
	if err := json.Unmarshal([]byte(out), &report); err != nil {
		t.Fatalf("%v:\n%s", err, out)
	}
	want := replay.Summary{Transcripts: 3, Exchanges: 6, Passed: 1, Failed: 1, Broken: 1}
	if report.Summary != want || len(report.Transcripts) != 3 {
		t.Errorf("summary %+v, want %+v", report.Summary, want)
	}
	if d := report.Transcripts[0].Exchanges[0].Differences; len(d) != 1 || d[0].Want != "other" || d[0].Got != "0123456789" ||
		d[0].Path != "Envelope/Body/dsappSRPRegisterResponse/result/digipassGatewayID" || d[0].Line == 0 {
		t.Errorf("differences %+v", d)
	}
	text, err := os.ReadFile(junit)
	if err != nil {
		t.Fatal(err)
	}
	var suites struct {
		Suites []struct {
			Tests    int `xml:"tests,attr"`
			Failures int `xml:"failures,attr"`
			Errors   int `xml:"errors,attr"`
			Cases    []struct {
				Failure string `xml:"failure"`
			} `xml:"testcase"`
		} `xml:"testsuite"`
	}
	if err := xml.Unmarshal(text, &suites); err != nil {
		t.Fatalf("%v:\n%s", err, text)
	}
	if s := suites.Suites; len(s) != 3 || s[0].Tests != 4 || s[0].Failures != 1 || s[1].Errors != 1 || s[2].Failures != 0 ||
		!strings.Contains(s[0].Cases[0].Failure, "- ") {
		t.Errorf("%s", text)
	}
}

// TestReplayURL plays against a server over TLS that the --ca is for, whose
// components are of another type.
func TestReplayURL(t *testing.T) {
	name := filepath.Join(transcripts, "activation.txtar")
	dir := filepath.Join(t.TempDir(), "data")
	if exit, _, said := command(t, "replay", "init", "--dir", dir, wrongTranscript(t, t.TempDir(), "activation", "srp-component", "other")); exit != 0 {
		t.Fatal(said)
	}
	server, err := dsappd.Open(t.Context(), dsappd.Config{Dir: dir, Addr: "127.0.0.1:0"})
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	behind, err := url.Parse(server.URLs().SOAP)
	if err != nil {
		t.Fatal(err)
	}
	front := httptest.NewUnstartedServer(&httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(behind) }})
	front.Config.ErrorLog = log.New(io.Discard, "", 0) // of the certificate that is not trusted
	front.StartTLS()
	defer front.Close()
	ca := filepath.Join(t.TempDir(), "ca.pem")
	block := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: front.Certificate().Raw})
	if err := os.WriteFile(ca, block, 0o600); err != nil {
		t.Fatal(err)
	}
	exit, out, _ := command(t, "replay", "run", "--url", front.URL, "--component", "other", name)
	if exit != 1 || !strings.Contains(out, "certificate") {
		t.Errorf("an unknown certificate: exit %d\n%s", exit, out)
	}
	exit, out, _ = command(t, "replay", "run", "--url", front.URL, "--ca", ca, "--component", "other", name,
		filepath.Join(transcripts, "register-expires.txtar"), filepath.Join(transcripts, "operator-closes-registration.txtar"),
		filepath.Join(transcripts, "strict.txtar"))
	if exit != 0 || !strings.Contains(out, "1 passed, 0 failed, 3 skipped") || !strings.Contains(out, "it needs a server in strict mode") {
		t.Errorf("exit %d\n%s", exit, out)
	}
	for _, report := range []string{"--json", "--junit"} {
		_, out, _ = command(t, "replay", "run", "--url", front.URL, "--ca", ca, report, "-", filepath.Join(transcripts, "strict.txtar"))
		if !strings.Contains(out, "it needs a server in strict mode") {
			t.Errorf("%s does not say why it was skipped:\n%s", report, out)
		}
	}
	exit, out, _ = command(t, "replay", "run", "--url", front.URL, "--ca", ca, "--strict", filepath.Join(transcripts, "strict.txtar"))
	if exit != 1 || !strings.Contains(out, "1 failed, 0 skipped") { // the server is not strict
		t.Errorf("exit %d\n%s", exit, out)
	}
}

// TestReplayInit finds what two transcripts do not agree on.
func TestReplayInit(t *testing.T) {
	dir := t.TempDir()
	wrongTranscript(t, dir, "activation", "digits", "digits")
	other := wrongTranscript(t, t.TempDir(), "activation", "Password2", "Password3")
	exit, _, log := command(t, "replay", "init", "--dir", filepath.Join(dir, "data"), dir, other)
	if exit != 2 || !strings.Contains(log, other+": its ") || !strings.Contains(log, "play them against servers of their own") {
		t.Errorf("exit %d: %s", exit, log)
	}
}

// TestReplayInitLab says what two samples have in common with that of the lab.
func TestReplayInitLab(t *testing.T) {
	name := wrongTranscript(t, t.TempDir(), "rest-again", "VDM1001912", "VDM1000001")
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	text = bytes.Replace(text, []byte("seed = "), []byte("sample = true\nseed = "), 1)
	if err := os.WriteFile(name, text, 0o600); err != nil {
		t.Fatal(err)
	}
	exit, _, log := command(t, "replay", "init", "--dir", filepath.Join(t.TempDir(), "data"), name)
	if exit == 0 || !strings.Contains(log, "authenticator VDM1000001") || !strings.Contains(log, "take sample = true out of the header") {
		t.Errorf("exit %d: %s", exit, log)
	}
}

// TestReplayDoors plays against the doors of a server that are REST, and passes
// over what asks a door whose URL is not given.
func TestReplayDoors(t *testing.T) {
	online, again, soap := filepath.Join(transcripts, "rest-online.txtar"), filepath.Join(transcripts, "rest-again.txtar"), filepath.Join(transcripts, "register.txtar")
	dir := filepath.Join(t.TempDir(), "data")
	if exit, _, said := command(t, "replay", "init", "--dir", dir, online, again, soap); exit != 0 {
		t.Fatal(said)
	}
	server, err := dsappd.Open(t.Context(), dsappd.Config{Dir: dir, Addr: "127.0.0.1:0"})
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	urls := server.URLs()
	exit, out, log := command(t, "replay", "run", "--platform", urls.Platform, "--platform-key", "wrong", again)
	if exit != 1 || !strings.Contains(out, "The key is not known.") {
		t.Errorf("another key: exit %d\n%s%s", exit, out, log)
	}
	exit, out, log = command(t, "replay", "run", "--platform", urls.Platform, "--gateway", urls.Gateway, online, soap)
	if exit != 0 || !strings.Contains(out, "1 passed, 0 failed, 1 skipped") || !strings.Contains(out, "it asks the SOAP interface, whose URL is not known") {
		t.Errorf("exit %d\n%s%s", exit, out, log)
	}
	exit, out, log = command(t, "replay", "run", "--url", urls.SOAP, again)
	if exit != 0 || !strings.Contains(out, "it asks the door platform, whose URL is not known") {
		t.Errorf("exit %d\n%s%s", exit, out, log)
	}
}

// TestReplayClientCert plays against a Platform API that lets in whom its CA
// vouches for.
func TestReplayClientCert(t *testing.T) {
	again := filepath.Join(transcripts, "rest-again.txtar")
	dir := filepath.Join(t.TempDir(), "data")
	if exit, _, said := command(t, "replay", "init", "--dir", dir, again); exit != 0 {
		t.Fatal(said)
	}
	name := filepath.Join(dir, "settings.toml")
	settings, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	before, platform, found := strings.Cut(string(settings), "\n[platform]\n")
	platform = strings.Replace(platform, `client_ca = ""`, `client_ca = "tls/ca.pem"`, 1)
	platform = strings.Replace(platform, `tls = "auto"`, `tls = "on"`, 1)
	err = os.WriteFile(name, []byte(before+"\n[platform]\n"+platform), 0o600)
	client := filepath.Join(t.TempDir(), "client.pem")
	err = errors.Join(err, datafolder.RenewCertificate(dir, datafolder.CertificateOptions{}), datafolder.IssueClientCertificate(dir, "site", client, datafolder.CertificateOptions{}))
	if err != nil || !found {
		t.Fatal(found, err)
	}
	server, err := dsappd.Open(t.Context(), dsappd.Config{Dir: dir, Addr: "127.0.0.1:0"})
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	flags := []string{"replay", "run", "--platform", server.URLs().Platform, "--ca", filepath.Join(dir, "tls", "ca.pem"), "--platform-key", "none", again}
	if exit, out, log := command(t, flags...); exit != 1 {
		t.Errorf("without a certificate: exit %d\n%s%s", exit, out, log)
	}
	if exit, out, log := command(t, append(flags, "--client-cert", client)...); exit != 0 || !strings.Contains(out, "1 passed") {
		t.Errorf("exit %d\n%s%s", exit, out, log)
	}
	if exit, _, log := command(t, append(flags, "--client-cert", again)...); exit == 0 || !strings.Contains(log, "dsappd tls client makes such a file") {
		t.Errorf("no certificate in the file: exit %d, %s", exit, log)
	}
}

// TestReplayExpectsHTTP holds what a transcript can expect of HTTP.
func TestReplayExpectsHTTP(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != "GET" || r.URL.RequestURI() != "/a?b=1" || r.Header.Get("X-Sent") != "yes" {
			t.Errorf("asked for %s %s, %v", r.Method, r.URL, r.Header)
		}
		w.Header().Set("X-Count", "12")
		w.WriteHeader(http.StatusTeapot)
		io.WriteString(w, "short and stout, 3 times\n")
	}))
	defer server.Close()
	play := func(options, reply string) string {
		t.Helper()
		name := filepath.Join(t.TempDir(), "http.txtar")
		text := "A teapot.\n-- transcript.toml --\n[request.headers]\nX-Sent = \"yes\"\n-- 1.toml --\n[request]\nmethod = \"GET\"\npath = \"/a?b=1\"\n[reply]\n" +
			options + "\n-- 1.reply.txt --\n" + reply + "\n"
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		_, out, log := command(t, "replay", "run", "--url", server.URL, name)
		return out + log
	}
	right := "status = 418\ntimeLimit = \"10s\"\nheaders = { X-Count = \"{{10..20}}\" }"
	for name, c := range map[string]struct{ options, reply, says string }{
		"right":        {right, "short and {{stout|tall}}, {{1..5}} times", "1 passed"},
		"status":       {strings.Replace(right, "418", "200", 1), "{{any}}", "status   differs"},
		"time":         {strings.Replace(right, "10s", "1ns", 1), "{{any}}", "time   differs"},
		"header":       {strings.Replace(right, "10..20", "13..", 1), "{{any}}", "header X-Count   differs"},
		"no header":    {strings.Replace(right, "X-Count", "X-None", 1), "{{any}}", "header X-None   differs"},
		"text":         {right, "short and tall, {{1..5}} times", "text   differs"},
		"out of range": {right, "short and stout, {{4..}} times", "text   differs"},
		"statuses":     {strings.Replace(right, "status = 418", "statuses = [200, 418]", 1), "{{any}}", "1 passed"},
		"no status":    {strings.Replace(right, "status = 418", "statuses = [200, 500]", 1), "{{any}}", "status   differs"},
		"contains":     {right + "\ncontains = [\"and stout\", '{{/(?i)SHORT/}} and', \"{{1..3}} times\"]", "{{any}}", "1 passed"},
		"contains not": {right + "\ncontains = [\"{{4..9}} times\"]", "{{any}}", "contains   is missing"},
		"lacks":        {right + "\nlacks = [\"tall\", '{{/^and/}}']", "{{any}}", "1 passed"},
		"lacks not":    {right + "\nlacks = ['{{/sto+t|stout/}}']", "{{any}}", "lacks   was not expected"},
		"no XML":       {right + "\nvalues = { a = \"1\" }", "{{any}}", "value a   differs"},
	} {
		if said := play(c.options, c.reply); !strings.Contains(said, c.says) {
			t.Errorf("%s: want %q:\n%s", name, c.says, said)
		}
	}
}
