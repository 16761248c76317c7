package soap_test

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/dsappd/dsappd/soap"
	"github.com/dsappd/dsappd/wsdl"
)

// post sends a body and returns the reply's text.
func post(t testing.TB, server *httptest.Server, body io.Reader, set func(*http.Request)) (*http.Response, string) {
	t.Helper()
	r, err := http.NewRequest(http.MethodPost, server.URL, body)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "text/xml; charset=utf-8")
	if set != nil {
		set(r)
	}
	return do(t, r)
}

func do(t testing.TB, r *http.Request) (*http.Response, string) {
	t.Helper()
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	reply, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	if response.Header.Get("Request-Id") == "" {
		t.Errorf("%s %s: no Request-Id", r.Method, r.URL)
	}
	return response, string(reply)
}

func body(t testing.TB, name string) []byte {
	t.Helper()
	_, body, _ := bytes.Cut(requests(t)[name], []byte("\n\n"))
	return body
}

func TestMethods(t *testing.T) {
	server := serve(t, config(t, &heard{}))
	for _, method := range []string{http.MethodPut, http.MethodDelete, http.MethodOptions, http.MethodPatch, "PROPFIND"} {
		r, _ := http.NewRequest(method, server.URL, strings.NewReader("x"))
		response, words := do(t, r)
		if response.StatusCode != http.StatusMethodNotAllowed || response.Header.Get("Allow") != "GET, HEAD, POST" || words == "" {
			t.Errorf("%s: %d, Allow %q, %q", method, response.StatusCode, response.Header.Get("Allow"), words)
		}
	}
}

func TestGet(t *testing.T) {
	server := serve(t, config(t, &heard{}))
	for _, method := range []string{http.MethodGet, http.MethodHead} {
		for target, want := range map[string]string{"/": `<a href="?wsdl">`, "/x?WSDL": "<wsdl:definitions", "/?xsd=BasicTypes.xsd": "<xsd:schema"} {
			r, _ := http.NewRequest(method, server.URL+target, nil)
			response, words := do(t, r)
			if response.StatusCode != http.StatusOK || method == http.MethodGet && !strings.Contains(words, want) {
				t.Errorf("%s %s: %d %q", method, target, response.StatusCode, words)
			}
		}
	}
}

func TestGetIsLogged(t *testing.T) {
	var logged strings.Builder
	c := config(t, &heard{})
	c.Log = slog.New(slog.NewTextHandler(&logged, nil))
	handler, err := soap.NewHandler(c)
	if err != nil {
		t.Fatal(err)
	}
	for _, target := range []string{"/", "/?wsdl", "/?xsd=none.xsd"} {
		logged.Reset()
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, httptest.NewRequest(http.MethodGet, target, nil))
		if want := fmt.Sprintf("http_status=%d bytes_in=0 bytes_out=%d ", w.Code, w.Body.Len()); !strings.Contains(logged.String(), want) {
			t.Errorf("%s: logged %s; want %s", target, logged.String(), want)
		}
		logged.Reset()
		handler.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodHead, target, nil))
		if !strings.Contains(logged.String(), " bytes_out=0 ") {
			t.Errorf("HEAD %s: logged %s", target, logged.String())
		}
	}
}

