package replay

import (
	"bytes"
	"cmp"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/beevik/etree"
)

// node is an element of a document in canonical form: names are resolved,
// attributes sorted, and what does not matter is gone.
type node struct {
	name     xml.Name
	attrs    []attr
	text     string // a leaf's; of an element that holds elements, what is beside them
	children []*node
	index    int // in document order, from 0
	source   *etree.Element
}

type attr struct {
	name  xml.Name
	value string
}

func (n *node) holdsElements() bool { return len(n.children) > 0 }

const xsiNamespace = "http://www.w3.org/2001/XMLSchema-instance"

// typeName is xsi:type, whose value is a qualified name.
func typeName() xml.Name { return xml.Name{Space: xsiNamespace, Local: "type"} }

// readDocument reads XML that encoding/xml takes, and what it lets pass is
// refused: namespaces that are not declared, and anything around the root. The
// error is a *placed where a line is known.
func readDocument(text []byte) (*etree.Document, *node, error) {
	text = bytes.TrimPrefix(text, []byte("\uFEFF"))
	doc := etree.NewDocument()
	doc.ReadSettings.PreserveDuplicateAttrs = true
	if err := doc.ReadFromBytes(text); err != nil {
		return nil, nil, misread(text, err)
	}
	reader := &canonicaliser{}
	root, err := reader.document(doc)
	return doc, root, err
}

// misread says where a text is not well-formed: etree does not.
func misread(text []byte, err error) error {
	decoder := xml.NewDecoder(bytes.NewReader(text))
	decoder.CharsetReader = func(_ string, in io.Reader) (io.Reader, error) { return in, nil }
	for {
		_, tokenErr := decoder.Token()
		line, _ := decoder.InputPos()
		if syntax, ok := errors.AsType[*xml.SyntaxError](tokenErr); ok {
			return &placed{line: syntax.Line, cause: fmt.Errorf("not well-formed XML: %s", syntax.Msg)}
		}
		if tokenErr != nil {
			return &placed{line: line, cause: fmt.Errorf("not well-formed XML: %w", err)}
		}
	}
}

// nodeOf returns an element of a document in canonical form, counted from itself.
func nodeOf(e *etree.Element) (*node, error) { return (&canonicaliser{}).element(e) }

// canonicaliser makes nodes of the elements of etree.
type canonicaliser struct{ count int }

func (c *canonicaliser) document(doc *etree.Document) (*node, error) {
	var root *node
	for i, token := range doc.Child {
		switch t := token.(type) {
		case *etree.Element:
			if root != nil {
				return nil, errSecondRoot
			}
			var err error
			if root, err = c.element(t); err != nil {
				return nil, err
			}
		case *etree.CharData:
			if !t.IsWhitespace() {
				return nil, errTextOutside
			}
		case *etree.Directive:
			return nil, errDoctype
		case *etree.ProcInst:
			if i > 0 || t.Target != "xml" {
				return nil, errInstruction
			}
		}
	}
	if root == nil {
		return nil, errNoRoot
	}
	return root, nil
}

// What is wrong with a document.
var (
	errNoRoot      = errors.New("the document holds no element")
	errSecondRoot  = errors.New("the document goes on after its root element")
	errTextOutside = errors.New("the document holds text outside its root element")
	errDoctype     = errors.New("the document holds a document type declaration, which SOAP does not allow")
	errInstruction = errors.New("the document holds a processing instruction, which SOAP does not allow")
)

func (c *canonicaliser) element(e *etree.Element) (*node, error) {
	n := &node{index: c.count, source: e}
	c.count++
	var err error
	if n.name, err = resolve(e, e.Space, e.Tag, true); err != nil {
		return nil, err
	}
	if n.attrs, err = attributes(e); err != nil {
		return nil, err
	}
	var text strings.Builder
	for _, token := range e.Child {
		switch t := token.(type) {
		case *etree.Element:
			child, err := c.element(t)
			if err != nil {
				return nil, err
			}
			n.children = append(n.children, child)
		case *etree.CharData:
			text.WriteString(t.Data)
		case *etree.ProcInst:
			return nil, errInstruction
		}
	}
	if n.text = text.String(); n.holdsElements() || strings.TrimSpace(n.text) == "" {
		n.text = strings.TrimSpace(n.text)
	}
	if n.isFaultCode() {
		n.text = qualified(e, n.text)
	}
	return n, nil
}

// isFaultCode says that an element's text is a qualified name (SOAP 1.1,
// section 4.4).
func (n *node) isFaultCode() bool {
	parent := n.source.Parent()
	return n.name == xml.Name{Local: "faultcode"} && parent != nil && parent.Tag == "Fault"
}

// resolve replaces a prefix by its namespace. The default namespace is for
// elements, and for qualified names in values.
func resolve(e *etree.Element, prefix, local string, inDefault bool) (xml.Name, error) {
	if prefix == "" && !inDefault {
		return xml.Name{Local: local}, nil
	}
	if prefix == "xml" {
		return xml.Name{Space: "http://www.w3.org/XML/1998/namespace", Local: local}, nil
	}
	for ; e != nil; e = e.Parent() {
		for _, a := range e.Attr {
			if a.Space == "xmlns" && a.Key == prefix || a.Space == "" && a.Key == "xmlns" && prefix == "" {
				return xml.Name{Space: a.Value, Local: local}, nil
			}
		}
	}
	if prefix == "" {
		return xml.Name{Local: local}, nil
	}
	return xml.Name{}, fmt.Errorf("the prefix of %s:%s is not declared", prefix, local)
}

// attributes are those of an element without its namespace declarations, in
// the order of their names.
func attributes(e *etree.Element) ([]attr, error) {
	var attrs []attr
	for _, a := range e.Attr {
		if a.Space == "xmlns" || a.Space == "" && a.Key == "xmlns" {
			continue
		}
		name, err := resolve(e, a.Space, a.Key, false)
		if err != nil {
			return nil, err
		}
		value := a.Value
		if name == typeName() {
			value = qualified(e, value)
		}
		attrs = append(attrs, attr{name: name, value: value})
	}
	slices.SortFunc(attrs, func(a, b attr) int {
		return cmp.Or(cmp.Compare(a.name.Space, b.name.Space), cmp.Compare(a.name.Local, b.name.Local))
	})
	for i := 1; i < len(attrs); i++ {
		if attrs[i].name == attrs[i-1].name {
			return nil, fmt.Errorf("the element %s has the attribute %s twice", e.FullTag(), attrs[i].name.Local)
		}
	}
	return attrs, nil
}

// qualified writes a qualified name in a value as {namespace}local. What is
// none stays as it is.
func qualified(e *etree.Element, value string) string {
	value = strings.TrimSpace(value)
	prefix, local, found := strings.Cut(value, ":")
	if !found {
		prefix, local = "", value
	}
	if strings.Contains(value, "{{") || local == "" {
		return value
	}
	name, err := resolve(e, prefix, local, true)
	if err != nil {
		return value
	}
	return "{" + name.Space + "}" + name.Local
}
