package soap

import (
	"bytes"
	"encoding/binary"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	charset "golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
)

// encoding is one that a message may be in.
type encoding struct {
	form  form
	table charset.Encoding // of the form tabled
}

type form int

const (
	unknownForm form = iota
	utf8Form
	utf16Form // by its byte order mark, or by its first character
	utf16LEForm
	utf16BEForm
	asciiForm
	tabled
)

func encodingNamed(name string) encoding {
	switch strings.ToLower(name) {
	case "utf-8", "utf8":
		return encoding{form: utf8Form}
	case "utf-16":
		return encoding{form: utf16Form}
	case "utf-16le":
		return encoding{form: utf16LEForm}
	case "utf-16be":
		return encoding{form: utf16BEForm}
	case "us-ascii", "ascii":
		return encoding{form: asciiForm}
	case "latin-1":
		return encoding{tabled, charmap.ISO8859_1}
	}
	if table := tableNamed(name); table != nil {
		return encoding{tabled, table}
	}
	return encoding{}
}

// readText returns a message in UTF-8, its XML declaration blanked so that
// places stay what they are. Which encoding it comes in is told, in this
// order, by its byte order mark, the charset of its media type, its first
// bytes and its declaration (RFC 7303, section 3).
func readText(body []byte, charset string) ([]byte, *Fault) {
	encoding := encodingOf(body, charset)
	if encoding.form == unknownForm {
		return nil, unsupportedEncoding()
	}
	text, fault := toUTF8(body, encoding)
	if fault != nil {
		return nil, fault
	}
	if !validText(text) {
		return nil, wrongEncoding()
	}
	return blankDeclaration(text)
}

func wrongEncoding() *Fault {
	return clientFault(WrongEncoding, "The message holds bytes that are no characters of its encoding, or characters that XML 1.0 does not allow: send UTF-8 and say so in the Content-Type.")
}

func unsupportedEncoding() *Fault {
	return clientFault(UnsupportedEncoding, "The message's encoding is not supported: send UTF-8, UTF-16, or an encoding that extends US-ASCII under the name that IANA has for it.")
}

func encodingOf(body []byte, charset string) encoding {
	switch {
	case charset != "" && encodingNamed(charset).form == unknownForm:
		return encoding{}
	case bytes.HasPrefix(body, []byte("\xEF\xBB\xBF")):
		return encoding{form: utf8Form}
	case bytes.HasPrefix(body, []byte("\xFE\xFF")), bytes.HasPrefix(body, []byte("\xFF\xFE")):
		return encoding{form: utf16Form}
	case charset != "":
		return encodingNamed(charset)
	case bytes.HasPrefix(body, []byte("\x00<")), bytes.HasPrefix(body, []byte("<\x00")):
		return encoding{form: utf16Form}
	}
	// A declaration that can be read byte by byte is not UTF-16, whatever it
	// says: classic .NET says so of strings that it then sends as UTF-8.
	d, _ := readDeclaration(body)
	if e := encodingNamed(d.encoding); e.form == asciiForm || e.form == tabled {
		return e
	}
	return encoding{form: utf8Form}
}

func toUTF8(body []byte, e encoding) ([]byte, *Fault) {
	switch e.form {
	case utf16Form, utf16LEForm, utf16BEForm:
		return fromUTF16(body, e.form)
	case tabled:
		return decode(body, e.table)
	case asciiForm:
		for _, c := range body {
			if c >= utf8.RuneSelf {
				return nil, clientFault(WrongEncoding, "The message says that it is US-ASCII and holds bytes that are not: send UTF-8 and say so in the Content-Type.")
			}
		}
	}
	return bytes.TrimPrefix(body, []byte("\xEF\xBB\xBF")), nil
}

func fromUTF16(body []byte, e form) ([]byte, *Fault) {
	order := binary.ByteOrder(binary.BigEndian)
	if e == utf16LEForm || e == utf16Form && (bytes.HasPrefix(body, []byte("\xFF\xFE")) || bytes.HasPrefix(body, []byte("<\x00"))) {
		order = binary.LittleEndian
	}
	text := make([]byte, 0, len(body))
	for len(body) > 1 && (len(text) > 0 || e != utf16Form || startsInUTF16(body)) {
		r, width := rune(order.Uint16(body)), 2
		if utf16.IsSurrogate(r) && len(body) > 3 {
			r, width = utf16.DecodeRune(r, rune(order.Uint16(body[2:]))), 4
		}
		if r == utf8.RuneError && width == 4 || utf16.IsSurrogate(r) {
			break
		}
		text = utf8.AppendRune(text, r)
		body = body[width:]
	}
	if len(body) != 0 {
		return nil, clientFault(WrongEncoding, "The message says that it is UTF-16 and is not: send UTF-8 and say so in the Content-Type.")
	}
	return bytes.TrimPrefix(text, []byte("\uFEFF")), nil
}

// startsInUTF16 reports whether a text begins with a byte order mark or a
// character of US-ASCII.
func startsInUTF16(body []byte) bool {
	return body[0]^body[1] == 1 && body[0]|body[1] == 0xFF || (body[0] == 0) != (body[1] == 0)
}

// validText reports whether all of a text is UTF-8 and the characters of XML 1.0.
func validText(text []byte) bool {
	for i := 0; i < len(text); {
		if c := text[i]; c >= ' ' && c < utf8.RuneSelf {
			i++
			continue
		}
		r, width := utf8.DecodeRune(text[i:])
		if r == utf8.RuneError && width == 1 || !allowedInXML(r) {
			return false
		}
		i += width
	}
	return true
}

// allowedInXML reports whether XML 1.0 allows a character (production Char).
func allowedInXML(r rune) bool {
	return r == '\t' || r == '\n' || r == '\r' || r >= 0x20 && r <= 0xD7FF || r >= 0xE000 && r <= 0xFFFD || r >= 0x10000 && r <= 0x10FFFF
}
