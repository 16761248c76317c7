package soap

import (
	"encoding/xml"
	"strings"
)

// reader gives an operation's element, below one scanner, to a sink in the form
// that the schema has for it: bare names, no attributes, simple values checked,
// absent ones left out, unknown ones skipped. It never stops at a wrong field,
// since the rest of the envelope decides whether there is anything to answer: the
// first one is kept.
type reader struct {
	scanner   *scanner
	schema    *Schema
	strict    bool
	sink      sink
	receiving receiverSink
	frames    []frame
	text      []byte
	typed     string // the xsi:type of the element whose start was read last
	wrong     *FieldError
	ignored   []string
	strange   map[string]string // paths of known elements, and the namespace that they do not belong into

	references references
}

// frame is an element that holds elements, being read.
type frame struct {
	node    *node
	seen    uint64   // children that were there, by their place
	present uint64   // of those, the ones with a value
	reached uint     // the place of the last one
	given   bool     // the sink has its start, which waits for its first value
	array   bool     // it holds occurrences of the node, and is none itself
	outer   *scanner // goes on after it; nil: the same
}

// newReader reads the element whose start the scanner has just given.
func newReader(s *scanner, schema *Schema, start token, strict bool) *reader {
	r := new(reader)
	r.reset(s, schema, start, strict)
	return r
}

// reset begins an element. What the reader has allocated it keeps.
func (r *reader) reset(s *scanner, schema *Schema, start token, strict bool) {
	*r = reader{scanner: s, schema: schema, strict: strict, frames: r.frames[:0], text: r.text[:0]}
	global := schema.globals[start.name]
	r.frames = append(r.frames, frame{node: global})
	r.attributes(global, start.attributes)
}

func (r *reader) top() *frame { return &r.frames[len(r.frames)-1] }

// holder returns the element on top, without the array in it.
func (r *reader) holder() *frame {
	if top := r.top(); !top.array {
		return top
	}
	return &r.frames[len(r.frames)-2]
}

// open gives the starts of elements that waited for a first value.
func (r *reader) open() {
	for i := range r.frames {
		if f := &r.frames[i]; !f.given {
			f.given = true
			r.sink.open(f.node)
		}
	}
}

// advance reads one token of the scanner.
func (r *reader) advance() error {
	t, err := r.scanner.next()
	if err != nil {
		return err
	}
	switch t.kind {
	case startElement:
		return r.child(t)
	case endElement:
		r.end()
	case characters:
		if !onlySpace(t.text) {
			r.refuse(r.top().node.path, "holds text where only elements may stand", "put the text into one of its elements")
		}
	}
	return nil
}

// refuse keeps the first thing that is wrong.
func (r *reader) refuse(path, problem, mend string) {
	if r.wrong != nil {
		return
	}
	if path == "" {
		path = "the operation's element"
	}
	r.wrong = &FieldError{Path: path, Problem: problem, Mend: mend}
}

func (r *reader) child(t token) error {
	top := r.top()
	n := top.node
	if !top.array {
		n = n.child(t.name.Local)
		if n == nil || !r.mayBeIn(t.name.Space) {
			return r.unknown(top.node, t.name)
		}
	}
	if r.repeated(r.holder(), n) {
		_, err := r.scanner.skip()
		return err
	}
	return r.occurrence(n, t.attributes)
}

// occurrence reads an element of the schema whose start was read.
func (r *reader) occurrence(n *node, attributes []xml.Attr) error {
	inBase64 := r.attributes(n, attributes)
	switch {
	case isNil(attributes):
		return r.nilled(n)
	case r.isReference(attributes):
		return r.follow(n, attributes)
	case r.isArray(n, attributes) && !r.top().array:
		r.frames = append(r.frames, frame{node: n, array: true, given: true})
	case n.Base != "":
		return r.simple(n, inBase64)
	default:
		r.frames = append(r.frames, frame{node: n})
	}
	return nil
}

// mayBeIn reports whether a child counts in a namespace: in none, as the schema
// has it, or, since toolkits have been seen to do so, in the operation's or in
// that of a type.
func (r *reader) mayBeIn(space string) bool {
	return space == "" || !r.strict && r.schema.spaces[space]
}

// unknown skips an element that the schema does not have, and keeps its name.
func (r *reader) unknown(parent *node, name xml.Name) error {
	path := name.Local[:min(len(name.Local), maxName)]
	if parent.path != "" {
		path = parent.path + "/" + path
	}
	if r.strict {
		r.refuse(path, "is not an element of this operation", "leave it out, or put it into the namespace and place that the WSDL gives it")
	}
	if parent.child(name.Local) != nil {
		if r.strange == nil {
			r.strange = map[string]string{}
		}
		r.strange[path] = name.Space
	}
	r.passOver(path)
	_, err := r.scanner.skip()
	return err
}

