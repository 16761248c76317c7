package systemtest_test

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/dsappd/dsappd/internal/datafolder"

	"github.com/dsappd/dsappd"
)

// registerEnvelope is in the middle of what its test sends.
const registerEnvelope = `<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"><soapenv:Body>` +
	`<prov:dsappSRPRegister xmlns:prov="http://www.vasco.com/IdentikeyServer/IdentikeyTypes/Provisioning">` +
	`<componentType>srp-component</componentType><user><userID>user1</userID></user>` +
	`<credential><staticPassword>Password2</staticPassword></credential></prov:dsappSRPRegister>` +
	`</soapenv:Body></soapenv:Envelope>`

// sampleFolder makes a data folder with the sample.
func sampleFolder(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "data")
	if err := datafolder.Init(t.Context(), dir, datafolder.InitOptions{Sample: true}); err != nil {
		t.Fatal(err)
	}
	return dir
}

// serveFolder serves a data folder, at a free port, until the test ends.
func serveFolder(t *testing.T, config dsappd.Config) dsappd.URLs {
	t.Helper()
	config.Addr = "127.0.0.1:0"
	server, err := dsappd.Open(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := server.Close(); err != nil {
			t.Error(err)
		}
	})
	return server.URLs()
}

// conversation is what a peer writes to a connection by turns, and what the
// status lines of the replies are. Between two turns it waits for a reply's
// header, such as that of 100 Continue.
type conversation struct {
	turns    []string
	statuses []int
}

// TestWire holds what toolkits do with HTTP, and what others might, to the
// whole server: its listener, its limits and its endpoint.
func TestWire(t *testing.T) {
	host := strings.Trim(strings.TrimPrefix(serveFolder(t, dsappd.Config{Dir: sampleFolder(t)}).SOAP, "http:"), "/")
	header := "POST / HTTP/1.1\r\nHost: " + host + "\r\nContent-Type: text/xml; charset=utf-8\r\n"
	large := strings.Repeat("x", 8<<20)
	whole := header + length(registerEnvelope) + registerEnvelope
	for name, c := range map[string]conversation{
		"HTTP/1.0 without a host": {
			[]string{"POST / HTTP/1.0\r\nContent-Type: text/xml\r\n" + length(registerEnvelope) + registerEnvelope}, []int{200}},
		"names in lower case": {
			[]string{"POST / HTTP/1.1\r\nhost:" + host + "\r\ncontent-type:text/xml\r\n" + strings.ToLower(length(registerEnvelope)) + registerEnvelope}, []int{200}},
		"any path and the whole URL": {
			[]string{strings.Replace(whole, "POST /", "POST http://"+host+"/any/path?and=query", 1)}, []int{200}},
		"chunks and a trailer": {
			[]string{header + "Transfer-Encoding: chunked\r\nTrailer: Check\r\n\r\n" + chunks(registerEnvelope) + "Check: 1\r\n\r\n"}, []int{200}},
		"gzip in chunks": {
			[]string{header + "Transfer-Encoding: chunked\r\nContent-Encoding: gzip\r\n\r\n" + chunks(packed(t, registerEnvelope)) + "\r\n"}, []int{200}},
		"a body that waits for the server's word": {
			[]string{header + "Expect: 100-continue\r\n" + length(registerEnvelope), registerEnvelope}, []int{100, 200}},
		"no word for a body of no good type": {
			[]string{strings.Replace(header, "text/xml", "text/html", 1) + "Expect: 100-continue\r\n" + length(registerEnvelope)}, []int{415}},
		"UTF-16": {
			[]string{strings.Replace(header, "utf-8", "utf-16", 1) + length(inUTF16(registerEnvelope)) + inUTF16(registerEnvelope)}, []int{200}},
		"two requests at once":          {[]string{whole + whole}, []int{200, 200}},
		"a fault, then a request":       {[]string{header + length("<x/>") + "<x/>" + whole}, []int{500, 200}},
		"no length":                     {[]string{header + "\r\n"}, []int{411}},
		"the word that it is too large": {[]string{header + "Content-Length: 1048577\r\nExpect: 100-continue\r\n\r\n"}, []int{500}},
		"far more than 1 MiB":           {[]string{header + length(large) + large}, []int{500}},
		"far more in chunks":            {[]string{header + "Transfer-Encoding: chunked\r\n\r\n" + chunks(large) + "\r\n"}, []int{500}},
		"another method":                {[]string{strings.Replace(whole, "POST", "PUT", 1)}, []int{405}},
		"a header beyond the limit":     {[]string{header + "Cookie: " + large + "\r\n\r\n"}, []int{431}},
		"no HTTP":                       {[]string{"\x16\x03\x01\x02\x00\x01\x00\r\n\r\n"}, []int{400}},
	} {
		t.Run(name, func(t *testing.T) { c.hold(t, host) })
	}
}

