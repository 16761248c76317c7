package soap

import (
	"encoding/base64"
	"encoding/xml"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// optional reports whether an element may be left out, by itself or for another
// of its choice.
func (n *node) optional() bool { return n.path != "" && n.MinOccurs == 0 }

// holds returns what an element takes, in words.
func (n *node) holds() string {
	if n.Base == "" {
		return "its elements"
	}
	return n.Form
}

// attributes checks those of an element that the schema has, and says whether
// its text is typed as base64 although the schema has it as text.
func (r *reader) attributes(n *node, all []xml.Attr) (inBase64 bool) {
	r.typed = ""
	for _, a := range all {
		if a.Name != (xml.Name{Space: instanceNamespace, Local: "type"}) {
			if r.strict && a.Name.Space != instanceNamespace {
				r.refuse(n.path, "has an attribute that the WSDL does not give it", "leave the attribute out")
			}
			continue
		}
		name, declared := r.scanner.qualified(a.Value)
		if r.strict && !declared {
			r.refuse(n.path, "has an xsi:type whose prefix is not declared", "declare the prefix, or leave xsi:type out")
		}
		r.typed = typeName(name)
		if r.strict && !n.is(name) && n.Base != "anyType" {
			r.refuse(n.path, "has an xsi:type other than the WSDL's", "leave xsi:type out")
		}
		inBase64 = slices.Contains([]string{"base64Binary", "base64", "{}base64Binary", "{}base64"}, r.typed)
	}
	return inBase64 && !r.strict
}

// typeName returns the local name of a type of XML Schema, of its drafts or of
// SOAP's encoding, which all have the same ones. Another type's is
// "{namespace}name", with no namespace where its prefix is not declared.
func typeName(name xml.Name) string {
	switch name.Space {
	case schemaNamespace, encodingNamespace, "http://www.w3.org/1999/XMLSchema", "http://www.w3.org/2000/10/XMLSchema", "http://www.w3.org/2001/XMLSchema-datatypes":
		return name.Local
	}
	return "{" + name.Space + "}" + name.Local
}

func isNil(attributes []xml.Attr) bool {
	for _, a := range attributes {
		if a.Name == (xml.Name{Space: instanceNamespace, Local: "nil"}) {
			value := strings.TrimSpace(a.Value)
			return value == "true" || value == "1"
		}
	}
	return false
}

// simple reads a simple element to its end, checks its value and gives it.
func (r *reader) simple(n *node, inBase64 bool) error {
	r.text = r.text[:0]
	nested := false
	for depth := 1; depth > 0; {
		t, err := r.scanner.next()
		if err != nil {
			return err
		}
		switch t.kind {
		case startElement:
			nested = true
			depth++
		case endElement:
			depth--
		case characters:
			r.text = append(r.text, t.text...)
		}
	}
	if nested {
		r.refuse(n.path, "holds elements", "it takes "+n.holds())
		return nil
	}
	r.value(n, inBase64)
	return nil
}

// value checks the text of a simple element. Empty counts as absent, unless
// the type has the empty text among its values and the element must be there.
func (r *reader) value(n *node, inBase64 bool) {
	if inBase64 && !r.decodeBase64(n) {
		return
	}
	if n.Collapse {
		r.text = collapse(r.text)
	}
	if len(r.text) == 0 && !r.strict && (n.optional() || !n.accepts(nil)) {
		r.absent(r.holder(), n)
		return
	}
	if n.Base != "anyType" && !n.accepts(r.text) {
		r.refuse(n.path, "has a wrong value", "it takes "+n.holds())
		return
	}
	r.open()
	r.sink.value(n, r.claimed(n, inBase64), r.text)
}

// claimed returns what an element of any type was typed as: whoever decodes it
// knows what it should be. Text sent in base64 is text by now.
func (r *reader) claimed(n *node, wasBase64 bool) string {
	switch {
	case n.Base != "anyType":
		return ""
	case wasBase64:
		return "string"
	}
	return r.typed
}

func (r *reader) decodeBase64(n *node) bool {
	decoded, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(string(r.text)), ""))
	if err != nil || !utf8.Valid(decoded) || !validText(decoded) {
		r.refuse(n.path, "is typed as base64 and is no text in it", "send the text itself, or its UTF-8 in base64")
		return false
	}
	r.text = append(r.text[:0], decoded...)
	return true
}

// accepts checks a value against the simple type.
func (n *node) accepts(text []byte) bool {
	switch n.Base {
	case "int":
		_, err := strconv.ParseInt(string(text), 10, 32)
		return err == nil
	case "boolean":
		return slices.Contains([]string{"true", "false", "1", "0"}, string(text))
	}
	length := utf8.RuneCount(text)
	if length < n.MinLength || n.MaxLength > 0 && length > n.MaxLength {
		return false
	}
	return n.pattern == nil || n.pattern.Match(text)
}

// collapse collapses white space as XML Schema does: none around, single spaces
// within.
func collapse(text []byte) []byte {
	out := text[:0]
	for i, c := range text {
		switch {
		case !isSpace(c):
			out = append(out, c)
		case len(out) > 0 && i+1 < len(text) && !isSpace(text[i+1]):
			out = append(out, ' ')
		}
	}
	return out
}
