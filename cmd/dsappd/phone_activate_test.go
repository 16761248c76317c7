package main

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/dsappd/dsappd/dsapp"
	"github.com/dsappd/dsappd/phone"
)

// slowGateway passes requests on until one of them, whose answer it holds back
// for good. It tells when that is the only thing that is still to come.
func slowGateway(t *testing.T, gateway string, from int) (at string, waiting <-chan struct{}) {
	t.Helper()
	to, err := url.Parse(gateway)
	if err != nil {
		t.Fatal(err)
	}
	proxy, reached, calls := httputil.NewSingleHostReverseProxy(to), make(chan struct{}), atomic.Int32{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if int(calls.Add(1)) < from {
			proxy.ServeHTTP(w, r)
			return
		}
		proxy.ServeHTTP(httptest.NewRecorder(), r)
		close(reached)
		<-r.Context().Done()
	}))
	t.Cleanup(server.Close)
	return server.URL, reached
}

// showImage registers user2 and makes a picture of the image.
func showImage(t *testing.T, soapURL, picture string) {
	t.Helper()
	body := strings.Replace(directRegister, "srp-direct", "srp-component", 1)
	response, err := http.Post(soapURL, "text/xml; charset=utf-8", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	reply, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	field := func(name string) string {
		found := regexp.MustCompile("<" + name + ">([^<]+)</").FindSubmatch(reply)
		if found == nil {
			t.Fatalf("the reply holds no %s: %s", name, reply)
		}
		return string(found[1])
	}
	text, err := dsapp.Image{UserID: "user2", Domain: "master", RegistrationID: field("registrationID"), ActivationPassword: field("activationPassword")}.Hex()
	if err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("dsappd", "image", text, "--out", picture).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
}

// TestActivationIsInterrupted: by a Ctrl-C while the answer to each connection
// is on its way. The file is the old one or a new one that opens, and the same
// command ends what was begun.
func TestActivationIsInterrupted(t *testing.T) {
	server := serveFolder(t, newDataFolder(t))
	for n, told := range []string{"", "connection 1: .*\n", "connection 1: .*\nconnection 2: .*\n"} {
		dir, said := t.TempDir(), regexp.MustCompile("^"+told+again+"\ndsappd: interrupted\n$")
		picture, state := filepath.Join(dir, "page.png"), filepath.Join(dir, "phone.state")
		showImage(t, server.url, picture)
		slow, waiting := slowGateway(t, server.gateway, n+1)
		args := []string{"phone", "activate", "--image", picture, "--state", state, "--pin", "2468", "--gateway"}
		out, err := interrupted(t, exec.Command("dsappd", append(args, slow)...), waiting)
		if _, failed := errors.AsType[*exec.ExitError](err); !failed || !said.MatchString(out) {
			t.Errorf("interrupted at connection %d: %v, printed %q", n+1, err, out)
		}
		if s, err := phone.ReadFile(state, "2468"); err != nil && !errors.Is(err, os.ErrNotExist) || s.Activated {
			t.Errorf("interrupted at connection %d: the phone has %v, %v", n+1, s, err)
		}
		if files, err := os.ReadDir(dir); err != nil || len(files) > 2 {
			t.Errorf("interrupted at connection %d: left %v, %v", n+1, files, err)
		}
		ended, err := exec.Command("dsappd", append(args, server.gateway)...).CombinedOutput()
		if err != nil || !strings.Contains(string(ended), "VDS1000141: activated for user2") {
			t.Errorf("started over after connection %d: %v, %s", n+1, err, ended)
		}
	}
}

// interrupted runs a command and presses Ctrl-C when it waits.
func interrupted(t *testing.T, command *exec.Cmd, waiting <-chan struct{}) (string, error) {
	t.Helper()
	var out strings.Builder
	command.Stdout, command.Stderr = &out, &out
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	select {
	case <-waiting:
	case <-time.After(time.Minute):
		t.Error("the connection never came")
	}
	if err := command.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	err := command.Wait()
	return out.String(), err
}

// A server's words are shown, and give no orders to the terminal.
func TestServersWordsGiveNoOrders(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, `{"resultCodes":{"returnCodeEnum":"RET_FAILURE","statusCodeEnum":"STAT_\u001b]0;x\u0007","returnCode":-1,"statusCode":-1},
			"errorStack":{"errors":[{"errorDesc":"its \u001b[2J words\u009b"}]}}`)
	}))
	defer server.Close()
	text, err := dsapp.Image{UserID: "user2", Domain: "master", RegistrationID: "aB3dE6gH", ActivationPassword: "s3cr3tPw"}.Hex()
	if err != nil {
		t.Fatal(err)
	}
	var out, failed strings.Builder
	code := run([]string{"phone", "activate", "--image", text, "--gateway", server.URL, "--pin", "1234", "--state", filepath.Join(t.TempDir(), "state")},
		streams{In: strings.NewReader(""), Out: &out, Err: &failed})
	if code != exitFailed || !strings.Contains(failed.String(), "words") || strings.ContainsAny(failed.String(), "\x1b\x07\u009b") {
		t.Errorf("ends with %d: %q", code, failed.String())
	}
}
