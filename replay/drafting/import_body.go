package drafting

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"strings"
	"unicode/utf8"
)

// keptBody is a body as a program has kept it in a file of its own kind.
type keptBody struct {
	text   string
	base64 bool   // the text is said to be in base64
	raw    []byte // the body as it was sent, in place of text
}

func (k keptBody) isEmpty() bool { return len(k.raw) == 0 && strings.TrimSpace(k.text) == "" }

// message returns a body with its headers, unpacked as far as a program has left it
// packed. What it was packed in is told by the body itself, as the marks and
// headers beside it may be about the body on its way.
func (k keptBody) message(at Source, header http.Header) (RecordedMessage, error) {
	m := RecordedMessage{Source: at, Header: header.Clone()}
	if m.Header == nil {
		m.Header = http.Header{}
	}
	packed := m.Header.Get("Content-Encoding")
	m.Header.Del("Content-Encoding")
	m.Header.Del("Transfer-Encoding")
	body, asText := k.bytes()
	if len(bytes.TrimSpace(body)) == 0 {
		return m, nil
	}
	unpacked, err := unpackBody(body, packed)
	if err != nil {
		return m, err
	}
	if asText && bytes.Equal(unpacked, body) {
		m.Header.Set("Content-Type", utf8Type(m.Header.Get("Content-Type")))
	}
	m.Body = envelopePart(m.Header, unpacked)
	if len(m.Body) > maxMessage {
		return m, errTooLarge
	}
	return m, nil
}

// bytes returns those of a body, and whether they are characters in UTF-8 whatever
// the message says of its encoding.
func (k keptBody) bytes() ([]byte, bool) {
	if k.raw != nil {
		return k.raw, false
	}
	if binary, ok := asBytes(k.text); ok {
		return binary, false
	}
	if looksLikeXML(k.text) {
		return []byte(k.text), true // marked or not
	}
	decoded, err := unBase64(k.text)
	if again, failed := unBase64(string(decoded)); err == nil && failed == nil && looksLikeXML(string(again)) {
		decoded = again // some programs encode what is encoded already
	}
	if err == nil && (k.base64 || isPacked(decoded) || looksLikeXML(string(decoded)) || bytes.IndexByte(decoded, 0) >= 0) {
		return decoded, false
	}
	return []byte(k.text), true
}

// asBytes returns the bytes of a text whose characters stand for them one by one,
// as some browsers keep a body that is not of text, or has a byte order mark.
func asBytes(text string) ([]byte, bool) {
	marked := strings.HasPrefix(text, "\x1f\u008b") || strings.HasPrefix(text, "ÿþ") || strings.HasPrefix(text, "þÿ") ||
		strings.HasPrefix(text, "ï»¿") || strings.HasPrefix(text, "\x00<\x00") || strings.HasPrefix(text, "<\x00")
	if !marked {
		return nil, false
	}
	out := make([]byte, 0, len(text))
	for _, r := range text {
		if r > 0xFF {
			return nil, false
		}
		out = append(out, byte(r))
	}
	return out, true
}

// looksLikeXML reports whether a text begins as a document does.
func looksLikeXML(text string) bool {
	return strings.HasPrefix(strings.TrimLeft(text, "\uFEFF \t\r\n"), "<")
}

// unBase64 decodes either alphabet, with or without padding and line ends.
func unBase64(text string) ([]byte, error) {
	plain := strings.TrimRight(strings.Join(strings.Fields(text), ""), "=")
	if strings.ContainsAny(plain, "-_") {
		return base64.RawURLEncoding.DecodeString(plain)
	}
	return base64.RawStdEncoding.DecodeString(plain)
}

// isPacked reports whether bytes begin as gzip.
func isPacked(body []byte) bool { return bytes.HasPrefix(body, []byte{0x1f, 0x8b}) }

// unpackBody unpacks a body that is packed still; encoding is what its
// Content-Encoding says of it.
func unpackBody(body []byte, encoding string) ([]byte, error) {
	switch encoding = strings.ToLower(strings.TrimSpace(encoding)); {
	case isPacked(body):
		reader, err := gzip.NewReader(bytes.NewReader(body))
		if err != nil {
			return nil, fmt.Errorf("unpack gzip: %w", err)
		}
		return bounded(reader, "gzip")
	case looksLikeXML(string(body)), isText(body):
		return body, nil
	case encoding == "deflate":
		if reader, err := zlib.NewReader(bytes.NewReader(body)); err == nil {
			return bounded(reader, "deflate")
		}
		return bounded(flate.NewReader(bytes.NewReader(body)), "deflate")
	case encoding == "" || encoding == "identity" || encoding == "gzip":
		return body, nil
	}
	return nil, fmt.Errorf("%w: %s", errPacked, encoding)
}

var errPacked = errors.New("the message is packed in a way that is not known here")

// isText reports whether bytes are text in UTF-8.
func isText(body []byte) bool { return utf8.Valid(body) && bytes.IndexByte(body, 0) < 0 }

// bounded reads what is unpacked, as far as it may be a message.
func bounded(reader io.Reader, kind string) ([]byte, error) {
	plain, err := io.ReadAll(io.LimitReader(reader, maxMessage+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("unpack %s: %w", kind, err)
	case len(plain) > maxMessage:
		return nil, errTooLarge
	}
	return plain, nil
}

// envelopePart returns a body or, of the parts of MTOM or SwA, the one that holds
// the envelope: that which the header names as start, or the first.
func envelopePart(header http.Header, body []byte) []byte {
	kind, parameters, err := mime.ParseMediaType(header.Get("Content-Type"))
	boundary := parameters["boundary"]
	if err != nil || kind != "multipart/related" || boundary == "" {
		return body
	}
	var first []byte
	parts := multipart.NewReader(bytes.NewReader(body), boundary)
	for {
		part, err := parts.NextPart()
		if err != nil {
			break
		}
		text, err := io.ReadAll(part)
		named := parameters["start"] != "" && part.Header.Get("Content-Id") == parameters["start"]
		if err == nil && (first == nil || named) {
			first = text
			header.Set("Content-Type", partType(part.Header.Get("Content-Type")))
		}
		if named {
			break
		}
	}
	if first == nil {
		return body
	}
	return first
}

// partType returns the Content-Type of a message whose envelope was in a part of
// one.
func partType(of string) string {
	kind, parameters, err := mime.ParseMediaType(of)
	if err != nil {
		return "text/xml"
	}
	if kind == "application/xop+xml" {
		kind = parameters["type"]
	}
	if kind != "application/soap+xml" {
		kind = "text/xml"
	}
	if charset := parameters["charset"]; charset != "" {
		return mime.FormatMediaType(kind, map[string]string{"charset": charset})
	}
	return kind
}
