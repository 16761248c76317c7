package replay

import (
	"encoding/xml"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/dsappd/dsappd/replay/internal/xmltree"
	"github.com/dsappd/dsappd/replay/transcript"
)

// Difference is one place in which a reply is not what was expected.
type Difference struct {
	// Path leads to the place: local names from the root on, with a number
	// where siblings have the same name, and @NAME for an attribute. Of HTTP
	// it is "status", "header NAME" or "time".
	Path string         `json:"path"`
	Kind DifferenceKind `json:"kind"`
	Line int            `json:"line,omitempty"` // in the transcript
	Want string         `json:"want,omitempty"`
	Got  string         `json:"got,omitempty"`
	edit edit           // what --update makes of it
}

// DifferenceKind says what is the matter.
type DifferenceKind string

// The kinds of differences.
const (
	OtherValue  DifferenceKind = "value"      // a text is another one
	Missing     DifferenceKind = "missing"    // an element or attribute is not there
	Unexpected  DifferenceKind = "unexpected" // one is there that was not expected
	OutOfOrder  DifferenceKind = "order"      // an element stands elsewhere among its siblings
	NotCaptured DifferenceKind = "capture"    // what is to be captured is not there, or not once
	Unreadable  DifferenceKind = "unreadable" // the reply is no document
)

// comparison compares a reply with what was expected.
type comparison struct {
	expected expectation
	values   values
	anyTypes bool // xsi:type may be there or not, and say anything
	found    []Difference
	err      error // a placeholder could not be filled in
}

// compareTrees returns every difference between a document and what is expected.
// The error says that a placeholder could not be filled in.
func compareTrees(want expectation, got *xmltree.Node, v values, anyTypes bool) ([]Difference, error) {
	c := &comparison{expected: want, values: v, anyTypes: anyTypes}
	c.siblings([]*xmltree.Node{want.root}, []*xmltree.Node{got}, nil, nil, "")
	return c.found, c.err
}

// elements compares two elements of one name.
func (c *comparison) elements(want, got, parent *xmltree.Node, path string) {
	c.attributes(want, got, path)
	expected := c.expected.of(want).text
	if len(expected) == 1 && expected[0].kind == anything && !want.HoldsElements() {
		return
	}
	if !c.fits(expected, got, parent) {
		c.add(Difference{Path: path, Kind: OtherValue, Want: expected.shown(c.values), Got: got.Text,
			edit: edit{want: want, got: got, text: c.mended(want, got, parent)}})
	}
	c.siblings(want.Children, got.Children, want, got, path+"/")
}

// fits says whether the text of an element is what was expected.
func (c *comparison) fits(t template, got, parent *xmltree.Node) bool {
	if len(t) == 0 {
		return got.Text == ""
	}
	if len(t) == 1 && t[0].kind == sealed {
		return c.opens(t[0], parent)
	}
	fits, err := t.fits(got.Text, c.values)
	if err != nil && c.err == nil {
		c.err = err
	}
	return fits
}

// opens decrypts an item by what stands beside its text.
func (c *comparison) opens(p part, parent *xmltree.Node) bool {
	text, err := c.opened(p, parent)
	if err != nil {
		return false
	}
	fits, err := template{*p.sealed}.fits(text, c.values)
	return fits && err == nil
}

func (c *comparison) opened(p part, parent *xmltree.Node) (string, error) {
	if parent == nil {
		return "", errNoItem
	}
	item, of := encryptedItem(parent)
	return c.values.open(p.call.phone, item, of)
}

const errNoItem playError = "encrypted data stand in an item"

// mended returns what an element shall expect after an update.
func (c *comparison) mended(want, got, parent *xmltree.Node) string {
	if want.IsFaultCode() {
		return writtenName(got.Text, want.Source)
	}
	expected := c.expected.of(want).text
	if len(expected) != 1 || expected[0].kind != sealed {
		return transcript.Literal(got.Text)
	}
	text, err := c.opened(expected[0], parent)
	if err != nil {
		return want.Text // it is the item that is wrong
	}
	phone := ""
	if of := expected[0].call.phone; of != "" {
		phone = " " + of
	}
	return "{{sealed " + strconv.Quote(text) + phone + "}}"
}

