package bulk_test

import (
	"encoding/base64"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dsappd/dsappd/internal/bulk"
)

const people = "\ufeffversion: 1\r\n# a comment\r\n  that goes on\r\n" +
	"\r\ndn: ou=people,dc=example\r\nobjectClass: organizationalUnit\r\nou: people\r\n" +
	"\r\ndn: uid=anna,ou=people,dc=example\r\nuid: anna\r\ncn: Anna\r\ncn;lang-en: Ann\r\ndisplayName:: QW5uYSDEjA==\r\nmail: anna@exa\r\n mple.com\r\nou:  Sales \r\nuserPassword: {ARGON2}$argon2id$x\r\n" +
	"\n\n\ndn: cn=Bob\nsAMAccountName: bob\nuserAccountControl: 514\ndescription:<file:///etc/passwd\n" +
	"\ndn: cn=Carl\nsAMAccountName: carl\nuserAccountControl: 514\n" +
	"\nuid: dora\n" +
	"\ndn: uid=emil\nchangetype: modify\n-\n" +
	"\ndn:: %%%\nuid: emil\n" +
	"\ndn: uid=fritz\nuid: fritz\nno colon\n" +
	"\ndn: uid=gina\nchangetype: add\nuid: gina"

func described(row bulk.Row) string {
	switch {
	case row.Refused != nil:
		return "refused: " + row.Refused.Error()
	case row.Skipped != "":
		return "skipped: " + row.Skipped
	}
	u := row.User
	text := strings.Join([]string{u.UserID, u.Name, u.Email, u.OrgUnit, u.PasswordHash}, "|")
	if u.Disabled {
		text += "|disabled"
	}
	return text
}

func TestLDIF(t *testing.T) {
	t.Parallel()
	mapping := bulk.DefaultMapping()
	if err := mapping.Set("passwordHash=userPassword"); err != nil {
		t.Fatal(err)
	}
	source := bulk.LDIF(strings.NewReader(people), mapping, "")
	var got []string
	for {
		row, err := source.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, described(row))
	}
	want := []string{
		"skipped: it has no user ID",
		"anna|Anna Č|anna@example.com|Sales|$argon2id$x",
		"refused: line 24: its description is in another file, which is not read",
		"carl|||||disabled",
		"refused: line 30: an entry has to begin with its dn",
		"refused: line 33: it is a change of an entry (modify), not an entry",
		"refused: line 36: its dn is not base64",
		"refused: line 41: it has no colon",
		"gina||||",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	for _, bad := range []string{"userID", "pin=x", "=uid"} {
		if err := mapping.Set(bad); err == nil {
			t.Errorf("the mapping %q is taken", bad)
		}
	}
}

// A file of any bytes ends, and no entry is lost before the fault.
func FuzzLDIF(f *testing.F) {
	f.Add([]byte(people))
	f.Add([]byte("dn: x\nuid:: " + base64.StdEncoding.EncodeToString([]byte{0xff})))
	f.Fuzz(func(t *testing.T, text []byte) {
		source := bulk.LDIF(strings.NewReader(string(text)), bulk.DefaultMapping(), "")
		for n := 0; n <= len(text)+1; n++ {
			if _, err := source.Next(); err != nil {
				return
			}
		}
		t.Error("the file does not end")
	})
}
