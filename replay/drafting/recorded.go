package drafting

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"regexp"
	"strings"
	"time"

	"github.com/dsappd/dsappd/replay/internal/xmltree"

	"github.com/dsappd/dsappd/replay/internal/encodings"
)

// Recorded is an exchange that has happened.
type Recorded struct {
	Request, Reply RecordedMessage
	Status         int       // of HTTP; 0: not known
	At             time.Time // of the request; zero: not known

	// Method and Target are those of the request line; a Target may be the whole
	// URL. Where they are a call of a door that is REST, the messages are JSON.
	// An empty Method is POST, and without a Target it is a call of SOAP.
	Method, Target string

	// TimeLimit is what the reply may take, where somebody has said so.
	TimeLimit time.Duration

	// Title is what somebody calls the exchange, if anybody does.
	Title string

	set     map[string]string // headers of the request by their names, besides those of Request
	pause   time.Duration     // before the request
	decrees []decree          // of administrators elsewhere, before the request
	wanted  *wanted           // of a reply that is presumed; nil: it was recorded
	values  *presumedValues   // of that reply, which is made of them whenever it is read
	chapter *chapter          // the transcript that it belongs to; nil: that of its registration
}

// RecordedMessage is one of the two messages of an exchange, as it was sent.
type RecordedMessage struct {
	Source Source
	Header http.Header
	Body   []byte // nil: not known

	gist *gist // nil: it was not read yet
}

// Source is where a message was found.
type Source struct {
	File   string `json:"file"`
	Line   int    `json:"line,omitzero"`   // from 1; 0: the whole file, or not from a file
	Column int    `json:"column,omitzero"` // in bytes from 1; 0: not known, or the whole line
}

// String returns FILE, FILE:LINE or FILE:LINE:COLUMN.
func (s Source) String() string {
	switch {
	case s.Line == 0:
		return s.File
	case s.Column == 0:
		return fmt.Sprintf("%s:%d", s.File, s.Line)
	}
	return fmt.Sprintf("%s:%d:%d", s.File, s.Line, s.Column)
}

// maxMessage is the size in bytes of the largest message that is recorded.
const maxMessage = 4 << 20

// recordingError is why a message cannot be written down, in constant words.
type recordingError string

func (e recordingError) Error() string { return string(e) }

const (
	errTooLarge recordingError = "the message is larger than 4 MiB"
	errCharset  recordingError = "the message is not in the encoding that it says, or in one that is not known"
)

// text returns a message in UTF-8, without the encodings of HTTP and XML.
func (m RecordedMessage) text() (string, error) {
	body := m.Body
	if strings.EqualFold(m.Header.Get("Content-Encoding"), "gzip") || bytes.HasPrefix(body, []byte{0x1f, 0x8b}) {
		var err error
		if body, err = unzip(body); err != nil {
			return "", err
		}
	}
	if len(body) > maxMessage {
		return "", errTooLarge
	}
	decoded, err := encodings.Decode(body, xmltree.Charset(m.Header.Get("Content-Type")))
	if err != nil {
		return "", errCharset
	}
	text := strings.TrimLeft(string(decoded), "\uFEFF \t\r\n")
	if declared := declaration.FindStringSubmatchIndex(text); declared != nil {
		text = text[:declared[2]] + "UTF-8" + text[declared[3]:]
	}
	return text, nil
}

// declaration is an XML declaration with an encoding.
var declaration = regexp.MustCompile(`^\s*<\?xml[^>]*?\sencoding\s*=\s*["']([A-Za-z0-9._-]+)["']`)

func unzip(body []byte) ([]byte, error) {
	reader, err := gzip.NewReader(bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("unpack gzip: %w", err)
	}
	plain, err := io.ReadAll(io.LimitReader(reader, maxMessage+1))
	if err != nil {
		return nil, fmt.Errorf("unpack gzip: %w", err)
	}
	return plain, errors.Join(reader.Close())
}

// utf8Type returns a Content-Type whose text is in UTF-8 by now.
func utf8Type(contentType string) string {
	kind, parameters, err := mime.ParseMediaType(contentType)
	if err != nil {
		return contentType
	}
	parameters["charset"] = "utf-8"
	return mime.FormatMediaType(kind, parameters)
}
