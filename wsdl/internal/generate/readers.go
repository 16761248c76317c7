package main

import (
	"bytes"
	"fmt"
	"path"
	"strings"
)

// readers writes, for every element that a request is made of, the methods by which
// its type takes what is read of it.
func readers(s *schemas) ([]byte, error) {
	declared, err := s.structs()
	if err != nil {
		return nil, err
	}
	out := bytes.NewBufferString(header + "import \"encoding/xml\"\n\n")
	for _, d := range declared {
		if d.space != "" && s.inputs[d.xmlName] {
			writeReader(out, d)
		}
	}
	return out.Bytes(), nil
}

// writeReader writes both methods of a type: a case for each of its elements.
func writeReader(out *bytes.Buffer, d structType) {
	var begun, taken bytes.Buffer
	space := strings.TrimSuffix(path.Base(d.space), ".xsd")
	fmt.Fprintf(&begun, "case \"\":\nv.XMLName = xml.Name{Space: %s, Local: %q}\n", space, d.xmlName)
	writeCases(&begun, &taken, d.particles, "", "v.")
	fmt.Fprintf(out, "// ReadElement begins an element that holds elements, by its path below %s.\n", d.xmlName)
	fmt.Fprintf(out, "func (v *%s) ReadElement(path string) {\nswitch path {\n%s}\n}\n\n", d.name, &begun)
	typed := "xsiType"
	if !strings.Contains(taken.String(), typed) {
		typed = "_"
	}
	fmt.Fprintf(out, "// ReadText takes the text of a simple element, by its path below %s.\n", d.xmlName)
	fmt.Fprintf(out, "func (v *%s) ReadText(path, %s, text string) {\nswitch path {\n%s}\n}\n\n", d.name, typed, &taken)
}

// writeCases writes the cases of elements below a path, whose fields are below an
// expression.
func writeCases(begun, taken *bytes.Buffer, particles []*particle, above, fields string) {
	for _, p := range particles {
		path, field := above+p.name, fields+exported(p.name)
		if p.simple != nil {
			fmt.Fprintf(taken, "case %q:\n%s\n", path, assignment(field, p, readValue(p)))
			continue
		}
		if p.max != 1 || p.min == 0 {
			fmt.Fprintf(begun, "case %q:\n%s\n", path, assignment(field, p, p.goType+"{}"))
		}
		if p.max != 1 {
			field += fmt.Sprintf("[len(%s)-1]", field)
		}
		writeCases(begun, taken, p.children, path+"/", field+".")
	}
}

// assignment gives a field a value: a slice one more, and a pointer to it where the
// element may be absent.
func assignment(field string, p *particle, value string) string {
	switch {
	case p.max != 1:
		return fmt.Sprintf("%s = append(%s, %s)", field, field, value)
	case p.min == 0:
		return fmt.Sprintf("%s = pointer(%s)", field, value)
	}
	return field + " = " + value
}

// readValue writes the value of a text that was checked to be of the type.
func readValue(p *particle) string {
	switch p.simple.base {
	case "anyType":
		return "Value{Type: xsiType, Text: text}"
	case "boolean":
		return "readBoolean(text)"
	case "int":
		return "readInt(text)"
	}
	return "text"
}
