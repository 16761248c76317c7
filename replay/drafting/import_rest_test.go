//go:build !race

package drafting_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/dsappd/dsappd/replay/drafting"

	"github.com/dsappd/dsappd/internal/playserver"

	"github.com/dsappd/dsappd/replay"
)

// kept keeps what is said while a transcript is played, as a browser would: in a
// HAR file, and in files of requests and replies.
type kept struct {
	mu      sync.Mutex
	entries []map[string]any
	files   map[string]string
}

func (k *kept) start(ctx context.Context, setup replay.Setup) (replay.Server, error) {
	server, err := playserver.Start(ctx, setup)
	if err != nil {
		return server, err
	}
	return before(server, k.keep, func() error { return nil })
}

// keep passes requests on and keeps them with their replies.
func (k *kept) keep(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		sent, _ := io.ReadAll(r.Body)
		r.Body = io.NopCloser(bytes.NewReader(sent))
		answer := httptest.NewRecorder()
		next.ServeHTTP(answer, r)
		for name, values := range answer.Header() {
			w.Header()[name] = values
		}
		w.WriteHeader(answer.Code)
		_, _ = w.Write(answer.Body.Bytes())
		k.mu.Lock()
		defer k.mu.Unlock()
		target := "https://tenant.example" + r.URL.RequestURI()
		entry := map[string]any{
			"startedDateTime": fmt.Sprintf("2026-01-01T00:00:%02d.000Z", len(k.entries)),
			"request":         map[string]any{"method": r.Method, "url": target, "headers": headers(r.Header)},
			"response":        map[string]any{"status": answer.Code, "headers": headers(answer.Header()), "content": map[string]any{"text": answer.Body.String()}},
		}
		if len(sent) > 0 {
			entry["request"].(map[string]any)["postData"] = map[string]any{"mimeType": "application/json", "text": string(sent)}
		}
		k.entries = append(k.entries, entry)
		number := fmt.Sprintf("%03d", len(k.entries))
		k.files[number+"-request.http"] = fmt.Sprintf("%s %s HTTP/1.1\r\nHost: tenant.example\r\n%sContent-Length: %d\r\n\r\n%s", r.Method, r.URL.RequestURI(), lines(r.Header), len(sent), sent)
		k.files[number+"-response.http"] = fmt.Sprintf("HTTP/1.1 %d %s\r\n%s\r\n%s", answer.Code, http.StatusText(answer.Code), lines(answer.Header()), answer.Body)
	})
}

func headers(h http.Header) []map[string]string {
	var all []map[string]string
	for name, values := range h {
		all = append(all, map[string]string{"name": name, "value": values[0]})
	}
	return all
}

func lines(h http.Header) string {
	var all strings.Builder
	for name, values := range h {
		if name != "Content-Length" {
			fmt.Fprintf(&all, "%s: %s\r\n", name, values[0])
		}
	}
	return all.String()
}

// What was said over REST is imported from a HAR file and from a folder of
// messages, and plays again.
func TestImportREST(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"rest-online", "rest-steps", "rest-authenticators", "rest-users", "gateway-offline"} {
		read, err := replay.ReadFile("../../testdata/transcripts/" + name + ".txtar")
		if err != nil {
			t.Fatal(err)
		}
		k := &kept{files: map[string]string{}}
		if result := (&replay.Player{Start: k.start}).Play(t.Context(), read); !result.Passed() {
			t.Fatalf("%s: %+v", name, result)
		}
		har := written(t, map[string]any{"log": map[string]any{"entries": k.entries}})
		forms := map[string]map[string]string{"HAR": {"tenant.har": har}, "folder": k.files}
		if name == "rest-online" {
			forms["WireMock"] = map[string]string{"stubs.json": k.wireMock(t)}
			forms["Postman"] = map[string]string{"collection.json": k.postman(t)}
		}
		for form, files := range forms {
			for _, redact := range []bool{false, true} {
				t.Run(fmt.Sprintf("%s %s %v", name, form, redact), func(t *testing.T) {
					t.Parallel()
					importREST(t, files, len(k.entries), redact)
				})
			}
		}
	}
}