// hold has the conversation. Every reply 200 must be a registration.
func (c conversation) hold(t *testing.T, host string) {
	t.Helper()
	conn, err := net.Dial("tcp", host)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(20 * time.Second)); err != nil {
		t.Fatal(err)
	}
	replies := bufio.NewReader(conn)
	for i, status := range c.statuses {
		if i < len(c.turns) {
			go io.WriteString(conn, c.turns[i]) // a server that has heard enough need not listen to the end
		}
		reply, err := http.ReadResponse(replies, nil)
		if err != nil {
			t.Fatalf("reply %d: %v", i+1, err)
		}
		body, err := io.ReadAll(reply.Body)
		if reply.StatusCode != status {
			t.Fatalf("reply %d is %s, want %d:\n%s", i+1, reply.Status, status, body)
		}
		if err != nil && status == http.StatusOK { // others may end in a reset, of a request that was not read whole
			t.Fatalf("reply %d: %v", i+1, err)
		}
		if registered := bytes.Contains(body, []byte("<registrationID>")); registered != (status == http.StatusOK) {
			t.Errorf("reply %d: a registration: %v:\n%s", i+1, registered, body)
		}
	}
}

func length(body string) string { return fmt.Sprintf("Content-Length: %d\r\n\r\n", len(body)) }

// chunks lack the empty line that ends them, for a trailer.
func chunks(body string) string {
	half := len(body) / 2
	return fmt.Sprintf("%x\r\n%s\r\n%X;ext=1\r\n%s\r\n0\r\n", half, body[:half], len(body)-half, body[half:])
}

func packed(t *testing.T, body string) string {
	t.Helper()
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	if _, err := io.WriteString(w, body); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// inUTF16 begins with the byte order mark.
func inUTF16(text string) string {
	out := []byte{0xFF, 0xFE}
	for _, unit := range utf16.Encode([]rune(text)) {
		out = binary.LittleEndian.AppendUint16(out, unit)
	}
	return string(out)
}

// TestPeerThatSendsNoMoreIsAnswered: a peer that closes its half of the
// connection behind its request still waits for the answer, and a wrong
// password that came so counts like any other.
func TestPeerThatSendsNoMoreIsAnswered(t *testing.T) {
	dir := sampleFolder(t)
	host := strings.Trim(strings.TrimPrefix(serveFolder(t, dsappd.Config{Dir: dir}).SOAP, "http:"), "/")
	ask := func(envelope string) string {
		t.Helper()
		conn, err := net.Dial("tcp", host)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		if err := conn.SetDeadline(time.Now().Add(20 * time.Second)); err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(conn, "POST / HTTP/1.0\r\nContent-Type: text/xml\r\n"+length(envelope)+envelope); err != nil {
			t.Fatal(err)
		}
		if err := conn.(*net.TCPConn).CloseWrite(); err != nil {
			t.Fatal(err)
		}
		reply, err := io.ReadAll(conn)
		if err != nil {
			t.Fatal(err)
		}
		return string(reply)
	}
	if reply := ask(registerEnvelope); !strings.Contains(reply, "<registrationID>") {
		t.Errorf("no registration: %s", reply)
	}
	for range 3 {
		ask(strings.Replace(registerEnvelope, "Password2", "wrong", 1))
	}
	if reply := ask(registerEnvelope); !strings.Contains(reply, "STAT_INVCREDENTIALS") {
		t.Errorf("not locked after three wrong passwords: %s", reply)
	}
}
