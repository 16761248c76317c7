// Package encodings reads text files of any encoding.
package encodings

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/ianaindex"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// ErrUnknown says that nobody knows the encoding that a text claims.
var ErrUnknown = errors.New("the encoding is not known")

// InvalidError says that a text is not in the encoding that it claims, or in
// UTF-8 where it claims none.
type InvalidError struct {
	Encoding     string
	Line, Column int // of the first byte that is wrong, from 1; 0: not known
}

func (e *InvalidError) Error() string {
	return fmt.Sprintf("the text is not in %s, as it should be: save it in UTF-8, or declare its encoding", e.Encoding)
}

// declaration is an XML declaration with an encoding.
var declaration = regexp.MustCompile(`^\s*<\?xml[^>]*?\sencoding\s*=\s*["']([A-Za-z0-9._:-]+)["']`)

// Decode returns a text in UTF-8, without its byte order mark. Which encoding
// it is in say, in this order, its byte order mark, charset (of a media type;
// empty: none), its first characters if they are of UTF-16, and its XML
// declaration. It is UTF-8 if none of them does.
func Decode(text []byte, charset string) ([]byte, error) {
	if marked, ok := bytes.CutPrefix(text, []byte("\xEF\xBB\xBF")); ok {
		return valid(marked, "UTF-8")
	}
	label := charset
	marked := bytes.HasPrefix(text, []byte("\xFF\xFE")) || bytes.HasPrefix(text, []byte("\xFE\xFF"))
	if sixteen := sixteenBits(text); sixteen != nil && (marked || label == "" || strings.HasPrefix(strings.ToLower(label), "utf-16")) {
		return decoded(text, sixteen, "UTF-16")
	}
	if label == "" {
		label = Declared(text)
	}
	switch strings.ToLower(label) {
	case "", "utf-8", "utf8", "us-ascii", "ascii":
		return valid(text, "UTF-8")
	}
	if charset == "" && strings.HasPrefix(strings.ToLower(label), "utf-16") && utf8.Valid(text) && !bytes.ContainsRune(text, 0) {
		return text, nil // somebody has converted it and left the declaration
	}
	table := named(label)
	if table == nil {
		return nil, fmt.Errorf("%w: %q", ErrUnknown, label)
	}
	return decoded(text, table, label)
}

// peeked is how many bytes NewReader looks at.
const peeked = 1024

// NewReader returns a reader of a text in UTF-8, without its byte order mark.
// Which encoding the text is in say its byte order mark, its first characters
// if they are of UTF-16, and its XML declaration, in this order. Where none
// does, and where the text is said to be in UTF-8, its bytes come as they are,
// valid or not. The error is ErrUnknown, or one of reading.
func NewReader(r io.Reader) (io.Reader, error) {
	in := bufio.NewReaderSize(r, 64<<10)
	start, err := in.Peek(peeked)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	if bytes.HasPrefix(start, []byte("\xEF\xBB\xBF")) {
		_, err := in.Discard(3)
		return in, err
	}
	if sixteen := sixteenBits(start); sixteen != nil {
		return transform.NewReader(in, sixteen.NewDecoder()), nil
	}
	switch label := strings.ToLower(Declared(start)); {
	case label == "", label == "utf-8", label == "utf8", label == "us-ascii", label == "ascii", strings.HasPrefix(label, "utf-16"):
		return in, nil
	case named(label) == nil:
		return nil, fmt.Errorf("%w: %q", ErrUnknown, label)
	default:
		return transform.NewReader(in, named(label).NewDecoder()), nil
	}
}

// Declared returns the encoding in a text's XML declaration; empty: none.
func Declared(text []byte) string {
	if found := declaration.FindSubmatch(text[:min(len(text), peeked)]); found != nil {
		return string(found[1])
	}
	return ""
}

// IsUTF16 reports whether a text is in UTF-16 by its first four bytes.
func IsUTF16(text []byte) bool { return sixteenBits(text) != nil }

// sixteenBits returns the form of UTF-16 that a text is in by its mark or its first
// character; nil: none.
func sixteenBits(text []byte) encoding.Encoding {
	switch {
	case bytes.HasPrefix(text, []byte("\xFF\xFE")), bytes.HasPrefix(text, []byte("\xFE\xFF")):
		return unicode.UTF16(unicode.BigEndian, unicode.ExpectBOM)
	case len(text) >= 4 && text[0] == 0 && text[1] != 0 && text[2] == 0 && text[3] != 0:
		return unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM)
	case len(text) >= 4 && text[0] != 0 && text[1] == 0 && text[2] != 0 && text[3] == 0:
		return unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM)
	}
	return nil
}

// named finds an encoding by a name that IANA, the WHATWG or Java has for it.
func named(label string) encoding.Encoding {
	name := strings.ToLower(label)
	if number, javas := strings.CutPrefix(name, "iso8859_"); javas {
		name = "iso-8859-" + number
	}
	if code, javas := strings.CutPrefix(name, "cp125"); javas {
		name = "windows-125" + code
	}
	// IANA first: the WHATWG takes ISO-8859-1 for windows-1252.
	if table, err := ianaindex.IANA.Encoding(name); err == nil && table != nil {
		return table
	}
	if table, err := htmlindex.Get(name); err == nil {
		return table
	}
	return nil
}

func decoded(text []byte, table encoding.Encoding, label string) ([]byte, error) {
	plain, err := table.NewDecoder().Bytes(text)
	if err != nil {
		return nil, &InvalidError{Encoding: label}
	}
	if wrong := bytes.IndexRune(plain, utf8.RuneError); wrong >= 0 {
		return nil, invalid(plain, wrong, label)
	}
	return plain, nil
}

func valid(text []byte, label string) ([]byte, error) {
	for at := 0; at < len(text); {
		r, size := utf8.DecodeRune(text[at:])
		if r == utf8.RuneError && size == 1 {
			return nil, invalid(text, at, label)
		}
		at += size
	}
	return text, nil
}

// invalid returns an error about a byte of a text.
func invalid(text []byte, at int, label string) error {
	before := text[:at]
	start := bytes.LastIndexByte(before, '\n') + 1
	return &InvalidError{Encoding: label, Line: 1 + bytes.Count(before, []byte("\n")), Column: 1 + utf8.RuneCount(before[start:])}
}
