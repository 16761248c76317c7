package playserver

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/dsappd/dsappd/replay"
	"github.com/dsappd/dsappd/replay/transcript"
)

// TestBookCoversREST looks for a granted and a refused request of each endpoint
// of the Platform API and each service of the gateway, and for each way to refuse.
func TestBookCoversREST(t *testing.T) {
	pages, err := filepath.Glob("../../testdata/transcripts/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	granted, refused, statuses := map[string]bool{}, map[string]bool{}, map[int]bool{}
	endpoints := slices.Concat(platformEndpoints(t), gatewayServices(t))
	for _, page := range pages {
		read, err := replay.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range read.Exchanges {
			if e.Request.Door == "" {
				continue
			}
			name := endpointOf(endpoints, e.Request)
			if e.Request.Door == transcript.Platform {
				statuses[e.Reply.Status] = true
			}
			if e.Reply.Status == 0 && !strings.Contains(e.Reply.Body, "RET_FAILURE") || e.Reply.Status == http.StatusOK {
				granted[name] = true
			} else {
				refused[name] = true
			}
		}
	}
	never := map[string]string{ // granted
		"POST v1/users/{user}/generate-virtual-signature": "the server signs for nobody",
		"POST v1/orchestration-commands":                  "its content is not public",
		"POST v1/orchestration-commands-v2":               "its content is not public",
	}
	always := map[string]string{ // granted, with a key
		"GET v1/sessions/{requestID}": "what is not known is an answer",
		"GET v1/openapi.json":         "it is open",
	}
	for _, name := range endpoints {
		if granted[name] == (never[name] != "") && name != "GET v1/openapi.json" {
			t.Errorf("%s: it is granted in the book: %v; it cannot because: %q", name, granted[name], never[name])
		}
		if !refused[name] && always[name] == "" {
			t.Errorf("%s is refused in no transcript", name)
		}
	}
	for _, status := range []int{400, 401, 403, 404, 405, 409, 415, 422} {
		if !statuses[status] {
			t.Errorf("HTTP status %d of the Platform API is in no transcript", status)
		}
	}
}

// platformEndpoints returns the methods and paths of openapi.json.
func platformEndpoints(t *testing.T) (all []string) {
	text, err := os.ReadFile("../server/platform/openapi.json")
	if err != nil {
		t.Fatal(err)
	}
	var described struct {
		Paths map[string]map[string]json.RawMessage
	}
	if err := json.Unmarshal(text, &described); err != nil {
		t.Fatal(err)
	}
	for path, methods := range described.Paths {
		for method := range methods {
			if slices.Contains([]string{"get", "put", "post", "patch", "delete"}, method) {
				all = append(all, strings.ToUpper(method)+" v1"+path)
			}
		}
	}
	return all
}

// gatewayServices returns the services of openapi.yaml.
func gatewayServices(t *testing.T) (all []string) {
	text, err := os.ReadFile("../server/gateway/openapi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, found := range regexp.MustCompile(`(?m)^  /(rest/v2/\S+):$`).FindAllStringSubmatch(string(text), -1) {
		all = append(all, "POST "+found[1])
	}
	if len(all) != 9 {
		t.Fatalf("services of the gateway: %v", all)
	}
	return all
}

// endpointOf returns the endpoint that a request asks, or what it asks instead.
// One with fewer variables comes first.
func endpointOf(endpoints []string, r transcript.Request) string {
	method := r.Method
	if method == "" {
		method = http.MethodPost
	}
	asked, _, _ := strings.Cut(method+" "+r.Path, "?")
	best := asked
	for _, name := range endpoints {
		if fits(name, asked) && (best == asked || strings.Count(name, "{") < strings.Count(best, "{")) {
			best = name
		}
	}
	return best
}

// fits reports whether a path is that of an endpoint, whose variables stand in
// braces.
func fits(endpoint, path string) bool {
	want, got := strings.Split(endpoint, "/"), strings.Split(path, "/")
	return slices.EqualFunc(want, got, func(want, got string) bool {
		return want == got || strings.HasPrefix(want, "{") && got != ""
	})
}
