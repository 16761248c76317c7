//go:build clients

package main

import (
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"
)

// The session that the demo prints works when it is pasted into bash, and
// once more, by whoever reads on, fails: its one-time passwords are used up.
func TestDemoSession(t *testing.T) {
	demo := exec.Command("dsappd", "demo", "--keep")
	printed := newLineLog()
	demo.Stdout, demo.Stderr = printed, printed
	if err := demo.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- demo.Wait() }()
	t.Cleanup(func() { _ = demo.Process.Kill() })
	printed.await(t, sessionEnds)
	_, session, _ := strings.Cut(printed.String(), sessionBegins)
	session, _, _ = strings.Cut(session, sessionEnds)

	for _, want := range []int{2, 0} {
		paste(t, session, want)
	}

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

// So does the README's, on a new sample folder.
func TestReadmeSession(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, session, found := strings.Cut(string(readme), "<!-- curl session -->\n```sh\n")
	session, _, ended := strings.Cut(session, "```")
	const documented = "http://127.0.0.1:8888/"
	if !found || !ended || strings.Count(session, documented) != 1 {
		t.Fatalf("the README's session does not name %s once: %q", documented, session)
	}
	server := serveFolder(t, newDataFolder(t))
	paste(t, strings.Replace(session, documented, server.url, 1), 2)
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
