package provisioning

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dsappd/dsappd/internal/server/operation"
)

// The page is written from the table of commands; with -update, anew.
func TestCommandsDocument(t *testing.T) {
	const path = "../../../docs/commands.md"
	update := flag.Lookup("update") != nil && flag.Lookup("update").Value.String() == "true"
	want := commandsDocument()
	if update {
		if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("docs/commands.md is not the table's (go test ./internal/server/provisioning -update writes it):\n%s", diff)
	}
}

func TestMain(m *testing.M) {
	flag.Bool("update", false, "write docs/commands.md anew")
	os.Exit(m.Run())
}

const commandsOpening = `# The commands of provisioningExecute

provisioningExecute takes a command and its attributes and answers with
attributes. This page is written from the table that the server reads requests
with (` + "`internal/server/provisioning/commands.go`" + `), and a test compares the two.

Each attribute is a value under an xsi:type of XML Schema, an attributeID and,
if need be, attributeOptions, in any order. The value may have any type of its
kind: any integer type whose range holds the value, any text type, and for both
any type of the vendor's namespaces or of a prefix that is declared nowhere. A
value without xsi:type is read as what its attribute should be. Null says that
there is no value; negative is refused, because no command searches; masked
says that a value is not to be shown.

An attribute that other commands take and this one does not is passed over, and
so is one that says the same again. The log names what is passed over. A
missing, unknown or wrongly typed attribute, and one that is repeated with
another value, is refused by its name with -2, and nothing is counted.
PROVFLD_CUSTOM_ENCRYPT_PWD is refused: how the vendor encrypts under it is not
public. A strict server (` + "`dsappd serve --strict`" + `) takes each attribute once, of
exactly the type below, and no other.

The trace and the log show no attribute's value, masked or not. The audit shows
only whom a command is about, masked or not: component type, user, domain,
serial number and registration. What is masked is also left out of the words of
a refusal.

Names marked "ours" are not the vendor's.
`

func commandsDocument() string {
	var b strings.Builder
	b.WriteString(commandsOpening)
	table, err := newCommandTable()
	if err != nil {
		panic(err)
	}
	for _, c := range commands() {
		fmt.Fprintf(&b, "\n## %s\n\n%s\n\n| attribute | in | out | type | value |\n|---|---|---|---|---|\n", c.Name, c.about)
		ids := c.In()
		for _, id := range c.Out {
			if !slices.Contains(ids, id) {
				ids = append(ids, id)
			}
		}
		for _, id := range ids {
			writeAttribute(&b, c, table.Attributes[attributePrefix+id])
		}
	}
	return b.String()
}

func writeAttribute(b *strings.Builder, c command, a operation.Attribute) {
	in, out, marks := "-", "-", ""
	switch {
	case slices.Contains(c.Required, a.ID):
		in = "required"
	case slices.Contains(c.OneOf, a.ID):
		in = "exactly one"
	case slices.Contains(c.Optional, a.ID):
		in = "optional"
	}
	if slices.Contains(c.Out, a.ID) {
		out = "yes"
	}
	if a.Masked {
		marks += ", masked"
	}
	if a.Ours {
		marks += ", ours"
	}
	fmt.Fprintf(b, "| %s%s | %s | %s | xsd:%s | %s%s |\n", attributePrefix, a.ID, in, out, a.Type, a.Takes, marks)
}
