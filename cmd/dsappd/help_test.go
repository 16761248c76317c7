package main

import (
	"bytes"
	"io"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
)

func commandLine(t *testing.T) *kong.Kong {
	t.Helper()
	return parserOf(t, &commands{})
}

func parserOf(t *testing.T, grammar any) *kong.Kong {
	t.Helper()
	parser, err := newParser(t.Context(), streams{Out: io.Discard, Err: io.Discard}, grammar)
	if err != nil {
		t.Fatal(err)
	}
	return parser
}

// eachCommand visits every command that people can give.
func eachCommand(node *kong.Node, visit func(*kong.Node)) {
	for _, child := range node.Children {
		if !child.Hidden {
			visit(child)
			eachCommand(child, visit)
		}
	}
}

// ownFolder are the commands that take no folder from DSAPPD_DIR: a run of
// transcripts, where a folder of another server than --url must be named on
// purpose, and a lab that keeps nothing unless it is told to.
var ownFolder = []string{"dsappd replay run", "dsappd dev"}

// Every command takes --json, and DSAPPD_DIR in place of --dir.
func TestEveryCommandTakesJSONAndTheFolder(t *testing.T) {
	eachCommand(commandLine(t).Model.Node, func(command *kong.Node) {
		json := false
		for _, flag := range command.Flags {
			json = json || flag.Name == "json"
			if flag.Name == "dir" && !slices.Contains(ownFolder, command.FullPath()) && (len(flag.Envs) != 1 || flag.Envs[0] != "DSAPPD_DIR") {
				t.Errorf("%s: --dir does not come from DSAPPD_DIR", command.FullPath())
			}
		}
		if command.Leaf() && !json {
			t.Errorf("%s has no --json", command.FullPath())
		}
	})
}

// Help says what a command or a flag does: a sentence that begins with a verb.
// A group has a heading, and a line of its own.
func TestHelpIsImperative(t *testing.T) {
	noun := regexp.MustCompile(`^(The|An?|Those|What|Who|Whether|Which|Where|How|Why|Of|For|In|Its|Also|[A-Z]\w+s [^.]*\b(is|are)\b|Certificates?|Decisions?|Digits|Transcripts|Users|Domains)\b`)
	check := func(name, help string) {
		if noun.MatchString(help) || help != "" && !strings.HasSuffix(help, ".") || strings.TrimSpace(help) != help {
			t.Errorf("%s: %q is not a sentence that says what to do", name, help)
		}
	}
	eachCommand(commandLine(t).Model.Node, func(command *kong.Node) {
		if command.Help == "" || command.ClosestGroup() == nil {
			t.Errorf("%s has no help or no heading", command.FullPath())
		}
		check(command.FullPath(), command.Help)
		for _, flag := range command.Flags {
			check(command.FullPath()+" --"+flag.Name, flag.Help)
			if flag.Help == "" {
				t.Errorf("%s --%s has no help", command.FullPath(), flag.Name)
			}
		}
	})
}

// The first steps can be given as they are shown.
func TestFirstStepsAreCommands(t *testing.T) {
	commands := regexp.MustCompile(`(?m)^  dsappd (.*?)  `).FindAllStringSubmatch(firstSteps, -1)
	if len(commands) != 7 {
		t.Errorf("%d commands are shown, want 7", len(commands))
	}
	t.Setenv("DSAPPD_PIN", "2468")
	for _, command := range commands {
		if _, err := commandLine(t).Parse(strings.Fields(command[1])); err != nil {
			t.Errorf("dsappd %s: %v", command[1], err)
		}
	}
	var out bytes.Buffer
	if code := run(nil, streams{Out: &out, Err: io.Discard}); code != 0 || out.String() != firstSteps {
		t.Errorf("exit code %d, printed %q", code, out.String())
	}
}
