package main

import (
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/dsappd/dsappd"
)

// Each script finds a new folder data.
func TestOperators(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/operators",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(env *testscript.Env) error {
			return dsappd.Init(t.Context(), env.WorkDir+"/data", dsappd.InitOptions{})
		},
	})
}