func (c *comparison) attributes(want, got *xmltree.Node, path string) {
	for n, w := range want.Attrs {
		if c.free(w) {
			continue
		}
		expected := c.expected.of(want).attrs[n]
		i := slices.IndexFunc(got.Attrs, func(a xmltree.Attr) bool { return a.Name == w.Name })
		at := path + "/@" + w.Name.Local
		if i < 0 {
			c.add(Difference{Path: at, Kind: Missing, Want: expected.shown(c.values), edit: edit{want: want, attr: w.Name}})
			continue
		}
		fits, err := expected.fits(got.Attrs[i].Value, c.values)
		if err != nil && c.err == nil {
			c.err = err
		}
		if !fits {
			c.add(Difference{Path: at, Kind: OtherValue, Want: expected.shown(c.values), Got: got.Attrs[i].Value,
				edit: edit{want: want, got: got, attr: w.Name}})
		}
	}
	for _, g := range got.Attrs {
		if !c.free(g) && !slices.ContainsFunc(want.Attrs, func(a xmltree.Attr) bool { return a.Name == g.Name }) {
			c.add(Difference{Path: path + "/@" + g.Name.Local, Kind: Unexpected, Got: g.Value,
				edit: edit{want: want, got: got, attr: g.Name}})
		}
	}
}

// free says that an attribute is not compared.
func (c *comparison) free(a xmltree.Attr) bool { return c.anyTypes && a.Name == xmltree.XSIType() }

// siblings compares the children of two elements in their order.
func (c *comparison) siblings(want, got []*xmltree.Node, wantParent, gotParent *xmltree.Node, prefix string) {
	pairs := c.align(want, got, gotParent)
	missing, extra := rest(want, pairs, func(p pair) int { return p.want }), rest(got, pairs, func(p pair) int { return p.got })
	for _, p := range pairs {
		w, g := want[p.want], got[p.got]
		c.elements(w, g, gotParent, prefix+step(want, p.want, g.Name))
	}
	for _, w := range missing {
		if g := slices.IndexFunc(extra, func(i int) bool { return got[i].Name == want[w].Name }); g >= 0 {
			c.add(Difference{Path: prefix + step(want, w, want[w].Name), Kind: OutOfOrder,
				Want: position(want, w), Got: position(got, extra[g]), edit: edit{want: want[w], parent: wantParent, after: before(want, pairs, extra[g])}})
			c.elements(want[w], got[extra[g]], gotParent, prefix+step(want, w, want[w].Name))
			extra = slices.Delete(extra, g, g+1)
			continue
		}
		c.add(Difference{Path: prefix + step(want, w, want[w].Name), Kind: Missing,
			Want: c.shownElement(want[w], got), edit: edit{want: want[w], parent: wantParent}})
	}
	for _, g := range extra {
		c.add(Difference{Path: prefix + step(got, g, got[g].Name), Kind: Unexpected,
			Got: shownElement(got[g], want), edit: edit{parent: wantParent, after: before(want, pairs, g), got: got[g]}})
	}
}

// pair is two elements that stand for each other, by their places.
type pair struct{ want, got int }

