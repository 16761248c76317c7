package replay

import (
	"encoding/xml"
	"io"
	"strings"
)

// place is where an element stands in its text: its start tag from start to
// content, its end tag from close to end.
type place struct{ start, content, close, end int }

// places finds the elements of a well-formed text, in document order.
func places(text string) []place {
	decoder := xml.NewDecoder(strings.NewReader(text))
	decoder.CharsetReader = func(_ string, in io.Reader) (io.Reader, error) { return in, nil }
	var all []place
	var open []int
	for {
		before := int(decoder.InputOffset())
		token, err := decoder.RawToken()
		if err != nil {
			return all
		}
		after := int(decoder.InputOffset())
		switch token.(type) {
		case xml.StartElement:
			open = append(open, len(all))
			all = append(all, place{start: before, content: after})
		case xml.EndElement:
			last := len(open) - 1
			all[open[last]].close, all[open[last]].end = before, after
			open = open[:last]
		}
	}
}

// change replaces the text from start to end.
type change struct {
	start, end int
	text       string
}

// escapeXML writes a text as the content of an element or an attribute.
func escapeXML(text string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;", "'", "&apos;").Replace(text)
}

// placed is an error with its line in a text.
type placed struct {
	line  int // from 1
	cause error
}

func (p *placed) Error() string { return p.cause.Error() }

func (p *placed) Unwrap() error { return p.cause }

// lineAt is the line, from 1, of a byte of text.
func lineAt(text string, offset int) int {
	return 1 + strings.Count(text[:min(offset, len(text))], "\n")
}
