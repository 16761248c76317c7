package soap_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/soap"
	"github.com/dsappd/dsappd/wsdl"
)

// schema is the provisioning interface's: a real one is the best there is to
// test with.
func schema(t testing.TB) *soap.Schema {
	t.Helper()
	var elements []soap.Element
	for _, e := range wsdl.Elements() {
		elements = append(elements, soap.Element(e))
	}
	s, err := soap.NewSchema(elements)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func namespaces() []soap.Namespace {
	var out []soap.Namespace
	for _, n := range wsdl.Namespaces() {
		out = append(out, soap.Namespace(n))
	}
	return out
}

func name(local string) xml.Name { return xml.Name{Space: wsdl.Provisioning, Local: local} }

// heard is what the operations of an endpoint were asked.
type heard struct {
	mutex sync.Mutex
	lines []string
}

func (h *heard) say(line string) {
	h.mutex.Lock()
	defer h.mutex.Unlock()
	h.lines = append(h.lines, line)
}

func (h *heard) take() string {
	h.mutex.Lock()
	defer h.mutex.Unlock()
	defer func() { h.lines = nil }()
	return strings.Join(h.lines, "\n")
}

// listen makes an operation that says what it was asked.
func listen[In any](h *heard, reply func(dst []byte) []byte) soap.Operation {
	return func(_ context.Context, r *soap.Request, dst []byte) ([]byte, error) {
		var in In
		err := r.Decode(&in)
		if field, ok := errors.AsType[*soap.FieldError](err); ok {
			h.say("field: " + field.Error())
			return reply(dst), nil
		}
		if err != nil {
			return nil, err
		}
		text, err := json.Marshal(in)
		if err != nil {
			return nil, err
		}
		_, fields, _ := strings.Cut(string(text), "},")
		h.say("{" + fields)
		return reply(dst), nil
	}
}

func config(t testing.TB, h *heard) soap.Config {
	refused := func(dst []byte) []byte {
		return wsdl.AppendDsappSRPActivateResponse(dst, &wsdl.DsappSRPActivateResponse{})
	}
	return soap.Config{
		Operations: map[xml.Name]soap.Operation{
			name("dsappSRPRegister"):               listen[wsdl.DsappSRPRegister](h, refused),
			name("dsappSRPGenerateEphemeralKey"):   listen[wsdl.DsappSRPGenerateEphemeralKey](h, refused),
			name("dsappSRPGenerateActivationData"): listen[wsdl.DsappSRPGenerateActivationData](h, refused),
			name("dsappSRPActivate"):               listen[wsdl.DsappSRPActivate](h, refused),
		},
		Schema:     schema(t),
		Namespaces: namespaces(),
		Detail: func(dst []byte, f *soap.Fault, requestID string) []byte {
			return wsdl.AppendProvisioningFault(dst, &wsdl.ProvisioningFault{Reason: string(f.Reason), RequestID: requestID})
		},
		Nearest:  provision.Near,
		Describe: func(w http.ResponseWriter, r *http.Request) bool { return wsdl.Serve(w, r, "") },
		Log:      slog.New(slog.DiscardHandler),
		Rand:     rand.Reader,
		Now:      time.Now,
	}
}

func serve(t testing.TB, c soap.Config) *httptest.Server {
	t.Helper()
	h, err := soap.NewHandler(c)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	return server
}

// wire makes of a request file the bytes that go over a connection: lines end
// as HTTP wants them, and the body is framed as its headers say.
func wire(t testing.TB, file []byte, host string) (header, body []byte) {
	t.Helper()
	head, body, ok := bytes.Cut(file, []byte("\n\n"))
	if !ok {
		t.Fatal("a request file without an empty line")
	}
	head = bytes.ReplaceAll(head, []byte("\n"), []byte("\r\n"))
	var out bytes.Buffer
	out.Write(head)
	fmt.Fprintf(&out, "\r\nHost: %s\r\n", host)
	if !bytes.Contains(head, []byte("Transfer-Encoding: chunked")) {
		fmt.Fprintf(&out, "Content-Length: %d\r\n\r\n", len(body))
		return out.Bytes(), body
	}
	out.WriteString("\r\n")
	var chunks bytes.Buffer
	for len(body) > 0 {
		n := min(len(body), 100)
		fmt.Fprintf(&chunks, "%x\r\n%s\r\n", n, body[:n])
		body = body[n:]
	}
	chunks.WriteString("0\r\n\r\n")
	return out.Bytes(), chunks.Bytes()
}

// exchange sends a request file and reads the reply. Where the request
// expects it, the body waits for the server's word.
func exchange(t testing.TB, server *httptest.Server, file []byte) (*http.Response, []byte) {
	t.Helper()
	host := strings.TrimPrefix(server.URL, "http://")
	conn, err := net.DialTimeout("tcp", host, 5*time.Second)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(10 * time.Second))
	header, body := wire(t, file, host)
	reader := bufio.NewReader(conn)
	if _, err := conn.Write(header); err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(header, []byte("Expect: 100-continue")) {
		if line, err := reader.ReadString('\n'); err != nil || !strings.Contains(line, "100 Continue") {
			t.Fatalf("expected 100 Continue, got %q %v", line, err)
		}
		if _, err := reader.ReadString('\n'); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := conn.Write(body); err != nil {
		t.Fatal(err)
	}
	response, err := http.ReadResponse(reader, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	reply, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response, reply
}