// wireMock writes what was kept as stubs.
func (k *kept) wireMock(t *testing.T) string {
	var stubs []any
	for _, e := range k.entries {
		request, response := e["request"].(map[string]any), e["response"].(map[string]any)
		at, err := url.Parse(request["url"].(string))
		if err != nil {
			t.Fatal(err)
		}
		asked := map[string]any{"method": request["method"], "url": at.RequestURI()}
		if sent, is := request["postData"].(map[string]any); is {
			asked["bodyPatterns"] = []any{map[string]any{"equalToJson": json.RawMessage(sent["text"].(string))}}
		}
		stubs = append(stubs, map[string]any{"request": asked, "response": map[string]any{
			"status": response["status"], "headers": map[string]any{"Content-Type": "application/json"},
			"jsonBody": json.RawMessage(response["content"].(map[string]any)["text"].(string)),
		}})
	}
	return written(t, map[string]any{"mappings": stubs})
}

// postman writes what was kept as a collection, each reply as an example.
func (k *kept) postman(t *testing.T) string {
	var items []any
	for i, e := range k.entries {
		request, response := e["request"].(map[string]any), e["response"].(map[string]any)
		asked := map[string]any{
			"method": request["method"], "url": request["url"],
			"header": []any{map[string]any{"key": "Content-Type", "value": "application/json"}, map[string]any{"key": "X-Tenant", "value": "bank"}},
		}
		if sent, is := request["postData"].(map[string]any); is {
			asked["body"] = map[string]any{"mode": "raw", "raw": sent["text"]}
		}
		items = append(items, map[string]any{"name": fmt.Sprintf("call %d", i+1), "request": asked, "response": []any{map[string]any{
			"name": "example", "code": response["status"], "body": response["content"].(map[string]any)["text"],
			"header": []any{map[string]any{"key": "Content-Type", "value": "application/json"}},
		}}})
	}
	return written(t, map[string]any{"info": map[string]any{"name": "cloud", "schema": "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"}, "item": items})
}

func written(t *testing.T, v any) string {
	t.Helper()
	text, err := json.MarshalIndent(v, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// importREST imports files, and plays what became of them.
func importREST(t *testing.T, files map[string]string, exchanges int, redact bool) {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	out := filepath.Join(t.TempDir(), "out")
	run := drafting.ImportRun{
		Importer: &drafting.Importer{Drafter: &drafting.Drafter{Redact: redact}}, Out: out, Isolated: true, Play: playserver.Play,
		Report: func(drafting.Imported) error { return nil },
	}
	report, err := run.Paths(t.Context(), dir)
	if err != nil {
		t.Fatalf("%v, %+v", err, report)
	}
	played := 0
	for _, made := range report.Transcripts {
		text, err := os.ReadFile(made.File)
		if err != nil {
			t.Fatal(err)
		}
		read, err := replay.Parse(made.File, text)
		if err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		played += len(read.Exchanges)
		if made.Outcome != drafting.Passes {
			result := (&replay.Player{Start: playserver.Start}).Play(t.Context(), read)
			var said strings.Builder
			_ = (&replay.People{Writer: &said}).Report(result)
			t.Errorf("%s\n%s", said.String(), text)
		}
		if redact && strings.Contains(string(text), "Password2") {
			t.Errorf("%s holds a password", made.File)
		}
	}
	if played != exchanges || len(report.Notices) > 1 {
		t.Errorf("%d of %d exchanges are in transcripts; %v", played, exchanges, report.Notices)
	}
}

// A request that somebody has written, without a reply, gets the one that comes.
func TestImportRESTUnanswered(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	collection := `{"info": {"name": "cloud", "schema": "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"}, "item": [{"name": "make a user",
		"request": {"method": "PUT", "url": "https://tenant.example/v1/users/anna@master", "body": {"mode": "raw", "raw": "{\"emailAddress\": \"anna@example.com\"}"}}}]}`
	if err := os.WriteFile(filepath.Join(dir, "collection.json"), []byte(collection), 0o600); err != nil {
		t.Fatal(err)
	}
	run := drafting.ImportRun{
		Importer: &drafting.Importer{Drafter: &drafting.Drafter{}}, Out: filepath.Join(t.TempDir(), "out"), Isolated: true, Play: playserver.Play,
		Report: func(drafting.Imported) error { return nil },
	}
	report, err := run.Paths(t.Context(), dir)
	if err != nil || len(report.Transcripts) != 1 || report.Transcripts[0].Unwritten != 1 {
		t.Fatalf("%+v, %v", report, err)
	}
	made := report.Transcripts[0].File
	update := replay.Run{Player: &replay.Player{Start: playserver.Start}, Update: true, Report: func(replay.Result) error { return nil }}
	if _, err := update.Paths(t.Context(), []string{made}); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(made)
	if err != nil || !strings.Contains(string(text), `"emailAddress": "anna@example.com",`+"\n"+`  "vdpDeliveryMethod"`) {
		t.Errorf("%v\n%s", err, text)
	}
}
