package main

import (
	"bufio"
	"bytes"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// server is one that a benchmark has started, and ends.
type server struct {
	host    string // HOST:PORT
	command *exec.Cmd
	stdout  *bufio.Reader
}

// start starts a server that prints its URL at the end of a line.
func start(b *testing.B, command *exec.Cmd) *server {
	b.Helper()
	stdout, err := command.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	stderr, err := os.Create(filepath.Join(b.TempDir(), "stderr"))
	if err != nil {
		b.Fatal(err)
	}
	command.Stderr = stderr
	if err := command.Start(); err != nil {
		b.Fatal(err)
	}
	s := &server{command: command, stdout: bufio.NewReader(stdout)}
	b.Cleanup(s.end)
	if _, s.host, err = s.nextHost(); err != nil {
		said, _ := os.ReadFile(stderr.Name())
		b.Fatalf("%s: %v: %s", command.Path, err, said)
	}
	return s
}

// nextHost reads a line of the server's and the host of the URL at its end.
func (s *server) nextHost() (line, host string, err error) {
	if line, err = s.stdout.ReadString('\n'); err != nil {
		return line, "", err
	}
	fields := strings.Fields(line)
	at, err := url.Parse(fields[len(fields)-1])
	if err != nil {
		return line, "", err
	}
	return line, at.Host, nil
}

// platform returns HOST:PORT of the Platform API. It reads on in what dsappd
// says, so it can be called once.
func (s *server) platform(b *testing.B) string {
	b.Helper()
	for {
		line, host, err := s.nextHost()
		if err != nil {
			b.Fatalf("the URL of the Platform API: %v", err)
		}
		if strings.Contains(line, "Platform API") {
			return host
		}
	}
}

// end ends the server. It may be called again.
func (s *server) end() {
	if s.command.ProcessState == nil {
		_ = s.command.Process.Signal(syscall.SIGTERM)
		_ = s.command.Wait() // the canned server has no other end than the signal
	}
}

// startEmpty starts a net/http server whose handler is empty.
func startEmpty(b *testing.B) *server {
	command := exec.Command(os.Args[0])
	command.Env = append(os.Environ(), roleVariable+"=empty")
	return start(b, command)
}

// program builds dsappd once.
var program = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "dsappd-bench-")
	if err != nil {
		return "", err
	}
	binary := filepath.Join(dir, "dsappd")
	out, err := exec.Command("go", "build", "-trimpath", "-o", binary, "github.com/dsappd/dsappd/cmd/dsappd").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("build dsappd: %w: %s", err, out)
	}
	return binary, nil
})

// startDsappd serves a data folder by the program as it is built or, for
// profiles, by this one.
func startDsappd(b *testing.B, dir string) *server {
	b.Helper()
	if profiles := os.Getenv(profileVariable); profiles != "" {
		command := exec.Command(os.Args[0], dir)
		command.Env = append(os.Environ(), roleVariable+"=profiled")
		return start(b, command)
	}
	binary, err := program()
	if err != nil {
		b.Fatal(err)
	}
	return start(b, exec.Command(binary, "serve", "--dir", dir, "--addr", "127.0.0.1:0"))
}

// cpu returns what the server has used so far, in user and system mode
// (proc(5), fields 14 and 15 of stat, in hundredths of a second).
func (s *server) cpu(b *testing.B) time.Duration {
	b.Helper()
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", s.command.Process.Pid))
	if err != nil {
		b.Fatal(err)
	}
	fields := strings.Fields(string(stat[bytes.LastIndexByte(stat, ')')+1:]))
	var ticks int64
	for _, field := range fields[11:13] {
		n, err := strconv.ParseInt(field, 10, 64)
		if err != nil {
			b.Fatal(err)
		}
		ticks += n
	}
	return time.Duration(ticks) * 10 * time.Millisecond
}

// anonymous returns the memory of the server beside the page cache, in bytes
// (proc(5), RssAnon of status).
func (s *server) anonymous(b *testing.B) int64 {
	b.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.command.Process.Pid))
	if err != nil {
		b.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(status), "RssAnon:")
	kib, err := strconv.ParseInt(strings.Fields(rest)[0], 10, 64)
	if err != nil {
		b.Fatal(err)
	}
	return kib << 10
}
