package bulk

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/dsappd/dsappd/internal/server/admin"
)

// Mapping says which attributes of a directory's entries a user's fields come from:
// the first one that an entry has.
type Mapping map[string][]string

// DefaultMapping maps what OpenLDAP's inetOrgPerson (RFC 2798) and Active
// Directory have. Passwords are not taken over unless passwordHash is mapped.
func DefaultMapping() Mapping {
	return Mapping{
		"userID": {"uid", "sAMAccountName"}, "name": {"displayName", "cn"}, "email": {"mail"}, "mobile": {"mobile"},
		"phone": {"telephoneNumber"}, "description": {"description"}, "orgUnit": {"ou"}, "disabled": {"userAccountControl"},
	}
}

// mappable lists the fields that a mapping may have.
func mappable() []string {
	return append(slices.Sorted(maps.Keys(DefaultMapping())), "passwordHash")
}

// Set changes the mapping by a text such as userID=mail,uid. Without an attribute,
// the field stays empty.
func (m Mapping) Set(text string) error {
	field, attributes, is := strings.Cut(text, "=")
	if !is || !slices.Contains(mappable(), field) {
		return fmt.Errorf("the mapping %q is not of the form FIELD=ATTRIBUTE: the fields are %s", text, strings.Join(mappable(), ", "))
	}
	if delete(m, field); attributes != "" {
		m[field] = strings.Split(attributes, ",")
	}
	return nil
}

// Attributes lists all that are mapped.
func (m Mapping) Attributes() []string {
	var all []string
	for _, names := range m {
		all = append(all, names...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// entry is an entry of a directory; the names of attributes are in lower case.
type entry struct {
	dn         string
	attributes map[string][]string
}

func (e entry) first(names []string) string {
	for _, name := range names {
		if values := e.attributes[strings.ToLower(name)]; len(values) > 0 {
			return strings.TrimSpace(values[0])
		}
	}
	return ""
}

// row makes a row of an entry.
func (m Mapping) row(number int, e entry, domain string) Row {
	row := Row{Number: number, name: e.dn}
	user := &admin.ImportUser{}
	user.Domain = domain
	for field, into := range map[string]*string{
		"userID": &user.UserID, "name": &user.Name, "email": &user.Email, "mobile": &user.Mobile, "phone": &user.Phone,
		"description": &user.Description, "orgUnit": &user.OrgUnit, "passwordHash": &user.PasswordHash,
	} {
		if *into = e.first(m[field]); !utf8.ValidString(*into) {
			row.Refused = fmt.Errorf("%s: its %s is not text", e.dn, field)
		}
	}
	user.PasswordHash = directoryHash(user.PasswordHash)
	user.Disabled = isDisabled(e.first(m["disabled"]))
	if user.UserID == "" && row.Refused == nil {
		row.Skipped = "it has no user ID"
	}
	row.User = user
	return row
}

// directoryHash takes the scheme away that OpenLDAP writes before a hash.
func directoryHash(value string) string {
	for _, scheme := range []string{"{ARGON2}", "{CRYPT}"} {
		if len(value) > len(scheme) && strings.EqualFold(value[:len(scheme)], scheme) {
			return value[len(scheme):]
		}
	}
	return value
}

// isDisabled reads the bit ACCOUNTDISABLE of Active Directory's userAccountControl,
// or a word.
func isDisabled(value string) bool {
	if flags, err := strconv.ParseUint(value, 10, 32); err == nil {
		return flags&2 != 0
	}
	return strings.EqualFold(value, "true") || strings.EqualFold(value, "yes")
}

// NewRefusals begins a list of entries by their names.
func (directoryNames) NewRefusals() Refusals { return &pskcRefusals{} }

// directoryNames tells of refused entries.
type directoryNames struct{}

var errNoEntry = errors.New("an entry has to begin with its dn")
