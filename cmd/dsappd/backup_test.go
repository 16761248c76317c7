package main

import (
	"os"
	"syscall"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// lastServed is what a script's serving has started last.
type lastServed struct{ *served }

// stopping ends the server that serving has started last, and waits for that.
func stopping(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) > 0 {
		ts.Fatalf("usage: stopping")
	}
	s := ts.Value(lastServed{}).(*lastServed)
	ts.Check(s.command.Process.Signal(syscall.SIGTERM))
	select {
	case err := <-s.ended:
		ts.Check(err)
	case <-time.After(patience):
		ts.Fatalf("the server has not ended: %s", s.log)
	}
}

// spoil FILE changes a bit in the middle of a file.
func spoil(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: spoil FILE")
	}
	name := ts.MkAbs(args[0])
	content, err := os.ReadFile(name)
	ts.Check(err)
	content[len(content)/2] ^= 1
	ts.Check(os.WriteFile(name, content, 0o600))
}
