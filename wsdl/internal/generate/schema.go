package main

import (
	"fmt"
	"path"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/beevik/etree"
)

const (
	schemaSpace = "http://www.w3.org/2001/XMLSchema"
	hintSpace   = "https://github.com/dsappd/dsappd/schema"
)

// qname is a name in its namespace.
type qname struct{ space, local string }

// particle is one element declaration with all that is known of its type.
type particle struct {
	name     string
	doc      string // what the schema says of it, in words
	min, max int    // max 0: unbounded
	choice   int    // 0, or the number of the choice it stands in, within its parent
	secret   bool
	typeName qname  // "" for an anonymous type
	goType   string // of a complex type
	simple   *simple
	children []*particle
}

// simple is a simple type with its restrictions.
type simple struct {
	base                 string
	minLength, maxLength int
	pattern, form        string
	collapse             bool
}

// schemas are the documents as one: what is declared, by name.
type schemas struct {
	globals  []*etree.Element
	prefixes map[string]string // that replies write, by namespace
	types    map[qname]*etree.Element
	extended map[qname]bool  // types that another extends
	used     map[qname]bool  // types of elements
	inputs   map[string]bool // global elements that a request is made of
}

// readSchemas reads WSDL documents and the schemas that they import.
func readSchemas(documents []string) (*schemas, error) {
	s := &schemas{prefixes: map[string]string{}, types: map[qname]*etree.Element{}, extended: map[qname]bool{}, used: map[qname]bool{}, inputs: map[string]bool{}}
	seen := map[string]bool{}
	for _, document := range documents {
		if err := s.read(document, seen); err != nil {
			return nil, err
		}
	}
	return s, nil
}

func (s *schemas) read(wsdl string, seen map[string]bool) error {
	document := etree.NewDocument()
	if err := document.ReadFromFile(wsdl); err != nil {
		return fmt.Errorf("read WSDL: %w", err)
	}
	for _, schema := range document.FindElements("/definitions/types/schema") {
		if err := s.add(schema, filepath.Dir(wsdl), seen); err != nil {
			return err
		}
	}
	elements := map[string]string{}
	for _, message := range document.FindElements("/definitions/message") {
		part := message.FindElement("part")
		elements[message.SelectAttrValue("name", "")] = local(part.SelectAttrValue("element", ""))
	}
	for _, input := range document.FindElements("/definitions/portType/operation/input") {
		s.inputs[elements[local(input.SelectAttrValue("message", ""))]] = true
	}
	return nil
}

func (s *schemas) add(schema *etree.Element, folder string, seen map[string]bool) error {
	if prefix := hint(schema, "prefix"); prefix != "" {
		s.prefixes[schema.SelectAttrValue("targetNamespace", "")] = prefix
	}
	for _, element := range schema.FindElements(".//element[@type]") {
		s.used[resolve(element, element.SelectAttrValue("type", ""))] = true
	}
	for _, child := range schema.ChildElements() {
		name := qname{schema.SelectAttrValue("targetNamespace", ""), child.SelectAttrValue("name", "")}
		switch child.Tag {
		case "annotation":
		case "element":
			s.globals = append(s.globals, child)
		case "complexType", "simpleType":
			s.types[name] = child
			if extension := child.FindElement("complexContent/extension"); extension != nil {
				s.extended[resolve(extension, extension.SelectAttrValue("base", ""))] = true
			}
		case "import":
			if err := s.importFile(child.SelectAttrValue("schemaLocation", ""), folder, seen); err != nil {
				return err
			}
		default:
			return fmt.Errorf("schema: <%s> is not handled", child.Tag)
		}
	}
	return nil
}

func (s *schemas) importFile(location, folder string, seen map[string]bool) error {
	if seen[location] {
		return nil
	}
	seen[location] = true
	document := etree.NewDocument()
	if err := document.ReadFromFile(filepath.Join(folder, location)); err != nil {
		return fmt.Errorf("read schema: %w", err)
	}
	return s.add(document.Root(), folder, seen)
}

// particles lists what a complex type holds, its base's first.
func (s *schemas) particles(complexType *etree.Element) ([]*particle, error) {
	var out []*particle
	if extension := complexType.FindElement("complexContent/extension"); extension != nil {
		base := resolve(extension, extension.SelectAttrValue("base", ""))
		inherited, err := s.particles(s.types[base])
		if err != nil {
			return nil, err
		}
		out, complexType = inherited, extension
	}
	for _, group := range complexType.ChildElements() {
		if group.Tag == "annotation" {
			continue
		}
		more, err := s.group(group, len(out)+1)
		if err != nil {
			return nil, err
		}
		out = append(out, more...)
	}
	return out, nil
}

