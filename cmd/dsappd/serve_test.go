package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/dsappd/dsappd/internal/datafolder"
)

// patience is how long a test waits for an event that must come.
const patience = 30 * time.Second

// served is a real process that serves a data folder.
type served struct {
	url      string
	gateway  string
	console  string
	platform string
	command  *exec.Cmd
	log      *lineLog
	ended    chan error // gets what Wait returned, once
}

// newDataFolder makes a data folder whose password hashes cost next to
// nothing.
func newDataFolder(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "data")
	options := datafolder.InitOptions{
		Sample:   true,
		Settings: "[password_hash]\nmemory_kib = 8\npasses = 1\n",
	}
	if err := datafolder.Init(context.Background(), dir, options); err != nil {
		t.Fatal(err)
	}
	return dir
}

// serveFolder starts dsappd serve on free ports and waits for the lines with its URLs.
func serveFolder(t *testing.T, dir string, flags ...string) *served {
	t.Helper()
	s, err := startServe(dir, flags...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.kill)
	return s
}

func startServe(dir string, flags ...string) (*served, error) {
	return startProgram("dsappd", dir, flags...)
}

// startProgram starts the server by another name of the program.
func startProgram(name, dir string, flags ...string) (*served, error) {
	args := append([]string{"serve", "--dir", dir, "--addr", "127.0.0.1:0"}, flags...)
	s := &served{command: exec.Command(name, args...), log: newLineLog(), ended: make(chan error, 1)}
	s.command.Stderr = s.log
	stdout, err := s.command.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := s.command.Start(); err != nil {
		return nil, err
	}
	lines := bufio.NewReader(stdout)
	for _, served := range []struct {
		name string
		url  *string
	}{
		{"SOAP", &s.url}, {"the gateway", &s.gateway}, {"the console", &s.console}, {"the Platform API", &s.platform},
	} {
		line, err := lines.ReadString('\n')
		url, ok := strings.CutPrefix(strings.TrimSpace(line), "dsappd serves "+served.name+" at ")
		if err != nil || !ok {
			s.kill()
			return nil, fmt.Errorf("no line with the URL of %s on stdout: %q, %w; stderr: %s", served.name, line, err, s.log)
		}
		*served.url = url
	}
	go s.reap(lines)
	return s, nil
}

// reap waits for the end, before which nothing more may come on stdout.
func (s *served) reap(stdout io.Reader) {
	rest, _ := io.ReadAll(stdout)
	err := s.command.Wait()
	if len(rest) > 0 {
		err = errors.Join(err, fmt.Errorf("more on stdout than the URLs: %q", rest))
	}
	s.ended <- err
}

// kill ends the process as a power cut would.
func (s *served) kill() {
	_ = s.command.Process.Kill()
}

// wait returns how the process ended.
func (s *served) wait(t *testing.T) error {
	t.Helper()
	select {
	case err := <-s.ended:
		return err
	case <-time.After(patience):
		t.Fatalf("the server has not ended; stderr: %s", s.log)
		return nil
	}
}

func (s *served) signal(t *testing.T, signal os.Signal) {
	t.Helper()
	if err := s.command.Process.Signal(signal); err != nil {
		t.Fatal(err)
	}
}

// lineLog keeps what a process writes and tells who waits for a word in it.
type lineLog struct {
	mutex   sync.Mutex
	changed *sync.Cond
	text    bytes.Buffer
}

func newLineLog() *lineLog {
	l := &lineLog{}
	l.changed = sync.NewCond(&l.mutex)
	return l
}

func (l *lineLog) Write(p []byte) (int, error) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	defer l.changed.Broadcast()
	return l.text.Write(p)
}

func (l *lineLog) String() string {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	return l.text.String()
}

// await returns when the log holds the words.
func (l *lineLog) await(t *testing.T, words string) {
	t.Helper()
	found := make(chan struct{})
	go func() {
		l.mutex.Lock()
		defer l.mutex.Unlock()
		for !bytes.Contains(l.text.Bytes(), []byte(words)) {
			l.changed.Wait()
		}
		close(found)
	}()
	select {
	case <-found:
	case <-time.After(patience):
		t.Fatalf("the log never said %q: %s", words, l)
	}
}

// count returns a channel that is closed when the log holds the words so often.
func (l *lineLog) count(words string, times int) <-chan struct{} {
	found := make(chan struct{})
	go func() {
		l.mutex.Lock()
		defer l.mutex.Unlock()
		for bytes.Count(l.text.Bytes(), []byte(words)) < times {
			l.changed.Wait()
		}
		close(found)
	}()
	return found
}
