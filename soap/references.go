package soap

import (
	"encoding/xml"
	"errors"
	"io"
	"slices"
	"strings"
)

// Requests in the encoding of SOAP 1.1, section 5, as Axis 1, PHP and
// SOAP::Lite send them without a WSDL: an element may refer to another by
// href, and those that repeat may stand in an array.

// target is an element that has an id, somewhere in a message.
type target struct {
	begin, end int       // of its text
	bindings   []binding // in scope around it
}

// references are the targets of a message by their ids.
type references struct {
	targets   map[string]target
	following []string // ids of the targets that are being read
	followed  map[string]bool
	size      int // of all that was followed
}

// findTargets reads a whole message.
func findTargets(text string, m *meter) (map[string]target, error) {
	type opened struct {
		id string
		target
	}
	targets := map[string]target{}
	var open []opened
	var scope []binding // of the last target: most have the same
	s := newScanner(text, m)
	for {
		begin, bindings := s.raw.end(), s.bindings
		t, err := s.next()
		if errors.Is(err, io.EOF) {
			return targets, nil
		}
		if err != nil {
			return nil, err
		}
		switch t.kind {
		case startElement:
			o := opened{id: plainAttribute(t.attributes, "id"), target: target{begin: begin}}
			if o.id != "" && !slices.Equal(scope, bindings) {
				scope = slices.Clone(bindings)
			}
			o.bindings = scope
			open = append(open, o)
		case endElement:
			last := open[len(open)-1]
			open = open[:len(open)-1]
			if _, known := targets[last.id]; !known && last.id != "" {
				last.end = s.raw.end()
				targets[last.id] = last.target
			}
		}
	}
}

// plainAttribute returns an attribute in no namespace, "" if there is none.
func plainAttribute(attributes []xml.Attr, name string) string {
	for _, a := range attributes {
		if a.Name == (xml.Name{Local: name}) {
			return a.Value
		}
	}
	return ""
}

// isReference reports whether an element stands for another.
func (r *reader) isReference(attributes []xml.Attr) bool {
	return !r.strict && plainAttribute(attributes, "href") != ""
}

// follow reads the element that another refers to in its place.
func (r *reader) follow(n *node, attributes []xml.Attr) error {
	href := plainAttribute(attributes, "href")
	empty, err := r.scanner.skip()
	if err != nil {
		return err
	}
	if r.references.targets == nil {
		if r.references.targets, err = findTargets(r.scanner.whole, r.scanner.meter); err != nil {
			return err
		}
		r.references.followed = map[string]bool{}
	}
	id, within := strings.CutPrefix(href, "#")
	found, known := r.references.targets[id]
	r.references.size += found.end - found.begin
	refuse := func(problem, mend string) error {
		r.refuse(n.path, problem, mend)
		r.absent(r.holder(), n)
		return nil
	}
	switch {
	case !empty:
		return refuse("refers to another element and holds something", "send one or the other")
	case !within || !known:
		return refuse("refers to an element that is not in the message", "put the element in its place, or send the other one with this id")
	case slices.Contains(r.references.following, id):
		return refuse("refers to an element that holds it", "put the elements in their places")
	case r.references.size > MaxSize || len(r.references.following) >= maxDepth:
		return refuse("refers to too much", "put the elements in their places")
	}
	r.references.followed[id] = true
	return r.readTarget(n, id, found)
}

func (r *reader) readTarget(n *node, id string, found target) error {
	outer := r.scanner
	r.scanner = newScanner(outer.whole[found.begin:found.end], outer.meter)
	r.scanner.whole, r.scanner.bindings = outer.whole, found.bindings
	r.references.following = append(r.references.following, id)
	start, err := r.scanner.next()
	if err != nil {
		return err
	}
	depth := len(r.frames)
	if err := r.occurrence(n, start.attributes); err != nil {
		return err
	}
	if len(r.frames) > depth {
		r.top().outer = outer
		return nil
	}
	r.leave(outer)
	return nil
}

// leave goes on after a reference, when its target was read.
func (r *reader) leave(outer *scanner) {
	r.scanner = outer
	r.references.following = r.references.following[:len(r.references.following)-1]
}

// independent reports whether an element beside the operation's is one that
// elements refer to, and keeps the name of one that none did.
func (r *reader) independent(t token) bool {
	id := plainAttribute(t.attributes, "id")
	if r.strict || id == "" || r.schema.globals[t.name] != nil {
		return false
	}
	if !r.references.followed[id] {
		r.passOver(t.name.Local[:min(len(t.name.Local), maxName)])
	}
	return true
}

// isArray reports whether an element is an array that holds those of its
// place in the schema (SOAP 1.1, section 5.4.2).
func (r *reader) isArray(n *node, attributes []xml.Attr) bool {
	if r.strict || n.MaxOccurs == 1 {
		return false
	}
	for _, a := range attributes {
		switch a.Name {
		case xml.Name{Space: encodingNamespace, Local: "arrayType"}:
			return true
		case xml.Name{Space: instanceNamespace, Local: "type"}:
			if name, _ := r.scanner.qualified(a.Value); name == (xml.Name{Space: encodingNamespace, Local: "Array"}) {
				return true
			}
		}
	}
	return false
}
