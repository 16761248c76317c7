package replay

import (
	"bytes"
	"fmt"
	"io"
	"mime"
	"regexp"
	"strings"

	"golang.org/x/net/html/charset"
	"golang.org/x/text/encoding/unicode"
)

// inUTF8 is a document in UTF-8, without a declaration of another encoding.
// Which it is in say, in this order, its byte order mark, the charset of its
// Content-Type, and its XML declaration (RFC 7303, section 3).
func inUTF8(body []byte, contentType string) ([]byte, error) {
	_, parameters, _ := mime.ParseMediaType(contentType)
	declaration := regexp.MustCompile(`^<\?xml[^>]*?encoding\s*=\s*["']([^"']*)["'][^>]*\?>`)
	label := parameters["charset"]
	if found := declaration.FindSubmatch(body); found != nil && label == "" {
		label = string(found[1])
	}
	decoded, err := decoded(body, label)
	if err != nil {
		return nil, fmt.Errorf("encoding: %w", err)
	}
	return declaration.ReplaceAll(decoded, nil), nil
}

func decoded(body []byte, label string) ([]byte, error) {
	switch {
	case bytes.HasPrefix(body, []byte("\xFF\xFE")) || bytes.HasPrefix(body, []byte("\xFE\xFF")):
		return unicode.UTF16(unicode.BigEndian, unicode.ExpectBOM).NewDecoder().Bytes(body)
	case bytes.HasPrefix(body, []byte("\uFEFF")):
		return bytes.TrimPrefix(body, []byte("\uFEFF")), nil
	case label == "" || strings.EqualFold(label, "utf-8"):
		return body, nil
	}
	reader, err := charset.NewReaderLabel(label, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(reader)
}
