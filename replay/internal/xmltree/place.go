package xmltree

import (
	"encoding/xml"
	"io"
	"strings"
)

// Place is where an element stands in its text: its start tag from Start to
// Content, its end tag from Close to End.
type Place struct{ Start, Content, Close, End int }

// Places finds the elements of a well-formed text, in document order.
func Places(text string) []Place {
	decoder := xml.NewDecoder(strings.NewReader(text))
	decoder.CharsetReader = func(_ string, in io.Reader) (io.Reader, error) { return in, nil }
	var all []Place
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
			all = append(all, Place{Start: before, Content: after})
		case xml.EndElement:
			last := len(open) - 1
			all[open[last]].Close, all[open[last]].End = before, after
			open = open[:last]
		}
	}
}

// Change replaces the text from Start to End.
type Change struct {
	Start, End int
	Text       string
}

// Escape writes a text as the content of an element or an attribute.
func Escape(text string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;", "'", "&apos;").Replace(text)
}
