package wsdl

import (
	"strconv"
	"unicode/utf8"
)

// TextError says that XML 1.0 cannot hold a text that a request should carry
// (section 2.2: control characters, half a surrogate pair, invalid UTF-8). It
// is the local name of the first such element.
type TextError string

func (e TextError) Error() string {
	return "element " + string(e) + " holds a character that XML 1.0 does not allow: remove control characters and invalid UTF-8"
}

// appender writes elements. Children are bare: no default namespace is ever
// declared, and of the simple elements only those of any type carry xsi:type.
type appender struct {
	buffer  []byte
	invalid string // the first element whose text had to be changed
}

func (a *appender) checked() ([]byte, error) {
	if a.invalid != "" {
		return nil, TextError(a.invalid)
	}
	return a.buffer, nil
}

func (a *appender) raw(s string) { a.buffer = append(a.buffer, s...) }

func (a *appender) open(name, attributes string) {
	a.buffer = append(a.buffer, '<')
	a.buffer = append(a.buffer, name...)
	a.buffer = append(a.buffer, attributes...)
	a.buffer = append(a.buffer, '>')
}

func (a *appender) close(name string) {
	a.buffer = append(a.buffer, "</"...)
	a.buffer = append(a.buffer, name...)
	a.buffer = append(a.buffer, '>')
}

func (a *appender) integer(name string, v int32) {
	a.open(name, "")
	a.buffer = strconv.AppendInt(a.buffer, int64(v), 10)
	a.close(name)
}

func (a *appender) boolean(name string, v bool) {
	a.open(name, "")
	a.buffer = strconv.AppendBool(a.buffer, v)
	a.close(name)
}

// value writes a simple value under its xsi:type.
func (a *appender) value(name string, v Value) {
	attribute := ""
	if v.Type != "" {
		attribute = ` xsi:type="xsd:` + v.Type + `"`
	}
	a.open(name, attribute)
	var ok bool
	if a.buffer, ok = appendText(a.buffer, v.Text); !ok && a.invalid == "" {
		a.invalid = name
	}
	a.close(name)
}

func (a *appender) text(name, v string) {
	a.open(name, "")
	var ok bool
	if a.buffer, ok = appendText(a.buffer, v); !ok && a.invalid == "" {
		a.invalid = name
	}
	a.close(name)
}

// appendText appends a text escaped for an element's content or an
// attribute's value. What XML 1.0 does not allow becomes U+FFFD; ok is false
// if there was any.
func appendText(dst []byte, s string) (_ []byte, ok bool) {
	ok = true
	from := 0
	for i := 0; i < len(s); {
		if plain(s[i]) {
			i++
			continue
		}
		r, width := rune(s[i]), 1
		if r >= utf8.RuneSelf {
			r, width = utf8.DecodeRuneInString(s[i:])
		}
		escape := escaped(r)
		if !allowed(r) || r == utf8.RuneError && width == 1 {
			escape, ok = "\uFFFD", false
		}
		if escape != "" {
			dst = append(append(dst, s[from:i]...), escape...)
			from = i + width
		}
		i += width
	}
	return append(dst, s[from:]...), ok
}

// plain reports whether a byte stands for itself.
func plain(c byte) bool {
	return c >= ' ' && c < utf8.RuneSelf && c != '<' && c != '>' && c != '&' && c != '"'
}

// escaped returns what stands for a character, "" for itself. A carriage return
// would be read back as a line feed, a tab in an attribute as a space.
func escaped(r rune) string {
	switch r {
	case '&':
		return "&amp;"
	case '<':
		return "&lt;"
	case '>':
		return "&gt;"
	case '"':
		return "&#34;"
	case '\t':
		return "&#9;"
	case '\n':
		return "&#10;"
	case '\r':
		return "&#13;"
	}
	return ""
}

// allowed reports whether XML 1.0 allows a character (production Char).
func allowed(r rune) bool {
	return r == '\t' || r == '\n' || r == '\r' || r >= 0x20 && r <= 0xD7FF || r >= 0xE000 && r <= 0xFFFD || r >= 0x10000 && r <= 0x10FFFF
}
