// Package jsontree reads a value of JSON as a tree that keeps the order of
// members, and writes it.
package jsontree

import (
	"bytes"
	"errors"
	"io"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// Value holds a value of JSON.
type Value struct {
	Kind    jsontext.Kind // '{', '[', '"', '0', 't', 'f' or 'n'
	Raw     string        // a scalar as it is written
	Text    string        // of a string
	Names   []string      // of members, in their order
	Members map[string]*Value
	Items   []*Value
}

// maxDepth bounds objects and arrays within each other.
const maxDepth = 64

var (
	errDepth = errors.New("it is nested too deep")
	errRest  = errors.New("it goes on after its end")
)

// Read reads one value. The error says where it is none, such as where an object
// has a member twice.
func Read(text string) (*Value, error) {
	d := jsontext.NewDecoder(strings.NewReader(text))
	value, err := decode(d)
	if err != nil {
		return nil, err
	}
	if _, err := d.ReadToken(); !errors.Is(err, io.EOF) {
		return nil, errRest
	}
	return value, nil
}

func decode(d *jsontext.Decoder) (*Value, error) {
	if d.StackDepth() > maxDepth {
		return nil, errDepth
	}
	v := &Value{Kind: d.PeekKind()}
	switch v.Kind {
	case '{':
		return v, v.decodeMembers(d)
	case '[':
		return v, v.decodeItems(d)
	}
	raw, err := d.ReadValue()
	if err != nil {
		return nil, err
	}
	v.Raw = string(raw)
	if v.Kind == '"' {
		text, err := jsontext.AppendUnquote(nil, raw)
		v.Text = string(text)
		return v, err
	}
	return v, nil
}

func (v *Value) decodeMembers(d *jsontext.Decoder) error {
	v.Members = make(map[string]*Value)
	if _, err := d.ReadToken(); err != nil {
		return err
	}
	for d.PeekKind() != '}' {
		name, err := d.ReadToken()
		if err != nil {
			return err
		}
		text := name.String()
		if v.Members[text], err = decode(d); err != nil {
			return err
		}
		v.Names = append(v.Names, text)
	}
	_, err := d.ReadToken()
	return err
}

func (v *Value) decodeItems(d *jsontext.Decoder) error {
	if _, err := d.ReadToken(); err != nil {
		return err
	}
	for d.PeekKind() != ']' {
		item, err := decode(d)
		if err != nil {
			return err
		}
		v.Items = append(v.Items, item)
	}
	_, err := d.ReadToken()
	return err
}

// IsScalar reports whether a value is no object and no array.
func (v *Value) IsScalar() bool { return v.Kind != '{' && v.Kind != '[' }

// Plain returns a scalar as a text: that of a string, or how anything else is
// written.
func (v *Value) Plain() string {
	if v.Kind == '"' {
		return v.Text
	}
	return v.Raw
}

// Each visits what an object or an array holds.
func (v *Value) Each(visit func(*Value)) {
	for _, name := range v.Names {
		visit(v.Members[name])
	}
	for _, item := range v.Items {
		visit(item)
	}
}

// String writes a value in one line.
func (v *Value) String() string { return v.Written("", "", (*Value).raw) }

// Indented writes a value with members and items in lines of their own.
func (v *Value) Indented() string { return v.Written("", "  ", (*Value).raw) }

func (v *Value) raw() string { return v.Raw }

// Written writes a value by what scalar returns for each scalar in it. Members
// and items stand in lines of their own if there is an indent; begin is that of
// the value itself.
func (v *Value) Written(begin, indent string, scalar func(*Value) string) string {
	if v.IsScalar() {
		return scalar(v)
	}
	var parts []string
	for _, name := range v.Names {
		parts = append(parts, Quoted(name)+": "+v.Members[name].Written(begin+indent, indent, scalar))
	}
	for _, item := range v.Items {
		parts = append(parts, item.Written(begin+indent, indent, scalar))
	}
	open, shut := "{", "}"
	if v.Kind == '[' {
		open, shut = "[", "]"
	}
	if len(parts) == 0 || indent == "" {
		return open + strings.Join(parts, ", ") + shut
	}
	return open + "\n" + begin + indent + strings.Join(parts, ",\n"+begin+indent) + "\n" + begin + shut
}

// Quoted writes a text as a string. What is no character of Unicode becomes the
// replacement character.
func Quoted(text string) string {
	quoted, _ := jsontext.AppendQuote(nil, strings.ToValidUTF8(text, "\uFFFD")) // it fails on bad UTF-8 alone
	return string(quoted)
}

// Escaped writes a text as the inside of a string.
func Escaped(text string) string {
	return string(bytes.TrimSuffix(bytes.TrimPrefix([]byte(Quoted(text)), []byte(`"`)), []byte(`"`)))
}
