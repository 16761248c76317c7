package main

import (
	"slices"
	"strings"
	"testing"
)

func TestComplete(t *testing.T) {
	for line, want := range map[string][]string{
		"us":                               {"user", "user-attribute"},
		"user s":                           {"show", "set", "set-password"},
		"user show --js":                   {"--json"},
		"user show --dir lab --js":         {"--json"},
		"user --nonsense show --js":        {"--json"},
		"authenticator add --type ":        {"hotp", "totp", "mdl"},
		"authenticator add --type=h":       {"--type=hotp"},
		"authenticator add --type = h":     {"hotp"}, // as bash splits it
		"authenticator add --type =":       {"hotp", "totp", "mdl"},
		"authenticator list --type ":       {"hotp", "totp", "mdl"},
		"completion ":                      {"bash", "zsh", "fish"},
		"phone mdl m":                      {"message1", "message2"},
		"phone scan ":                      nil, // a file
		"serve --record ":                  nil, // likewise
		"serve --nonsense=":                nil,
		"phone mdl device-code --type and": {"android"},
	} {
		words := strings.Split(line, " ")
		var got []string
		for _, candidate := range complete(commandLine(t).Model.Node, words[:len(words)-1], words[len(words)-1]) {
			word, _, _ := strings.Cut(candidate, "\t")
			got = append(got, word)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%q: %q, want %q", line, got, want)
		}
	}
	all := complete(commandLine(t).Model.Node, []string{"tls", "renew"}, "-")
	if !slices.Contains(all, "--new-ca\tMake a new CA too") || !slices.Contains(all, "--help\tShow this help") {
		t.Errorf("flags of tls renew: %q", all)
	}
	for _, candidate := range complete(commandLine(t).Model.Node, nil, "") {
		if strings.HasPrefix(candidate, "complete\t") {
			t.Error("the command that completes is shown")
		}
	}
}
