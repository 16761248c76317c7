package replay

import (
	"fmt"
	"mime"
	"regexp"

	"github.com/dsappd/dsappd/replay/internal/encodings"
)

// inUTF8 is a document in UTF-8, without a declaration of another encoding.
// Which it is in say, in this order, its byte order mark, the charset of its
// Content-Type, and its XML declaration (RFC 7303, section 3).
func inUTF8(body []byte, contentType string) ([]byte, error) {
	decoded, err := encodings.Decode(body, charsetOf(contentType))
	if err != nil {
		return nil, fmt.Errorf("encoding: %w", err)
	}
	return declaredEncoding.ReplaceAll(decoded, nil), nil
}

var declaredEncoding = regexp.MustCompile(`^<\?xml[^>]*?encoding\s*=\s*["']([^"']*)["'][^>]*\?>`)

// charsetOf is the charset of a media type; empty: it names none.
func charsetOf(contentType string) string {
	_, parameters, err := mime.ParseMediaType(contentType)
	if err != nil {
		return ""
	}
	return parameters["charset"]
}
