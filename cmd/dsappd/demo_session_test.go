//go:build clients

package main

import (
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
		bash := exec.CommandContext(t.Context(), "bash")
		bash.Stdin = strings.NewReader(session)
		replies, err := bash.CombinedOutput()
		if err != nil {
			t.Fatalf("bash: %v: %s", err, replies)
		}
		if got := strings.Count(string(replies), "<statusCodeEnum>STAT_SUCCESS</statusCodeEnum>"); got != want {
			t.Errorf("%d activations succeeded, want %d:\n%s", got, want, replies)
		}
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
