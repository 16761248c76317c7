package replay

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"maps"
	"math/big"
	"slices"
	"strconv"
	"strings"

	"github.com/beevik/etree"
	"github.com/go-json-experiment/json/jsontext"
)

// jsonValue is a value of JSON, of a reply or of what is expected.
type jsonValue struct {
	kind    jsontext.Kind // '{', '[', '"', '0', 't', 'f' or 'n'
	raw     string        // a scalar as it is written
	text    string        // of a string
	want    template      // of an expected string
	names   []string      // of members, in their order
	members map[string]*jsonValue
	items   []*jsonValue
}

// maxJSONDepth bounds objects and arrays within each other.
const maxJSONDepth = 64

const (
	errJSONDepth playError = "it is nested too deep"
	errJSONRest  playError = "it goes on after its end"
)

// readJSON reads one value. The error says where it is none.
func readJSON(text string) (*jsonValue, error) {
	d := jsontext.NewDecoder(strings.NewReader(text))
	value, err := decodeJSON(d)
	if err != nil {
		return nil, err
	}
	if _, err := d.ReadToken(); !errors.Is(err, io.EOF) {
		return nil, errJSONRest
	}
	return value, nil
}

func decodeJSON(d *jsontext.Decoder) (*jsonValue, error) {
	if d.StackDepth() > maxJSONDepth {
		return nil, errJSONDepth
	}
	v := &jsonValue{kind: d.PeekKind()}
	switch v.kind {
	case '{':
		return v, v.decodeMembers(d)
	case '[':
		return v, v.decodeItems(d)
	}
	raw, err := d.ReadValue()
	if err != nil {
		return nil, err
	}
	v.raw = string(raw)
	if v.kind == '"' {
		text, err := jsontext.AppendUnquote(nil, raw)
		v.text = string(text)
		return v, err
	}
	return v, nil
}

func (v *jsonValue) decodeMembers(d *jsontext.Decoder) error {
	v.members = make(map[string]*jsonValue)
	if _, err := d.ReadToken(); err != nil {
		return err
	}
	for d.PeekKind() != '}' {
		name, err := d.ReadToken()
		if err != nil {
			return err
		}
		text := name.String()
		if v.members[text], err = decodeJSON(d); err != nil {
			return err
		}
		v.names = append(v.names, text)
	}
	_, err := d.ReadToken()
	return err
}

func (v *jsonValue) decodeItems(d *jsontext.Decoder) error {
	if _, err := d.ReadToken(); err != nil {
		return err
	}
	for d.PeekKind() != ']' {
		item, err := decodeJSON(d)
		if err != nil {
			return err
		}
		v.items = append(v.items, item)
	}
	_, err := d.ReadToken()
	return err
}

// expect compiles the strings of an expected value.
func (v *jsonValue) expect() (errs []error) {
	if v.kind == '"' {
		var err error
		v.want, err = parseTemplate(v.text)
		for _, p := range v.want {
			if p.kind == sealed || p.kind == anything && len(v.want) > 1 {
				err = errNotInJSON
			}
		}
		return []error{err}
	}
	v.each(func(inner *jsonValue) { errs = append(errs, inner.expect()...) })
	return slices.DeleteFunc(errs, func(err error) bool { return err == nil })
}

const errNotInJSON templateError = "in JSON, {{...}} stands alone in a string, in the place of any value, and {{sealed ...}} does not stand"

// each visits what an object or an array holds.
func (v *jsonValue) each(visit func(*jsonValue)) {
	for _, name := range v.names {
		visit(v.members[name])
	}
	for _, item := range v.items {
		visit(item)
	}
}

func (v *jsonValue) templates() (all []template) {
	if v.want != nil {
		all = append(all, v.want)
	}
	v.each(func(inner *jsonValue) { all = append(all, inner.templates()...) })
	return all
}

// jsonComparison compares a value with what is expected.
type jsonComparison struct {
	values values
	found  []Difference
	err    error // a placeholder could not be filled in
}

func compareJSON(want, got *jsonValue, v values) ([]Difference, error) {
	c := &jsonComparison{values: v}
	c.compare(want, got, "")
	return c.found, c.err
}

// compare holds members to their names, whatever their order, items to their
// places and numbers to their values. A string that is free takes a number or a
// boolean, too.
func (c *jsonComparison) compare(want, got *jsonValue, path string) {
	switch {
	case len(want.want) == 1 && want.want[0].kind == anything:
	case want.kind == '"' && (got.kind == '"' || want.isFree() && got.isScalar()):
		fits, err := want.want.fits(cmp.Or(got.text, got.plain()), c.values)
		c.err = cmp.Or(c.err, err)
		if !fits {
			c.add(path, OtherValue, want.want.shown(c.values), got.shown())
		}
	case want.kind != got.kind || want.isScalar() && !sameScalar(want, got):
		c.add(path, OtherValue, want.shown(), got.shown())
	case want.kind == '{':
		c.members(want, got, path)
	case want.kind == '[':
		c.items(want, got, path)
	}
}

func (c *jsonComparison) members(want, got *jsonValue, path string) {
	for _, name := range want.names {
		if value, there := got.members[name]; there {
			c.compare(want.members[name], value, path+"/"+name)
		} else {
			c.add(path+"/"+name, Missing, want.members[name].shown(), "")
		}
	}
	for _, name := range got.names {
		if _, wanted := want.members[name]; !wanted {
			c.add(path+"/"+name, Unexpected, "", got.members[name].shown())
		}
	}
}

