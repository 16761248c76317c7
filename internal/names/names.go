// Package names prepares user IDs, domains and passwords for comparison, as RFC
// 8265 has it (PRECIS): two texts that mean one name become one text.
package names

import (
	"errors"
	"fmt"
	"strings"
	"unicode"

	"golang.org/x/text/secure/precis"
	"golang.org/x/text/unicode/norm"
)

// ErrDisallowed is wrapped by errors about a text that is no name. What it says
// after it names the character.
var ErrDisallowed = errors.New("no name may hold")

// preparations bounds how often a profile is applied until nothing changes
// (RFC 8264, section 7).
const preparations = 4

// The profiles for symbols, such as U+2019 in a name, which the usernames of RFC
// 8265 have not: the same mappings over the FreeformClass of RFC 8264. It has
// no character that cannot be seen.
var (
	symbols       = precis.NewFreeform(precis.FoldWidth, precis.Norm(norm.NFC))
	symbolsMapped = precis.NewFreeform(precis.FoldWidth, precis.LowerCase(), precis.Norm(norm.NFC))
)

// UserID returns a user ID as it is compared, with its case preserved. Parts
// that spaces divide are prepared each (RFC 8265, section 3.5). The error wraps
// ErrDisallowed.
func UserID(text string) (string, error) { return name(text, precis.UsernameCasePreserved, symbols) }

// Domain returns a domain as it is compared, in lower case. The error wraps
// ErrDisallowed.
func Domain(text string) (string, error) { return name(text, precis.UsernameCaseMapped, symbolsMapped) }

// Password returns a password as it is hashed. What the profile OpaqueString
// refuses, such as a character that is newer than its tables, stays as it is.
func Password(text string) string {
	prepared, err := prepare(precis.OpaqueString, text)
	if err != nil {
		return text
	}
	return prepared
}

// name prepares each part by the first profile, or else by the second.
func name(text string, profile, other *precis.Profile) (string, error) {
	parts := strings.Split(Trim(text), " ")
	for i, part := range parts {
		prepared, err := prepare(profile, part)
		if err != nil {
			prepared, err = prepare(other, part)
		}
		if err != nil {
			return "", fmt.Errorf("%w %s (RFC 8264)", ErrDisallowed, offence(other, part))
		}
		parts[i] = prepared
	}
	return strings.Join(parts, " "), nil
}

func prepare(profile *precis.Profile, text string) (string, error) {
	for range preparations {
		if text == "" {
			return "", nil
		}
		prepared, err := profile.String(text)
		if err != nil || prepared == text {
			return prepared, err
		}
		text = prepared
	}
	return text, nil
}

// offence names the first character that a profile refuses by itself, or what
// else is wrong.
func offence(profile *precis.Profile, text string) string {
	for _, r := range text {
		if _, err := prepare(profile, string(r)); err != nil && !unicode.IsMark(r) {
			return fmt.Sprintf("the character %U", r)
		}
	}
	return "a character that depends on the ones beside it where these are not"
}

// Trim takes away what is around a name and is not meant: white space, and
// characters without width. Every other space within becomes U+0020.
func Trim(text string) string {
	other := func(r rune) bool { return unicode.Is(unicode.Zs, r) && r != ' ' }
	if strings.ContainsFunc(text, other) { // else what is not UTF-8 stays as it is
		text = strings.Map(func(r rune) rune {
			if other(r) {
				return ' '
			}
			return r
		}, text)
	}
	return strings.TrimFunc(text, func(r rune) bool {
		return unicode.IsSpace(r) || strings.ContainsRune("\u200b\u200e\u200f\u2060\ufeff", r)
	})
}

// Qualified names a user by ID and domain.
type Qualified struct{ UserID, Domain string }

// Splits returns the ways in which a user ID may name a domain too: user@domain
// and DOMAIN\user, in this order.
func Splits(userID string) []Qualified {
	var all []Qualified
	if at := strings.LastIndexByte(userID, '@'); at > 0 && at < len(userID)-1 {
		all = append(all, Qualified{UserID: userID[:at], Domain: userID[at+1:]})
	}
	if at := strings.IndexByte(userID, '\\'); at > 0 && at < len(userID)-1 {
		all = append(all, Qualified{UserID: userID[at+1:], Domain: userID[:at]})
	}
	return all
}
