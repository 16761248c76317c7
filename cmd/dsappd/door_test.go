package main

import (
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/dsappd/dsappd"
)

// cheap settings make password hashes cost next to nothing.
const cheap = "[password_hash]\nmemory_kib = 8\npasses = 1\n"

// Each script finds a new folder data.
func TestOperators(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/operators",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(env *testscript.Env) error {
			return dsappd.Init(t.Context(), env.WorkDir+"/data", dsappd.InitOptions{Settings: cheap})
		},
	})
}
