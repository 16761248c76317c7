package replay

import (
	"errors"
	"strings"
)

// expectation is the body of a reply that is expected, compiled.
type expectation struct {
	root   *node    // of XML
	places []place  // of its elements
	text   template // of text
}

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
	return expectation{root: root, places: all.places}, all.errs
}

// compiler finds the placeholders of an expected document.
type compiler struct {
	body   string
	places []place
	errs   []error
}

func (c *compiler) node(n *node) {
	line := lineAt(c.body, c.places[n.index].start)
	n.want = c.compile(n.text, line)
	if len(n.want) != 1 || n.holdsElements() {
		c.alone(n.want, line)
	}
	for i := range n.attrs {
		n.attrs[i].want = c.compile(n.attrs[i].value, line)
		c.alone(n.attrs[i].want, line)
	}
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
	var walk func(*node)
	walk = func(n *node) {
		all = append(all, n.want)
		for _, a := range n.attrs {
			all = append(all, a.want)
		}
		for _, child := range n.children {
			walk(child)
		}
	}
	if e.root != nil {
		walk(e.root)
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
