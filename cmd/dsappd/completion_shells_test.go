//go:build clients && !race

package main

import (
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// At a real terminal, the tab key completes commands, flags, values and files
// in bash and zsh.
func TestCompletionAtATerminal(t *testing.T) {
	for shell, load := range map[string][]string{
		"bash": {"--norc", "--noprofile", "source <(dsappd completion bash)"},
		"zsh":  {"-f", "autoload -U compinit; compinit -D -u; source <(dsappd completion zsh)"},
	} {
		t.Run(shell, func(t *testing.T) {
			terminal := startShell(t, shell, load[:len(load)-1]...)
			terminal.types(load[len(load)-1] + "; echo load''ed\r")
			terminal.shows(t, "loaded")
			for typed, want := range map[string]string{
				"dsappd authent\t":                    "authenticator",
				"dsappd authenticator unas\t":         "unassign",
				"dsappd tls renew --new\t":            "--new-ca",
				"dsappd authenticator add --type m\t": "--type mdl",
				"dsappd image --out somewh\t":         "somewhere.png",
			} {
				terminal.types("\x15" + typed) // ^U empties the line
				terminal.shows(t, want)
			}
		})
	}
}

// shellTerminal is a shell at a terminal.
type shellTerminal struct {
	hands  *os.File
	mutex  sync.Mutex
	screen strings.Builder
	more   chan struct{}
}

func startShell(t *testing.T, shell string, arguments ...string) *shellTerminal {
	t.Helper()
	hands, terminal := openTerminal(t)
	command := exec.Command(shell, arguments...)
	command.Dir = t.TempDir()
	if err := os.WriteFile(command.Dir+"/somewhere.png", nil, 0o600); err != nil {
		t.Fatal(err)
	}
	command.Env = append(os.Environ(), "TERM=dumb", "PS1=> ", "HOME="+command.Dir)
	command.Stdin, command.Stdout, command.Stderr = terminal, terminal, terminal
	command.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	s := &shellTerminal{hands: hands, more: make(chan struct{}, 1)}
	go s.watch()
	t.Cleanup(func() { _ = command.Process.Kill(); _ = command.Wait() })
	return s
}

func (s *shellTerminal) watch() {
	buffer := make([]byte, 4096)
	for {
		n, err := s.hands.Read(buffer)
		if err != nil {
			return
		}
		s.mutex.Lock()
		s.screen.Write(buffer[:n])
		s.mutex.Unlock()
		select {
		case s.more <- struct{}{}:
		default:
		}
	}
}

// types begins a new screen.
func (s *shellTerminal) types(text string) {
	s.mutex.Lock()
	s.screen.Reset()
	s.mutex.Unlock()
	_, _ = s.hands.WriteString(text)
}

func (s *shellTerminal) shows(t *testing.T, want string) {
	t.Helper()
	for deadline := time.After(patience); ; {
		s.mutex.Lock()
		screen := s.screen.String()
		s.mutex.Unlock()
		if strings.Contains(screen, want) {
			return
		}
		select {
		case <-s.more:
		case <-deadline:
			t.Fatalf("the terminal does not show %q but %q", want, screen)
		}
	}
}

// fish tells what it would complete.
func TestCompletionInFish(t *testing.T) {
	folder := t.TempDir()
	if err := os.WriteFile(folder+"/somewhere.png", nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for typed, want := range map[string]string{
		"dsappd authent":                    "authenticator\tManage authenticators, and licences for several devices\n",
		"dsappd authenticator add --type m": "mdl\n",
		"dsappd authenticator add --type=m": "--type=mdl\n",
		"dsappd image --out somewh":         "somewhere.png\n",
	} {
		fish := exec.Command("fish", "--no-config", "-c", "dsappd completion fish | source; complete -C '"+typed+"'")
		fish.Dir = folder
		fish.Env = append(os.Environ(), "HOME="+folder)
		got, err := fish.CombinedOutput()
		if err != nil || string(got) != want {
			t.Errorf("%s: %q, %v, want %q", typed, got, err, want)
		}
	}
}
