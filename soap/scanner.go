package soap

import (
	"encoding/xml"
	"errors"
	"io"
	"strconv"
	"strings"
	"unicode/utf16"
)

// scanner gives the tokens of a document, their names resolved, and refuses
// what encoding/xml lets pass: it is the one reader of every message.
type scanner struct {
	whole    string // the document, or what the scanned one is a part of
	raw      tokenizer
	meter    *meter
	open     []openElement
	bindings []binding
	ended    bool // the root is closed
}

type openElement struct {
	name     xml.Name // as written
	bindings int      // how many were in scope outside
}

type binding struct{ prefix, uri string }

func newScanner(text string, m *meter) *scanner {
	s := new(scanner)
	s.reset(text, m)
	return s
}

// reset begins a document. What the scanner has allocated it keeps.
func (s *scanner) reset(text string, m *meter) {
	s.whole, s.meter, s.ended = text, m, false
	s.raw.reset(text)
	s.open = s.open[:0]
	s.bindings = append(s.bindings[:0], binding{"xml", xmlNamespace})
}

// at gives a fault its place: where the last token ends.
func (s *scanner) at(f *Fault) *Fault {
	f.Line, f.Column = s.raw.position()
	return f
}

func (s *scanner) fault(reason Reason, words string) *Fault {
	return s.at(clientFault(reason, words))
}

// next returns the next start or end of an element, or characters; io.EOF after a
// whole document; or a *Fault. Attributes that declare namespaces are left out.
func (s *scanner) next() (token, error) {
	for {
		begin := s.raw.end()
		t, err := s.raw.next()
		if errors.Is(err, io.EOF) && s.ended {
			return token{}, io.EOF
		}
		if errors.Is(err, io.EOF) && len(s.open) == 0 {
			return token{}, s.fault(NotAnEnvelope, "The message is empty: send a SOAP 1.1 envelope.")
		}
		if err != nil {
			return token{}, s.fault(NotWellFormed, "The message is not well-formed XML.")
		}
		if fault := s.meter.count(1); fault != nil {
			return token{}, s.at(fault)
		}
		if refersToSurrogate(s.raw.text[begin:s.raw.end()]) {
			return token{}, s.fault(NotWellFormed, "The message refers to a number that is no character: write a character beyond U+FFFF as one reference, such as &#x1F511;, not as two surrogates.")
		}
		switch t.kind {
		case startElement:
			return s.start(t)
		case endElement:
			return s.end(t)
		case characters:
			if len(s.open) > 0 {
				return t, nil
			}
			if !onlySpace(t.text) {
				return token{}, s.outside()
			}
		case instruction:
			return token{}, s.fault(ProcessingInstruction, "The message holds a processing instruction, which SOAP does not allow: leave it out; an XML declaration stands at the very beginning.")
		case declarations:
			return token{}, s.fault(DocumentType, "The message holds a document type declaration, which SOAP does not allow: leave it out.")
		}
	}
}

// refersToSurrogate reports whether a token as it is written holds a
// reference to a surrogate, which is no character (XML 1.0, section 4.1).
// encoding/xml reads it as U+FFFD.
func refersToSurrogate(token string) bool {
	if strings.HasPrefix(token, "<!") || strings.HasPrefix(token, "<?") {
		return false // no references are in comments, CDATA sections and the like
	}
	for {
		_, rest, found := strings.Cut(token, "&#")
		if !found {
			return false
		}
		digits, _, _ := strings.Cut(rest, ";")
		base := 10
		if hex, isHex := strings.CutPrefix(digits, "x"); isHex {
			digits, base = hex, 16
		}
		if code, err := strconv.ParseUint(digits, base, 32); err == nil && utf16.IsSurrogate(rune(code)) {
			return true
		}
		token = rest
	}
}

// outside returns the fault for content that is in no element.
func (s *scanner) outside() *Fault {
	if s.ended {
		return s.fault(AfterTheRoot, "The message goes on after the envelope: send one envelope and nothing else.")
	}
	return s.fault(NotWellFormed, "The message is not well-formed XML: text stands before the envelope.")
}

func (s *scanner) start(t token) (token, error) {
	switch {
	case s.ended:
		return token{}, s.outside()
	case len(s.open) == maxDepth:
		return token{}, s.fault(TooDeep, "The message's elements are more than 32 deep.")
	case len(t.attributes) > maxAttributes:
		return token{}, s.fault(TooManyAttributes, "An element of the message has more than 64 attributes.")
	}
	if fault := s.meter.count(len(t.attributes)); fault != nil {
		return token{}, s.at(fault)
	}
	s.open = append(s.open, openElement{t.name, len(s.bindings)})
	if fault := s.declare(t.attributes); fault != nil {
		return token{}, fault
	}
	var fault *Fault
	if t.name, fault = s.resolve(t.name, true); fault != nil {
		return token{}, fault
	}
	t.attributes, fault = s.attributes(t.attributes)
	if fault != nil {
		return token{}, fault
	}
	return t, nil
}

