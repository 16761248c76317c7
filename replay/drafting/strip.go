package drafting

import (
	"encoding/xml"
	"io"
	"regexp"
	"slices"
	"strings"
)

// stripped returns an XML text without what is not looked through for secrets: without
// its comments, and with other characters in the attributes that are secrets by
// their names. What is not well-formed is for its reader to refuse.
func stripped(text string) string {
	decoder := xml.NewDecoder(strings.NewReader(text))
	decoder.CharsetReader = func(_ string, in io.Reader) (io.Reader, error) { return in, nil }
	var out strings.Builder
	kept := 0
	for {
		before := int(decoder.InputOffset())
		token, err := decoder.RawToken()
		if err != nil {
			out.WriteString(text[kept:])
			return out.String()
		}
		after := int(decoder.InputOffset())
		switch t := token.(type) {
		case xml.Comment:
			out.WriteString(text[kept:before])
			kept = after
		case xml.StartElement:
			if slices.ContainsFunc(t.Attr, func(a xml.Attr) bool { return secret(a.Name.Local) }) {
				out.WriteString(text[kept:before] + strippedTag(text[before:after]))
				kept = after
			}
		}
	}
}

// strippedTag masks the values of a start tag's secret attributes.
func strippedTag(tag string) string {
	return attributeForm.ReplaceAllStringFunc(tag, func(found string) string {
		parts := attributeForm.FindStringSubmatch(found)
		name, quoted := parts[2], parts[4]
		if strings.HasPrefix(name, "xmlns") || !secret(name[strings.LastIndex(name, ":")+1:]) {
			return found
		}
		return parts[1] + name + parts[3] + quoted[:1] + masked(quoted[1:len(quoted)-1]) + quoted[:1]
	})
}

// attributeForm is an attribute in its parts.
var attributeForm = regexp.MustCompile(`(\s)([^\s=<>/"']+)(\s*=\s*)("[^"]*"|'[^']*')`)
