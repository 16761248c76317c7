package soapui

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"slices"
	"strings"
	"unicode/utf8"
)

// element is an element of a project by its local name, which is all that
// tells the elements of SoapUI apart.
type element struct {
	name     string
	attrs    []attribute
	text     string // all of it
	children []*element
	offset   int // of its start tag
	end      int // of its end tag, behind it; 0: the element is whole
}

type attribute struct{ name, value string }

// all returns the children of a name.
func (e *element) all(name string) []*element {
	var found []*element
	for _, child := range e.children {
		if child.name == name {
			found = append(found, child)
		}
	}
	return found
}

// first returns the first child of a name, or an element that holds nothing.
func (e *element) first(name string) *element {
	for _, child := range e.children {
		if child.name == name {
			return child
		}
	}
	return &element{offset: e.offset}
}

// has reports whether there is a child of a name.
func (e *element) has(name string) bool {
	return slices.ContainsFunc(e.children, func(child *element) bool { return child.name == name })
}

// value returns the text of the first child of a name, without the space around it.
func (e *element) value(name string) string { return strings.TrimSpace(e.first(name).text) }

// attr returns an attribute; empty: there is none of the name.
func (e *element) attr(name string) string {
	for _, a := range e.attrs {
		if a.name == name {
			return a.value
		}
	}
	return ""
}

// lines finds places in a text.
type lines struct {
	file   string
	text   []byte
	starts []int
}

func newLines(file string, text []byte) *lines {
	l := &lines{file: file, text: text, starts: []int{0}}
	for at := 0; ; {
		next := bytes.IndexByte(text[at:], '\n')
		if next < 0 {
			return l
		}
		at += next + 1
		l.starts = append(l.starts, at)
	}
}

func (l *lines) place(offset int) Place {
	offset = min(offset, len(l.text))
	line, found := slices.BinarySearch(l.starts, offset)
	if !found {
		line--
	}
	return Place{File: l.file, Line: line + 1, Column: 1 + utf8.RuneCount(l.text[l.starts[line]:offset])}
}

// passedOver are elements whose content is not read with what they stand in:
// copies of WSDLs, which nobody needs, and test cases and steps, which are read
// one by one.
var passedOver = []string{"definitionCache", "testCase", "testStep"}

// parse reads the elements of a text.
func parse(l *lines) (*element, error) { return l.parse(0, len(l.text)) }

// whole reads an element that was passed over.
func (l *lines) whole(e *element) (*element, error) {
	if e.end == 0 {
		return e, nil
	}
	return l.parse(e.offset, e.end)
}

// parse reads the elements of a part of a text.
func (l *lines) parse(from, to int) (*element, error) {
	decoder := xml.NewDecoder(bytes.NewReader(l.text[from:to]))
	decoder.CharsetReader = func(_ string, in io.Reader) (io.Reader, error) { return in, nil }
	p := &treeParser{lines: l, names: map[string]string{}}
	for {
		at := from + int(decoder.InputOffset())
		token, err := decoder.RawToken()
		if errors.Is(err, io.EOF) {
			return p.end()
		}
		if err != nil {
			return nil, p.broken(from+int(decoder.InputOffset()), err)
		}
		if err := p.token(token, at, from+int(decoder.InputOffset())); err != nil {
			return nil, err
		}
	}
}

// treeParser holds the elements that are open.
type treeParser struct {
	*lines
	root    *element
	open    []*element
	passing int // open elements from the first that is passed over on
	names   map[string]string
}

func (p *treeParser) token(token xml.Token, at, end int) error {
	switch t := token.(type) {
	case xml.StartElement:
		return p.start(t, at)
	case xml.EndElement:
		last := len(p.open) - 1
		if last < 0 || p.open[last].name != t.Name.Local {
			return p.mismatch(t, at)
		}
		if p.passing == 1 {
			p.open[last].end = end
		}
		p.open = p.open[:last]
		p.passing = max(0, p.passing-1)
	case xml.CharData:
		if last := len(p.open) - 1; last >= 0 && p.passing == 0 {
			p.open[last].text += string(t)
		} else if last < 0 && strings.TrimSpace(string(t)) != "" && p.root != nil {
			return p.wrong(at, "the file goes on behind its root element")
		}
	}
	return nil
}

func (p *treeParser) start(t xml.StartElement, at int) error {
	e := &element{name: p.name(t.Name.Local), offset: at}
	for _, a := range t.Attr {
		switch {
		case a.Name.Space == "xmlns", a.Name.Local == "xmlns":
		case a.Name.Space != "": // xsi:type is not type
			e.attrs = append(e.attrs, attribute{name: p.name(a.Name.Space + ":" + a.Name.Local), value: a.Value})
		default:
			e.attrs = append(e.attrs, attribute{name: p.name(a.Name.Local), value: a.Value})
		}
	}
	switch {
	case len(p.open) > 0 && p.passing == 0:
		holder := p.open[len(p.open)-1]
		holder.children = append(holder.children, e)
	case len(p.open) == 0 && p.root != nil:
		return p.wrong(at, "the file goes on behind its root element")
	case len(p.open) == 0:
		p.root = e
	}
	if p.passing > 0 || len(p.open) > 0 && slices.Contains(passedOver, e.name) {
		p.passing++
	}
	p.open = append(p.open, e)
	return nil
}

// name keeps one copy of each name.
func (p *treeParser) name(name string) string {
	if known, ok := p.names[name]; ok {
		return known
	}
	p.names[name] = name
	return name
}

func (p *treeParser) end() (*element, error) {
	if last := len(p.open) - 1; last >= 0 {
		return nil, p.wrong(p.open[last].offset, "the element <"+p.open[last].name+"> is not closed")
	}
	if p.root == nil {
		return nil, p.wrong(len(p.text), "the file holds no element")
	}
	return p.root, nil
}

func (p *treeParser) mismatch(t xml.EndElement, at int) error {
	if last := len(p.open) - 1; last >= 0 {
		opened := p.place(p.open[last].offset)
		return p.wrong(at, "</"+t.Name.Local+"> closes the element <"+p.open[last].name+"> of line "+itoa(opened.Line))
	}
	return p.wrong(at, "</"+t.Name.Local+"> closes no element")
}

func (p *treeParser) broken(at int, err error) error {
	reason := err.Error()
	if syntax, ok := errors.AsType[*xml.SyntaxError](err); ok {
		reason = syntax.Msg
	}
	if last := len(p.open) - 1; last >= 0 && at >= len(p.text) {
		reason = "the file ends within the element <" + p.open[last].name + "> of line " + itoa(p.place(p.open[last].offset).Line)
	}
	return p.wrong(at, reason)
}

func (p *treeParser) wrong(at int, reason string) error {
	return &SyntaxError{Place: p.place(at), Reason: "not well-formed XML: " + reason}
}
