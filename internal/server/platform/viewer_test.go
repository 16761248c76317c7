package platform_test

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"regexp"
	"strings"
	"testing"
)

// The page to try the API needs no key, and gets every file of its own from
// this server, compressed or not.
func TestViewer(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	page := l.send("", "GET", "/", "")
	if page.status != http.StatusOK || page.header.Get("Content-Type") != "text/html; charset=utf-8" ||
		!strings.HasPrefix(page.header.Get("Content-Security-Policy"), "default-src 'none'; script-src 'self'; style-src 'self';") {
		t.Fatalf("HTTP %d, %v", page.status, page.header)
	}
	if regexp.MustCompile(`<script[^>]*>[^<]|\bon\w+=|style=`).MatchString(page.body) {
		t.Error("a script or a style stands in the page")
	}
	linked := regexp.MustCompile(`(?:src|href)="(viewer/[^"]+)"`).FindAllStringSubmatch(page.body, -1)
	if len(linked) != 3 {
		t.Fatalf("%q", linked)
	}
	for _, file := range linked {
		digests := make(map[string]bool)
		for _, encoding := range []string{"identity", "gzip"} { // the client inflates it
			request, err := http.NewRequestWithContext(t.Context(), "GET", l.urls.Platform+file[1], nil)
			l.must(err)
			if encoding == "identity" {
				request.Header.Set("Accept-Encoding", encoding)
			}
			a := l.do(request)
			if a.status != http.StatusOK || a.header.Get("Cache-Control") == "no-store" || !regexp.MustCompile("^text/(javascript|css);").MatchString(a.header.Get("Content-Type")) {
				t.Errorf("%s: HTTP %d, %v", file[1], a.status, a.header)
			}
			digest := sha256.Sum256([]byte(a.body))
			digests[hex.EncodeToString(digest[:])] = true
		}
		if len(digests) != 1 {
			t.Errorf("%s differs by its encoding", file[1])
		}
	}
	for path, status := range map[string]int{"viewer/LICENSE": 200, "viewer/none.js": 404, "viewer/..%2Fopenapi.json": 404, "viewer": 404, "?wsdl": 404} {
		if a := l.send("", "GET", "/"+path, ""); a.status != status {
			t.Errorf("%s: HTTP %d: %s", path, a.status, a.body)
		}
	}
	soap, err := http.NewRequestWithContext(t.Context(), "POST", l.urls.Platform, strings.NewReader("<Envelope/>"))
	l.must(err)
	soap.Header.Set("Content-Type", "text/xml")
	soap.Header.Set("SOAPAction", `""`)
	if a := l.do(soap); a.status != http.StatusInternalServerError || !strings.Contains(a.body, "the SOAP interface is at "+l.urls.SOAP) {
		t.Errorf("HTTP %d: %s", a.status, a.body)
	}
}
