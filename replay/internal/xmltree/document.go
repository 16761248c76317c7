// Package xmltree reads documents as trees of elements in a form in which what
// does not matter is gone, and finds the places of elements in their text.
package xmltree

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

// Node is an element of a document in canonical form: names are resolved,
// attributes sorted, and what does not matter is gone.
type Node struct {
	Name     xml.Name
	Attrs    []Attr
	Text     string // a leaf's; of an element that holds elements, what is beside them
	Children []*Node
	Index    int // in document order, from 0
	Source   *etree.Element
}

// Attr is an attribute. XSIType has its value as {namespace}local.
type Attr struct {
	Name  xml.Name
	Value string
}

// HoldsElements reports whether an element holds others.
func (n *Node) HoldsElements() bool { return len(n.Children) > 0 }

// XSI is the namespace of attributes such as xsi:type.
const XSI = "http://www.w3.org/2001/XMLSchema-instance"

// XSIType returns xsi:type, whose value is a qualified name.
func XSIType() xml.Name { return xml.Name{Space: XSI, Local: "type"} }

// Read reads XML that encoding/xml takes, and what it lets pass is
// refused: namespaces that are not declared, and anything around the root. The
// error is a *LineError where a line is known.
func Read(text []byte) (*etree.Document, *Node, error) {
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
			return &LineError{Line: syntax.Line, Cause: fmt.Errorf("not well-formed XML: %s", syntax.Msg)}
		}
		if tokenErr != nil {
			return &LineError{Line: line, Cause: fmt.Errorf("not well-formed XML: %w", err)}
		}
	}
}

// Of returns an element of a document in canonical form, counted from itself.
func Of(e *etree.Element) (*Node, error) { return (&canonicaliser{}).element(e) }

// canonicaliser makes nodes of the elements of etree.
type canonicaliser struct{ count int }

func (c *canonicaliser) document(doc *etree.Document) (*Node, error) {
	var root *Node
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

func (c *canonicaliser) element(e *etree.Element) (*Node, error) {
	n := &Node{Index: c.count, Source: e}
	c.count++
	var err error
	if n.Name, err = Resolve(e, e.Space, e.Tag, true); err != nil {
		return nil, err
	}
	if n.Attrs, err = attributes(e); err != nil {
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
			n.Children = append(n.Children, child)
		case *etree.CharData:
			text.WriteString(t.Data)
		case *etree.ProcInst:
			return nil, errInstruction
		}
	}
	if n.Text = text.String(); n.HoldsElements() || strings.TrimSpace(n.Text) == "" {
		n.Text = strings.TrimSpace(n.Text)
	}
	if n.IsFaultCode() {
		n.Text = qualified(e, n.Text)
	}
	return n, nil
}

// IsFaultCode reports whether an element's text is a qualified name (SOAP 1.1,
// section 4.4).
func (n *Node) IsFaultCode() bool {
	parent := n.Source.Parent()
	return n.Name == xml.Name{Local: "faultcode"} && parent != nil && parent.Tag == "Fault"
}

// Resolve replaces a prefix by its namespace. The default namespace is for
// elements, and for qualified names in values.
func Resolve(e *etree.Element, prefix, local string, inDefault bool) (xml.Name, error) {
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

// attributes returns those of an element without its namespace declarations, in
// the order of their names.
func attributes(e *etree.Element) ([]Attr, error) {
	var attrs []Attr
	for _, a := range e.Attr {
		if a.Space == "xmlns" || a.Space == "" && a.Key == "xmlns" {
			continue
		}
		name, err := Resolve(e, a.Space, a.Key, false)
		if err != nil {
			return nil, err
		}
		value := a.Value
		if name == XSIType() {
			value = qualified(e, value)
		}
		attrs = append(attrs, Attr{Name: name, Value: value})
	}
	slices.SortFunc(attrs, func(a, b Attr) int {
		return cmp.Or(cmp.Compare(a.Name.Space, b.Name.Space), cmp.Compare(a.Name.Local, b.Name.Local))
	})
	for i := 1; i < len(attrs); i++ {
		if attrs[i].Name == attrs[i-1].Name {
			return nil, fmt.Errorf("the element %s has the attribute %s twice", e.FullTag(), attrs[i].Name.Local)
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
	name, err := Resolve(e, prefix, local, true)
	if err != nil {
		return value
	}
	return "{" + name.Space + "}" + name.Local
}
