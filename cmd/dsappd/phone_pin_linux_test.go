package main

import (
	"context"
	"errors"
	"testing"
)

// TestPINIsChosen: a PIN that is too short and one that is confirmed wrongly
// begin the choice anew.
func TestPINIsChosen(t *testing.T) {
	for name, test := range map[string]struct {
		typed []string
		want  string
		err   error
	}{
		"at once":              {[]string{"2468\r", "2468\r"}, "2468", nil},
		"confirmed wrongly":    {[]string{"2468\r", "1357\r", "9753\r", "9753\r"}, "9753", nil},
		"too short":            {[]string{"12\r", "2468\r", "2468\r"}, "2468", nil},
		"nothing":              {[]string{"\r", "2468\r", "2468\r"}, "2468", nil},
		"interrupted":          {[]string{"24\x03"}, "", context.Canceled},
		"interrupted at last":  {[]string{"2468\r", "24\x03"}, "", context.Canceled},
		"interrupted in doubt": {[]string{"2468\r", "1357\r", "\x03"}, "", context.Canceled},
	} {
		hands, terminal := openTerminal(t)
		state := &phoneState{}
		err := state.ask(t.Context(), streams{In: terminal, Err: &typist{hands, test.typed}}, choosePIN)
		if state.PIN != test.want || !errors.Is(err, test.err) {
			t.Errorf("%s: %q, %v; want %q, %v", name, state.PIN, err, test.want, test.err)
		}
	}
}

// TestPINIsAskedFor once where the file is there, and not at all if given.
func TestPINIsAskedFor(t *testing.T) {
	hands, terminal := openTerminal(t)
	std := streams{In: terminal, Err: &typist{hands, []string{"2468\r"}}}
	state := &phoneState{}
	for range 2 {
		if err := state.AfterApply(t.Context(), std); err != nil || state.PIN != "2468" {
			t.Errorf("%q, %v", state.PIN, err)
		}
	}
}
