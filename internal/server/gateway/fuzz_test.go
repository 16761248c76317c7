package gateway

import (
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"log/slog"

	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/internal/server/request"
)

// FuzzRead takes any body: what is read is what encoding/json reads, and what
// is refused is refused by a fault or by a member's name.
func FuzzRead(f *testing.F) {
	for _, body := range []string{
		`{}`, `{"userID":"u","domain":"d"}`, `{"userID":"u","domain":"d","x":[{"y":null}]}`, `{"userID":"\u00fc","domain":"d"}`,
		`{"userID":null}`, `{"userID":1}`, `{"userID":"a","userID":"b","domain":"d"}`, `[]`, `{"userID"`, `{"a":1e999}`, "{\"userID\":\"\xff\"}",
		`{"userID":"\ud800","domain":"d"}`, strings.Repeat("[", 100), `{"USERID":"u","domain":"d"}`, `{"userID":"u","domain":"d"} x`,
	} {
		f.Add(body)
	}
	handler, err := NewHandler(Config{Service: &provision.Service{Now: time.Now}, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, body string) {
		r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(body))
		r.Header.Set("Content-Type", jsonType)
		c := &call{door: handler.(*door), writer: httptest.NewRecorder(), Request: &request.Request{HTTP: r}}
		got, err := c.read([]string{"userID"}, []string{"domain"})
		if err != nil {
			checkRefused(t, err)
			return
		}
		var want map[string]any
		if err := json.Unmarshal([]byte(body), &want); err != nil {
			t.Fatalf("%q was read and is not JSON: %v", body, err)
		}
		maps.DeleteFunc(want, func(name string, value any) bool {
			return !slices.Contains([]string{"userID", "domain"}, name) || value == nil || value == ""
		})
		for name, value := range want {
			if got[name] != value {
				t.Errorf("%q: %s is %q, want %v", body, name, got[name], value)
			}
		}
		if len(got) != len(want) || got["userID"] == "" {
			t.Errorf("%q: %v, want %v", body, got, want)
		}
	})
}

func checkRefused(t *testing.T, err error) {
	t.Helper()
	switch refused := err.(type) {
	case *fieldError:
		if refused.name != "userID" && refused.name != "domain" {
			t.Errorf("no member is called %q", refused.name)
		}
	case *fault:
		if refused.status < 400 || refused.status > 499 {
			t.Errorf("HTTP %d: %v", refused.status, err)
		}
	default:
		t.Errorf("neither a fault nor a member: %v", err)
	}
}
