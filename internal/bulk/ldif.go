package bulk

import (
	"bufio"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"strings"
)

// ldifSource reads entries of LDIF.
type ldifSource struct {
	directoryNames
	lines   *bufio.Scanner
	mapping Mapping
	domain  string

	number  int    // of the line that was read last
	pending string // a line that is read and belongs to the next
	begun   int    // the line that pending began at
	more    bool
}

// LDIF reads entries of LDIF (RFC 2849). Entries without a user ID are passed over.
// Files of changes are refused but for changetype: add.
func LDIF(from io.Reader, mapping Mapping, domain string) Source {
	lines := bufio.NewScanner(from)
	lines.Buffer(nil, 1<<20) // an entry may hold a picture, in lines of any length
	s := &ldifSource{lines: lines, mapping: mapping, domain: domain}
	s.advance()
	return s
}

// advance reads the next line.
func (s *ldifSource) advance() {
	if s.more = s.lines.Scan(); s.more {
		s.number++
		s.pending, s.begun = strings.TrimSuffix(s.lines.Text(), "\r"), s.number
		if s.number == 1 {
			s.pending = strings.TrimPrefix(s.pending, "\ufeff")
		}
	}
}

// line returns the next line, unfolded; a comment is passed over.
func (s *ldifSource) line() (text string, number int, ok bool) {
	for s.more {
		var folded strings.Builder
		folded.WriteString(s.pending)
		number = s.begun
		for s.advance(); s.more && strings.HasPrefix(s.pending, " "); s.advance() {
			folded.WriteString(s.pending[1:])
		}
		if text = folded.String(); !strings.HasPrefix(text, "#") {
			return text, number, true
		}
	}
	return "", 0, false
}

// Next reads an entry. What is no entry is refused, and the next one is read.
func (s *ldifSource) Next() (Row, error) {
	e, first, err := entry{attributes: map[string][]string{}}, 0, error(nil)
	for {
		text, number, ok := s.line()
		if !ok || text == "" {
			if first > 0 || !ok {
				break
			}
			continue
		}
		if first == 0 && strings.HasPrefix(strings.ToLower(text), "version:") {
			continue
		}
		if first == 0 {
			first = number
		}
		if err == nil {
			if err = e.read(text); err != nil {
				err = fmt.Errorf("line %d: %w", number, err)
			}
		}
	}
	switch ended := s.lines.Err(); {
	case errors.Is(ended, bufio.ErrTooLong):
		return Row{}, fmt.Errorf("%w: line %d is longer than 1 MiB, which is the limit", ErrFile, s.number+1)
	case ended != nil:
		return Row{}, fmt.Errorf("%w: line %d: %w", ErrFile, s.number+1, ended)
	case first == 0:
		return Row{}, io.EOF
	}
	if err != nil {
		return Row{Number: first, name: e.dn, Refused: err}, nil
	}
	return s.mapping.row(first, e, s.domain), nil
}

// read reads a line of an entry.
func (e *entry) read(text string) error {
	name, value, is := strings.Cut(text, ":")
	if !is {
		return errors.New("it has no colon")
	}
	switch {
	case strings.HasPrefix(value, "<"):
		return fmt.Errorf("its %s is in another file, which is not read", name)
	case strings.HasPrefix(value, ":"):
		decoded, err := base64.StdEncoding.DecodeString(strings.TrimSpace(value[1:]))
		if err != nil {
			return fmt.Errorf("its %s is not base64", name)
		}
		value = string(decoded)
	default:
		value = strings.TrimLeft(value, " ")
	}
	name, _, _ = strings.Cut(strings.ToLower(name), ";") // an option, such as a language
	switch {
	case e.dn == "" && name != "dn":
		return errNoEntry
	case name == "dn":
		e.dn = value
	case name == "changetype" && value != "add":
		return fmt.Errorf("it is a change of an entry (%s), not an entry", value)
	default:
		e.attributes[name] = append(e.attributes[name], value)
	}
	return nil
}
