package dsappd_test

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dsappd/dsappd/internal/server/administration"
	"github.com/dsappd/dsappd/internal/server/authentication"
	"github.com/dsappd/dsappd/internal/server/operation"
	"github.com/dsappd/dsappd/internal/server/signature"
)

var update = flag.Bool("update", false, "write docs/attributes.md anew")

// The page is written from the tables that the doors read requests with; with
// -update, anew.
func TestAttributesDocument(t *testing.T) {
	logins, err := authentication.References()
	if err != nil {
		t.Fatal(err)
	}
	signatures, err := signature.References()
	if err != nil {
		t.Fatal(err)
	}
	objects, err := administration.References()
	if err != nil {
		t.Fatal(err)
	}
	want := attributesDocument(slices.Concat(logins, signatures, objects))
	const path = "docs/attributes.md"
	if *update {
		if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("%s is not the tables' (go test -run Attributes -update . writes it):\n%s", path, diff)
	}
}

const attributesOpening = `# Attributes of authentication, signature and administration

Which attribute goes with which operation or command, and what values it takes.
[Authentication](authentication.md), [signature](signature.md) and
[administration](administration.md) say what they mean. This page is written from the tables that the server reads requests
with, and a test compares the two.

A command needs the attributes that are marked with it in bold. It passes over
others of its table, unless the server is strict (` + "`dsappd serve --strict`" + `). A
search takes every attribute, by its value, or by the option null.

An integer may have any integer type, and any value may come as a text. "Read" says
whether replies can have the attribute; without a value they leave it out. Names
marked "ours" are not the vendor's.
`

func attributesDocument(all []operation.Reference) string {
	var b strings.Builder
	b.WriteString(attributesOpening)
	for _, r := range all {
		fmt.Fprintf(&b, "\n## %s\n\nThe names begin with `%s`.\n\n| attribute | type | sent to | read | value |\n|---|---|---|---|---|\n", r.Title, r.Prefix)
		for _, a := range r.Attributes {
			if sent, read := sentTo(r, a.ID), isRead(r, a.ID); sent != "" || read != "" {
				fmt.Fprintf(&b, "| %s | %s | %s | %s | %s |\n", a.ID, a.Type, orDash(sent), orDash(read), orDash(takes(a)))
			}
		}
	}
	return b.String()
}

// sentTo lists the commands that take an attribute, in bold those that need it.
func sentTo(r operation.Reference, id string) string {
	var names []string
	for _, f := range r.Forms {
		_, cmd, found := strings.Cut(f.Name, "CMD_")
		if !found {
			cmd = f.Name
		}
		switch {
		case slices.Contains(f.Required, id):
			names = append(names, "**"+cmd+"**")
		case slices.Contains(f.In(), id):
			names = append(names, cmd)
		}
	}
	if len(names) > 1 && len(names) == len(r.Forms) && !slices.ContainsFunc(names, func(n string) bool { return !strings.HasPrefix(n, "**") }) {
		return "**all**"
	}
	return strings.Join(names, ", ")
}

func isRead(r operation.Reference, id string) string {
	read := slices.Contains(r.Read, id)
	for _, f := range r.Forms {
		read = read || slices.Contains(f.Out, id)
	}
	if read {
		return "yes"
	}
	return ""
}

func takes(a operation.Attribute) string {
	words := a.Takes
	if a.Masked {
		words = strings.TrimPrefix(words+", masked", ", ")
	}
	if a.Ours {
		words = strings.TrimPrefix(words+", ours", ", ")
	}
	return words
}

func orDash(text string) string {
	if text == "" {
		return "-"
	}
	return text
}
