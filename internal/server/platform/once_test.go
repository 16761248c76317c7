package platform_test

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// sendOnce sends a request with an Idempotency-Key.
func (l *lab) sendOnce(key, path, body string) answer {
	l.t.Helper()
	request, err := http.NewRequestWithContext(l.t.Context(), "POST", l.urls.Platform+strings.TrimPrefix(path, "/"), strings.NewReader(body))
	l.must(err)
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Authorization", "Bearer "+labKey)
	request.Header.Set("Idempotency-Key", key)
	return l.do(request)
}

const registerJosh = `{"objectType": "RegisterUserInputEx", "userID": "josh", "activationType": "offlineMDL"}`

// A repeated request gets the first answer, also after a restart, and for a day.
func TestRepeatedRequest(t *testing.T) {
	t.Parallel()
	l := newLabOnDisk(t)
	const key = "a key that nobody else draws"
	first := l.sendOnce(key, "/v1/users/register", registerJosh)
	if first.status != http.StatusOK || first.header.Get("Idempotency-Replayed") != "" {
		t.Fatalf("HTTP %d: %s", first.status, first.body)
	}
	l.again(key, registerJosh, first)
	if other := l.sendOnce(key, "/v1/users/register", registerJosh+" "); other.status != http.StatusUnprocessableEntity {
		t.Errorf("with another body: HTTP %d: %s", other.status, other.body)
	}
	if anew := l.sendOnce("another key", "/v1/users/register", registerJosh); anew.status != http.StatusOK || anew.body == first.body {
		t.Errorf("with another key: HTTP %d: %s", anew.status, anew.body)
	}
	l.restart()
	l.again(key, registerJosh, first)
	store, err := os.ReadFile(filepath.Join(l.dir, "dsappd.db"))
	l.must(err)
	if strings.Contains(string(store), key) {
		t.Error("the store has the Idempotency-Key")
	}
	l.clock.Pass(25 * time.Hour)
	if anew := l.sendOnce(key, "/v1/users/register", registerJosh); anew.status != http.StatusOK || anew.body == first.body {
		t.Errorf("after a day: HTTP %d: %s", anew.status, anew.body)
	}
}

func (l *lab) again(key, body string, first answer) {
	l.t.Helper()
	a := l.sendOnce(key, "/v1/users/register", body)
	if a.status != first.status || a.body != first.body || a.header.Get("Idempotency-Replayed") != "true" {
		l.t.Errorf("repeated: HTTP %d, %s, %q; want %s", a.status, a.body, a.header.Get("Idempotency-Replayed"), first.body)
	}
}

// restart ends the server and serves the folder anew.
func (l *lab) restart() {
	l.t.Helper()
	l.must(l.server.Close())
	l.serve()
}

// A refusal is an answer too.
func TestRepeatedRefusal(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	l.ask(http.StatusOK, "POST", "/v1/users/register", registerJosh)
	oscar := strings.Replace(registerJosh, "josh", "oscar", 1)
	first := l.sendOnce("1", "/v1/users/register", oscar)
	if first.status != http.StatusNotFound {
		t.Fatalf("HTTP %d: %s", first.status, first.body)
	}
	l.ask(http.StatusOK, "POST", "/v1/authenticators/VDM1000101/unassign", "")
	l.again("1", oscar, first)
	login := `{"objectType": "LoginInput", "credentials": {"authenticator": {"OTP": "000000"}}}`
	wrong := l.sendOnce("2", "/v1/users/user2/login", login)
	if wrong.status != http.StatusConflict || wrong.member(t, "message") != "Authentication failed" {
		t.Fatalf("HTTP %d: %s", wrong.status, wrong.body)
	}
	if again := l.sendOnce("2", "/v1/users/user2/login", login); again.body != wrong.body || again.status != wrong.status {
		t.Errorf("HTTP %d: %s", again.status, again.body)
	}
}

// Of many equal requests at once, one is carried out, and all get its answer.
func TestRepeatedAtOnce(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	answers := make([]answer, 8)
	var wait sync.WaitGroup
	for i := range answers {
		wait.Go(func() { answers[i] = l.sendOnce("at once", "/v1/users/register", registerJosh) })
	}
	wait.Wait()
	for _, a := range answers {
		if a.status != http.StatusOK || a.body != answers[0].body {
			t.Errorf("HTTP %d: %s; want %s", a.status, a.body, answers[0].body)
		}
	}
	if n := strings.Count(l.log.String(), `replayed=true`); n != len(answers)-1 {
		t.Errorf("%d were replayed", n)
	}
}

// A spent one-time password is right again for the request that spent it.
func TestRepeatedLogin(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	login := fmt.Sprintf(`{"objectType": "LoginInput", "credentials": {"authenticator": {"OTP": %q}}}`, "755224")
	first := l.sendOnce("k", "/v1/users/user2/login", login)
	if again := l.sendOnce("k", "/v1/users/user2/login", login); first.status != http.StatusOK || again.body != first.body {
		t.Errorf("%s, then HTTP %d: %s", first.body, again.status, again.body)
	}
	l.ask(http.StatusConflict, "POST", "/v1/users/user2/login", login)
}
