package xmltree

import (
	"fmt"
	"mime"
	"regexp"

	"github.com/dsappd/dsappd/replay/internal/encodings"
)

// UTF8 returns a document in UTF-8, without a declaration of another encoding.
// The first of these names its encoding: its byte order mark, the charset of its
// Content-Type, and its XML declaration (RFC 7303, section 3).
func UTF8(body []byte, contentType string) ([]byte, error) {
	decoded, err := encodings.Decode(body, Charset(contentType))
	if err != nil {
		return nil, fmt.Errorf("encoding: %w", err)
	}
	return declaredEncoding.ReplaceAll(decoded, nil), nil
}

var declaredEncoding = regexp.MustCompile(`^<\?xml[^>]*?encoding\s*=\s*["']([^"']*)["'][^>]*\?>`)

// Charset returns the charset of a media type; empty: it names none.
func Charset(contentType string) string {
	_, parameters, err := mime.ParseMediaType(contentType)
	if err != nil {
		return ""
	}
	return parameters["charset"]
}
