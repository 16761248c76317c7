//go:build clients && !race

package packaging_test

import (
	"errors"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// patience is how long a test waits for what must come.
const patience = time.Minute

// nobody is a user that owns nothing.
const nobody = 65532

// sh runs a command in a folder and returns what it printed.
func sh(t *testing.T, folder string, words ...string) string {
	t.Helper()
	command := exec.Command(words[0], words[1:]...)
	command.Dir = folder
	out, err := command.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %v\n%s", words, err, out)
	}
	return string(out)
}

// clone has the commit that is tested in a folder of its own, where the
// toolchain finds its version.
func clone(t *testing.T) string {
	t.Helper()
	folder := filepath.Join(t.TempDir(), "dsappd")
	sh(t, ".", "git", "clone", "-q", "..", folder)
	return folder
}

// service is a process that goes on until it is stopped.
type service struct {
	command *exec.Cmd
	told    *net.UnixConn // hears of it by sd_notify(3); nil: nobody does
	log     strings.Builder
}

// launch runs a command.
func launch(t *testing.T, command *exec.Cmd) *service {
	t.Helper()
	s := &service{command: command}
	command.Stderr = &s.log
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = command.Process.Kill() })
	return s
}

// start runs a command as systemd does, and returns when it is ready.
func start(t *testing.T, command *exec.Cmd) *service {
	t.Helper()
	folder, err := os.MkdirTemp("", "notify")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(folder) })
	name := filepath.Join(folder, "socket")
	told, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: name, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { told.Close() })
	if err := errors.Join(os.Chmod(folder, 0o755), os.Chmod(name, 0o777)); err != nil { // for nobody
		t.Fatal(err)
	}
	command.Env = append(command.Env, "NOTIFY_SOCKET="+name)
	s := launch(t, command)
	s.told = told
	s.await(t, "READY=1")
	return s
}

// await returns when systemd is told the words.
func (s *service) await(t *testing.T, words string) {
	t.Helper()
	if err := s.told.SetReadDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	for buffer := make([]byte, 4096); ; {
		n, err := s.told.Read(buffer)
		if err != nil {
			t.Fatalf("systemd was never told %s: %v\n%s", words, err, s.log.String())
		}
		if strings.Contains(string(buffer[:n]), words) {
			return
		}
	}
}

// stop ends the service as systemd does.
func (s *service) stop(t *testing.T) {
	t.Helper()
	if err := s.command.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if s.told != nil {
		s.await(t, "STOPPING=1")
	}
	if err := s.command.Wait(); err != nil {
		t.Errorf("the service ended with %v\n%s", err, s.log.String())
	}
}

// asNobody has a command run as nobody, where the test is root.
func asNobody(command *exec.Cmd) *exec.Cmd {
	if os.Geteuid() == 0 {
		command.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	}
	return command
}

// giveToNobody hands a folder to nobody, where the test is root.
func giveToNobody(t *testing.T, folder string) {
	t.Helper()
	if os.Geteuid() == 0 {
		if err := os.Chown(folder, nobody, nobody); err != nil {
			t.Fatal(err)
		}
	}
}
