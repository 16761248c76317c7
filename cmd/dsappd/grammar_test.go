package main

import (
	"fmt"
	"slices"
	"testing"

	"github.com/alecthomas/kong"
)

// A command that is read alone is what it is among all others.
func TestCommandAlone(t *testing.T) {
	whole := commandLine(t).Model
	for _, command := range whole.Children {
		got := parserOf(t, grammar([]string{command.Name})).Model
		if slices.Contains(wholes, command.Name) {
			if len(got.Children) != len(whole.Children) {
				t.Errorf("%s sees %d commands of %d", command.Name, len(got.Children), len(whole.Children))
			}
			continue
		}
		if len(got.Children) != 1 {
			t.Errorf("%s is read with %d commands", command.Name, len(got.Children))
			continue
		}
		if alone, among := described(got.Children[0]), described(command); alone != among {
			t.Errorf("alone:\n%s\namong all:\n%s", alone, among)
		}
		if alone, among := fmt.Sprint(got.Flags), fmt.Sprint(whole.Flags); alone != among {
			t.Errorf("with %s: flags %s, with all: %s", command.Name, alone, among)
		}
	}
	for _, args := range [][]string{{"--help"}, {"--version"}, {"serv"}, {"Serve"}} {
		if got := parserOf(t, grammar(args)).Model; len(got.Children) != len(whole.Children) {
			t.Errorf("%q reads %d commands", args, len(got.Children))
		}
	}
}

// described writes down what people see of a command and of those below it.
func described(command *kong.Node) string {
	text := fmt.Sprintln(command.Summary(), command.Help, command.Detail, command.Hidden, command.ClosestGroup())
	for _, flag := range command.Flags {
		text += fmt.Sprintln(flag.Summary(), flag.Help, flag.Envs, flag.Default, flag.Hidden, flag.Group)
	}
	for _, positional := range command.Positional {
		text += fmt.Sprintln(positional.Summary(), positional.Help)
	}
	for _, child := range command.Children {
		text += described(child)
	}
	return text
}
