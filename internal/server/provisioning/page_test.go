package provisioning_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/beevik/etree"

	"github.com/dsappd/dsappd/internal/server/directory"
	"github.com/dsappd/dsappd/internal/server/provisioning"
	"github.com/dsappd/dsappd/wsdl"
)

// getPage is what the door answers a browser.
func getPage(t *testing.T, change func(*http.Request)) (*http.Response, string) {
	t.Helper()
	l := newLab(t, false)
	handler := must(provisioning.NewHandler(provisioning.Config{
		Service: l.service, Log: discard(), Stylesheet: []byte("body { color: black }"),
		Directory: &directory.Directory{SOAP: "http://127.0.0.1:8888/", Gateway: "http://127.0.0.1:11080/", Platform: "http://127.0.0.1:8890/"},
	}))(t)
	r := httptest.NewRequest(http.MethodGet, "http://lab.example:8888/", nil)
	change(r)
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, r)
	response := w.Result()
	return response, string(must(io.ReadAll(response.Body))(t))
}

// The page for people says what can be done here, and has no script.
func TestPage(t *testing.T) {
	response, page := getPage(t, func(*http.Request) {})
	if response.StatusCode != http.StatusOK || response.Header.Get("Cache-Control") != "no-store" ||
		!strings.HasPrefix(response.Header.Get("Content-Security-Policy"), "default-src 'none'; style-src 'self';") {
		t.Errorf("%d %v", response.StatusCode, response.Header)
	}
	for _, of := range wsdl.Interfaces() {
		document := etree.NewDocument()
		must(document.ReadFrom(strings.NewReader(wsdlDocument(t, of))))(t)
		operations := document.FindElements("//portType/operation")
		if len(operations) == 0 {
			t.Errorf("the WSDL of %s has no operation", of)
		}
		for _, operation := range operations {
			if name := operation.SelectAttrValue("name", ""); !strings.Contains(page, `<dt class="code">`+name+`</dt>`) {
				t.Errorf("the page lacks %s", name)
			}
		}
	}
	for _, want := range []string{`<a href="?wsdl">WSDL</a>`, `<dd class="code">http://lab.example:8888/</dd>`, "http://lab.example:11080/openapi.yaml", `<a href="http://lab.example:8890/">`,
		"dsappd explain", "dsappd wsdl --out", `href="?style"`} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
	if strings.Contains(page, "<script") || strings.Contains(page, "Self-management") {
		t.Error("the page has a script, or a door that is not served")
	}
	_, style := getPage(t, func(r *http.Request) { r.URL.RawQuery = "style" })
	if !strings.HasPrefix(style, "body { color: black }") || !strings.Contains(style, "h2 {") {
		t.Errorf("stylesheet: %s", style)
	}
}

func wsdlDocument(t *testing.T, of string) string {
	t.Helper()
	_, document := getPage(t, func(r *http.Request) { r.URL.RawQuery = "wsdl=" + of })
	return document
}

// What a peer says in its Host is text.
func TestPageEscapes(t *testing.T) {
	_, page := getPage(t, func(r *http.Request) { r.Host = `"><script>alert(1)</script>` })
	if strings.Contains(page, "<script") {
		t.Error(page)
	}
}