// declare takes the namespace declarations among attributes into scope.
func (s *scanner) declare(attributes []xml.Attr) *Fault {
	outer := s.open[len(s.open)-1].bindings
	for _, a := range attributes {
		prefix := a.Name.Local
		switch {
		case a.Name.Space == "" && prefix == "xmlns":
			prefix = ""
		case a.Name.Space != "xmlns":
			continue
		case a.Value == "" || prefix == "xmlns" || (prefix == "xml") != (a.Value == xmlNamespace):
			return s.fault(WrongName, "A namespace declaration is wrong: a prefix needs a namespace, and those of xml and xmlns are fixed.")
		}
		if a.Value == xmlnsNamespace {
			return s.fault(WrongName, "A namespace declaration is wrong: that of xmlns cannot be declared.")
		}
		for _, b := range s.bindings[outer:] {
			if b.prefix == prefix {
				return s.duplicate()
			}
		}
		if len(s.bindings) > maxNamespaces { // that of xml is among them
			return s.fault(TooManyNamespaces, "The message declares more than 64 namespaces at once.")
		}
		s.bindings = append(s.bindings, binding{prefix, a.Value})
	}
	return nil
}

func (s *scanner) duplicate() *Fault {
	return s.fault(DuplicateAttribute, "An element of the message has the same attribute twice.")
}

// resolve replaces a prefix by its namespace. The default namespace is for
// elements only.
func (s *scanner) resolve(name xml.Name, element bool) (xml.Name, *Fault) {
	if strings.Contains(name.Local, ":") || name.Space == "xmlns" {
		return name, s.fault(WrongName, "A name in the message has a colon in the wrong place.")
	}
	if name.Space == "" && !element {
		return name, nil
	}
	uri, ok := s.namespace(name.Space)
	if !ok {
		return name, s.fault(UndeclaredPrefix, "The message uses a namespace prefix that it does not declare: add its xmlns attribute.")
	}
	return xml.Name{Space: uri, Local: name.Local}, nil
}

// namespace returns what a prefix stands for; without a default namespace, the
// empty one stands for none.
func (s *scanner) namespace(prefix string) (uri string, ok bool) {
	for i := len(s.bindings) - 1; i >= 0; i-- {
		if s.bindings[i].prefix == prefix {
			return s.bindings[i].uri, true
		}
	}
	return "", prefix == ""
}

// prefix returns one that stands for a namespace where the scanner is.
func (s *scanner) prefix(uri string) string {
	for i := len(s.bindings) - 1; i >= 0; i-- {
		if s.bindings[i].uri == uri {
			return s.bindings[i].prefix
		}
	}
	return ""
}

// attributes resolves the names of attributes in place, without namespace
// declarations.
func (s *scanner) attributes(all []xml.Attr) ([]xml.Attr, *Fault) {
	kept := all[:0]
	for _, a := range all {
		if a.Name.Space == "xmlns" || a.Name.Space == "" && a.Name.Local == "xmlns" {
			continue
		}
		var fault *Fault
		if a.Name, fault = s.resolve(a.Name, false); fault != nil {
			return nil, fault
		}
		for _, other := range kept {
			if other.Name == a.Name {
				return nil, s.duplicate()
			}
		}
		kept = append(kept, a)
	}
	return kept, nil
}

// end closes an element; raw tokens are not matched by encoding/xml.
func (s *scanner) end(t token) (token, error) {
	if len(s.open) == 0 || s.open[len(s.open)-1].name != t.name {
		return token{}, s.fault(NotWellFormed, "The message is not well-formed XML: an end tag matches no start tag.")
	}
	top := s.open[len(s.open)-1]
	// The scope is the element's own: its end tag is resolved within it.
	name, fault := s.resolve(t.name, true)
	if fault != nil {
		return token{}, fault
	}
	s.open, s.bindings = s.open[:len(s.open)-1], s.bindings[:top.bindings]
	s.ended = len(s.open) == 0
	return token{kind: endElement, name: name}, nil
}

// skip reads to the end of the element that was opened last, and says whether
// it held anything but white space and comments.
func (s *scanner) skip() (empty bool, err error) {
	empty = true
	for depth := 1; depth > 0; {
		t, err := s.next()
		if err != nil {
			return false, err
		}
		switch t.kind {
		case startElement:
			depth++
			empty = false
		case endElement:
			depth--
		case characters:
			empty = empty && onlySpace(t.text)
		}
	}
	return empty, nil
}

// qualified reads a prefixed name in a value, such as that of xsi:type, where
// it stands: in the element opened last.
func (s *scanner) qualified(value string) (xml.Name, bool) {
	prefix, local, found := strings.Cut(strings.TrimSpace(value), ":")
	if !found {
		prefix, local = "", prefix
	}
	uri, ok := s.namespace(prefix)
	return xml.Name{Space: uri, Local: local}, ok && local != ""
}
