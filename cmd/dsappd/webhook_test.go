//go:build !race

package main

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"github.com/dsappd/dsappd/phone"
)

// notice is what a receiver was told of a user.
type notice struct{ kind, userID, requestID string }

// receiver is the other end of a webhook.
type receiver struct {
	*httptest.Server
	taken chan struct{}

	mu     sync.Mutex
	status int
	got    []notice
	faults []error
}

func newReceiver(t *testing.T, secret string) *receiver {
	t.Helper()
	verifier, err := standardwebhooks.NewWebhook(secret)
	if err != nil {
		t.Fatal(err)
	}
	r := &receiver{taken: make(chan struct{}, 1000), status: http.StatusInternalServerError}
	r.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		var message struct {
			Type string
			Data struct{ UserID, RequestID string }
		}
		body, err := io.ReadAll(request.Body)
		if err == nil {
			err = verifier.Verify(body, request.Header)
		}
		if err == nil {
			err = json.Unmarshal(body, &message)
		}
		r.mu.Lock()
		defer r.mu.Unlock()
		if err != nil {
			r.faults = append(r.faults, err)
		}
		w.WriteHeader(r.status)
		if r.status == http.StatusNoContent {
			r.got = append(r.got, notice{message.Type, message.Data.UserID, message.Data.RequestID})
			r.taken <- struct{}{}
		}
	}))
	t.Cleanup(r.Close)
	return r
}

func (r *receiver) answer(status int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.status = status
}

// What happened arrives at least once and in order, signed, although the receiver
// fails first and the server is killed meanwhile.
func TestWebhook(t *testing.T) {
	const users = 3
	dir := newDataFolder(t)
	key := make([]byte, 32)
	_, _ = rand.Read(key)
	secret := "whsec_" + base64.StdEncoding.EncodeToString(key)
	siem := newReceiver(t, secret)
	if err := os.WriteFile(filepath.Join(dir, "siem.secret"), []byte(secret+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	server := serveFolder(t, dir)
	settle(t, dir, "[[webhook]]\nname = \"siem\"\nurl = \""+siem.URL+"/dsappd?token=x\"\nsecret_file = \"siem.secret\"\n")
	server.signal(t, syscall.SIGHUP)
	server.log.await(t, "changed=[webhook]")
	if out, err := exec.Command("dsappd", "webhook", "test", "--dir", dir, "siem").CombinedOutput(); err == nil || !strings.Contains(string(out), "the receiver answers 500") {
		t.Errorf("a test of a receiver that fails: %v, %s", err, out)
	}
	var want []notice
	all := newActivators(t, dir, users)
	for round := range 2 {
		client, err := phone.NewClient(server.url, http.DefaultClient)
		if err != nil {
			t.Fatal(err)
		}
		for _, a := range all {
			if status, err := a.activate(t.Context(), client); err != nil || status != 0 {
				t.Fatalf("%s: status %d, %v", a.userID, status, err)
			}
			a.next++
			want = append(want, notice{"authenticator.activated", a.userID, ""})
		}
		if round == 1 {
			break
		}
		server.log.await(t, "a webhook does not take messages")
		if out := listWebhooks(t, dir); !strings.Contains(out, "siem  "+siem.URL+"/dsappd  failing since") || !strings.Contains(out, "answers 500") {
			t.Errorf("dsappd webhook list: %s", out)
		}
		server.kill()
		_ = server.wait(t)
		server = serveFolder(t, dir)
	}
	siem.answer(http.StatusNoContent)
	for range want {
		await(t, siem.taken)
	}
	server.log.await(t, "a webhook takes messages again")
	siem.mu.Lock()
	got, faults := slices.Clone(siem.got), siem.faults
	siem.mu.Unlock()
	if len(faults) > 0 {
		t.Errorf("messages that are not signed right: %v", faults)
	}
	seen := make(map[string]bool)
	var first []notice
	for _, m := range got {
		if !seen[m.requestID] {
			seen[m.requestID] = true
			first = append(first, notice{m.kind, m.userID, ""})
		}
	}
	byUser := func(a, b notice) int { return strings.Compare(a.userID, b.userID) }
	slices.SortStableFunc(first, byUser)
	slices.SortStableFunc(want, byUser)
	if !slices.Equal(first, want) {
		t.Errorf("told %v, want %v", first, want)
	}
	if out, err := exec.Command("dsappd", "webhook", "test", "--dir", dir, "siem").CombinedOutput(); err != nil || string(out) != "siem has taken the message\n" {
		t.Errorf("a test of a receiver that works: %v, %s", err, out)
	}
	server.signal(t, syscall.SIGTERM)
	if err := server.wait(t); err != nil {
		t.Error(err)
	}
	if out := listWebhooks(t, dir); !strings.Contains(out, "takes messages") {
		t.Errorf("dsappd webhook list: %s", out)
	}
	if strings.Contains(server.log.String(), "token=x") || strings.Contains(server.log.String(), secret) {
		t.Error("the log holds a secret")
	}
}

// A receiver that is gone for good is given up, and goes on when an operator says so:
// where it stood, or with what happens from then on.
func TestWebhookIsGivenUp(t *testing.T) {
	dir := newDataFolder(t)
	secret := "whsec_" + base64.StdEncoding.EncodeToString(make([]byte, 32))
	siem := newReceiver(t, secret)
	siem.answer(http.StatusGone)
	if err := os.WriteFile(filepath.Join(dir, "siem.secret"), []byte(secret), 0o600); err != nil {
		t.Fatal(err)
	}
	settle(t, dir, "[[webhook]]\nname = \"siem\"\nurl = \""+siem.URL+"\"\nsecret_file = \"siem.secret\"\n")
	server := serveFolder(t, dir)
	client, err := phone.NewClient(server.url, http.DefaultClient)
	if err != nil {
		t.Fatal(err)
	}
	a := newActivators(t, dir, 1)[0]
	activate := func() {
		t.Helper()
		if status, err := a.activate(t.Context(), client); err != nil || status != 0 {
			t.Fatalf("status %d, %v", status, err)
		}
		a.next++
	}
	order := func(words ...string) string {
		t.Helper()
		out, err := exec.Command("dsappd", append(append([]string{"webhook"}, words...), "--dir", dir)...).CombinedOutput()
		if err != nil {
			t.Fatalf("%v: %v: %s", words, err, out)
		}
		return string(out)
	}
	activate()
	server.log.await(t, "a webhook is given up")
	if out := order("list"); !strings.Contains(out, "given up") || !strings.Contains(out, "410 Gone") {
		t.Errorf("dsappd webhook list: %s", out)
	}
	if out, err := exec.Command("dsappd", "audit", "prune", "--dir", dir, "--older-than", "1ns").CombinedOutput(); err == nil || !strings.Contains(string(out), "siem has not taken") {
		t.Errorf("dsappd audit prune: %v, %s", err, out)
	}
	siem.answer(http.StatusNoContent)
	order("resume", "siem")
	await(t, siem.taken)

	siem.answer(http.StatusGone)
	activate()
	await(t, server.log.count("a webhook is given up", 2))
	order("skip", "siem")
	siem.answer(http.StatusNoContent)
	activate()
	await(t, siem.taken)
	siem.mu.Lock()
	defer siem.mu.Unlock()
	if len(siem.got) != 2 {
		t.Errorf("told %v", siem.got)
	}
}

func listWebhooks(t *testing.T, dir string) string {
	t.Helper()
	out, err := exec.Command("dsappd", "webhook", "list", "--dir", dir).CombinedOutput()
	if err != nil {
		t.Errorf("dsappd webhook list: %v: %s", err, out)
	}
	return string(out)
}
