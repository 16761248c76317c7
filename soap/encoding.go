package soap

import (
	"bytes"
	"encoding/binary"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// encoding is one of those that a message may be in.
type encoding int

const (
	unknownEncoding encoding = iota
	utf8Encoding
	utf16Encoding // by its byte order mark, or by its first character
	utf16LEEncoding
	utf16BEEncoding
	asciiEncoding
	latin1Encoding
)

func encodingNamed(name string) encoding {
	switch strings.ToLower(name) {
	case "utf-8", "utf8":
		return utf8Encoding
	case "utf-16":
		return utf16Encoding
	case "utf-16le":
		return utf16LEEncoding
	case "utf-16be":
		return utf16BEEncoding
	case "us-ascii", "ascii":
		return asciiEncoding
	case "iso-8859-1", "iso_8859-1", "latin1", "latin-1":
		return latin1Encoding
	}
	return unknownEncoding
}

// readText returns a message in UTF-8, its XML declaration blanked so that
// places stay what they are. Which encoding it comes in is told, in this
// order, by its byte order mark, the charset of its media type, its first
// bytes and its declaration (RFC 7303, section 3).
func readText(body []byte, charset string) ([]byte, *Fault) {
	if charset != "" && encodingNamed(charset) == unknownEncoding {
		return nil, unsupportedEncoding()
	}
	text, fault := toUTF8(body, encodingOf(body, charset))
	if fault != nil {
		return nil, fault
	}
	if !validText(text) {
		return nil, clientFault(WrongEncoding, "The message holds bytes that are no characters of its encoding, or characters that XML 1.0 does not allow: send UTF-8 and say so in the Content-Type.")
	}
	return blankDeclaration(text)
}

func unsupportedEncoding() *Fault {
	return clientFault(UnsupportedEncoding, "The message's encoding is not supported: send UTF-8, UTF-16, US-ASCII or ISO-8859-1.")
}

func encodingOf(body []byte, charset string) encoding {
	switch {
	case bytes.HasPrefix(body, []byte("\xEF\xBB\xBF")):
		return utf8Encoding
	case bytes.HasPrefix(body, []byte("\xFE\xFF")), bytes.HasPrefix(body, []byte("\xFF\xFE")):
		return utf16Encoding
	case charset != "":
		return encodingNamed(charset)
	case bytes.HasPrefix(body, []byte("\x00<")), bytes.HasPrefix(body, []byte("<\x00")):
		return utf16Encoding
	}
	// A declaration that can be read byte by byte is not UTF-16, whatever it
	// says: classic .NET says so of strings that it then sends as UTF-8.
	d, _ := readDeclaration(body)
	if e := encodingNamed(d.encoding); e == asciiEncoding || e == latin1Encoding {
		return e
	}
	return utf8Encoding
}

func toUTF8(body []byte, e encoding) ([]byte, *Fault) {
	switch e {
	case utf16Encoding, utf16LEEncoding, utf16BEEncoding:
		return fromUTF16(body, e)
	case latin1Encoding:
		text := make([]byte, 0, len(body)+len(body)/8)
		for _, c := range body {
			text = utf8.AppendRune(text, rune(c))
		}
		return text, nil
	case asciiEncoding:
		for _, c := range body {
			if c >= utf8.RuneSelf {
				return nil, clientFault(WrongEncoding, "The message says that it is US-ASCII and holds bytes that are not: send UTF-8 and say so in the Content-Type.")
			}
		}
	}
	return bytes.TrimPrefix(body, []byte("\xEF\xBB\xBF")), nil
}

func fromUTF16(body []byte, e encoding) ([]byte, *Fault) {
	order := binary.ByteOrder(binary.BigEndian)
	if e == utf16LEEncoding || e == utf16Encoding && (bytes.HasPrefix(body, []byte("\xFF\xFE")) || bytes.HasPrefix(body, []byte("<\x00"))) {
		order = binary.LittleEndian
	}
	text := make([]byte, 0, len(body))
	for len(body) > 1 && (len(text) > 0 || e != utf16Encoding || startsInUTF16(body)) {
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

// startsInUTF16 says that a text begins with a byte order mark or a character
// of US-ASCII.
func startsInUTF16(body []byte) bool {
	return body[0]^body[1] == 1 && body[0]|body[1] == 0xFF || (body[0] == 0) != (body[1] == 0)
}

// validText says that all of a text is UTF-8 and the characters of XML 1.0.
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

// allowedInXML is the production Char of XML 1.0.
func allowedInXML(r rune) bool {
	return r == '\t' || r == '\n' || r == '\r' || r >= 0x20 && r <= 0xD7FF || r >= 0xE000 && r <= 0xFFFD || r >= 0x10000 && r <= 0x10FFFF
}
