package replay

import (
	"errors"
	"fmt"
	"strings"

	"github.com/dsappd/dsappd/replay/internal/jsontree"
	"github.com/dsappd/dsappd/replay/internal/xmltree"
	"github.com/dsappd/dsappd/replay/transcript"
)

// expectation is the body of a reply that is expected, compiled.
type expectation struct {
	root     *xmltree.Node      // of XML
	places   []xmltree.Place    // of its elements
	elements []elementTemplates // by their index
	text     template           // of text
	json     *jsonExpectation   // of JSON
}

// elementTemplates are what is expected of the texts of an element.
type elementTemplates struct {
	text  template
	attrs []template // in the order of the element's
}

// of returns what is expected of an element of the root's document.
func (e expectation) of(n *xmltree.Node) elementTemplates { return e.elements[n.Index] }

// parseExpectation compiles the body of a reply. The errors are *xmltree.LineError where
// a line is known.
func parseExpectation(kind transcript.Kind, body string) (expectation, []error) {
	if kind == transcript.Text {
		parsed, err := parseTemplate(strings.TrimSuffix(body, "\n"))
		if err != nil {
			return expectation{}, []error{err}
		}
		return expectation{text: parsed}, nil
	}
	if kind == transcript.JSON {
		value, err := jsontree.Read(body)
		if err != nil {
			return expectation{}, []error{fmt.Errorf("it is no JSON: %w", err)}
		}
		compiled, errs := expectJSON(value)
		return expectation{json: compiled}, errs
	}
	_, root, err := xmltree.Read([]byte(body))
	if err != nil {
		return expectation{}, []error{err}
	}
	all := &compiler{places: xmltree.Places(body), body: body}
	all.node(root)
	return expectation{root: root, places: all.places, elements: all.elements}, all.errs
}

// compiler finds the placeholders of an expected document.
type compiler struct {
	body     string
	places   []xmltree.Place
	elements []elementTemplates
	errs     []error
}

func (c *compiler) node(n *xmltree.Node) {
	line := xmltree.LineAt(c.body, c.places[n.Index].Start)
	want := elementTemplates{text: c.compile(n.Text, line)}
	if len(want.text) != 1 || n.HoldsElements() {
		c.alone(want.text, line)
	}
	for _, a := range n.Attrs {
		value := c.compile(a.Value, line)
		c.alone(value, line)
		want.attrs = append(want.attrs, value)
	}
	c.elements = append(c.elements, want) // in document order, as n.index counts
	for _, child := range n.Children {
		c.node(child)
	}
}

func (c *compiler) compile(text string, line int) template {
	parsed, err := parseTemplate(text)
	if at, ok := errors.AsType[*xmltree.LineError](err); ok {
		c.errs = append(c.errs, &xmltree.LineError{Line: line + at.Line - 1, Cause: at.Cause})
	}
	return parsed
}

// alone refuses {{...}} where it is not all that an element holds.
func (c *compiler) alone(t template, line int) {
	for _, p := range t {
		if p.kind == anything {
			c.errs = append(c.errs, &xmltree.LineError{Line: line, Cause: errNotAlone})
		}
	}
}

const errNotAlone templateError = "{{...}} stands alone in an element; {{any}} is any text"

// templates lists all that an expectation holds.
func (e expectation) templates() []template {
	var all []template
	if e.text != nil {
		all = append(all, e.text)
	}
	if e.json != nil {
		all = append(all, e.json.templates()...)
	}
	for _, each := range e.elements {
		all = append(all, each.text)
		all = append(all, each.attrs...)
	}
	return all
}

// fault says whether a Fault of SOAP 1.1 is expected.
func (e expectation) fault() bool {
	if e.root == nil || e.root.Name.Local != "Envelope" {
		return false
	}
	for _, part := range e.root.Children {
		if part.Name.Local == "Body" && len(part.Children) == 1 {
			return part.Children[0].Name.Local == "Fault" && part.Children[0].Name.Space == e.root.Name.Space
		}
	}
	return false
}
