package bulk

import (
	"fmt"
	"io"
	"strings"

	"github.com/go-ldap/ldap/v3"
)

// Search says which entries of a directory are users.
type Search struct {
	Base    string
	Filter  string // RFC 4515
	Mapping Mapping
	Domain  string // of the users; empty: the default one
}

// ldapPage is how many entries a directory is asked for at once (RFC 2696).
const ldapPage = 500

// ldapSource reads entries that a directory finds, page by page.
type ldapSource struct {
	directoryNames
	conn    ldap.Client
	search  Search
	paging  *ldap.ControlPaging
	entries []*ldap.Entry
	number  int
	ended   bool
}

// LDAP reads the entries that a search below its base finds. Those without a user ID
// are passed over.
func LDAP(conn ldap.Client, search Search) (Source, error) {
	if _, err := ldap.CompileFilter(search.Filter); err != nil {
		return nil, fmt.Errorf("the filter %q: %w", search.Filter, err)
	}
	return &ldapSource{conn: conn, search: search, paging: ldap.NewControlPaging(ldapPage)}, nil
}

func (s *ldapSource) Next() (Row, error) {
	for len(s.entries) == 0 {
		if s.ended {
			return Row{}, io.EOF
		}
		if err := s.page(); err != nil {
			return Row{}, fmt.Errorf("search %s: %w", s.search.Base, err)
		}
	}
	found := s.entries[0]
	s.entries = s.entries[1:]
	s.number++
	e := entry{dn: found.DN, attributes: make(map[string][]string, len(found.Attributes))}
	for _, attribute := range found.Attributes {
		name, _, _ := strings.Cut(strings.ToLower(attribute.Name), ";")
		e.attributes[name] = append(e.attributes[name], attribute.Values...)
	}
	return s.search.Mapping.row(s.number, e, s.search.Domain), nil
}

// page asks for the next entries.
func (s *ldapSource) page() error {
	request := ldap.NewSearchRequest(s.search.Base, ldap.ScopeWholeSubtree, ldap.NeverDerefAliases, 0, 0, false,
		s.search.Filter, s.search.Mapping.Attributes(), []ldap.Control{s.paging})
	result, err := s.conn.Search(request)
	if err != nil {
		return err
	}
	s.entries = result.Entries
	next, is := ldap.FindControl(result.Controls, ldap.ControlTypePaging).(*ldap.ControlPaging)
	if !is || len(next.Cookie) == 0 {
		s.ended = true
		return nil
	}
	s.paging.SetCookie(next.Cookie)
	return nil
}
