//go:build clients && !race

package main

import (
	"bytes"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/go-ldap/ldap/v3"

	"github.com/dsappd/dsappd/internal/datafolder"
)

const slapdConf = `include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
moduleload back_mdb
modulepath /usr/lib/ldap
sizelimit size.soft=100 size.hard=soft size.pr=500 size.prtotal=unlimited
database mdb
suffix "dc=example"
rootdn "cn=admin,dc=example"
rootpw secret
directory %s
`

// startSlapd serves a directory with so many people at a socket.
func startSlapd(t *testing.T, people int) string {
	t.Helper()
	dir := t.TempDir()
	conf, database := filepath.Join(dir, "slapd.conf"), filepath.Join(dir, "db")
	entries := strings.Builder{}
	entries.WriteString("dn: dc=example\nobjectClass: dcObject\nobjectClass: organization\no: Example\ndc: example\n")
	for n := range people {
		fmt.Fprintf(&entries, "\ndn: uid=user%d,dc=example\nobjectClass: inetOrgPerson\nuid: ldap%d\ncn: Person %d\nsn: Person\nmail: p%d@example.com\nemployeeType: %d\n", n, n, n, n, n%2)
	}
	if err := os.Mkdir(database, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(conf, fmt.Appendf(nil, slapdConf, database), 0o600); err != nil {
		t.Fatal(err)
	}
	adding := exec.Command("/usr/sbin/slapadd", "-q", "-f", conf)
	adding.Stdin = strings.NewReader(entries.String())
	if out, err := adding.CombinedOutput(); err != nil {
		t.Fatalf("slapadd: %v: %s", err, out)
	}
	socket := "ldapi://" + url.PathEscape(filepath.Join(dir, "s"))
	serving := exec.Command("/usr/sbin/slapd", "-d", "0", "-f", conf, "-h", socket)
	if err := serving.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = serving.Process.Kill(); _ = serving.Wait() })
	for until := time.Now().Add(time.Minute); ; time.Sleep(20 * time.Millisecond) {
		conn, err := ldap.DialURL("ldapi://" + filepath.Join(dir, "s"))
		if err == nil {
			conn.Close()
			return "ldapi://" + filepath.Join(dir, "s")
		}
		if time.Now().After(until) {
			t.Fatal(err)
		}
	}
}

// Users come from a real directory, in pages, and once.
func TestImportFromSlapd(t *testing.T) {
	address := startSlapd(t, 1200)
	dir := filepath.Join(t.TempDir(), "data")
	if err := datafolder.Init(t.Context(), dir, datafolder.InitOptions{}); err != nil {
		t.Fatal(err)
	}
	password := filepath.Join(t.TempDir(), "password")
	if err := os.WriteFile(password, []byte("secret\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	command := func(more ...string) (string, int) {
		var out bytes.Buffer
		args := append([]string{"user", "import-ldap", "--dir", dir, "--url", address, "--base", "dc=example", "--bind-dn", "cn=admin,dc=example", "--password-file", password}, more...)
		code := run(args, streams{In: strings.NewReader(""), Out: &out, Err: &out})
		return out.String(), code
	}
	for _, step := range []struct {
		flags []string
		code  int
		want  string
	}{
		{[]string{"--plan", "--filter", "(uid=ldap7)"}, 0, "ldap7: would be added (uid=user7,dc=example)"},
		{[]string{"--filter", "(employeeType=1)", "--map", "description=employeeType"}, 0, "added 600 users"},
		{nil, 0, "added 600 users"},
		{nil, 0, "added 0 users"},
		{[]string{"--plan", "--filter", "(uid=ldap7)"}, 0, "ldap7: is there already (uid=user7,dc=example)"},
		{[]string{"--filter", "(uid=ldap7"}, 1, "filter"},
		{[]string{"--base", "dc=nowhere"}, 1, "dc=nowhere"},
		{[]string{"--map", "pin=uid"}, 1, "the fields are"},
	} {
		if out, code := command(step.flags...); code != step.code || !strings.Contains(out, step.want) {
			t.Errorf("%q: exit %d: %s; want %d and %q", step.flags, code, out, step.code, step.want)
		}
	}
	var shown bytes.Buffer
	if code := run([]string{"user", "show", "--dir", dir, "ldap7"}, streams{Out: &shown, Err: &shown}); code != 0 || !strings.Contains(shown.String(), "p7@example.com") {
		t.Errorf("ldap7 is %s", shown.String())
	}
}
