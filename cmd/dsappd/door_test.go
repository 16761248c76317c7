//go:build !race

package main

import (
	"testing"

	"github.com/dsappd/dsappd/internal/datafolder"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/dsappd/dsappd"
)

// What an operator orders comes out the same whether a server holds the data
// folder or the command opens it itself: each script finds a new folder data.
func TestOperators(t *testing.T) {
	for name, serve := range map[string]bool{"server": true, "no server": false} {
		t.Run(name, func(t *testing.T) {
			testscript.Run(t, testscript.Params{
				Dir:                 "testdata/operators",
				RequireExplicitExec: true,
				RequireUniqueNames:  true,
				Setup: func(env *testscript.Env) error {
					return furnish(t, env, serve)
				},
			})
		})
	}
}

func furnish(t *testing.T, env *testscript.Env, serve bool) error {
	if err := withoutWait(env); err != nil {
		return err
	}
	dir := env.WorkDir + "/data"
	if err := datafolder.Init(t.Context(), dir, datafolder.InitOptions{Settings: cheap}); err != nil || !serve {
		return err
	}
	server, err := dsappd.Open(t.Context(), dsappd.Config{Dir: dir, Addr: "127.0.0.1:0"})
	if err != nil {
		return err
	}
	env.Defer(func() {
		if err := server.Close(); err != nil {
			t.Error(err)
		}
	})
	return nil
}
