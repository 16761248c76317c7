package soap

import (
	"encoding/xml"
	"io"
)

// Receiver is a type that takes what is read of its element, in the order of the
// message. It is told of checked elements of the schema alone, by their paths below its
// own element, such as user/userID. Other types are decoded by encoding/xml.
type Receiver interface {
	// ReadElement begins an element that holds elements; "" is its own.
	ReadElement(path string)

	// ReadText takes the text of a simple element. xsiType is what one of any
	// type was typed as, as typeName writes it, and "" where it was not.
	ReadText(path, xsiType, text string)
}

// sink takes what a reader reads.
type sink interface {
	open(n *node)
	value(n *node, xsiType string, text []byte)
	close(n *node)
}

// receiverSink hands all to a Receiver.
type receiverSink struct{ Receiver }

func (s *receiverSink) open(n *node) { s.ReadElement(n.path) }
func (s *receiverSink) value(n *node, xsiType string, text []byte) {
	s.ReadText(n.path, xsiType, string(text))
}
func (*receiverSink) close(*node) {}

// tokenSink keeps the tokens that encoding/xml decodes.
type tokenSink struct {
	tokens []xml.Token
	given  int
}

// Token implements xml.TokenReader.
func (s *tokenSink) Token() (xml.Token, error) {
	if s.given == len(s.tokens) {
		return nil, io.EOF
	}
	s.given++
	return s.tokens[s.given-1], nil
}

func (s *tokenSink) open(n *node)  { s.tokens = append(s.tokens, n.start) }
func (s *tokenSink) close(n *node) { s.tokens = append(s.tokens, n.end) }
func (s *tokenSink) value(n *node, xsiType string, text []byte) {
	start := n.start
	if xsiType != "" {
		start = xml.StartElement{Name: xml.Name{Local: n.Name}, Attr: []xml.Attr{{Name: xml.Name{Local: "type"}, Value: xsiType}}}
	}
	s.tokens = append(s.tokens, start, xml.CharData(text).Copy(), n.end)
}
