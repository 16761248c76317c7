package soap

import (
	"encoding/xml"
	"fmt"
	"regexp"
	"strings"
)

// Element is what a schema says of one element. A global element has depth 0
// and a namespace; its descendants follow it, are one deeper than their
// parent and are in no namespace.
type Element struct {
	Depth     int
	Name      string // local
	Namespace string // of a global element

	TypeNamespace string // "" for an anonymous type
	Type          string

	MinOccurs int // 0 or 1
	MaxOccurs int // 1, or 0 for no limit
	Choice    int // siblings of one number, not 0: exactly one is there

	Base                 string // "string", "int", "boolean" or "anyType"; "" for an element that holds elements
	MinLength, MaxLength int    // in characters; a MaxLength of 0 is none
	Pattern              string // of the whole, as XML Schema writes it
	Collapse             bool   // white space around and within is not meant
	Form                 string // what it takes, in words
	Secret               bool   // never to be shown
}

// Schema is a set of global elements and what they hold. It is read only.
type Schema struct {
	globals map[xml.Name]*node
	spaces  map[string]bool // of global elements and of types
	visible map[string]bool // simple elements, whether their text may be shown
}

// node is an element in its place in the schema.
type node struct {
	Element
	path     string // below the global element, "/" between
	place    uint   // among its siblings
	children []*node
	pattern  *regexp.Regexp

	// What the decoder is given for it, made once.
	start, end xml.Token
}

// maxChildren is how many fit the bits of one word.
const maxChildren = 64

// NewSchema reads a schema. The error names the element that it cannot hold.
func NewSchema(elements []Element) (*Schema, error) {
	s := &Schema{globals: map[xml.Name]*node{}, spaces: map[string]bool{}, visible: map[string]bool{}}
	var open []*node
	for _, e := range elements {
		if e.Depth > len(open) {
			return nil, fmt.Errorf("schema: element %s is deeper than its place", e.Name)
		}
		n := &node{Element: e}
		if e.Depth == 0 {
			s.addGlobal(n)
		} else if err := open[e.Depth-1].adopt(n, open[0]); err != nil {
			return nil, err
		}
		if err := n.prepare(); err != nil {
			return nil, err
		}
		if e.Base != "" {
			shown, seen := s.visible[e.Name]
			s.visible[e.Name] = !e.Secret && (shown || !seen)
		}
		s.spaces[e.Namespace], s.spaces[e.TypeNamespace] = true, true
		open = append(open[:e.Depth], n)
	}
	return s, nil
}

func (s *Schema) addGlobal(n *node) {
	name := xml.Name{Space: n.Namespace, Local: n.Name}
	n.start, n.end = xml.StartElement{Name: name}, xml.EndElement{Name: name}
	s.globals[name] = n
}

func (n *node) adopt(child, global *node) error {
	if len(n.children) == maxChildren {
		return fmt.Errorf("schema: element %s has more than %d children", n.Name, maxChildren)
	}
	child.path = child.Name
	if n != global {
		child.path = n.path + "/" + child.Name
	}
	child.place = uint(len(n.children))
	name := xml.Name{Local: child.Name}
	child.start, child.end = xml.StartElement{Name: name}, xml.EndElement{Name: name}
	n.children = append(n.children, child)
	return nil
}

func (n *node) prepare() error {
	if n.MinOccurs > 1 || n.MaxOccurs > 1 {
		return fmt.Errorf("schema: element %s: an occurrence other than 0, 1 or unbounded", n.Name)
	}
	if n.Pattern == "" {
		return nil
	}
	var err error
	if n.pattern, err = regexp.Compile("^(?:" + n.Pattern + ")$"); err != nil {
		return fmt.Errorf("schema: element %s: pattern: %w", n.Name, err)
	}
	return nil
}

// child finds a child by its local name.
func (n *node) child(local string) *node {
	for _, c := range n.children {
		if c.Name == local {
			return c
		}
	}
	return nil
}

// required reports whether an element must be there, by itself.
func (n *node) required() bool { return n.MinOccurs > 0 && n.Choice == 0 }

// is reports whether a type is the element's.
func (n *node) is(name xml.Name) bool { return name == xml.Name{Space: n.TypeNamespace, Local: n.Type} }

// alternatives names the elements of a choice.
func (n *node) alternatives(choice int) string {
	var names []string
	for _, c := range n.children {
		if c.Choice == choice {
			names = append(names, c.Name)
		}
	}
	return strings.Join(names, " or ")
}
