package main

import (
	"path"
	"slices"
	"strings"
)

// structType is a Go struct to be: a global element's anonymous type or a
// named complex type that no other extends.
type structType struct {
	name      string // in Go
	about     string
	doc       string // of a type, in the schema's words
	space     string // of a global element, "" for a type
	xmlName   string
	typeName  qname
	derived   bool
	particles []*particle
}

// structs lists them, elements in document order and then types by name.
func (s *schemas) structs() ([]structType, error) {
	var out []structType
	for _, global := range s.globals {
		name, space := global.SelectAttrValue("name", ""), targetSpace(global)
		particles, err := s.particles(global.FindElement("complexType"))
		if err != nil {
			return nil, err
		}
		out = append(out, structType{
			name: exported(name), about: "element " + name,
			space: space, xmlName: name, particles: particles,
		})
	}
	for _, name := range s.complexTypes() {
		complexType := s.types[name]
		particles, err := s.particles(complexType)
		if err != nil {
			return nil, err
		}
		out = append(out, structType{
			name: s.goType(name), about: "type " + name.local + " of " + path.Base(name.space), doc: documentation(complexType),
			typeName: name, derived: complexType.FindElement("complexContent") != nil, particles: particles,
		})
	}
	return out, nil
}

// complexTypes lists the named ones that no other extends, sorted.
func (s *schemas) complexTypes() []qname {
	var out []qname
	for name, t := range s.types {
		if t.Tag == "complexType" && !s.extended[name] {
			out = append(out, name)
		}
	}
	slices.SortFunc(out, func(a, b qname) int { return strings.Compare(a.space+" "+a.local, b.space+" "+b.local) })
	return out
}