// passOver keeps the name of what was sent and not read.
func (r *reader) passOver(path string) {
	if len(r.ignored) < maxIgnored {
		r.ignored = append(r.ignored, path)
	}
}

// repeated notes a child and says whether it is one too many.
func (r *reader) repeated(parent *frame, n *node) bool {
	bit := uint64(1) << n.place
	if parent.seen&bit != 0 && n.MaxOccurs == 1 {
		r.refuse(n.path, "is there more than once", "send it once")
		return true
	}
	if r.strict && n.place < parent.reached {
		r.refuse(n.path, "is out of order", "send the elements in the order of the WSDL")
	}
	parent.seen |= bit
	parent.present |= bit
	parent.reached = n.place
	return false
}

// absent takes back that a child has a value.
func (r *reader) absent(parent *frame, n *node) { parent.present &^= uint64(1) << n.place }

// nilled reads an element marked xsi:nil, which counts as absent.
func (r *reader) nilled(n *node) error {
	empty, err := r.scanner.skip()
	switch {
	case err != nil:
		return err
	case r.strict:
		r.refuse(n.path, "is marked xsi:nil", "leave the element out")
	case !empty:
		r.refuse(n.path, "is marked xsi:nil and holds something", "send it empty, or without xsi:nil")
	}
	r.absent(r.holder(), n)
	return nil
}

// end closes the element on top: what it lacks is known now.
func (r *reader) end() {
	top := *r.top()
	absent := !top.array && !top.given && top.node.optional() && !r.strict
	if !top.array && !absent {
		r.checkComplete(&top)
		r.open()
		r.sink.close(top.node)
	}
	r.frames = r.frames[:len(r.frames)-1]
	if absent {
		r.absent(r.holder(), top.node)
	}
	if top.outer != nil {
		r.leave(top.outer)
	}
}

func (r *reader) checkComplete(f *frame) {
	counted := 0 // the choice that was looked at last
	for _, n := range f.node.children {
		present := f.present&(1<<n.place) != 0
		if n.required() && !present {
			r.refuse(n.path, "is missing", "send it with "+n.holds()+r.instead(f.node))
		}
		if n.Choice != 0 && n.Choice != counted {
			counted = n.Choice
			r.checkChoice(f, n)
		}
	}
}

func (r *reader) checkChoice(f *frame, first *node) {
	there := 0
	for _, n := range f.node.children {
		if n.Choice == first.Choice && f.present&(1<<n.place) != 0 {
			there++
		}
	}
	path := f.node.path
	if path == "" {
		path = first.path
	}
	switch {
	case there == 0:
		r.refuse(path, "lacks "+f.node.alternatives(first.Choice), "send exactly one of them"+r.instead(f.node))
	case there > 1:
		r.refuse(path, "holds more than one of "+f.node.alternatives(first.Choice), "send exactly one of them")
	}
}

// instead names what was sent there and is not known: most often the missing
// element, misspelt.
func (r *reader) instead(parent *node) string {
	for _, path := range r.ignored {
		name, below := strings.CutPrefix(path, parent.path+"/")
		if parent.path == "" {
			name, below = path, true
		}
		if space, strange := r.strange[path]; below && strange {
			return " (" + name + " was sent in " + inNamespace(space) + ", and belongs in none)"
		}
		if below && !strings.Contains(name, "/") {
			return " (" + name + " is not known there)"
		}
	}
	return ""
}

// decode reads the rest of the envelope into v.
func (r *reader) decode(v any) error {
	receiver, receives := v.(Receiver)
	if !receives {
		return r.decodeTokens(v)
	}
	r.receiving.Receiver = receiver
	r.sink = &r.receiving
	return r.read()
}

// decodeTokens lets encoding/xml decode what is read.
func (r *reader) decodeTokens(v any) error {
	tokens := new(tokenSink)
	r.sink = tokens
	if err := r.read(); err != nil {
		return err
	}
	return xml.NewTokenDecoder(tokens).Decode(v)
}

// read reads the rest of the envelope.
func (r *reader) read() error {
	for len(r.frames) > 0 {
		if err := r.advance(); err != nil {
			return err
		}
	}
	if err := closeEnvelope(r.scanner, r.independent); err != nil {
		return err
	}
	if r.wrong != nil {
		return r.wrong
	}
	return nil
}