// align finds which elements stand for each other, in order and as many and as
// equal ones as can be.
func (c *comparison) align(want, got []*xmltree.Node, gotParent *xmltree.Node) []pair {
	if pairs, same := straight(want, got); same {
		return pairs
	}
	best := make([][]int, len(want)+1)
	for i := range best {
		best[i] = make([]int, len(got)+1)
	}
	worth := c.worth(want, got, gotParent)
	for i := len(want) - 1; i >= 0; i-- {
		for j := len(got) - 1; j >= 0; j-- {
			best[i][j] = max(best[i+1][j], best[i][j+1])
			if w := worth(i, j); w > 0 {
				best[i][j] = max(best[i][j], best[i+1][j+1]+w)
			}
		}
	}
	var pairs []pair
	for i, j := 0, 0; i < len(want) && j < len(got); {
		switch w := worth(i, j); {
		case w > 0 && best[i][j] == best[i+1][j+1]+w:
			pairs = append(pairs, pair{i, j})
			i++
			j++
		case best[i][j] == best[i+1][j]:
			i++
		default:
			j++
		}
	}
	return pairs
}

// straight pairs elements one by one where their names are the same.
func straight(want, got []*xmltree.Node) ([]pair, bool) {
	if len(want) != len(got) {
		return nil, false
	}
	var pairs []pair
	for i := range want {
		if want[i].Name != got[i].Name {
			return nil, false
		}
		pairs = append(pairs, pair{i, i})
	}
	return pairs, true
}

// worth says how much is gained by pairing two elements: the same content
// counts for more than the same name.
func (c *comparison) worth(want, got []*xmltree.Node, gotParent *xmltree.Node) func(i, j int) int {
	known := map[pair]int{}
	return func(i, j int) int {
		if want[i].Name != got[j].Name {
			return 0
		}
		at := pair{i, j}
		if _, ok := known[at]; !ok {
			inner := &comparison{expected: c.expected, values: c.values, anyTypes: c.anyTypes}
			inner.elements(want[i], got[j], gotParent, "")
			known[at] = 1
			if len(inner.found) == 0 {
				known[at] = 3
			}
		}
		return known[at]
	}
}

// before returns the expected element behind whose counterpart one of a reply
// stands; nil: there is none.
func before(want []*xmltree.Node, pairs []pair, got int) *xmltree.Node {
	var last *xmltree.Node
	for _, p := range pairs {
		if p.got < got {
			last = want[p.want]
		}
	}
	return last
}

// rest returns what has no pair.
func rest(all []*xmltree.Node, pairs []pair, side func(pair) int) []int {
	paired := map[int]bool{}
	for _, p := range pairs {
		paired[side(p)] = true
	}
	var left []int
	for i := range all {
		if !paired[i] {
			left = append(left, i)
		}
	}
	return left
}

// step names an element among its siblings.
func step(siblings []*xmltree.Node, at int, name xml.Name) string {
	before, total := 0, 0
	for i, n := range siblings {
		if n.Name == name {
			total++
			if i <= at {
				before++
			}
		}
	}
	if total < 2 {
		return name.Local
	}
	return fmt.Sprintf("%s[%d]", name.Local, before)
}

// position says where an element stands among its siblings.
func position(siblings []*xmltree.Node, at int) string {
	if at == 0 {
		return "first"
	}
	return "after " + siblings[at-1].Name.Local
}

// shownElement writes an element short, with its namespace where another one
// has the same local name.
func shownElement(n *xmltree.Node, others []*xmltree.Node) string {
	name := n.Name.Local
	if slices.ContainsFunc(others, func(o *xmltree.Node) bool { return o.Name.Local == name && o.Name.Space != n.Name.Space }) {
		name = fmt.Sprintf("%s xmlns=%q", name, n.Name.Space)
	}
	if n.HoldsElements() {
		return "<" + name + ">..."
	}
	if n.Text == "" {
		return "<" + name + "/>"
	}
	return "<" + name + ">" + n.Text + "</" + n.Name.Local + ">"
}

// shownElement writes an expected element.
func (c *comparison) shownElement(n *xmltree.Node, others []*xmltree.Node) string {
	filled := *n
	filled.Text = c.expected.of(n).text.shown(c.values)
	return shownElement(&filled, others)
}

func (c *comparison) add(d Difference) {
	d.Path = strings.TrimPrefix(d.Path, "/")
	c.found = append(c.found, d)
}
