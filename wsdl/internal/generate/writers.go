package main

import (
	"bytes"
	"fmt"
)

// writers writes an Append function for every global element and a method of
// the appender for every complex type.
func writers(s *schemas) ([]byte, error) {
	declared, err := s.structs()
	if err != nil {
		return nil, err
	}
	out := bytes.NewBufferString(header)
	for _, d := range declared {
		if d.space != "" {
			writeAppend(out, s, d)
		} else {
			writeMethod(out, s, d)
		}
	}
	return out.Bytes(), nil
}

// writeAppend writes the function for a global element. That of a request
// refuses text that XML cannot hold; a reply has to go out.
func writeAppend(out *bytes.Buffer, s *schemas, d structType) {
	tag := s.prefixes[d.space] + ":" + d.xmlName
	result, last := "[]byte", "return a.buffer\n"
	fmt.Fprintf(out, "// Append%s appends the element %s.\n", d.name, tag)
	if s.inputs[d.xmlName] {
		fmt.Fprintf(out, "// The error is a TextError.\n")
		result, last = "([]byte, error)", "return a.checked()\n"
	}
	fmt.Fprintf(out, "func Append%s(dst []byte, v *%s) %s {\n", d.name, d.name, result)
	fmt.Fprintf(out, "a := appender{buffer: dst}\na.raw(%q)\n", "<"+tag+">")
	writeFields(out, d)
	fmt.Fprintf(out, "a.raw(%q)\n%s}\n\n", "</"+tag+">", last)
}

func writeMethod(out *bytes.Buffer, s *schemas, d structType) {
	fmt.Fprintf(out, "func (a *appender) append%s(name string, v *%s) {\n", d.name, d.name)
	fmt.Fprintf(out, "a.open(name, %q)\n", typeAttribute(s, d))
	writeFields(out, d)
	out.WriteString("a.close(name)\n}\n\n")
}

// typeAttribute returns the xsi:type of a complex element: where its type
// extends another, which a client may have been made for, and where the element
// may be empty, which some clients take for nothing at all without it.
func typeAttribute(s *schemas, d structType) string {
	empty := true
	for _, p := range d.particles {
		empty = empty && p.min == 0 && p.choice == 0
	}
	if !empty && !d.derived {
		return ""
	}
	return ` xsi:type="` + s.prefixes[d.typeName.space] + ":" + d.typeName.local + `"`
}

func writeFields(out *bytes.Buffer, d structType) {
	for _, p := range d.particles {
		field := "v." + exported(p.name)
		switch {
		case p.max != 1:
			fmt.Fprintf(out, "for i := range %s {\n%s\n}\n", field, appendCall(p, field+"[i]", true))
		case p.min == 0:
			fmt.Fprintf(out, "if %s != nil {\n%s\n}\n", field, appendCall(p, field, false))
		default:
			fmt.Fprintf(out, "%s\n", appendCall(p, field, true))
		}
	}
}

// appendCall writes one value; isValue says that the expression is no
// pointer.
func appendCall(p *particle, expression string, isValue bool) string {
	pointer, value := expression, "*"+expression
	if isValue {
		pointer, value = "&"+expression, expression
	}
	switch {
	case p.simple == nil:
		return fmt.Sprintf("a.append%s(%q, %s)", p.goType, p.name, pointer)
	case p.simple.base == "anyType":
		return fmt.Sprintf("a.value(%q, %s)", p.name, value)
	case p.simple.base == "boolean":
		return fmt.Sprintf("a.boolean(%q, %s)", p.name, value)
	case p.simple.base == "int":
		return fmt.Sprintf("a.integer(%q, %s)", p.name, value)
	}
	return fmt.Sprintf("a.text(%q, %s)", p.name, value)
}
