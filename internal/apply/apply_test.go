package apply_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/dsappd/dsappd/internal/apply"
	"github.com/dsappd/dsappd/internal/datafolder"
	"github.com/dsappd/dsappd/internal/operators"
)

// open opens the operators' door of an empty folder in memory.
func open(t *testing.T) *operators.Door {
	t.Helper()
	folder, err := datafolder.OpenMemory(t.Context(), datafolder.MemoryOptions{}, datafolder.Source{}.WithDefaults())
	if err != nil {
		t.Fatal(err)
	}
	door := operators.InProcess(folder, "alice", slog.New(slog.DiscardHandler))
	t.Cleanup(func() {
		if err := errors.Join(door.Close(), folder.Close()); err != nil {
			t.Error(err)
		}
	})
	return door
}

// made applies a text and returns the lines of what it did.
func made(t *testing.T, door *operators.Door, text string, prune bool) (lines []string, err error) {
	t.Helper()
	file, err := apply.Parse(text)
	if err != nil {
		return nil, err
	}
	plan, err := apply.Plan(t.Context(), &door.Client, file, prune)
	if err != nil {
		return nil, err
	}
	err = apply.Make(context.WithoutCancel(t.Context()), &door.Client, plan, func(c apply.Change) { lines = append(lines, c.String()) })
	return lines, err
}

const whole = `
[[domain]]
name = "lab"
description = "A lab"

[[policy]]
name = "child"
parent = "base"
set = { Explain = true }

[[policy]]
name = "base"
parent = "Provisioning"
set = { LockThreshold = 5, LocalAuthentication = "Digipass Only" }

[[component]]
type = "my-bank"
location = "10.0.0.0/8"
policy = "child"

[[user]]
id = "anna"
domain = "lab"
password = "Password2"

[[user]]
id = "otto"
domain = "lab"
password = "Password2"
disabled = true

[[authenticator]]
serial = "VDS2000001"
domain = "lab"
user = "anna"
secret = "3132333435363738393031323334353637383930"
type = "HOTP"
algorithm = "SHA1"

[[authenticator]]
serial = "VDM2000001"
domain = "lab"
limit = 3

[[gateway_key]]
name = "front"
side = "front"

[[platform_key]]
name = "ci"
`

// A file is made so, and made again it changes nothing.
func TestApplyIsIdempotent(t *testing.T) {
	t.Parallel()
	door := open(t)
	lines, err := made(t, door, whole, false)
	if err != nil || len(lines) != 12 {
		t.Errorf("%v\n%s", err, strings.Join(lines, "\n"))
	}
	for _, prune := range []bool{false, true} {
		if lines, err := made(t, door, whole, prune); err != nil || len(lines) != 0 {
			t.Errorf("again, prune %v: %v\n%s", prune, err, strings.Join(lines, "\n"))
		}
	}
}

// What the file says otherwise is changed, and nothing else.
func TestApplyChanges(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ from, to, want string }{
		{`"A lab"`, `"Our lab"`, `~ domain lab: description "Our lab"`},
		{`LockThreshold = 5`, `LockThreshold = 6`, `~ policy base: sets {"LockThreshold":6}`},
		{`LockThreshold = 5, `, ``, `~ policy base: unsets LockThreshold`},
		{`parent = "base"`, `parent = "Provisioning"`, `~ policy child: parent Provisioning`},
		{`policy = "child"`, `policy = "base"`, `~ component my-bank at 10.0.0.0/8: policy child becomes base`},
		{`disabled = true`, ``, `~ user otto of lab: enabled`},
		{`user = "anna"`, ``, `~ authenticator VDS2000001: taken from anna`},
		{`user = "anna"`, `user = "otto"`, "~ authenticator VDS2000001: taken from anna\n~ authenticator VDS2000001: assigned to otto"},
	} {
		door := open(t)
		if _, err := made(t, door, strings.Replace(whole, "disabled = true", map[bool]string{true: "", false: "disabled = true"}[strings.Contains(c.to, "otto")], 1), false); err != nil {
			t.Fatal(err)
		}
		then := strings.Replace(whole, c.from, c.to, 1)
		if strings.Contains(c.to, "otto") {
			then = strings.Replace(then, "disabled = true", "", 1)
		}
		lines, err := made(t, door, then, false)
		if got := strings.Join(lines, "\n"); err != nil || got != c.want {
			t.Errorf("%s to %s: %v\n%s\nwant\n%s", c.from, c.to, err, got, c.want)
		}
	}
}

// Only prune deletes, in an order that leaves nothing without what it refers to,
// and only in tables that the file has.
func TestApplyPrunes(t *testing.T) {
	t.Parallel()
	door := open(t)
	if _, err := made(t, door, whole, false); err != nil {
		t.Fatal(err)
	}
	rest := `
[[user]]
id = "eve"
password = "Password2"
[[authenticator]]
serial = "VDS2000009"
[[component]]
type = "other"
policy = "Provisioning"
[[policy]]
name = "last"
[[domain]]
name = "next"
`
	if lines, err := made(t, door, rest, false); err != nil || strings.Contains(strings.Join(lines, "\n"), "- ") {
		t.Errorf("without prune: %v\n%s", err, strings.Join(lines, "\n"))
	}
	lines, err := made(t, door, rest, true)
	want := []string{"~ authenticator VDS2000001: taken from anna", "- authenticator VDS2000001", "- user anna of lab", "- user otto of lab",
		"- component my-bank at 10.0.0.0/8", "- policy child", "- policy base", "- domain lab"}
	want = append([]string{"- authenticator VDM2000001"}, want...)
	if err != nil || fmt.Sprint(lines) != fmt.Sprint(want) {
		t.Errorf("%v\n%s\nwant\n%s", err, strings.Join(lines, "\n"), strings.Join(want, "\n"))
	}
}

// A file that would leave something without what it refers to is refused before
// anything changes, with each fault.
func TestApplyRefuses(t *testing.T) {
	t.Parallel()
	door := open(t)
	if _, err := made(t, door, whole, false); err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]string{
		`[[user]`:                    "cannot be applied",
		"[[user]]\nname = \"anna\"":  "says nothing here",
		"[[user]]\npassword = \"x\"": "has no id",
		"[[user]]\nid = \"new\"":     "needs a password",
		"[[domain]]\nname = \"a\"\n[[domain]]\nname = \"a\"":                "is there twice",
		"[[component]]\ntype = \"x\"\npolicy = \"nope\"":                    "the policy nope",
		"[[component]]\ntype = \"x\"\nlocation = \"moon\"":                  "moon",
		"[[user]]\nid = \"x\"\ndomain = \"nope\"\npassword = \"Password2\"": "the domain nope",
		"[[authenticator]]\nserial = \"VDS2000008\"\nuser = \"nobody\"":     "the user nobody of master",
		"[[gateway_key]]\nname = \"front\"\nside = \"back\"":                "changes none",
		"[[policy]]\nname = \"other\"":                                      "prune: component my-bank at 10.0.0.0/8 would refer to the policy child",
		"[[domain]]\nname = \"other\"":                                      "prune: user anna would refer to the domain lab",
	} {
		want, prune := strings.CutPrefix(want, "prune: ")
		lines, err := made(t, door, text, prune)
		if !errors.Is(err, apply.ErrFile) || len(lines) > 0 || !strings.Contains(err.Error(), strings.TrimPrefix(want, "prune: ")) {
			t.Errorf("%q: %v, %v, want %q", text, lines, err, want)
		}
	}
	if lines, err := made(t, door, whole, true); err != nil || len(lines) != 0 {
		t.Errorf("what was refused has changed something: %v %v", lines, err)
	}
}
