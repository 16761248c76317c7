package operation

import (
	"fmt"
	"regexp"
	"regexp/syntax"
	"strings"
	"sync"

	"github.com/dsappd/dsappd/wsdl"
)

// Attribute is what an attributeID stands for, wherever it is used.
type Attribute struct {
	ID      string   // without the table's prefix
	Type    string   // of XML Schema
	Pattern string   // of the whole value; empty: the type says it all
	Values  []string // all that there are, in any letter case; nil: there is no list
	Takes   string   // the same in words
	Masked  bool     // its value is not shown
	Ours    bool     // it has no documented name

	// Unsupported says why an attribute is refused that others know.
	Unsupported string
}

// Table is the attributes of an interface, by their names on the wire.
type Table struct {
	Prefix     string // of every name
	Attributes map[string]Attribute

	// Telling has what is wrong with an attribute tell by its status: missing,
	// invalid data or an invalid parameter. Otherwise all are the last. A
	// lenient reading then takes an empty value for none.
	Telling bool

	order    []string
	patterns map[string]func() *regexp.Regexp // of the attributes that have one
}

// NewTable makes a table. The error names an attribute whose pattern is none, or
// that a form names and the table lacks.
func NewTable(prefix string, telling bool, attributes []Attribute, forms ...Form) (*Table, error) {
	t := &Table{Prefix: prefix, Telling: telling, Attributes: map[string]Attribute{}, patterns: map[string]func() *regexp.Regexp{}}
	for _, a := range attributes {
		if a.Pattern != "" {
			var err error
			if t.patterns[prefix+a.ID], err = whole(a.Pattern); err != nil {
				return nil, fmt.Errorf("attribute %s: %w", a.ID, err)
			}
		}
		t.Attributes[prefix+a.ID] = a
		t.order = append(t.order, a.ID)
	}
	for _, f := range forms {
		if err := t.Check(f); err != nil {
			return nil, err
		}
	}
	return t, nil
}

// whole has a pattern compiled, for a whole value, when it is first asked for:
// compiling all of them would be a good part of a server's start.
func whole(pattern string) (func() *regexp.Regexp, error) {
	pattern = "^(?:" + pattern + ")$"
	if _, err := syntax.Parse(pattern, syntax.Perl); err != nil {
		return nil, err
	}
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(pattern) }), nil
}

// Check refuses a form that names an attribute that is not in the table.
func (t *Table) Check(f Form) error {
	for _, id := range append(f.In(), f.Out...) {
		if _, ok := t.Attributes[t.Prefix+id]; !ok {
			return fmt.Errorf("command %s: there is no attribute %s", f.Name, id)
		}
	}
	return nil
}

// ids lists the IDs that a request may have.
func (t *Table) ids() []string {
	var ids []string
	for _, id := range t.order {
		if t.Attributes[t.Prefix+id].Unsupported == "" {
			ids = append(ids, id)
		}
	}
	return ids
}

// Written is an attribute of a reply.
type Written struct {
	ID     string // the whole name
	Value  wsdl.Value
	Masked bool
}

// Write makes the attributes of a reply, in the order of the form. One without
// a value is left out.
func (t *Table) Write(f Form, result Values) []Written {
	var out []Written
	for _, id := range f.Out {
		value, ok := result[id]
		if !ok || value == "" {
			continue
		}
		known := t.Attributes[t.Prefix+id]
		out = append(out, Written{ID: t.Prefix + id, Value: wsdl.Value{Type: known.Type, Text: value}, Masked: known.Masked})
	}
	return out
}

// Names lists names in words.
func Names(names []string) string { return strings.Join(names, ", ") }
