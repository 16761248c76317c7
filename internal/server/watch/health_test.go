package watch_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/synctest"

	"github.com/dsappd/dsappd/internal/server/watch"
)

func well(context.Context) error { return nil }

func ask(t *testing.T, health watch.Health, method, path string) (status int, said string) {
	t.Helper()
	mux := http.NewServeMux()
	health.Register(mux)
	answer := httptest.NewRecorder()
	mux.ServeHTTP(answer, httptest.NewRequest(method, path, nil))
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.Code, string(body)
}

func TestHealth(t *testing.T) {
	ill := func(context.Context) error { return errors.New("the store has failed") }
	for name, test := range map[string]struct {
		health       watch.Health
		method, path string
		status       int
		said         string
	}{
		"lives":     {watch.Health{Live: well, Ready: ill}, "GET", "/livez", 200, "ok\n"},
		"dead":      {watch.Health{Live: ill, Ready: well}, "GET", "/livez", 503, "the store has failed\n"},
		"ready":     {watch.Health{Live: ill, Ready: well}, "HEAD", "/readyz", 200, "ok\n"},
		"not ready": {watch.Health{Live: well, Ready: ill}, "GET", "/readyz", 503, "the store has failed\n"},
		"no order":  {watch.Health{Live: well, Ready: well}, "POST", "/readyz", 405, "Method Not Allowed\n"},
		"no path":   {watch.Health{Live: well, Ready: well}, "GET", "/healthz", 404, "404 page not found\n"},
	} {
		t.Run(name, func(t *testing.T) {
			status, said := ask(t, test.health, test.method, test.path)
			if status != test.status || said != test.said {
				t.Errorf("%d %q, want %d %q", status, said, test.status, test.said)
			}
		})
	}
}

// A check that hangs is an answer, too.
func TestHealthOfAHangingStore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		released := make(chan struct{})
		defer close(released)
		hangs := func(context.Context) error { <-released; return nil }
		status, said := ask(t, watch.Health{Live: hangs, Ready: well}, "GET", "/livez")
		if status != 503 || said != "no answer within 5s\n" {
			t.Errorf("%d %q", status, said)
		}
	})
}

// What is answered elsewhere than by a server of this version is no readiness.
func TestAskReady(t *testing.T) {
	for name, test := range map[string]struct {
		handler  http.HandlerFunc
		notReady bool
		ready    bool
	}{
		"ready": {func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "ok\n") }, false, true},
		"not":   {func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "ending", http.StatusServiceUnavailable) }, true, false},
		"older": {http.NotFound, false, false},
	} {
		t.Run(name, func(t *testing.T) {
			transport := roundTrip(func(r *http.Request) *http.Response {
				answer := httptest.NewRecorder()
				test.handler(answer, r)
				return answer.Result()
			})
			err := watch.AskReady(t.Context(), transport)
			if (err == nil) != test.ready || errors.Is(err, watch.ErrNotReady) != test.notReady {
				t.Error(err)
			}
		})
	}
}

type roundTrip func(*http.Request) *http.Response

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r), nil }
