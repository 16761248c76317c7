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
	"regexp"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

// rig is what a campaign works with: one program, and a folder to work in.
type rig struct {
	ctx    context.Context // ends when the campaign's time is over
	dir    string
	binary string
	name   string
	env    []string // added to that of the programs that are started
	seed   uint64   // of what is drawn in an order that can be drawn again; 0: any

	running []*process
}

// say prints what is measured.
func (r *rig) say(format string, args ...any) {
	fmt.Printf("%-32s %s\n", r.name, fmt.Sprintf(format, args...))
}

// over reports whether the campaign's time is over.
func (r *rig) over() bool { return r.ctx.Err() != nil }

// enough reports whether something has been tried often enough: as long as there
// is time, and at least so many times, however slow the machine is.
func (r *rig) enough(tried, least int) bool {
	return errors.Is(r.ctx.Err(), context.Canceled) || r.over() && tried >= least
}

// wait passes a while, or less if the campaign's time is over.
func (r *rig) wait(d time.Duration) {
	select {
	case <-time.After(d):
	case <-r.ctx.Done():
	}
}

// sample makes a data folder with the sample, its settings changed: each change
// is a line of settings.toml and the one in its place.
func (r *rig) sample(changes ...[2]string) (dir string, err error) {
	dir = filepath.Join(r.dir, "data")
	out, err := exec.Command(r.binary, "init", "--dir", dir, "--sample").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("make a data folder: %w: %s", err, out)
	}
	name := filepath.Join(dir, "settings.toml")
	text, err := os.ReadFile(name)
	if err != nil {
		return "", err
	}
	for _, c := range changes {
		if strings.Count(string(text), "\n"+c[0]+"\n") != 1 {
			return "", fmt.Errorf("settings.toml has no line %q", c[0])
		}
		text = bytes.Replace(text, []byte("\n"+c[0]+"\n"), []byte("\n"+c[1]+"\n"), 1)
	}
	return dir, os.WriteFile(name, text, 0o600)
}

// cheapHashes keep the cost of passwords out of what is measured.
func cheapHashes() [][2]string {
	return [][2]string{{"memory_kib = 19456", "memory_kib = 8"}, {"passes = 2", "passes = 1"}}
}

// server is the program while it serves.
type server struct {
	*process
	soap, gateway, console string // URLs
	ca                     string // file of the CA; empty where TLS is not spoken
}

var served = regexp.MustCompile(`serves (\S+|the \S+) at (\S+)`)

// serve serves a data folder at free ports.
func (r *rig) serve(dir string, flags ...string) (*server, error) {
	p, err := r.start(r.binary, append([]string{"serve", "--dir", dir, "--addr", "127.0.0.1:0"}, flags...)...)
	if err != nil {
		return nil, err
	}
	s := &server{process: p}
	for range 3 {
		line, err := p.line()
		if err != nil {
			return nil, fmt.Errorf("serve: %w: %s", err, p.errors())
		}
		found := served.FindStringSubmatch(line)
		if found == nil {
			return nil, fmt.Errorf("serve: %q", line)
		}
		*map[string]*string{"SOAP": &s.soap, "the gateway": &s.gateway, "the console": &s.console}[found[1]] = found[2]
	}
	if strings.HasPrefix(s.soap, "https:") {
		s.ca = filepath.Join(dir, "tls", "ca.pem")
	}
	return s, nil
}

// process is a program that the rig has started.
type process struct {
	command *exec.Cmd
	lines   *bufio.Scanner // of stdout

	mu     sync.Mutex
	stderr bytes.Buffer
}

// Write keeps the end of stderr.
func (p *process) Write(text []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.stderr.Len() > 1<<16 {
		p.stderr.Next(1 << 15)
	}
	return p.stderr.Write(text)
}

func (p *process) errors() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.stderr.String()
}

// start starts a program; its stdout is read by line.
func (r *rig) start(name string, args ...string) (*process, error) {
	return r.feed(nil, name, args...)
}

// feed starts a program that reads from in.
func (r *rig) feed(in io.Reader, name string, args ...string) (*process, error) {
	p := &process{command: exec.Command(name, args...)}
	p.command.Env = append(os.Environ(), r.env...)
	p.command.Stdin, p.command.Stderr = in, p
	stdout, err := p.command.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := p.command.Start(); err != nil {
		return nil, err
	}
	p.lines = bufio.NewScanner(stdout)
	r.running = append(r.running, p)
	return p, nil
}

// line reads a line of stdout.
func (p *process) line() (string, error) {
	if p.lines.Scan() {
		return p.lines.Text(), nil
	}
	return "", errors.Join(errors.New("the program ended"), p.lines.Err())
}

// kill ends a process at once.
func (p *process) kill() {
	_ = p.command.Process.Signal(syscall.SIGKILL)
	_ = p.command.Wait()
}

// terminate asks a process to end, and waits until it has.
func (p *process) terminate() error {
	if err := p.command.Process.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	return p.command.Wait()
}

// endAll kills what still runs.
func (r *rig) endAll() {
	for _, p := range r.running {
		p.kill()
	}
}

// memory returns what a process holds in physical memory, and the most it ever
// held, in MiB.
func (p *process) memory() (now, most int, err error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.command.Process.Pid))
	if err != nil {
		return 0, 0, err
	}
	for line := range strings.Lines(string(text)) {
		fields := strings.Fields(line)
		switch {
		case len(fields) < 2:
		case fields[0] == "VmRSS:":
			now, err = strconv.Atoi(fields[1])
		case fields[0] == "VmHWM:":
			most, err = strconv.Atoi(fields[1])
		}
	}
	return now >> 10, most >> 10, err
}