func TestLengthRequired(t *testing.T) {
	server := serve(t, config(t, &heard{}))
	conn, err := net.Dial("tcp", strings.TrimPrefix(server.URL, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_, _ = io.WriteString(conn, "POST / HTTP/1.1\r\nHost: x\r\nContent-Type: text/xml\r\nConnection: close\r\n\r\n")
	reply, _ := io.ReadAll(conn)
	if !bytes.HasPrefix(reply, []byte("HTTP/1.1 411 ")) || !bytes.Contains(reply, []byte("LengthRequired")) {
		t.Errorf("%s", reply)
	}
}

// endless is a body that is too large by far and says nothing of it.
type endless struct{ left int }

func (e *endless) Read(p []byte) (int, error) {
	if e.left == 0 {
		return 0, io.EOF
	}
	n := min(len(p), e.left)
	e.left -= n
	for i := range p[:n] {
		p[i] = ' '
	}
	return n, nil
}

func TestSize(t *testing.T) {
	inGzip := func(r *http.Request) { r.Header.Set("Content-Encoding", "gzip") }
	bomb, err := io.ReadAll(packed(t, &endless{40 * soap.MaxSize}))
	if err != nil {
		t.Fatal(err)
	}
	for limit, set := range map[int]int{64 << 10: 0, soap.MaxSize: 4 * soap.MaxSize, 5000: 5000} {
		var h heard
		configured := config(t, &h)
		configured.MaxSize = set
		server := serve(t, configured)
		for name, c := range map[string]struct {
			body   io.Reader
			set    func(*http.Request)
			reason string
		}{
			"exactly the limit":    {padded(t, limit), nil, ""},
			"one more":             {padded(t, limit+1), nil, "TooLarge"},
			"in chunks":            {&endless{limit + 1}, nil, "TooLarge"},
			"gzip, the limit":      {packed(t, padded(t, limit)), inGzip, ""},
			"gzip, one more":       {packed(t, padded(t, limit+1)), inGzip, "TooLarge"},
			"gzip, a hundred fold": {bytes.NewReader(bomb), inGzip, "TooLarge"},
		} {
			response, reply := post(t, server, c.body, c.set)
			if said := h.take(); (said != "") != (c.reason == "") || (response.StatusCode == http.StatusOK) != (c.reason == "") {
				t.Errorf("%d, %s: %d %s, the operation heard %q", limit, name, response.StatusCode, reply, said)
			}
			if !faulty(reply, c.reason) || c.reason != "" && limit == 64<<10 && !strings.Contains(reply, "larger than 64 KiB (65536 bytes)") {
				t.Errorf("%d, %s: %s", limit, name, reply)
			}
		}
	}
}

// faulty reports whether a reply is the fault of that reason, or none for "".
func faulty(reply, reason string) bool {
	if reason == "" {
		return !strings.Contains(reply, "<reason>")
	}
	return strings.Contains(reply, "<reason>"+reason+"</reason>")
}

// A body may unpack to a hundred times its size, once it is more than small.
func TestRatio(t *testing.T) {
	var h heard
	c := config(t, &h)
	c.MaxSize = soap.MaxSize
	server := serve(t, c)
	for size, reason := range map[int]string{16 << 10: "", 900_000: "TooDense"} {
		envelope := append(body(t, "documented-register"), bytes.Repeat([]byte(" "), size)...)
		for coding, pack := range map[string]func(io.Writer) io.WriteCloser{
			"gzip":    func(w io.Writer) io.WriteCloser { return gzip.NewWriter(w) },
			"deflate": func(w io.Writer) io.WriteCloser { return zlib.NewWriter(w) },
		} {
			var b bytes.Buffer
			w := pack(&b)
			_, _ = w.Write(envelope)
			_ = w.Close()
			_, reply := post(t, server, &b, func(r *http.Request) { r.Header.Set("Content-Encoding", coding) })
			if said := h.take(); (said != "") != (reason == "") || !faulty(reply, reason) {
				t.Errorf("%s of %d bytes: heard %q: %s", coding, size, said, reply)
			}
		}
	}
}

// The parts of a message are limited, whatever they are and however often they
// are referred to; what clients send is far from it.
func TestParts(t *testing.T) {
	var h heard
	c := config(t, &h)
	c.MaxSize = soap.MaxSize
	turns := 0
	c.Turn = func(context.Context, string) (func(), error) { turns++; return func() { turns -= 1000 }, nil }
	server := serve(t, c)
	envelope := string(body(t, "documented-register"))
	before, after, _ := strings.Cut(envelope, "</soapenv:Body>")
	inside, outside, _ := strings.Cut(envelope, "<componentType>")
	for what, text := range map[string]func(n int) string{
		"elements": func(n int) string {
			return inside + strings.Repeat("<a/>", n/2) + "<componentType>" + outside
		},
		"attributes": func(n int) string {
			return inside + strings.Repeat(`<a b="" c="" d="" e="" f="" g=""/>`, n/8) + "<componentType>" + outside
		},
		"comments": func(n int) string { return before + strings.Repeat("<!---->", n) + "</soapenv:Body>" + after },
		"texts": func(n int) string {
			return inside + "<x>" + strings.Repeat("x<!---->", n/2) + "</x><componentType>" + outside
		},
		"sections": func(n int) string {
			return inside + "<x>" + strings.Repeat("<![CDATA[]]>", n) + "</x><componentType>" + outside
		},
		"declarations": func(n int) string {
			return inside + strings.Repeat(`<a xmlns:b="c"/>`, n/3) + "<componentType>" + outside
		},
	} {
		for n, want := range map[int]struct {
			reason string
			turns  int
		}{100: {"", 0}, 4000: {"", -999}, 10000: {"TooManyParts", -999}} {
			turns = 0
			_, reply := post(t, server, strings.NewReader(text(n)), nil)
			if said := h.take(); (said != "") != (want.reason == "") || !faulty(reply, want.reason) || turns != want.turns {
				t.Errorf("%d %s: %d turns, heard %q: %s", n, what, turns, said, reply)
			}
		}
	}
}

// What is seen of real clients is read at once.
func TestUsualMessagesTakeNoTurn(t *testing.T) {
	var h heard
	c := config(t, &h)
	c.Turn = func(context.Context, string) (func(), error) { return nil, errors.New("a turn was asked for") }
	server := serve(t, c)
	names, err := filepath.Glob("testdata/requests/*.http")
	if err != nil || len(names) == 0 {
		t.Fatal("no requests", err)
	}
	for _, name := range names {
		text := body(t, strings.TrimSuffix(filepath.Base(name), ".http"))
		if _, reply := post(t, server, bytes.NewReader(text), nil); strings.Contains(reply, "TooBusy") {
			t.Errorf("%s, of %d bytes: %s", name, len(text), reply)
		}
	}
}

// A costly message that gets no turn is answered so that its client comes
// again.
func TestTooBusy(t *testing.T) {
	c := config(t, &heard{})
	c.Turn = func(context.Context, string) (func(), error) { return nil, context.DeadlineExceeded }
	server := serve(t, c)
	response, reply := post(t, server, packed(t, padded(t, 1000)), func(r *http.Request) { r.Header.Set("Content-Encoding", "gzip") })
	if response.StatusCode != http.StatusServiceUnavailable || response.Header.Get("Retry-After") == "" || !strings.Contains(reply, "<reason>TooBusy</reason>") {
		t.Errorf("%d %v %s", response.StatusCode, response.Header, reply)
	}
}

// References that hold each other many times over are not followed for ever.
func TestReferencesAreBounded(t *testing.T) {
	var h heard
	configured := config(t, &h)
	configured.MaxSize = soap.MaxSize
	server := serve(t, configured)
	before, after, _ := strings.Cut(string(body(t, "multiref-nested")), `<user href="#u"/>`)
	many := strings.Repeat(`<user href="#u"/>`, 1000)
	for name, c := range map[string]struct{ elements, targets string }{
		"one large, often": {`<user><userID href="#large"/>` + strings.Repeat(`<domain href="#large"/>`, 20) + `</user>`,
			`<large id="large">` + strings.Repeat(" ", 100_000) + `</large>`},
		"many of the same": {many, `<u id="u"><userID>user1</userID></u>`},
		"a long chain":     {`<user href="#0"/>`, chain(200)},
	} {
		envelope := before + c.elements + strings.Replace(after, "</soapenv:Body>", c.targets+"</soapenv:Body>", 1)
		started := time.Now()
		response, reply := post(t, server, strings.NewReader(envelope), nil)
		if said := h.take(); response.StatusCode != http.StatusOK || !strings.HasPrefix(said, "field: user") {
			t.Errorf("%s: %d %s, heard %s", name, response.StatusCode, reply, said)
		}
		t.Logf("%s: %v", name, time.Since(started))
	}
}

// chain is elements that each refer to the next one.
func chain(length int) string {
	var b strings.Builder
	for i := range length {
		fmt.Fprintf(&b, `<c id="%d" href="#%d"/>`, i, i+1)
	}
	return b.String()
}

// Clients such as Java's and .NET's read the answer only when they have sent
// all: they get the fault whole, and their connection is kept.
func TestTooLargeIsAnswered(t *testing.T) {
	server := serve(t, config(t, &heard{}))
	conn, err := net.Dial("tcp", strings.TrimPrefix(server.URL, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(time.Minute))
	replies := bufio.NewReader(conn)
	const size = 6 * soap.MaxSize
	spaces := strings.Repeat(" ", size)
	for name, body := range map[string]string{
		"by its length":      fmt.Sprintf("Content-Length: %d\r\n\r\n%s", size, spaces),
		"in chunks":          fmt.Sprintf("Transfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n", size, spaces),
		"of a wrong type":    fmt.Sprintf("Content-Type: text/plain\r\nContent-Length: %d\r\n\r\n%s", size, spaces),
		"of an unknown kind": fmt.Sprintf("Content-Encoding: br\r\nContent-Length: %d\r\n\r\n%s", size, spaces),
		"not what it says":   fmt.Sprintf("Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n%s", soap.MaxSize, spaces[:soap.MaxSize]),
		"unpacked, by gzip":  gzipped(t, &endless{8 * soap.MaxSize}),
		"by one byte":        fmt.Sprintf("Content-Length: %d\r\n\r\n%s", soap.MaxSize+1, spaces[:soap.MaxSize+1]),
	} {
		if !strings.Contains(body, "Content-Type") {
			body = "Content-Type: text/xml\r\n" + body
		}
		if _, err := io.WriteString(conn, "POST / HTTP/1.1\r\nHost: x\r\n"+body); err != nil {
			t.Fatalf("%s: cannot be sent whole: %v", name, err)
		}
		response, err := http.ReadResponse(replies, nil)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		reply, err := io.ReadAll(response.Body)
		if err != nil || !bytes.Contains(reply, []byte("</SOAP-ENV:Fault>")) || response.Close {
			t.Errorf("%s: %d %v %s, close %v", name, response.StatusCode, err, reply, response.Close)
		}
	}
}

func gzipped(t *testing.T, plain io.Reader) string {
	t.Helper()
	var b bytes.Buffer
	if _, err := b.ReadFrom(packed(t, plain)); err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n%s", b.Len(), b.String())
}

// A client that goes on and on is cut off.
func TestEndlessBodyIsCutOff(t *testing.T) {
	server := serve(t, config(t, &heard{}))
	r, _ := http.NewRequest(http.MethodPost, server.URL, &endless{1 << 40})
	r.Header.Set("Content-Type", "text/xml")
	if response, err := http.DefaultClient.Do(r); err == nil {
		defer response.Body.Close()
		if !response.Close {
			t.Error("the connection is kept")
		}
	}
}

// padded is an envelope with white space after it, as hard to pack as that can
// be.
func padded(t *testing.T, size int) io.Reader {
	t.Helper()
	envelope := body(t, "documented-register")
	from := rand.New(rand.NewPCG(1, 2))
	for len(envelope) < size {
		envelope = append(envelope, " \t\n\r"[from.IntN(4)])
	}
	return bytes.NewReader(envelope)
}

func packed(t *testing.T, plain io.Reader) io.Reader {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := io.Copy(w, plain); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return &b
}

func TestSlowBody(t *testing.T) {
	c := config(t, &heard{})
	c.BodyTimeout = 20 * time.Millisecond
	server := serve(t, c)
	conn, err := net.Dial("tcp", strings.TrimPrefix(server.URL, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(10 * time.Second))
	_, _ = io.WriteString(conn, "POST / HTTP/1.1\r\nHost: x\r\nContent-Type: text/xml\r\nContent-Length: 100\r\n\r\n<a>")
	reply, _ := io.ReadAll(conn)
	if !bytes.HasPrefix(reply, []byte("HTTP/1.1 408 ")) || !bytes.Contains(reply, []byte("TooSlow")) {
		t.Errorf("%s", reply)
	}
}

// The deadline for a body must not cut off the next request of a connection.
func TestDeadlineEnds(t *testing.T) {
	c := config(t, &heard{})
	c.BodyTimeout = 20 * time.Millisecond
	slow := c.Operations[name("dsappSRPRegister")]
	var interrupted error
	c.Operations[name("dsappSRPRegister")] = func(ctx context.Context, r *soap.Request, dst []byte) ([]byte, error) {
		select {
		case <-ctx.Done():
			interrupted = ctx.Err()
		case <-time.After(60 * time.Millisecond):
		}
		return slow(ctx, r, dst)
	}
	server := serve(t, c)
	for range 2 {
		response, reply := post(t, server, bytes.NewReader(body(t, "documented-register")), nil)
		if response.StatusCode != http.StatusOK || interrupted != nil {
			t.Errorf("%d %s, %v", response.StatusCode, reply, interrupted)
		}
	}
}

const secretWords = "open sesame"

func TestPanicAndError(t *testing.T) {
	for what, fails := range map[string]func() error{
		"panic":   func() error { panic(secretWords) },
		"runtime": func() error { return []error(nil)[len(requests(t))] },
		"error":   func() error { return errors.New("disk on fire") },
		"fault":   func() error { return &soap.Fault{Code: soap.CodeServer, Reason: "Busy", String: "Try again."} },
	} {
		var logged bytes.Buffer
		var h heard
		c := config(t, &h)
		c.Log = slog.New(slog.NewTextHandler(&logged, nil))
		c.Operations[name("dsappSRPRegister")] = func(context.Context, *soap.Request, []byte) ([]byte, error) { return nil, fails() }
		server := serve(t, c)
		response, reply := post(t, server, bytes.NewReader(body(t, "documented-register")), nil)
		if response.StatusCode != http.StatusInternalServerError || !strings.Contains(reply, "<faultcode>SOAP-ENV:Server</faultcode>") {
			t.Errorf("%s: %d %s", what, response.StatusCode, reply)
		}
		for _, word := range []string{secretWords, "disk", "goroutine", "out of range"} {
			if strings.Contains(reply, word) {
				t.Errorf("%s: the peer was told %q", what, word)
			}
		}
		if strings.Contains(logged.String(), secretWords) {
			t.Errorf("%s: the log has what the panic was about", what)
		}
		if what != "fault" && !strings.Contains(logged.String(), "level=ERROR msg=\"request failed\" request_id="+response.Header.Get("Request-Id")) {
			t.Errorf("%s: not in the log by its ID: %s", what, logged.String())
		}
		if response, _ := post(t, server, bytes.NewReader(body(t, "documented-activate")), nil); response.StatusCode != http.StatusOK {
			t.Errorf("%s: another request got %d", what, response.StatusCode)
		}
	}
}

func TestLogLine(t *testing.T) {
	var logged bytes.Buffer
	c := config(t, &heard{})
	c.Log = slog.New(slog.NewTextHandler(&logged, nil))
	c.Operations[name("dsappSRPActivate")] = func(_ context.Context, r *soap.Request, dst []byte) ([]byte, error) {
		var in wsdl.DsappSRPActivate
		if err := r.Decode(&in); err != nil {
			return nil, err
		}
		if r.RemoteAddr == "" || r.Header.Get("Content-Type") == "" || r.TLS {
			t.Errorf("not as it came: %q %v %v", r.RemoteAddr, r.Header, r.TLS)
		}
		r.Note(slog.String("status", "STAT_SUCCESS"), slog.String("id_of_operation", r.ID))
		return dst, nil
	}
	server := serve(t, c)
	envelope := bytes.Replace(body(t, "documented-activate"), []byte("<credential>"), []byte("<pin>1234</pin><credential><x/>"), 1)
	response, _ := post(t, server, bytes.NewReader(envelope), nil)
	for _, want := range []string{"request_id=" + response.Header.Get("Request-Id"), "id_of_operation=" + response.Header.Get("Request-Id"),
		"operation=dsappSRPActivate", "http_status=200", "status=STAT_SUCCESS", `ignored="[pin credential/x]"`, "remote=127.0.0.1:"} {
		if !strings.Contains(logged.String(), want) {
			t.Errorf("the log lacks %s: %s", want, logged.String())
		}
	}
	if strings.Count(logged.String(), "\n") != 1 || strings.Contains(logged.String(), "123456") {
		t.Errorf("log: %s", logged.String())
	}
}

func TestNoRandomness(t *testing.T) {
	c := config(t, &heard{})
	c.Rand = iotest.ErrReader(errors.New("no entropy"))
	h, err := soap.NewHandler(c)
	if err != nil {
		t.Fatal(err)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/", bytes.NewReader(body(t, "documented-register"))))
	if w.Code != http.StatusInternalServerError || strings.Contains(w.Body.String(), "entropy") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

func TestNewHandler(t *testing.T) {
	c := config(t, &heard{})
	c.Operations[xml.Name{Local: "unheardOf"}] = nil
	if _, err := soap.NewHandler(c); err == nil || !strings.Contains(err.Error(), "unheardOf") {
		t.Errorf("%v", err)
	}
}

func TestNewSchema(t *testing.T) {
	for want, elements := range map[string][]soap.Element{
		"deeper":     {{Depth: 1, Name: "a"}},
		"occurrence": {{Name: "a", MaxOccurs: 2}},
		"pattern":    {{Name: "a", Base: "string", Pattern: "("}},
	} {
		if _, err := soap.NewSchema(elements); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v is not about %s", err, want)
		}
	}
}
