package replay

import (
	"errors"
	"strings"
)

// expectation is the body of a reply that is expected, compiled.
type expectation struct {
	root     *node              // of XML
	places   []place            // of its elements
	elements []elementTemplates // by their index
	text     template           // of text
}

// elementTemplates are what is expected of the texts of an element.
type elementTemplates struct {
	text  template
	attrs []template // in the order of the element's
}

// of returns what is expected of an element of the root's document.
func (e expectation) of(n *node) elementTemplates { return e.elements[n.index] }

// parseExpectation compiles the body of a reply. The errors are *placed where
// a line is known.
func parseExpectation(kind Kind, body string) (expectation, []error) {
	if kind == Text {
		parsed, err := parseTemplate(strings.TrimSuffix(body, "\n"))
		if err != nil {
			return expectation{}, []error{err}
		}
		return expectation{text: parsed}, nil
	}
	_, root, err := readDocument([]byte(body))
	if err != nil {
		return expectation{}, []error{err}
	}
	all := &compiler{places: places(body), body: body}
	all.node(root)
	return expectation{root: root, places: all.places, elements: all.elements}, all.errs
}

// compiler finds the placeholders of an expected document.
type compiler struct {
	body     string
	places   []place
	elements []elementTemplates
	errs     []error
}

func (c *compiler) node(n *node) {
	line := lineAt(c.body, c.places[n.index].start)
	want := elementTemplates{text: c.compile(n.text, line)}
	if len(want.text) != 1 || n.holdsElements() {
		c.alone(want.text, line)
	}
	for _, a := range n.attrs {
		value := c.compile(a.value, line)
		c.alone(value, line)
		want.attrs = append(want.attrs, value)
	}
	c.elements = append(c.elements, want) // in document order, as n.index counts
	for _, child := range n.children {
		c.node(child)
	}
}

func (c *compiler) compile(text string, line int) template {
	parsed, err := parseTemplate(text)
	if at, ok := errors.AsType[*placed](err); ok {
		c.errs = append(c.errs, &placed{line: line + at.line - 1, cause: at.cause})
	}
	return parsed
}

// alone refuses {{...}} where it is not all that an element holds.
func (c *compiler) alone(t template, line int) {
	for _, p := range t {
		if p.kind == anything {
			c.errs = append(c.errs, &placed{line: line, cause: errNotAlone})
		}
	}
}

const errNotAlone templateError = "{{...}} stands alone in an element; {{any}} is any text"

// templates are all that an expectation holds.
func (e expectation) templates() []template {
	var all []template
	if e.text != nil {
		all = append(all, e.text)
	}
	for _, each := range e.elements {
		all = append(all, each.text)
		all = append(all, each.attrs...)
	}
	return all
}

// fault says whether a Fault of SOAP 1.1 is expected.
func (e expectation) fault() bool {
	if e.root == nil || e.root.name.Local != "Envelope" {
		return false
	}
	for _, part := range e.root.children {
		if part.name.Local == "Body" && len(part.children) == 1 {
			return part.children[0].name.Local == "Fault" && part.children[0].name.Space == e.root.name.Space
		}
	}
	return false
}
