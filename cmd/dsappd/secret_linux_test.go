package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// openTerminal is a terminal and the hands and eyes before it.
func openTerminal(t *testing.T) (hands, terminal *os.File) {
	t.Helper()
	hands, err := os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { hands.Close() })
	number, err := unix.IoctlGetInt(int(hands.Fd()), unix.TIOCGPTN)
	if err != nil {
		t.Fatal(err)
	}
	if err := unix.IoctlSetPointerInt(int(hands.Fd()), unix.TIOCSPTLCK, 0); err != nil {
		t.Fatal(err)
	}
	terminal, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { terminal.Close() })
	return hands, terminal
}

// typist answers each prompt when it is seen.
type typist struct {
	hands   io.Writer
	answers []string
}

func (p *typist) Write(seen []byte) (int, error) {
	if strings.Contains(string(seen), ": ") {
		io.WriteString(p.hands, p.answers[0])
		p.answers = p.answers[1:]
	}
	return len(seen), nil
}

func TestPasswordIsAskedForTwiceAndNotShown(t *testing.T) {
	tests := map[string]struct {
		typed []string
		want  string
		err   error
	}{
		"right":               {[]string{"Password2\r", "Password2\r"}, "Password2", nil},
		"different":           {[]string{"Password2\r", "Password3\r"}, "", errPasswordsDiffer},
		"interrupted":         {[]string{"Pass\x03"}, "", context.Canceled},
		"interrupted at last": {[]string{"Password2\r", "Pass\x03"}, "", context.Canceled},
	}
	for name, test := range tests {
		hands, terminal := openTerminal(t)
		before := termios(t, terminal)
		password, err := askTwice(t.Context(), terminal, &typist{hands, test.typed})
		if password != test.want || !errors.Is(err, test.err) {
			t.Errorf("%s: %q, %v; want %q, %v", name, password, err, test.want, test.err)
		}
		if after := termios(t, terminal); after != before {
			t.Errorf("%s: the terminal is left as %+v; it was %+v", name, after, before)
		}
		io.WriteString(terminal, "end")
		shown := make([]byte, 100)
		n, err := hands.Read(shown)
		if err != nil || string(shown[:n]) != "end" {
			t.Errorf("%s: the terminal shows %q, %v", name, shown[:n], err)
		}
	}
}

func termios(t *testing.T, terminal *os.File) unix.Termios {
	t.Helper()
	modes, err := unix.IoctlGetTermios(int(terminal.Fd()), unix.TCGETS)
	if err != nil {
		t.Fatal(err)
	}
	return *modes
}

// Whoever ends the command gets the terminal back at once.
func TestPasswordEndsWithItsContext(t *testing.T) {
	_, terminal := openTerminal(t)
	before := termios(t, terminal)
	ctx, cancel := context.WithCancel(t.Context())
	password, err := askTwice(ctx, terminal, &typist{writer(func([]byte) { cancel() }), []string{""}})
	if password != "" || !errors.Is(err, context.Canceled) {
		t.Errorf("asked for %q, %v", password, err)
	}
	if after := termios(t, terminal); after != before {
		t.Errorf("the terminal is left as %+v; it was %+v", after, before)
	}
}

type writer func([]byte)

func (w writer) Write(p []byte) (int, error) { w(p); return len(p), nil }
