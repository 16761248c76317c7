package soap_test

import (
	"flag"
	"fmt"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/beevik/etree"
	"github.com/google/go-cmp/cmp"
)

func update() bool { return flag.Lookup("update").Value.String() == "true" }

func TestMain(m *testing.M) {
	flag.Bool("update", false, "write the outcomes instead of comparing them")
	flag.Parse()
	os.Exit(m.Run())
}

// requests are whole HTTP requests as toolkits have been seen to make them,
// and wrong ones, by name.
func requests(t testing.TB) map[string][]byte {
	t.Helper()
	files, err := filepath.Glob("testdata/requests/*.http")
	if err != nil || len(files) == 0 {
		t.Fatalf("no requests: %v", err)
	}
	out := map[string][]byte{}
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		out[strings.TrimSuffix(filepath.Base(file), ".http")] = content
	}
	return out
}

func TestRequests(t *testing.T)       { outcomes(t, false, "testdata/outcomes.txt") }
func TestRequestsStrict(t *testing.T) { outcomes(t, true, "testdata/outcomes_strict.txt") }

// outcomes compares what became of every request with a file: a line is the
// request's name, the HTTP status, and what the operation was asked, or the
// fault.
func outcomes(t *testing.T, strict bool, golden string) {
	var h heard
	c := config(t, &h)
	c.Strict = strict
	server := serve(t, c)
	var got strings.Builder
	all := requests(t)
	for _, name := range slices.Sorted(maps.Keys(all)) {
		response, reply := exchange(t, server, all[name])
		if len(response.Header.Get("Request-Id")) != 16 {
			t.Errorf("%s: Request-Id %q", name, response.Header.Get("Request-Id"))
		}
		fmt.Fprintf(&got, "%s %d %s\n", name, response.StatusCode, outcome(t, name, response, reply, h.take()))
	}
	if update() {
		if err := os.WriteFile(golden, []byte(got.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got.String(), "\n")); diff != "" {
		t.Error(diff)
	}
}

// outcome is what the operation heard, or the fault that came back. Every
// fault must be one that clients can read.
func outcome(t *testing.T, name string, response *http.Response, reply []byte, said string) string {
	t.Helper()
	if !strings.HasPrefix(string(reply), "<?xml version=") || !strings.HasPrefix(response.Header.Get("Content-Type"), "text/xml") {
		t.Errorf("%s: the reply is not an XML document with its declaration: %s", name, reply)
	}
	document := etree.NewDocument()
	if err := document.ReadFromBytes(reply); err != nil {
		t.Errorf("%s: %v: %s", name, err, reply)
		return ""
	}
	fault := document.FindElement("/Envelope/Body/Fault")
	if fault == nil {
		return said
	}
	if said != "" {
		t.Errorf("%s: a fault although the operation heard %s", name, said)
	}
	detail := fault.FindElement("detail/provisioningFault")
	if detail.FindElement("requestID").Text() != response.Header.Get("Request-Id") {
		t.Errorf("%s: the detail has another request ID", name)
	}
	return fault.FindElement("faultcode").Text() + " " + detail.FindElement("reason").Text() + ": " + fault.FindElement("faultstring").Text()
}
