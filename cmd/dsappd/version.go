package main

import (
	"cmp"
	"fmt"
	"io"
	"runtime"
	"runtime/debug"
	"strconv"

	"github.com/alecthomas/kong"
	"github.com/dsappd/dsappd/store"
)

type versionCommand struct{ jsonFlag }

func (c versionCommand) Run(std streams) error {
	v := currentVersion()
	if c.JSON {
		return printJSON(std.Out, v)
	}
	return v.print(std.Out)
}

// versionFlag is --version, which says what dsappd version does.
type versionFlag bool

// BeforeReset prints the version before anything else of the line is looked at.
func (versionFlag) BeforeReset(app *kong.Kong) error {
	if err := currentVersion().print(app.Stdout); err != nil {
		return err
	}
	app.Exit(0)
	return nil
}

// version is what a program was built from. What the build did not note is
// empty.
type version struct {
	Version  string `json:"version"`
	Commit   string `json:"commit"`
	Modified bool   `json:"modified"` // the commit with changes that were not committed
	Time     string `json:"time"`     // of the commit
	Go       string `json:"go"`
	Platform string `json:"platform"`
	Schema   int    `json:"schema"` // of the stores that it opens
}

// currentVersion reads what the Go toolchain stamped into this program.
func currentVersion() version {
	v := version{Version: "(devel)", Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH, Schema: store.Schema}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return v
	}
	v.Version = cmp.Or(info.Main.Version, v.Version)
	for _, setting := range info.Settings {
		switch setting.Key {
		case "vcs.revision":
			v.Commit = setting.Value
		case "vcs.time":
			v.Time = setting.Value
		case "vcs.modified":
			v.Modified = setting.Value == "true"
		}
	}
	return v
}

func (v version) print(w io.Writer) error {
	commit := v.Commit
	switch {
	case commit == "":
		commit = "not noted by the build"
	case v.Modified:
		commit += " with changes, of " + v.Time
	default:
		commit += " of " + v.Time
	}
	_, err := fmt.Fprintf(w, "dsappd %s\n%s\n", v.Version,
		fields("commit", commit, "Go", v.Go+" "+v.Platform, "store schema", strconv.Itoa(v.Schema)))
	return err
}
