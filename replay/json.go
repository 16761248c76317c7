package replay

import (
	"cmp"
	"fmt"
	"maps"
	"math/big"
	"slices"
	"strings"

	"github.com/dsappd/dsappd/replay/internal/jsontree"
	"github.com/dsappd/dsappd/replay/transcript"

	"github.com/beevik/etree"
)

// jsonExpectation is a value of JSON that is expected, with what its strings
// stand for.
type jsonExpectation struct {
	*jsontree.Value
	want map[*jsontree.Value]template
}

// expectJSON compiles the strings of an expected value.
func expectJSON(root *jsontree.Value) (*jsonExpectation, []error) {
	e := &jsonExpectation{root, make(map[*jsontree.Value]template)}
	var errs []error
	var compile func(v *jsontree.Value)
	compile = func(v *jsontree.Value) {
		if v.Kind != '"' {
			v.Each(compile)
			return
		}
		parsed, err := parseTemplate(v.Text)
		for _, p := range parsed {
			if p.kind == sealed || p.kind == anything && len(parsed) > 1 {
				err = errNotInJSON
			}
		}
		if err != nil {
			errs = append(errs, err)
		}
		e.want[v] = parsed
	}
	compile(root)
	return e, errs
}

const errNotInJSON templateError = "in JSON, {{...}} stands alone in a string, in the place of any value, and {{sealed ...}} does not stand"

func (e *jsonExpectation) templates() (all []template) {
	var collect func(v *jsontree.Value)
	collect = func(v *jsontree.Value) {
		if want := e.want[v]; want != nil {
			all = append(all, want)
		}
		v.Each(collect)
	}
	collect(e.Value)
	return all
}

// jsonComparison compares a value with what is expected.
type jsonComparison struct {
	*jsonExpectation
	values values
	found  []Difference
	err    error // a placeholder could not be filled in
}

func compareJSON(want *jsonExpectation, got *jsontree.Value, v values) ([]Difference, error) {
	c := &jsonComparison{jsonExpectation: want, values: v}
	c.compare(want.Value, got, "")
	return c.found, c.err
}

// compare holds members to their names, whatever their order, items to their
// places and numbers to their values. A string that is free takes a number or a
// boolean, too.
func (c *jsonComparison) compare(want, got *jsontree.Value, path string) {
	expected := c.want[want]
	switch {
	case len(expected) == 1 && expected[0].kind == anything:
	case want.Kind == '"' && (got.Kind == '"' || expected.isFree() && got.IsScalar()):
		fits, err := expected.fits(cmp.Or(got.Text, got.Plain()), c.values)
		c.err = cmp.Or(c.err, err)
		if !fits {
			c.add(path, OtherValue, expected.shown(c.values), got.String())
		}
	case want.Kind != got.Kind || want.IsScalar() && !sameScalar(want, got):
		c.add(path, OtherValue, want.String(), got.String())
	case want.Kind == '{':
		c.members(want, got, path)
	case want.Kind == '[':
		c.items(want, got, path)
	}
}

func (c *jsonComparison) members(want, got *jsontree.Value, path string) {
	for _, name := range want.Names {
		if value, there := got.Members[name]; there {
			c.compare(want.Members[name], value, path+"/"+name)
		} else {
			c.add(path+"/"+name, Missing, want.Members[name].String(), "")
		}
	}
	for _, name := range got.Names {
		if _, wanted := want.Members[name]; !wanted {
			c.add(path+"/"+name, Unexpected, "", got.Members[name].String())
		}
	}
}

func (c *jsonComparison) items(want, got *jsontree.Value, path string) {
	for i := range max(len(want.Items), len(got.Items)) {
		at := fmt.Sprintf("%s[%d]", path, i+1)
		switch {
		case i >= len(got.Items):
			c.add(at, Missing, want.Items[i].String(), "")
		case i >= len(want.Items):
			c.add(at, Unexpected, "", got.Items[i].String())
		default:
			c.compare(want.Items[i], got.Items[i], at)
		}
	}
}

func (c *jsonComparison) add(path string, kind DifferenceKind, want, got string) {
	c.found = append(c.found, Difference{Path: cmp.Or(strings.TrimPrefix(path, "/"), "value"), Kind: kind, Want: want, Got: got})
}

// isFree reports whether a text is no text of its own.
func (t template) isFree() bool {
	return slices.ContainsFunc(t, func(p part) bool { return p.kind.free() })
}

// maxDigits bounds numbers that are compared by value: others are by their
// digits.
const maxDigits = 40

func sameScalar(a, b *jsontree.Value) bool {
	if a.Raw == b.Raw || a.Kind != '0' || len(a.Raw)+len(b.Raw) > maxDigits {
		return a.Raw == b.Raw
	}
	x, _, err := big.ParseFloat(a.Raw, 10, 256, big.ToNearestEven)
	y, _, other := big.ParseFloat(b.Raw, 10, 256, big.ToNearestEven)
	return err == nil && other == nil && x.Cmp(y) == 0
}

// documentOf returns a value as a document, in which captures and checks find
// their paths: a member is an element, an array one for each item.
func documentOf(v *jsontree.Value) *etree.Document {
	doc := etree.NewDocument()
	addJSON(&doc.Element, "json", v)
	return doc
}

func addJSON(parent *etree.Element, name string, v *jsontree.Value) {
	if v.Kind == '[' {
		for _, item := range v.Items {
			addJSON(parent, name, item)
		}
		return
	}
	e := parent.CreateElement("json")
	e.Tag = name // colons are none of a prefix
	if v.Kind != '{' {
		e.SetText(v.Plain())
		return
	}
	for _, member := range slices.Sorted(maps.Keys(v.Members)) {
		addJSON(e, member, v.Members[member])
	}
}

// mended returns what shall be expected after an update: what came, but for
// what fitted and what is captured.
func mended(want, got *jsontree.Value, path string, differ map[string]bool) *jsontree.Value {
	switch {
	case want == nil || differ[cmp.Or(strings.TrimPrefix(path, "/"), "value")]:
		return transcript.LiteralJSON(got)
	case want.Kind == '{' && got.Kind == '{':
		out := &jsontree.Value{Kind: '{', Names: got.Names, Members: make(map[string]*jsontree.Value)}
		for _, name := range got.Names {
			out.Members[name] = mended(want.Members[name], got.Members[name], path+"/"+name, differ)
		}
		return out
	case want.Kind == '[' && got.Kind == '[':
		out := &jsontree.Value{Kind: '['}
		for i, item := range got.Items {
			var before *jsontree.Value
			if i < len(want.Items) {
				before = want.Items[i]
			}
			out.Items = append(out.Items, mended(before, item, fmt.Sprintf("%s[%d]", path, i+1), differ))
		}
		return out
	}
	return want
}

// expectingJSON returns a value as a transcript expects it, with what is
// captured left free.
func expectingJSON(v *jsontree.Value, captured map[string]bool) *jsontree.Value {
	out := transcript.LiteralJSON(v)
	freeJSON(out, captured)
	return out
}

func freeJSON(v *jsontree.Value, captured map[string]bool) {
	for _, name := range v.Names {
		if member := v.Members[name]; (captured[name] || drawnByServer(name)) && member.IsScalar() {
			v.Members[name] = &jsontree.Value{Kind: '"', Raw: `"{{any}}"`}
		}
	}
	v.Each(func(inner *jsontree.Value) { freeJSON(inner, captured) })
}
