package soap

import (
	"encoding/xml"
	"io"
	"strings"
)

// kind says what a token is.
type kind int

const (
	startElement kind = iota
	endElement
	characters // text as it is meant, references resolved
	comment
	instruction
	declarations // <!DOCTYPE and the like
)

// token is a part of a document. What it holds is part of the document's text,
// or else was made for it; the attributes are good until the next token.
type token struct {
	kind       kind
	name       xml.Name // of an element; of a raw token, its prefix in place of the namespace
	attributes []xml.Attr
	text       string // of characters
}

// tokenizer gives the raw tokens of a document, the same that encoding/xml's
// RawToken gives. What most messages are made of it reads itself and allocates
// nothing. At the first thing that is rarer, or wrong, it has encoding/xml read the
// document up to there and go on.
type tokenizer struct {
	text   string
	offset int // of the end of the last token
	given  int // number of tokens

	empty      bool     // the last token began an element that ends at once
	name       xml.Name // of that element
	attributes []xml.Attr

	rest *xml.Decoder // reads on; nil: the tokenizer does
}

// reset begins a document.
func (t *tokenizer) reset(text string) {
	*t = tokenizer{text: text, attributes: t.attributes[:0]}
}

// next returns the next token. The error is encoding/xml's.
func (t *tokenizer) next() (token, error) {
	if t.rest != nil {
		return t.fromRest()
	}
	if t.empty {
		t.empty = false
		t.given++
		return token{kind: endElement, name: t.name}, nil
	}
	if t.offset == len(t.text) {
		return token{}, io.EOF
	}
	read, end := t.read(t.text[t.offset:])
	if end == 0 {
		return t.leave()
	}
	t.offset += end
	t.given++
	return read, nil
}

// position returns the line and column of the end of the last token, or of what is
// wrong, counted from 1.
func (t *tokenizer) position() (line, column int) {
	if t.rest != nil {
		return t.rest.InputPos()
	}
	before := t.text[:t.offset]
	return 1 + strings.Count(before, "\n"), len(before) - strings.LastIndexByte(before, '\n')
}

// end returns the offset of the end of the last token.
func (t *tokenizer) end() int {
	if t.rest != nil {
		return int(t.rest.InputOffset())
	}
	return t.offset
}

// leave leaves the rest of the document to encoding/xml.
func (t *tokenizer) leave() (token, error) {
	t.rest = xml.NewDecoder(strings.NewReader(t.text))
	for range t.given {
		if _, err := t.rest.RawToken(); err != nil {
			return token{}, err // never: these tokens were read already
		}
	}
	return t.fromRest()
}

func (t *tokenizer) fromRest() (token, error) {
	raw, err := t.rest.RawToken()
	if err != nil {
		return token{}, err
	}
	switch raw := raw.(type) {
	case xml.StartElement:
		return token{kind: startElement, name: raw.Name, attributes: raw.Attr}, nil
	case xml.EndElement:
		return token{kind: endElement, name: raw.Name}, nil
	case xml.CharData:
		return token{kind: characters, text: string(raw)}, nil
	case xml.ProcInst:
		return token{kind: instruction}, nil
	case xml.Directive:
		return token{kind: declarations}, nil
	}
	return token{kind: comment}, nil
}

// read reads the token that a text begins with, and returns how long it is; 0 means
// that it is for encoding/xml.
func (t *tokenizer) read(text string) (read token, length int) {
	switch {
	case text[0] != '<':
		return readCharacters(text)
	case strings.HasPrefix(text, "</"):
		return readEnd(text)
	case strings.HasPrefix(text, "<!--"):
		return readComment(text)
	}
	return t.readStart(text)
}

// readCharacters reads a text up to the next tag. One with references or carriage
// returns is not what is meant by it, and "]]>" is wrong.
func readCharacters(text string) (token, int) {
	end := strings.IndexByte(text, '<')
	if end < 0 {
		end = len(text)
	}
	if strings.ContainsAny(text[:end], "&\r") || strings.Contains(text[:end], "]]>") {
		return token{}, 0
	}
	return token{kind: characters, text: text[:end]}, end
}

func readEnd(text string) (token, int) {
	name, length := readName(text[2:])
	end := 2 + length
	end += spaces(text[end:])
	if length == 0 || end == len(text) || text[end] != '>' {
		return token{}, 0
	}
	return token{kind: endElement, name: name}, end + 1
}

func readComment(text string) (token, int) {
	const open = len("<!--")
	end := strings.Index(text[open:], "--")
	if end < 0 || !strings.HasPrefix(text[open+end:], "-->") {
		return token{}, 0
	}
	return token{kind: comment}, open + end + len("-->")
}

func (t *tokenizer) readStart(text string) (token, int) {
	name, length := readName(text[1:])
	if length == 0 {
		return token{}, 0
	}
	t.attributes = t.attributes[:0]
	for end := 1 + length; ; {
		end += spaces(text[end:])
		switch {
		case strings.HasPrefix(text[end:], ">"):
			return token{kind: startElement, name: name, attributes: t.attributes}, end + 1
		case strings.HasPrefix(text[end:], "/>"):
			t.empty, t.name = true, name
			return token{kind: startElement, name: name, attributes: t.attributes}, end + 2
		}
		attribute, length := readAttribute(text[end:])
		if length == 0 {
			return token{}, 0
		}
		t.attributes = append(t.attributes, attribute)
		end += length
	}
}

// readAttribute reads NAME="VALUE" or NAME='VALUE'.
func readAttribute(text string) (a xml.Attr, length int) {
	name, end := readName(text)
	if end == 0 {
		return a, 0
	}
	end += spaces(text[end:])
	if end == len(text) || text[end] != '=' {
		return a, 0
	}
	end++
	end += spaces(text[end:])
	if end == len(text) || text[end] != '"' && text[end] != '\'' {
		return a, 0
	}
	begin := end + 1
	size := strings.IndexByte(text[begin:], text[end])
	if size < 0 || strings.ContainsAny(text[begin:begin+size], "<&\r") {
		return a, 0
	}
	return xml.Attr{Name: name, Value: text[begin : begin+size]}, begin + size + 1
}

// readName reads a name of US-ASCII with at most one colon, which stands within
// it; its prefix is in place of the namespace.
func readName(text string) (name xml.Name, length int) {
	colon := -1
	for length < len(text) && isNameByte(text[length]) {
		if text[length] == ':' {
			if colon >= 0 {
				return name, 0
			}
			colon = length
		}
		length++
	}
	switch {
	case length == 0 || length == len(text) || text[length] >= 0x80 || !isNameStart(text[0]):
		return name, 0
	case colon < 0:
		return xml.Name{Local: text[:length]}, length
	case colon+1 == length:
		return name, 0
	}
	return xml.Name{Space: text[:colon], Local: text[colon+1 : length]}, length
}

func isNameStart(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' || c == '_' }

func isNameByte(c byte) bool {
	return isNameStart(c) || '0' <= c && c <= '9' || c == ':' || c == '.' || c == '-'
}

// spaces counts the white space that a text begins with.
func spaces(text string) (n int) {
	for n < len(text) && isSpace(text[n]) {
		n++
	}
	return n
}
