package systemtest_test

import (
	"bytes"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/dsappd/dsappd"
)

// lines is a log that many may write to.
type lines struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

// take returns what was written since the last call.
func (l *lines) take() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	defer l.b.Reset()
	return l.b.String()
}

// Who comes to the wrong door is told the URL of the right one, in a form that
// it reads, and the log has a line that says why.
func TestWrongDoors(t *testing.T) {
	log := new(lines)
	urls := serveFolder(t, dsappd.Config{Dir: sampleFolder(t), Logger: slog.New(slog.NewTextHandler(log, nil))})
	log.take()
	const soap, json = "text/xml; charset=utf-8", "application/json"
	for name, c := range map[string]struct {
		method, url, mediaType string
		status                 int
		answer, names          string
	}{
		"SOAP to the gateway":          {"POST", urls.Gateway, soap, 500, "<faultstring>This is the gateway", urls.SOAP},
		"SOAP to a path of it":         {"POST", urls.Gateway + "services/Provisioning", soap, 500, "<faultstring>This is the gateway", urls.SOAP},
		"SOAP to the page":             {"POST", urls.Console, soap, 500, "<faultstring>This is the self-management page", urls.SOAP},
		"SOAP 1.2 to the page":         {"POST", urls.Console + "soap", "application/soap+xml", 500, "<faultstring>This is the self-management page", urls.SOAP},
		"JSON to SOAP":                 {"POST", urls.SOAP, json, 415, "<faultstring>This is the SOAP interface, and the request is JSON", urls.Gateway},
		"JSON to the page":             {"POST", urls.Console + "rest/v2/provisioning/getServerTime", json, 415, "This is the self-management page", urls.Gateway},
		"the WSDL of the gateway":      {"GET", urls.Gateway + "?wsdl", "", 404, "This is the gateway", urls.SOAP + "?wsdl"},
		"the WSDL of the page":         {"GET", urls.Console + "?WSDL", "", 404, "This is the self-management page", urls.SOAP + "?wsdl"},
		"the whole WSDL of the page":   {"GET", urls.Console + "x?singleWsdl", "", 404, "This is the self-management page", urls.SOAP + "?wsdl"},
		"a page of the gateway's":      {"GET", urls.Gateway + "x", "", 404, "There is no such service", "/openapi.yaml"},
		"a form to the SOAP interface": {"POST", urls.SOAP, "application/x-www-form-urlencoded", 415, "send Content-Type: text/xml", "text/xml"},
	} {
		r, err := http.NewRequest(c.method, c.url, strings.NewReader(registerEnvelope))
		if err != nil {
			t.Fatal(err)
		}
		if c.method == http.MethodGet {
			r.Body, r.ContentLength = nil, 0
		}
		r.Header.Set("Content-Type", c.mediaType)
		response, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		answer, err := io.ReadAll(response.Body)
		response.Body.Close()
		if err != nil || response.StatusCode != c.status || !strings.Contains(string(answer), c.answer) || !strings.Contains(string(answer), c.names) {
			t.Errorf("%s: %d, want %q and %s: %s", name, response.StatusCode, c.answer, c.names, answer)
		}
		line := log.take()
		if strings.Count(line, "\n") != 1 || !strings.Contains(line, ` reason="`) || !strings.Contains(line, c.names) && c.names != "text/xml" {
			t.Errorf("%s: logged %q", name, line)
		}
	}
}

// A peer that speaks the other protocol is told the URL too, and a line of
// the log says why.
func TestWrongProtocol(t *testing.T) {
	for name, overTLS := range map[string]bool{"plain HTTP to TLS": true, "TLS to plain HTTP": false} {
		log := new(lines)
		urls := serveFolder(t, dsappd.Config{Dir: certifiedFolder(t, ""), TLS: overTLS, Logger: slog.New(slog.NewTextHandler(log, nil))})
		log.take()
		for _, url := range []string{urls.SOAP, urls.Gateway, urls.Console} {
			_, at, _ := strings.Cut(url, "//")
			wrong := "https://" + at
			if overTLS {
				wrong = "http://" + at
			}
			response, err := http.Post(wrong, "text/xml", strings.NewReader(registerEnvelope))
			if (err == nil) != overTLS {
				t.Errorf("%s at %s: %v", name, url, err)
			}
			if err == nil {
				answer, _ := io.ReadAll(response.Body)
				response.Body.Close()
				if fault := bytes.Contains(answer, []byte("<faultstring>")); !bytes.Contains(answer, []byte("use "+url)) || fault != (url == urls.SOAP) {
					t.Errorf("%s at %s: answered %s", name, url, answer)
				}
			}
			line := log.take()
			if strings.Count(line, "\n") != 1 || !strings.Contains(line, "use "+url) {
				t.Errorf("%s at %s: logged %q", name, url, line)
			}
		}
	}
}
