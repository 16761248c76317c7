package soap

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
)

// Trace writes envelopes for a person to read. It shows the text of those
// simple elements only that the schema has and does not call secret, and of
// the standard attributes: what is misspelt, misplaced, commented out or
// unknown may be a secret too. Of a message that is not well-formed it shows
// nothing but the size. It may be used by many at once.
type Trace struct {
	Schema *Schema
	Writer io.Writer

	mutex sync.Mutex
}

const hidden = "[hidden]"

// message writes one message under a heading such as "> 4f1c POST /".
func (t *Trace) message(heading string, text []byte) {
	var b strings.Builder
	b.WriteString(heading + "\n")
	if shown, ok := t.Schema.Redact(text); ok {
		b.WriteString(shown + "\n\n")
	} else {
		fmt.Fprintf(&b, "[hidden: %d bytes that are not well-formed XML]\n\n", len(text))
	}
	t.mutex.Lock()
	defer t.mutex.Unlock()
	_, _ = io.WriteString(t.Writer, b.String()) // a trace that cannot be written stops nothing
}

// Redact writes a message anew without what may be secret, as a Trace shows it;
// ok is false if it is not well-formed.
func (s *Schema) Redact(text []byte) (shown string, ok bool) {
	text, fault := blankDeclaration(slices.Clone(text))
	if fault != nil {
		return "", false
	}
	r := redactor{schema: s, scanner: newScanner(string(text), newMeter())}
	for {
		t, err := r.scanner.next()
		if errors.Is(err, io.EOF) {
			return r.out.String(), true
		}
		if err != nil {
			return "", false
		}
		switch t.kind {
		case startElement:
			r.start(t)
		case endElement:
			r.end()
		case characters:
			r.characters(t.text)
		}
	}
}

type redactor struct {
	schema  *Schema
	scanner *scanner
	out     strings.Builder
	secret  int // depth of the secret element around, 0: none
	names   []string
	hid     bool // something was hidden in the element on top
}

func (r *redactor) start(t token) {
	written := r.scanner.open[len(r.scanner.open)-1].name
	name := written.Local
	if written.Space != "" {
		name = written.Space + ":" + name
	}
	r.names = append(r.names, name)
	if r.secret != 0 {
		r.hide()
		return
	}
	if shown, known := r.schema.visible[written.Local]; known && !shown {
		r.secret = len(r.names)
	}
	r.hid = false
	r.out.WriteString("<" + name)
	for _, b := range r.scanner.bindings[r.scanner.open[len(r.scanner.open)-1].bindings:] {
		declared := " xmlns:" + b.prefix
		if b.prefix == "" {
			declared = " xmlns"
		}
		r.out.WriteString(declared + `="` + escape(b.uri) + `"`)
	}
	for _, a := range t.attributes {
		r.attribute(a)
	}
	r.out.WriteString(">")
}

// attribute shows an attribute that XML Schema or SOAP defines.
func (r *redactor) attribute(a xml.Attr) {
	name, value := a.Name.Local, hidden
	if a.Name.Space == instanceNamespace || a.Name.Space == EnvelopeNamespace {
		name, value = r.scanner.prefix(a.Name.Space)+":"+name, escape(a.Value)
	}
	r.out.WriteString(" " + name + `="` + value + `"`)
}

func (r *redactor) end() {
	name := r.names[len(r.names)-1]
	if r.secret == 0 || r.secret == len(r.names) {
		r.out.WriteString("</" + name + ">")
		r.secret = 0
	}
	r.names = r.names[:len(r.names)-1]
	r.hid = r.hid && r.secret != 0
}

func (r *redactor) characters(text string) {
	switch {
	case r.secret != 0 || !onlySpace(text) && !r.shown():
		r.hide()
	default:
		r.out.WriteString(escape(text))
	}
}

// hide writes once that an element held something.
func (r *redactor) hide() {
	if !r.hid {
		r.out.WriteString(hidden)
		r.hid = true
	}
}

// shown reports whether the text of the element on top may be shown.
func (r *redactor) shown() bool {
	name := r.names[len(r.names)-1]
	_, local, found := strings.Cut(name, ":")
	if !found {
		local = name
	}
	return r.schema.visible[local] || local == "faultcode" || local == "faultstring"
}

// escape writes a text so that it is XML and nothing to a terminal.
func escape(s string) string {
	var b strings.Builder
	for _, r := range s {
		switch {
		case r == '\n' || r == '\t':
			b.WriteRune(r)
		case r < ' ' || r >= 0x7F && r < 0xA0 || strings.ContainsRune(`&<>"`, r):
			fmt.Fprintf(&b, "&#%d;", r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}
