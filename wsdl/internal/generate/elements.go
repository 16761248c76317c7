package main

import (
	"bytes"
	"fmt"
	"path"
	"strings"
)

// elementTable writes what the schemas say of every element as data.
func elementTable(s *schemas) ([]byte, error) {
	out := bytes.NewBufferString(header)
	out.WriteString("// Elements returns what the schemas say of every element, each before its\n// children, in the schemas' order.\n")
	out.WriteString("func Elements() []Element {\nreturn []Element{\n")
	for _, global := range s.globals {
		p, err := s.particle(global)
		if err != nil {
			return nil, err
		}
		writeElement(out, p, targetSpace(global), 0)
	}
	out.WriteString("}\n}\n")
	return out.Bytes(), nil
}

func writeElement(out *bytes.Buffer, p *particle, space string, depth int) {
	fmt.Fprintf(out, "{Depth: %d, Name: %q", depth, p.name)
	text := func(field, value string) {
		if value != "" {
			fmt.Fprintf(out, ", %s: %q", field, value)
		}
	}
	number := func(field string, value int) {
		if value != 0 {
			fmt.Fprintf(out, ", %s: %d", field, value)
		}
	}
	flag := func(field string, value bool) {
		if value {
			fmt.Fprintf(out, ", %s: true", field)
		}
	}
	constant := func(field, space string) {
		if space != "" {
			fmt.Fprintf(out, ", %s: %s", field, strings.TrimSuffix(path.Base(space), ".xsd"))
		}
	}
	constant("Namespace", space)
	constant("TypeNamespace", p.typeName.space)
	text("Type", p.typeName.local)
	number("MinOccurs", p.min)
	number("MaxOccurs", p.max)
	number("Choice", p.choice)
	if p.simple != nil {
		text("Base", p.simple.base)
		number("MinLength", p.simple.minLength)
		number("MaxLength", p.simple.maxLength)
		text("Pattern", p.simple.pattern)
		flag("Collapse", p.simple.collapse)
		text("Form", p.simple.form)
	}
	flag("Secret", p.secret)
	out.WriteString("},\n")
	for _, child := range p.children {
		writeElement(out, child, "", depth+1)
	}
}
