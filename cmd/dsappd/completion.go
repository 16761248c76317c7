package main

import (
	"embed"
	"fmt"
	"strings"

	"github.com/alecthomas/kong"
)

//go:embed completion
var completionScripts embed.FS

type completionCommand struct {
	jsonFlag
	Shell string `arg:"" enum:"bash,zsh,fish" help:"The shell: bash, zsh or fish."`
}

// Help says how a shell reads the script.
func (completionCommand) Help() string {
	return `Load it in the shell that you use:

    bash    source <(dsappd completion bash)
    zsh     source <(dsappd completion zsh)
    fish    dsappd completion fish | source

To have it in every new shell, put that line into ~/.bashrc, ~/.zshrc (after compinit) or ~/.config/fish/config.fish.`
}

func (c *completionCommand) Run(std streams) error {
	script, err := completionScripts.ReadFile("completion/dsappd." + c.Shell)
	if err != nil {
		return err
	}
	_, err = std.Out.Write(script)
	return err
}

// completeCommand is what the scripts ask: the words of a command line up to
// the cursor, of which the last is to be completed.
type completeCommand struct {
	Words []string `arg:"" optional:"" passthrough:""`
}

// Run prints a candidate a line, and what it is for behind a tab. No candidate:
// a file's name is wanted.
func (c *completeCommand) Run(app *kong.Kong, std streams) error {
	words := c.Words
	if len(words) > 0 && words[0] == "--" {
		words = words[1:]
	}
	if len(words) == 0 {
		words = []string{""}
	}
	for _, candidate := range complete(app.Model.Node, words[:len(words)-1], words[len(words)-1]) {
		if _, err := fmt.Fprintln(std.Out, candidate); err != nil {
			return err
		}
	}
	return nil
}

// complete returns what a word can become that comes after others.
func complete(at *kong.Node, before []string, word string) []string {
	var open *kong.Flag // whose value comes next
	for _, w := range before {
		switch {
		case w == "=": // bash splits --flag=value there
		case open != nil:
			open = nil
		case strings.HasPrefix(w, "-"):
			open = openFlag(at, w)
		default:
			if child := childNamed(at, w); child != nil {
				at = child
			}
		}
	}
	if word == "=" {
		word = ""
	}
	if open != nil {
		return beginning(word, "", values(open.Value))
	}
	if name, value, given := strings.Cut(word, "="); given && strings.HasPrefix(word, "--") {
		if flag := flagNamed(at, name); flag != nil {
			return beginning(value, name+"=", values(flag.Value))
		}
		return nil
	}
	if strings.HasPrefix(word, "-") {
		return beginning(word, "", flags(at))
	}
	if len(at.Children) > 0 {
		return beginning(word, "", children(at))
	}
	for _, argument := range at.Positional {
		if all := values(argument); len(all) > 0 {
			return beginning(word, "", all)
		}
	}
	return nil
}

// openFlag returns the flag that takes the word after this one as its value;
// nil: none does.
func openFlag(at *kong.Node, word string) *kong.Flag {
	flag := flagNamed(at, word)
	if flag == nil || flag.IsBool() {
		return nil
	}
	return flag
}

func flagNamed(at *kong.Node, word string) *kong.Flag {
	for _, group := range at.AllFlags(true) {
		for _, flag := range group {
			if word == "--"+flag.Name || flag.Short != 0 && word == "-"+string(flag.Short) {
				return flag
			}
		}
	}
	return nil
}

func childNamed(at *kong.Node, name string) *kong.Node {
	for _, child := range at.Children {
		if child.Name == name {
			return child
		}
	}
	return nil
}

// candidate writes a word and what it is for.
func candidate(word, help string) string {
	first, _, _ := strings.Cut(help, ". ")
	return word + "\t" + strings.TrimSuffix(first, ".")
}

func children(at *kong.Node) []string {
	var all []string
	for _, child := range at.Children {
		if !child.Hidden {
			all = append(all, candidate(child.Name, child.Help))
		}
	}
	return all
}

func flags(at *kong.Node) []string {
	var all []string
	for _, group := range at.AllFlags(true) {
		for _, flag := range group {
			all = append(all, candidate("--"+flag.Name, flag.Help))
		}
	}
	return all
}

// values lists the values of a flag or an argument that takes only a few.
func values(v *kong.Value) []string {
	var all []string
	for _, value := range v.EnumSlice() {
		if value != "" {
			all = append(all, candidate(value, ""))
		}
	}
	return all
}

// beginning keeps the candidates that begin with a word, and puts lead before
// each.
func beginning(word, lead string, all []string) []string {
	var kept []string
	for _, c := range all {
		if strings.HasPrefix(c, word) {
			kept = append(kept, lead+c)
		}
	}
	return kept
}
