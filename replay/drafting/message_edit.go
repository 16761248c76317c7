package drafting

import (
	"cmp"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/dsappd/dsappd/replay/internal/xmltree"
	"github.com/dsappd/dsappd/replay/transcript"
)

// replace puts a text with its placeholders in the place of what an element
// holds.
func (m *message) replace(index int, with string) { m.put[index] = with }

// drop leaves out an element, with the white space before it.
func (m *message) drop(n *xmltree.Node) {
	p := m.place(n)
	m.changes = append(m.changes, xmltree.Change{Start: len(strings.TrimRight(m.text[:p.Start], " \t\r\n")), End: p.End})
}

// beside returns the places of the text that stands beside the elements in an
// element.
func (m *message) beside(n *xmltree.Node) []xmltree.Change {
	var all []xmltree.Change
	from := m.place(n).Content
	add := func(until int) {
		if text := strings.TrimRight(m.text[from:until], " \t\r\n"); strings.TrimSpace(text) != "" {
			all = append(all, xmltree.Change{Start: from, End: from + len(text)})
		}
	}
	for _, child := range n.Children {
		add(m.place(child).Start)
		from = m.place(child).End
	}
	add(m.place(n).Close)
	return all
}

// maskBeside masks the text that stands beside the elements in an element.
func (m *message) maskBeside(n *xmltree.Node) {
	for _, at := range m.beside(n) {
		at.Text = masked(m.text[at.Start:at.End])
		m.changes = append(m.changes, at)
	}
}

// freeBeside leaves free what stands beside the elements in an element.
func (m *message) freeBeside(n *xmltree.Node) {
	for i, at := range m.beside(n) {
		if at.Text = ""; i == 0 {
			at.Text = "{{any}}"
		}
		m.changes = append(m.changes, at)
	}
}

// follow puts a text with its placeholders behind an element: a sibling, whose
// prefix is that of the element.
func (m *message) follow(n *xmltree.Node, name, holds string) {
	p := m.place(n)
	tag := tagName(m.text[p.Start:])
	if prefix, _, found := strings.Cut(tag, ":"); found {
		name = prefix + ":" + name
	}
	m.changes = append(m.changes, xmltree.Change{Start: p.End, End: p.End, Text: "<" + name + ">" + holds + "</" + name + ">"})
}

// attributes gives every attribute in the start tag of an element, but for
// declarations of namespaces, the value that is returned for its name as it
// is written; or leaves it out.
func (m *message) attributes(n *xmltree.Node, value func(name, value string) (string, bool)) {
	p := m.place(n)
	tag := m.text[p.Start:p.Content]
	for _, at := range attributeInTag.FindAllStringSubmatchIndex(tag, -1) {
		name, quoted := tag[at[2]:at[3]], tag[at[4]:at[5]]
		if name == "xmlns" || strings.HasPrefix(name, "xmlns:") {
			continue
		}
		e := xmltree.Change{Start: p.Start + at[0], End: p.Start + at[1]}
		if with, kept := value(name, quoted[1:len(quoted)-1]); kept {
			e = xmltree.Change{Start: p.Start + at[4] + 1, End: p.Start + at[5] - 1, Text: with}
		}
		m.changes = append(m.changes, e)
	}
}

// attributeInTag is an attribute with the white space before it.
var attributeInTag = regexp.MustCompile(`\s+([^\s=<>/"']+)\s*=\s*("[^"]*"|'[^']*')`)

// tagName returns the name in the start tag that a text begins with.
func tagName(text string) string {
	return text[1 : 1+strings.IndexAny(text[1:], " \t\r\n/>")]
}

// written returns the message with what takes the place of its parts; the rest
// stands for itself.
func (m *message) written() string {
	all := slices.Clone(m.changes)
	for _, index := range slices.Sorted(maps.Keys(m.put)) {
		with, p := m.put[index], m.placeOf(index)
		e := xmltree.Change{Start: p.Content, End: p.Close, Text: with}
		if tag, empty := strings.CutSuffix(m.text[:p.Content], "/>"); empty {
			e = xmltree.Change{Start: len(strings.TrimRight(tag, " ")), End: p.Content, Text: ">" + with + "</" + tagName(m.text[p.Start:]) + ">"}
		}
		all = append(all, e)
	}
	slices.SortStableFunc(all, func(a, b xmltree.Change) int { return cmp.Or(a.Start-b.Start, b.End-a.End) })
	var out strings.Builder
	at := 0
	for _, e := range all {
		if e.Start < at { // inside of what was replaced already
			continue
		}
		out.WriteString(transcript.Literal(m.text[at:e.Start]) + e.Text)
		at = e.End
	}
	out.WriteString(transcript.Literal(m.text[at:]))
	return out.String()
}
