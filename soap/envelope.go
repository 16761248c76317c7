package soap

import (
	"encoding/xml"
	"errors"
	"io"
	"strings"
)

// openEnvelope reads up to the start of the one element in the body.
func openEnvelope(s *scanner) (token, error) {
	root, err := nextStart(s, noBody, textInEnvelope)
	if err != nil {
		return root, err
	}
	if root.name.Local != "Envelope" {
		return root, s.fault(NotAnEnvelope, "The message is XML but not a SOAP envelope: its root must be Envelope.")
	}
	if root.name.Space != EnvelopeNamespace {
		return root, s.at(&Fault{Code: CodeVersionMismatch, Reason: WrongVersion, String: wrongVersion(root.name.Space)})
	}
	body, err := nextStart(s, noBody, textInEnvelope)
	if err == nil && body.name == (xml.Name{Space: EnvelopeNamespace, Local: "Header"}) {
		if err = readHeader(s); err == nil {
			body, err = nextStart(s, noBody, textInEnvelope)
		}
	}
	if err != nil {
		return body, err
	}
	if body.name != (xml.Name{Space: EnvelopeNamespace, Local: "Body"}) {
		return body, s.fault(WrongEnvelope, strayElement)
	}
	return nextStart(s, "The Body is empty: it must hold the element of one operation.", "The Body holds text where the element of an operation must stand.")
}

// wrongVersion returns the words for an envelope's namespace.
func wrongVersion(sent string) string {
	version := ""
	if sent == "http://www.w3.org/2003/05/soap-envelope" {
		version = ", which is SOAP 1.2"
	}
	return "The envelope is not one of SOAP 1.1: it is in " + inNamespace(sent) + version + ", and must be in " + EnvelopeNamespace + "."
}

// What is wrong with an envelope.
const (
	noBody         = "The envelope has no Body."
	textInEnvelope = "The envelope holds text where only elements may stand."
	strayElement   = "The envelope must hold at most one Header and then one Body, and nothing else."
)

// nextStart reads the start of the next element inside the open one. The
// words are for when there is none, and for text in its place.
func nextStart(s *scanner, none, text string) (token, error) {
	for {
		t, err := s.next()
		if err != nil {
			return token{}, err
		}
		switch t.kind {
		case startElement:
			return t, nil
		case endElement:
			return token{}, s.fault(WrongEnvelope, none)
		case characters:
			if !onlySpace(t.text) {
				return token{}, s.fault(WrongEnvelope, text)
			}
		}
	}
}

// readHeader reads the header's entries. None is understood here: one that
// must be, by whoever comes first, is a fault (SOAP 1.1, section 4.2).
func readHeader(s *scanner) error {
	for {
		t, err := s.next()
		if err != nil {
			return err
		}
		switch t.kind {
		case endElement:
			return nil
		case characters:
			if !onlySpace(t.text) {
				return s.fault(WrongEnvelope, textInEnvelope)
			}
		case startElement:
			if mustUnderstand(t.attributes) {
				return s.at(&Fault{Code: CodeMustUnderstand, Reason: NotUnderstood, String: "A header entry with mustUnderstand is not understood here: no header is needed, leave it out or do not insist."})
			}
			if _, err := s.skip(); err != nil {
				return err
			}
		}
	}
}

func mustUnderstand(attributes []xml.Attr) bool {
	must, forUs := false, true
	for _, a := range attributes {
		switch a.Name {
		case xml.Name{Space: EnvelopeNamespace, Local: "mustUnderstand"}:
			value := strings.TrimSpace(a.Value)
			must = value == "1" || value == "true"
		case xml.Name{Space: EnvelopeNamespace, Local: "actor"}:
			forUs = a.Value == "" || a.Value == nextActor
		}
	}
	return must && forUs
}

// closeEnvelope reads what may follow the body's element, to the very end:
// white space, comments and, in the body, independent elements.
func closeEnvelope(s *scanner, independent func(token) bool) error {
	for {
		t, err := s.next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		inBody := len(s.open) > 1
		switch t.kind {
		case startElement:
			if len(s.open) > 2 && independent(t) {
				if _, err := s.skip(); err != nil {
					return err
				}
				continue
			}
			if len(s.open) > 2 {
				return s.fault(SeveralBodyElements, "The Body holds more than one element: send one operation in an envelope.")
			}
			return s.fault(WrongEnvelope, strayElement)
		case characters:
			if !onlySpace(t.text) && inBody {
				return s.fault(WrongEnvelope, "The Body holds text beside the element of the operation.")
			}
			if !onlySpace(t.text) {
				return s.fault(WrongEnvelope, textInEnvelope)
			}
		}
	}
}

// Namespace is a namespace and its prefix.
type Namespace struct{ Prefix, URI string }

// envelopeFrame returns what stands before and after every body.
func envelopeFrame(namespaces []Namespace) (before, after string) {
	var b strings.Builder
	b.WriteString(`<?xml version="1.0" encoding="UTF-8"?>` + "\n")
	b.WriteString(`<SOAP-ENV:Envelope xmlns:SOAP-ENV="` + EnvelopeNamespace + `"`)
	for _, n := range namespaces {
		b.WriteString(" xmlns:" + n.Prefix + `="` + n.URI + `"`)
	}
	b.WriteString("><SOAP-ENV:Body>")
	return b.String(), "</SOAP-ENV:Body></SOAP-ENV:Envelope>"
}
