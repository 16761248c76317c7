package main

import (
	"path/filepath"
	"slices"
	"strings"

	"github.com/beevik/etree"
)

// published is the folder of the documents as clients read them.
const published = "served"

// publish makes of the WSDL and its schemas what clients read, by file name:
// the schemas on their own, and the WSDL with all of them in it, so that it
// needs no other document. Both lack what only the server uses: our own
// attributes, comments, and the simple types that no element has. What those
// say of an element's form is added to its documentation.
func publish(wsdl string, s *schemas) (map[string][]byte, error) {
	document := etree.NewDocument()
	if err := document.ReadFromFile(wsdl); err != nil {
		return nil, err
	}
	out := map[string][]byte{}
	types := document.FindElement("/definitions/types")
	imports := types.FindElements("schema/import")
	types.Child = nil
	for _, i := range imports {
		if err := inline(types, i, filepath.Dir(wsdl), s, out); err != nil {
			return nil, err
		}
	}
	clean(&document.Element, s)
	dropUnused(types)
	source, err := write(document)
	out[filepath.Base(wsdl)] = source
	return out, err
}

// inline publishes an imported schema and adds it to the types of the WSDL,
// without the locations of what it imports in turn. Those come first, because
// some tools read once from top to bottom, and KDSoap downloads what it has
// not seen yet.
func inline(types, imported *etree.Element, folder string, s *schemas, out map[string][]byte) error {
	location := imported.SelectAttrValue("schemaLocation", "")
	if _, seen := out[location]; seen {
		return nil
	}
	schema := etree.NewDocument()
	if err := schema.ReadFromFile(filepath.Join(folder, location)); err != nil {
		return err
	}
	clean(&schema.Element, s)
	var err error
	if out[location], err = write(schema); err != nil {
		return err
	}
	for _, i := range schema.FindElements("/schema/import") {
		if err := inline(types, i, folder, s, out); err != nil {
			return err
		}
		i.RemoveAttr("schemaLocation")
	}
	types.AddChild(schema.Root())
	return nil
}

// dropUnused removes the complex types that no element of the document has and
// no other type extends: those that schemas hold for another interface.
func dropUnused(types *etree.Element) {
	used := map[qname]bool{}
	for _, e := range types.FindElements(".//element[@type]") {
		used[resolve(e, e.SelectAttrValue("type", ""))] = true
	}
	for _, e := range types.FindElements(".//extension[@base]") {
		used[resolve(e, e.SelectAttrValue("base", ""))] = true
	}
	for _, t := range types.FindElements("schema/complexType") {
		if !used[qname{targetSpace(t), t.SelectAttrValue("name", "")}] {
			t.Parent().RemoveChild(t)
		}
	}
}

// clean removes what clients do not need.
func clean(e *etree.Element, s *schemas) {
	if words := e.FindElement("annotation/documentation"); words != nil {
		if form := hint(e, "form"); form != "" {
			form = documentation(s.types[resolve(e, form)])
			words.SetText(strings.TrimSuffix(words.Text(), ".") + " (" + form + ").")
		}
	}
	for _, child := range slices.Clone(e.Child) {
		switch c := child.(type) {
		case *etree.Comment:
			e.RemoveChild(c)
		case *etree.Element:
			if c.Tag == "simpleType" && !s.used[qname{targetSpace(c), c.SelectAttrValue("name", "")}] {
				e.RemoveChild(c)
				continue
			}
			clean(c, s)
		}
	}
	// Last, because the children's hints are found by the prefix declared here.
	var kept []etree.Attr
	for _, a := range e.Attr {
		if a.Value != hintSpace && a.NamespaceURI() != hintSpace {
			kept = append(kept, a)
		}
	}
	e.Attr = kept
}

func write(document *etree.Document) ([]byte, error) {
	document.Indent(2)
	return document.WriteToBytes()
}