// group lists a sequence or a choice; number tells choices apart.
func (s *schemas) group(group *etree.Element, number int) ([]*particle, error) {
	if group.Tag != "sequence" && group.Tag != "choice" {
		return nil, fmt.Errorf("schema: <%s> is not handled", group.Tag)
	}
	if group.SelectAttr("minOccurs") != nil || group.SelectAttr("maxOccurs") != nil {
		return nil, fmt.Errorf("schema: occurrence of <%s> is not handled", group.Tag)
	}
	var out []*particle
	for _, child := range group.ChildElements() {
		if child.Tag != "element" {
			more, err := s.group(child, number+len(out))
			if err != nil {
				return nil, err
			}
			out = append(out, more...)
			continue
		}
		p, err := s.particle(child)
		if err != nil {
			return nil, err
		}
		if group.Tag == "choice" {
			p.choice, p.min = number, 0
		}
		out = append(out, p)
	}
	return out, nil
}

func (s *schemas) particle(element *etree.Element) (*particle, error) {
	p := &particle{
		name: element.SelectAttrValue("name", ""), doc: documentation(element),
		min: 1, max: 1, secret: hint(element, "secret") == "true",
	}
	for _, a := range element.Attr {
		switch a.Key {
		case "minOccurs":
			p.min, _ = strconv.Atoi(a.Value)
		case "maxOccurs":
			p.max, _ = strconv.Atoi(a.Value) // "unbounded" is 0
		}
	}
	complexType := element.FindElement("complexType")
	if complexType == nil {
		p.typeName = resolve(element, element.SelectAttrValue("type", ""))
		complexType = s.types[p.typeName]
	}
	var err error
	form := hint(element, "form")
	switch {
	case form != "":
		p.simple, err = s.restricted(resolve(element, form))
	case p.typeName.space == schemaSpace:
		p.simple = builtin(p.typeName.local)
	case complexType == nil || complexType.Tag != "complexType":
		err = fmt.Errorf("schema: element %s: %v is no complex type", p.name, p.typeName)
	default:
		p.goType = s.goType(p.typeName)
		p.children, err = s.particles(complexType)
	}
	return p, err
}

func builtin(base string) *simple {
	form := map[string]string{
		"int": "an integer from -2147483648 to 2147483647", "string": "text",
		"boolean": "true or false", "anyType": "a value of its xsi:type",
	}[base]
	return &simple{base: base, form: form, collapse: base != "string" && base != "anyType"}
}

func (s *schemas) restricted(name qname) (*simple, error) {
	simpleType := s.types[name]
	if simpleType == nil || simpleType.Tag != "simpleType" {
		return nil, fmt.Errorf("schema: %v is no simple type", name)
	}
	restriction := simpleType.FindElement("restriction")
	out := builtin(local(restriction.SelectAttrValue("base", "")))
	if words := documentation(simpleType); words != "" {
		out.form = words
	}
	for _, facet := range restriction.ChildElements() {
		value := facet.SelectAttrValue("value", "")
		switch facet.Tag {
		case "minLength":
			out.minLength, _ = strconv.Atoi(value)
		case "maxLength":
			out.maxLength, _ = strconv.Atoi(value)
		case "pattern":
			out.pattern = value
		case "whiteSpace":
			out.collapse = value == "collapse"
		default:
			return nil, fmt.Errorf("schema: facet <%s> is not handled", facet.Tag)
		}
	}
	return out, nil
}

// documentation returns what a declaration says of itself, "" for nothing.
func documentation(e *etree.Element) string {
	if words := e.FindElement("annotation/documentation"); words != nil {
		return strings.TrimSpace(words.Text())
	}
	return ""
}

// hint returns the value of one of our own attributes, "" where it is not
// there.
func hint(e *etree.Element, name string) string {
	for _, a := range e.Attr {
		if a.NamespaceURI() == hintSpace && a.Key == name {
			return a.Value
		}
	}
	return ""
}

// targetSpace returns the target namespace of the schema that holds an element.
func targetSpace(e *etree.Element) string {
	for ; e != nil; e = e.Parent() {
		if e.Tag == "schema" {
			return e.SelectAttrValue("targetNamespace", "")
		}
	}
	return ""
}

// resolve reads a prefixed name in an attribute's value.
func resolve(e *etree.Element, value string) qname {
	prefix, name, found := strings.Cut(value, ":")
	if !found {
		return qname{"", value}
	}
	for ; e != nil; e = e.Parent() {
		if a := e.SelectAttr("xmlns:" + prefix); a != nil {
			return qname{a.Value, name}
		}
	}
	return qname{prefix, name}
}

func local(value string) string {
	_, name, found := strings.Cut(value, ":")
	if !found {
		return value
	}
	return name
}

// goType returns the Go name of a complex type. Of two with one name, the one
// whose schema comes later has that of the schema before it.
func (s *schemas) goType(name qname) string {
	if name.local == "" {
		return "" // anonymous
	}
	for other, t := range s.types {
		if other.local == name.local && other.space < name.space && t.Tag == "complexType" {
			return strings.TrimSuffix(path.Base(name.space), "Types.xsd") + exported(name.local)
		}
	}
	return exported(name.local)
}

// exported returns the Go name that gowsdl gives to an XML name.
func exported(name string) string { return strings.ToUpper(name[:1]) + name[1:] }
