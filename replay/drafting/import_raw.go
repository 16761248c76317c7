package drafting

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/http/httputil"
	"net/textproto"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/dsappd/dsappd/replay/drafting/internal/traffic"

	"golang.org/x/text/encoding/charmap"

	"github.com/dsappd/dsappd/replay/internal/encodings"
)

// rawMessage is a request or a reply in a file of its own, or in a stream or a
// log with others.
type rawMessage struct {
	RecordedMessage
	name    string // of the file
	several bool   // the file holds others
	method  string // of a request of REST
	target  string // of its request line; empty: it is no request of REST
	reply   bool
	status  int    // of HTTP; 0: not known
	element string // in the Body; empty: not known

	user, domain, registration string // that it names
	print                      uint64 // of what is in its Body
	beside                     traces

	order   int         // among those that are paired
	entered bool        // the pairer knows it
	answer  *rawMessage // to a request; nil: not known
	taken   bool        // its partner is known
	unsure  string      // why its partner is not known
}

var (
	statusLine  = regexp.MustCompile(`^HTTP/[0-9.]+ [1-5][0-9]{2}`)
	requestLine = regexp.MustCompile(`^[A-Z]+ \S+ HTTP/[0-9.]+[ \t]*\r?\n`)
)

// maxBody is the size in bytes of the largest file that can be one message, as
// it may be in UTF-16.
const maxBody = 2 * maxMessage

// readRaw reads a file that holds a request, a reply or both, as they were
// sent or as their bodies alone, or the stream or log of many.
func (i *Importer) readRaw(ctx context.Context, in *input) error {
	opened, err := i.open(ctx, in)
	if err != nil {
		return err
	}
	defer opened.Close()
	buffered := bufio.NewReaderSize(opened, startSize)
	text := io.Reader(buffered)
	start, _ := buffered.Peek(4) // whoever reads on meets the error
	if encodings.IsUTF16(start) {
		if text, err = encodings.NewReader(buffered); err != nil {
			return &damagedError{err}
		}
	} else if bytes.HasPrefix(start, []byte("\xEF\xBB\xBF")) {
		_, _ = buffered.Discard(3)
	}
	first, err := io.ReadAll(io.LimitReader(text, maxBody+1))
	cut, isCut := errors.AsType[*damagedError](err)
	if err != nil && !(isCut && len(first) > 0 && !errors.Is(err, errUnpacksTooFar)) {
		return err
	}
	if len(first) <= maxBody && isBody(first) {
		i.rawBody(in.name, first)
	} else if err := i.readLog(ctx, in, io.MultiReader(bytes.NewReader(first), text)); err != nil {
		return err
	}
	if isCut {
		i.leaveOut(Source{File: in.name}, "%v; what stands before that is read", cut)
	}
	return nil
}

var startTag = regexp.MustCompile(`<[A-Za-z_]`)

var anEnvelope = regexp.MustCompile(`<(?:[A-Za-z_][A-Za-z0-9_.-]*:)?Envelope[\s>/]`)

// isBody reports whether a file is the body of one message: it begins with an
// envelope, or holds none.
func isBody(text []byte) bool {
	if requestLine.Match(text) || statusLine.Match(text) {
		return false
	}
	all := anEnvelope.FindAllIndex(text, 2)
	switch {
	case len(all) == 0:
		return !traffic.HasMessage(text)
	case len(all) > 1 || !bytes.HasPrefix(bytes.TrimSpace(text), []byte("<")):
		return false
	}
	return !startTag.Match(text[:all[0][0]])
}

// rawBody reads a file that is the body of a message.
func (i *Importer) rawBody(name string, text []byte) {
	m := rawMessage{name: name, RecordedMessage: RecordedMessage{Source: Source{File: name, Line: 1}, Header: http.Header{}, Body: text}}
	if len(text) > maxMessage && !encodings.IsUTF16(text) {
		i.leaveOut(m.Source, "%v", errTooLarge)
		return
	}
	if m.recognise(&i.notices, false) {
		i.raw = append(i.raw, m)
	}
}