func (c *jsonComparison) items(want, got *jsonValue, path string) {
	for i := range max(len(want.items), len(got.items)) {
		at := fmt.Sprintf("%s[%d]", path, i+1)
		switch {
		case i >= len(got.items):
			c.add(at, Missing, want.items[i].shown(), "")
		case i >= len(want.items):
			c.add(at, Unexpected, "", got.items[i].shown())
		default:
			c.compare(want.items[i], got.items[i], at)
		}
	}
}

func (c *jsonComparison) add(path string, kind DifferenceKind, want, got string) {
	c.found = append(c.found, Difference{Path: cmp.Or(strings.TrimPrefix(path, "/"), "value"), Kind: kind, Want: want, Got: got})
}

func (v *jsonValue) isScalar() bool { return v.kind != '{' && v.kind != '[' }

// isFree reports whether an expected string is no text of its own.
func (v *jsonValue) isFree() bool {
	return slices.ContainsFunc(v.want, func(p part) bool { return p.kind.free() })
}

// plain is a number, a boolean or null as a text.
func (v *jsonValue) plain() string {
	if v.kind == '"' {
		return v.text
	}
	return v.raw
}

// maxDigits bounds numbers that are compared by value: others are by their
// digits.
const maxDigits = 40

func sameScalar(a, b *jsonValue) bool {
	if a.raw == b.raw || a.kind != '0' || len(a.raw)+len(b.raw) > maxDigits {
		return a.raw == b.raw
	}
	x, _, err := big.ParseFloat(a.raw, 10, 256, big.ToNearestEven)
	y, _, other := big.ParseFloat(b.raw, 10, 256, big.ToNearestEven)
	return err == nil && other == nil && x.Cmp(y) == 0
}

// shown is a value in one line, as JSON.
func (v *jsonValue) shown() string { return v.written("", "") }

// written is a value as JSON. Members and items stand in lines of their own if
// there is an indent.
func (v *jsonValue) written(begin, indent string) string {
	if v.isScalar() {
		return v.raw
	}
	var parts []string
	for _, name := range v.names {
		quoted, _ := jsontext.AppendQuote(nil, name) // it was read as JSON
		parts = append(parts, string(quoted)+": "+v.members[name].written(begin+indent, indent))
	}
	for _, item := range v.items {
		parts = append(parts, item.written(begin+indent, indent))
	}
	open, shut := "{", "}"
	if v.kind == '[' {
		open, shut = "[", "]"
	}
	if len(parts) == 0 || indent == "" {
		return open + strings.Join(parts, ", ") + shut
	}
	return open + "\n" + begin + indent + strings.Join(parts, ",\n"+begin+indent) + "\n" + begin + shut
}

// document is a value as a document, in which captures and checks find their
// paths: a member is an element, an array one for each item.
func (v *jsonValue) document() *etree.Document {
	doc := etree.NewDocument()
	v.into(&doc.Element, "json")
	return doc
}

func (v *jsonValue) into(parent *etree.Element, name string) {
	if v.kind == '[' {
		for _, item := range v.items {
			item.into(parent, name)
		}
		return
	}
	e := parent.CreateElement("json")
	e.Tag = name // colons are none of a prefix
	if v.kind != '{' {
		e.SetText(v.plain())
		return
	}
	for _, member := range slices.Sorted(maps.Keys(v.members)) {
		v.members[member].into(e, member)
	}
}

// mended is what shall be expected after an update: what came, but for what
// fitted and what is captured.
func mended(want, got *jsonValue, path string, differ map[string]bool) *jsonValue {
	switch {
	case want == nil || differ[cmp.Or(strings.TrimPrefix(path, "/"), "value")]:
		return literalJSON(got)
	case want.kind == '{' && got.kind == '{':
		out := &jsonValue{kind: '{', names: got.names, members: make(map[string]*jsonValue)}
		for _, name := range got.names {
			out.members[name] = mended(want.members[name], got.members[name], path+"/"+name, differ)
		}
		return out
	case want.kind == '[' && got.kind == '[':
		out := &jsonValue{kind: '['}
		for i, item := range got.items {
			var before *jsonValue
			if i < len(want.items) {
				before = want.items[i]
			}
			out.items = append(out.items, mended(before, item, fmt.Sprintf("%s[%d]", path, i+1), differ))
		}
		return out
	}
	return want
}

// literalJSON is a value whose strings stand for themselves in a transcript.
func literalJSON(v *jsonValue) *jsonValue {
	out := *v
	if v.kind == '"' && strings.Contains(v.text, "{{") {
		out.raw = strconv.Quote("{{" + strconv.Quote(v.text) + "}}")
	}
	out.members, out.items = make(map[string]*jsonValue), nil
	for _, name := range v.names {
		out.members[name] = literalJSON(v.members[name])
	}
	for _, item := range v.items {
		out.items = append(out.items, literalJSON(item))
	}
	return &out
}

// expectingJSON is a value as a transcript expects it, with what is captured
// left free.
func expectingJSON(v *jsonValue, captured map[string]bool) *jsonValue {
	out := literalJSON(v)
	out.free(captured)
	return out
}

func (v *jsonValue) free(captured map[string]bool) {
	for _, name := range v.names {
		if member := v.members[name]; captured[name] && member.isScalar() {
			v.members[name] = &jsonValue{kind: '"', raw: `"{{any}}"`}
		}
	}
	v.each(func(inner *jsonValue) { inner.free(captured) })
}

// escapeJSON writes a text as the inside of a string of JSON.
func escapeJSON(text string) string {
	quoted, err := jsontext.AppendQuote(nil, text)
	if err != nil {
		return text
	}
	return string(bytes.Trim(quoted, `"`))
}
