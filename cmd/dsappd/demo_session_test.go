//go:build clients && !race

package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
)

// The session that the demo prints works when it is pasted into bash, and
// once more, by whoever reads on, fails: its one-time passwords are used up.
func TestDemoSession(t *testing.T) {
	session, end := demoSession(t)
	for _, want := range []int{2, 0} {
		paste(t, session, want)
	}
	end()
}

// The session of a licence works after either demo, which has one place.
func TestDemoSessionMDL(t *testing.T) {
	for _, flags := range [][]string{{"--mdl"}, {"--mdl", "--offline"}} {
		session, end := demoSession(t, flags...)
		pasteMDL(t, session, "VDM1000001-2", "VDM1000001-3")
		end()
	}
}

// demoSession runs a demo up to the session that it prints; end is Ctrl-C.
func demoSession(t *testing.T, flags ...string) (session string, end func()) {
	t.Helper()
	demo := exec.Command("dsappd", append([]string{"demo", "--keep"}, flags...)...)
	printed := newLineLog()
	demo.Stdout, demo.Stderr = printed, printed
	if err := demo.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- demo.Wait() }()
	t.Cleanup(func() { _ = demo.Process.Kill() })
	printed.await(t, sessionEnds)
	_, session, _ = strings.Cut(printed.String(), sessionBegins)
	session, _, _ = strings.Cut(session, sessionEnds)
	return session, func() {
		t.Helper()
		if err := demo.Process.Signal(syscall.SIGINT); err != nil {
			t.Fatal(err)
		}
		select {
		case err := <-ended:
			if err != nil {
				t.Errorf("after Ctrl-C the demo ended with %v", err)
			}
		case <-time.After(patience):
			t.Error("the demo has not ended after Ctrl-C")
		}
	}
}

// So does the README's, on a new sample folder.
func TestReadmeSession(t *testing.T) {
	session := documentedSession(t, "README.md", "curl")
	const documented = "http://127.0.0.1:8888/"
	if strings.Count(session, documented) != 1 {
		t.Fatalf("the README's session does not name %s once: %q", documented, session)
	}
	server := serveFolder(t, newDataFolder(t))
	paste(t, strings.Replace(session, documented, server.url, 1), 2)
}

// The README's session of a licence is the demo's, with the documented program
// and URL.
func TestReadmeSessionMDL(t *testing.T) {
	if want, got := fmt.Sprintf(mdlSession, "bin/dsappd", "http://127.0.0.1:8888/"), documentedSession(t, "docs/licences.md", "mdl"); got != want {
		t.Errorf("the README's session is\n%s\nwant\n%s", got, want)
	}
	server := serveFolder(t, newDataFolder(t))
	pasteMDL(t, fmt.Sprintf(mdlSession, "command dsappd", server.url), "VDM1000001-1", "VDM1000001-2")
}

// The README's session of the gateway draws an image, reads it back and
// activates.
func TestReadmeSessionGateway(t *testing.T) {
	session := documentedSession(t, "docs/gateway.md", "gateway")
	server := serveFolder(t, newDataFolder(t))
	bash := exec.CommandContext(t.Context(), "bash")
	bash.Dir = t.TempDir()
	bash.Stdin = strings.NewReader(strings.NewReplacer("http://127.0.0.1:8888/", server.url,
		"http://127.0.0.1:11080", strings.TrimSuffix(server.gateway, "/"), "bin/dsappd", "dsappd").Replace(session))
	printed, err := bash.CombinedOutput()
	if err != nil {
		t.Fatalf("bash: %v: %s", err, printed)
	}
	for _, want := range []string{"user +user2\n", "gateway ID +0123456789\n",
		`"statusCodeEnum":"STAT_SUCCESS".*"userID":"user2","domain":"master","serialNumber":"VDS1000141"`} {
		if !regexp.MustCompile(want).Match(printed) {
			t.Errorf("the session printed no %q:\n%s", want, printed)
		}
	}
}

// The session over REST activates a new user's device from nothing. It is the
// demo's, with the documented program and URL.
func TestSessionREST(t *testing.T) {
	if want, got := fmt.Sprintf(restSession, "bin/dsappd", "http://127.0.0.1:8890/", "anna"), documentedSession(t, "docs/rest.md", "rest"); got != want {
		t.Errorf("the documented session is\n%s\nwant\n%s", got, want)
	}
	server := serveFolder(t, newDataFolder(t))
	pasteREST(t, fmt.Sprintf(restSession, "command dsappd", server.platform, "anna"), "VDM1000101-1")
}

// The session that the demo over REST prints works after it.
func TestDemoSessionREST(t *testing.T) {
	session, end := demoSession(t, "--rest")
	pasteREST(t, session, "VDM1000001-1")
	end()
}

func pasteREST(t *testing.T, session, instance string) {
	t.Helper()
	bash := exec.CommandContext(t.Context(), "bash")
	bash.Dir = t.TempDir()
	bash.Env = append(os.Environ(), "TMPDIR="+bash.Dir)
	bash.Stdin = strings.NewReader(session)
	printed, err := bash.CombinedOutput()
	if err != nil {
		t.Fatalf("bash: %v: %s", err, printed)
	}
	for _, want := range []string{`"serialNumber":"` + instance + `"`, `"activationStatus":"activated"`, instance + ": activated, as the site says"} {
		if !strings.Contains(string(printed), want) {
			t.Errorf("the session printed no %q:\n%s", want, printed)
		}
	}
	if image, err := os.ReadFile(filepath.Join(bash.Dir, "message1.png")); err != nil || !bytes.HasPrefix(image, []byte("\x89PNG")) {
		t.Errorf("the image: %v", err)
	}
}

// documentedSession returns what a page has between the marks of a session.
func documentedSession(t *testing.T, page, name string) string {
	t.Helper()
	text, err := os.ReadFile("../../" + page)
	if err != nil {
		t.Fatal(err)
	}
	_, session, found := strings.Cut(string(text), "<!-- "+name+" session -->\n```sh\n")
	session, _, ended := strings.Cut(session, "```")
	if !found || !ended {
		t.Fatalf("%s has no %s session", page, name)
	}
	return session
}

// pasteMDL has bash put two devices on a licence, and looks for both.
func pasteMDL(t *testing.T, session, online, offline string) {
	t.Helper()
	bash := exec.CommandContext(t.Context(), "bash")
	bash.Dir = t.TempDir()
	bash.Env = append(os.Environ(), "TMPDIR="+bash.Dir)
	bash.Stdin = strings.NewReader(session)
	printed, err := bash.CombinedOutput()
	if err != nil {
		t.Fatalf("bash: %v: %s", err, printed)
	}
	for _, want := range []string{
		online + ": activated for user6 of domain master\n[0-9]{6}\n", "STAT_SUCCESS\n" + offline + ": activated, as the site says\n",
		online + " +Android +Activated +user6 ", offline + " +Android +Activated +- ",
	} {
		if !regexp.MustCompile(want).Match(printed) {
			t.Errorf("the session printed no %q:\n%s", want, printed)
		}
	}
}

// paste has bash run a session and counts the replies that say success.
func paste(t *testing.T, session string, want int) {
	t.Helper()
	bash := exec.CommandContext(t.Context(), "bash")
	bash.Stdin = strings.NewReader(session)
	replies, err := bash.CombinedOutput()
	if err != nil {
		t.Fatalf("bash: %v: %s", err, replies)
	}
	if got := strings.Count(string(replies), "<statusCodeEnum>STAT_SUCCESS</statusCodeEnum>"); got != want {
		t.Errorf("%d replies say success, want %d:\n%s", got, want, replies)
	}
}