// takeApart reads a message of HTTP; a file need not have kept its length.
func takeApart(text []byte) (first string, header http.Header, body []byte, ok bool) {
	reader := bufio.NewReader(bytes.NewReader(text))
	lines := textproto.NewReader(reader)
	first, err := lines.ReadLine()
	if err != nil {
		return "", nil, nil, false
	}
	fields, err := lines.ReadMIMEHeader()
	if err != nil && !errors.Is(err, io.EOF) {
		return "", nil, nil, false
	}
	var rest bytes.Buffer
	if _, err := reader.WriteTo(&rest); err != nil {
		return "", nil, nil, false
	}
	header = http.Header(fields)
	return first, header, envelopePart(header, withoutChunks(header, rest.Bytes())), true
}

// withoutChunks returns a body without the chunks that it may have been sent in. A
// program that has kept it may have written other ends of lines, or read the
// chunks itself.
func withoutChunks(header http.Header, body []byte) []byte {
	if !strings.EqualFold(strings.TrimSpace(header.Get("Transfer-Encoding")), "chunked") || looksLikeXML(string(body)) {
		return body
	}
	wide := bytes.ReplaceAll(bytes.ReplaceAll(body, []byte("\r\n"), []byte("\n")), []byte("\n"), []byte("\r\n"))
	for _, form := range [][]byte{body, wide} {
		whole, err := io.ReadAll(httputil.NewChunkedReader(bytes.NewReader(form)))
		if err == nil || errors.Is(err, io.ErrUnexpectedEOF) && bytes.Contains(whole, []byte("Envelope>")) {
			return whole
		}
	}
	return chunkLine.ReplaceAll(body, nil)
}

var chunkLine = regexp.MustCompile(`(?m)(?:^|\r?\n)[0-9a-fA-F]{1,8}\r?\n`)

// recognise finds out what a message is: by its element, or else by the name
// of its file.
func (m *rawMessage) recognise(said *notices, onWire bool) bool {
	if call, is := restCallOf(m.method, m.target); is && m.target != "" {
		m.element = call.name
		return true
	}
	if onWire && m.reply && m.mayAnswerREST() {
		m.element = restReply
		return true
	}
	text, err := m.text()
	if err != nil {
		said.leaveOut(m.Source, "%v", err)
		return false
	}
	envelope, err := readMessage(text)
	is := envelope.gist()
	m.gist = &is
	if err == nil {
		m.know(envelope)
		return true
	}
	_, named, isReply := stem(m.name)
	if !onWire && (!named || m.several) || m.reply || isReply {
		said.leaveOut(m.Source, "it holds no message of SOAP: %v", err)
		return false
	}
	return true
}

// restReply stands for the element of a reply that can be one to a call of REST
// alone.
const restReply = "{}"

// mayAnswerREST reports whether a reply is JSON or an image, or has no body.
func (m *rawMessage) mayAnswerREST() bool {
	kind, _, _ := mime.ParseMediaType(m.Header.Get("Content-Type"))
	return isJSON(m.RecordedMessage) && len(m.Body) > 0 || strings.HasPrefix(kind, "image/") || m.status == http.StatusNoContent
}

// inLogCharset says of an envelope in a log that it is in UTF-8, as far as its
// characters are: a log has one encoding, whatever the envelope declares.
func (m *rawMessage) inLogCharset() (guessed bool) {
	if !utf8.Valid(m.Body) {
		if encodings.Declared(m.Body) != "" && !strings.EqualFold(encodings.Declared(m.Body), "utf-8") {
			return false // that may be its encoding
		}
		decoded, err := charmap.Windows1252.NewDecoder().Bytes(m.Body)
		if err != nil {
			return false
		}
		m.Body, guessed = decoded, true
	}
	m.Header.Set("Content-Type", "text/xml; charset=utf-8")
	return guessed
}
