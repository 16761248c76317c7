//go:build !race

package main

import (
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// The scripts run the real program, each in a folder of its own.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup:               withoutWait,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"modes": modes, "serving": serving, "schema": schema, "register": register, "mdl": mdl, "capture": capture, "tamper": tamper, "post": post, "get": get, "stopping": stopping, "spoil": spoil,
		},
	})
}
