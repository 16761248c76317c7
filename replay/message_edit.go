package replay

import (
	"cmp"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// replace puts a text with its placeholders in the place of what an element
// holds.
func (m *message) replace(index int, with string) { m.put[index] = with }

// drop leaves out an element, with the white space before it.
func (m *message) drop(n *node) {
	p := m.place(n)
	m.changes = append(m.changes, change{start: len(strings.TrimRight(m.text[:p.start], " \t\r\n")), end: p.end})
}

// beside are the places of the text that stands beside the elements in an
// element.
func (m *message) beside(n *node) []change {
	var all []change
	from := m.place(n).content
	add := func(until int) {
		if text := strings.TrimRight(m.text[from:until], " \t\r\n"); strings.TrimSpace(text) != "" {
			all = append(all, change{start: from, end: from + len(text)})
		}
	}
	for _, child := range n.children {
		add(m.place(child).start)
		from = m.place(child).end
	}
	add(m.place(n).close)
	return all
}

// maskBeside masks the text that stands beside the elements in an element.
func (m *message) maskBeside(n *node) {
	for _, at := range m.beside(n) {
		at.text = masked(m.text[at.start:at.end])
		m.changes = append(m.changes, at)
	}
}

// freeBeside leaves free what stands beside the elements in an element.
func (m *message) freeBeside(n *node) {
	for i, at := range m.beside(n) {
		if at.text = ""; i == 0 {
			at.text = "{{any}}"
		}
		m.changes = append(m.changes, at)
	}
}

// follow puts a text with its placeholders behind an element: a sibling, whose
// prefix is that of the element.
func (m *message) follow(n *node, name, holds string) {
	p := m.place(n)
	tag := tagName(m.text[p.start:])
	if prefix, _, found := strings.Cut(tag, ":"); found {
		name = prefix + ":" + name
	}
	m.changes = append(m.changes, change{start: p.end, end: p.end, text: "<" + name + ">" + holds + "</" + name + ">"})
}

// attributes gives every attribute in the start tag of an element, but for
// declarations of namespaces, the value that is returned for its name as it
// is written; or leaves it out.
func (m *message) attributes(n *node, value func(name, value string) (string, bool)) {
	p := m.place(n)
	tag := m.text[p.start:p.content]
	for _, at := range attributeInTag.FindAllStringSubmatchIndex(tag, -1) {
		name, quoted := tag[at[2]:at[3]], tag[at[4]:at[5]]
		if name == "xmlns" || strings.HasPrefix(name, "xmlns:") {
			continue
		}
		e := change{start: p.start + at[0], end: p.start + at[1]}
		if with, kept := value(name, quoted[1:len(quoted)-1]); kept {
			e = change{start: p.start + at[4] + 1, end: p.start + at[5] - 1, text: with}
		}
		m.changes = append(m.changes, e)
	}
}

// attributeInTag is an attribute with the white space before it.
var attributeInTag = regexp.MustCompile(`\s+([^\s=<>/"']+)\s*=\s*("[^"]*"|'[^']*')`)

// tagName is the name in the start tag that a text begins with.
func tagName(text string) string {
	return text[1 : 1+strings.IndexAny(text[1:], " \t\r\n/>")]
}

// written is the message with what takes the place of its parts; the rest
// stands for itself.
func (m *message) written() string {
	all := slices.Clone(m.changes)
	for _, index := range slices.Sorted(maps.Keys(m.put)) {
		with, p := m.put[index], m.placeOf(index)
		e := change{start: p.content, end: p.close, text: with}
		if tag, empty := strings.CutSuffix(m.text[:p.content], "/>"); empty {
			e = change{start: len(strings.TrimRight(tag, " ")), end: p.content, text: ">" + with + "</" + tagName(m.text[p.start:]) + ">"}
		}
		all = append(all, e)
	}
	slices.SortStableFunc(all, func(a, b change) int { return cmp.Or(a.start-b.start, b.end-a.end) })
	var out strings.Builder
	at := 0
	for _, e := range all {
		if e.start < at { // inside of what was replaced already
			continue
		}
		out.WriteString(Literal(m.text[at:e.start]) + e.text)
		at = e.end
	}
	out.WriteString(Literal(m.text[at:]))
	return out.String()
}
