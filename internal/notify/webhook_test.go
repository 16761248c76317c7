package notify

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
)

func secretOf(b byte) []byte { return slices.Repeat([]byte{b}, 32) }

func secretText(b byte) string { return SecretPrefix + base64.StdEncoding.EncodeToString(secretOf(b)) }

// inbox is a receiver, which answers each message as it is told to.
type inbox struct {
	*httptest.Server
	mu     sync.Mutex
	got    []string // types and users, in the order in which they were taken
	answer func(r *http.Request, m string) int
	faults []error
}

func newInbox(t *testing.T, secret string, answer func(*http.Request, string) int) *inbox {
	t.Helper()
	verifier, err := standardwebhooks.NewWebhook(secret)
	if err != nil {
		t.Fatal(err)
	}
	b := &inbox{answer: answer}
	b.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		err = errors.Join(err, verifier.Verify(body, r.Header))
		id := r.Header.Get(idHeader)
		status := b.answer(r, id)
		b.mu.Lock()
		defer b.mu.Unlock()
		if err != nil {
			b.faults = append(b.faults, err)
		}
		if status == http.StatusOK {
			b.got = append(b.got, id)
		}
		w.WriteHeader(status)
	}))
	t.Cleanup(b.Close)
	return b
}

func (b *inbox) open(t *testing.T, secrets string) deliverer {
	t.Helper()
	parsed, err := ParseSecrets([]byte(secrets))
	if err != nil {
		t.Fatal(err)
	}
	to := Sink{Name: "test", Timeout: time.Second, Version: "v1", Now: time.Now, Webhook: &Webhook{URL: b.URL, Secrets: parsed}}.open()
	t.Cleanup(to.close)
	return to
}

func about(whom string, n int) Message {
	return Message{ID: fmt.Sprintf("%s%d", whom, n), Type: Test, Time: time.Now(), about: whom, Data: Data{UserID: whom}}
}

// Messages are signed under each secret as an independent implementation verifies
// them, whichever of two the receiver has.
func TestSignatures(t *testing.T) {
	for _, has := range []byte{1, 2} {
		b := newInbox(t, secretText(has), func(*http.Request, string) int { return http.StatusOK })
		left, err := b.open(t, secretText(1)+"\n\n"+secretText(2)+"\n").deliver(t.Context(), []Message{about("anna", 1)})
		if err != nil || len(left) > 0 || len(b.faults) > 0 {
			t.Errorf("secret %d: %v, %v, %v", has, left, err, b.faults)
		}
	}
	for _, bad := range []string{"", "whsec_", "whsec_c2hvcnQ=", strings.TrimPrefix(secretText(1), SecretPrefix), secretText(1) + "\n" + secretText(2) + "\n" + secretText(3)} {
		if _, err := ParseSecrets([]byte(bad)); !errors.Is(err, ErrSecret) {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

// What one user's failure leaves is in order, and the others' messages have arrived
// in theirs.
func TestOrderOfUsers(t *testing.T) {
	refuse, others := true, make(chan struct{})
	b := newInbox(t, secretText(1), func(_ *http.Request, id string) int {
		switch {
		case refuse && id == "anna2":
			<-others // after a failure, nothing that has not begun is sent
			return http.StatusInternalServerError
		case id == "bert2":
			close(others)
		}
		return http.StatusOK
	})
	to := b.open(t, secretText(1))
	all := []Message{about("anna", 1), about("bert", 1), about("anna", 2), about("bert", 2), about("anna", 3)}
	left, err := to.deliver(t.Context(), all)
	var ids []string
	for _, m := range left {
		ids = append(ids, m.ID)
	}
	if err == nil || !slices.Equal(ids, []string{"anna2", "anna3"}) {
		t.Errorf("left: %q, %v", ids, err)
	}
	refuse = false
	if left, err = to.deliver(t.Context(), left); err != nil || len(left) > 0 {
		t.Errorf("left: %v, %v", left, err)
	}
	for _, whom := range []string{"anna", "bert"} {
		of := slices.DeleteFunc(slices.Clone(b.got), func(id string) bool { return !strings.HasPrefix(id, whom) })
		if !slices.IsSorted(of) {
			t.Errorf("%s", of)
		}
	}
}

// Answers that take nothing, and no answer at all.
func TestAnswers(t *testing.T) {
	for _, c := range []struct {
		status int
		after  time.Duration
		gone   bool
	}{{http.StatusFound, 0, false}, {http.StatusBadRequest, 0, false}, {http.StatusGone, 0, true}, {http.StatusServiceUnavailable, 7 * time.Second, false}} {
		b := newInbox(t, secretText(1), func(r *http.Request, _ string) int { return c.status })
		if c.after > 0 || c.status == http.StatusFound {
			inner := b.Config.Handler
			b.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Retry-After", "7")
				w.Header().Set("Location", "/elsewhere")
				inner.ServeHTTP(w, r)
			})
		}
		_, err := b.open(t, secretText(1)).deliver(t.Context(), []Message{about("anna", 1)})
		if err == nil || errors.Is(err, errGone) != c.gone {
			t.Errorf("%d: %v", c.status, err)
		}
		if answer, is := errors.AsType[*answerError](err); c.after > 0 && (!is || answer.after != c.after) {
			t.Errorf("%d: %+v", c.status, err)
		}
	}
	hanging := make(chan struct{})
	b := newInbox(t, secretText(1), func(r *http.Request, _ string) int { <-hanging; return http.StatusOK })
	t.Cleanup(func() { close(hanging) })
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if left, err := b.open(t, secretText(1)).deliver(ctx, []Message{about("anna", 1)}); err == nil || len(left) != 1 {
		t.Errorf("a receiver that hangs: %v, %v", left, err)
	}
	to := Sink{Timeout: time.Second, Now: time.Now, Webhook: &Webhook{URL: "http://user:pass@127.0.0.1:1/?token=secret"}}.open()
	if _, err := to.deliver(t.Context(), []Message{about("anna", 1)}); err == nil || strings.Contains(err.Error(), "token") || strings.Contains(err.Error(), "pass") {
		t.Errorf("the error of a URL with a token: %v", err)
	}
}

func TestBackOff(t *testing.T) {
	s := &Sender{Rand: strings.NewReader(strings.Repeat("\x00\xff", 100))}
	for attempts := 1; attempts < 60; attempts++ {
		plain := min(leastBackOff<<min(attempts-1, 16), mostBackOff)
		if got := s.backOff(attempts, errGone); got < plain*3/4 || got > plain*5/4 {
			t.Errorf("after %d attempts: %v", attempts, got)
		}
	}
	if got := s.backOff(1, fmt.Errorf("again: %w", &answerError{after: time.Hour})); got != time.Hour {
		t.Errorf("as the receiver asks: %v", got)
	}
}
