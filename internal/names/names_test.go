package names_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/dsappd/dsappd/internal/names"
)

func TestNames(t *testing.T) {
	for _, c := range []struct{ text, userID, domain string }{
		{"user1", "user1", "user1"},
		{"Mu\u0308ller", "M\u00fcller", "m\u00fcller"},
		{"M\u00fcller", "M\u00fcller", "m\u00fcller"},
		{" \t\r\nuser\u00a0", "user", "user"},
		{"\ufeffuser\u200b\u2060", "user", "user"},
		{"Anna Mu\u0308ller", "Anna M\u00fcller", "anna m\u00fcller"},
		{"a\u3000 b", "a  b", "a  b"},
		{"\uff21\uff22", "AB", "ab"},
		{"user.name+x@host", "user.name+x@host", "user.name+x@host"},
		{`DOM\u`, `DOM\u`, `dom\u`},
		{"\u05d0\u05d1", "\u05d0\u05d1", "\u05d0\u05d1"},
		{"\u0915\u094d\u200d\u0937", "\u0915\u094d\u200d\u0937", "\u0915\u094d\u200d\u0937"},
		{"O\u2019Bri\u0308en", "O\u2019Br\u00efen", "o\u2019br\u00efen"},
		{"a\u2192B", "a\u2192B", "a\u2192b"},
		{"ab\u05d0", "ab\u05d0", "ab\u05d0"},
		{"", "", ""},
	} {
		userID, err := names.UserID(c.text)
		domain, domainErr := names.Domain(c.text)
		if userID != c.userID || domain != c.domain || err != nil || domainErr != nil {
			t.Errorf("%+q: user ID %+q, %v; domain %+q, %v", c.text, userID, err, domain, domainErr)
		}
	}
	for text, want := range map[string]string{
		"us\u200ber": "the character U+200B", "a\x00": "the character U+0000", "ok us\u200ber": "U+200B",
		"us\u200der": "U+200D", "a\u00b7b": "U+00B7", "\u00ad": "U+00AD",
	} {
		for _, prepare := range []func(string) (string, error){names.UserID, names.Domain} {
			if got, err := prepare(text); !errors.Is(err, names.ErrDisallowed) || !strings.Contains(fmt.Sprint(err), want) {
				t.Errorf("%+q: %q, %v", text, got, err)
			}
		}
	}
}

func TestPassword(t *testing.T) {
	for text, want := range map[string]string{
		"scho\u0308n": "sch\u00f6n", " a\u00a0b ": " a b ", "Password2": "Password2", "\uff21": "\uff21",
		"\U0001f600": "\U0001f600", "a\u200bb": "a\u200bb", "": "",
	} {
		if got := names.Password(text); got != want {
			t.Errorf("%+q: %+q, want %+q", text, got, want)
		}
	}
}

func TestSplits(t *testing.T) {
	for text, want := range map[string]string{
		"user": "[]", "user@dom": "[{user dom}]", `DOM\user`: "[{user DOM}]", "a@b@c": "[{a@b c}]",
		`A\b@c`: `[{A\b c} {b@c A}]`, "@dom": "[]", "user@": "[]", `\user`: "[]", `DOM\`: "[]",
	} {
		if got := fmt.Sprint(names.Splits(text)); got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
}

// FuzzNames holds any text to this: what is prepared stays as it is when it is
// prepared again, and white space around it changes nothing.
func FuzzNames(f *testing.F) {
	for _, text := range []string{"user1", "Mu\u0308ller", " a\u00a0b\n", "\uff21", "us\u200ber", "\u0130", "\u03a3", "\xff", "\u1e9e"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, prepare := range []func(string) (string, error){names.UserID, names.Domain} {
			once, err := prepare(text)
			if err != nil {
				continue
			}
			if twice, err := prepare(once); twice != once || err != nil {
				t.Errorf("%+q became %+q, and then %+q, %v", text, once, twice, err)
			}
			if around, err := prepare("\r\n " + text + "\u3000"); around != once || err != nil {
				t.Errorf("%+q became %+q, and with white space around %+q, %v", text, once, around, err)
			}
		}
		if once := names.Password(text); names.Password(once) != once {
			t.Errorf("the password %+q became %+q, and then %+q", text, once, names.Password(once))
		}
	})
}
