package replay

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/http/httputil"
	"net/textproto"
	"regexp"
	"strconv"
	"strings"
)

// rawMessage is a request or a reply in a file of its own.
type rawMessage struct {
	RecordedMessage
	name    string // of the file
	reply   bool
	status  int    // of HTTP; 0: not known
	element string // in the Body; empty: not known
	taken   bool
}

// statusLine begins a reply of HTTP.
func statusLine() *regexp.Regexp { return regexp.MustCompile(`^HTTP/[0-9.]+ [1-5][0-9]{2}`) }

// requestLine begins a request of HTTP.
func requestLine() *regexp.Regexp {
	return regexp.MustCompile(`^(POST|GET|HEAD|PUT|OPTIONS) \S+ HTTP/[0-9.]+\r?\n`)
}

// readRaw reads a file that holds a request, a reply or both, as they were
// sent or as their bodies alone.
func (i *Importer) readRaw(ctx context.Context, in *input) error {
	text, err := i.whole(ctx, in)
	if err != nil {
		return err
	}
	if len(text) > 2*maxMessage {
		i.leaveOut(Source{File: in.name}, "%v", errTooLarge)
		return nil
	}
	for _, at := range messagesIn(text) {
		i.rawOne(in.name, text[at[0]:at[1]], bytes.Count(text[:at[0]], []byte("\n")))
	}
	return nil
}

// messagesIn are the parts of a file that are messages: of HTTP, or else
// envelopes with something between them, as in logs; or else the whole file.
func messagesIn(text []byte) [][]int {
	if requestLine().Match(text) || statusLine().Match(text) {
		var parts [][]int
		for _, at := range regexp.MustCompile(`(?m)^(?:(?:POST|GET|HEAD|PUT|OPTIONS) \S+ HTTP/[0-9.]+\r?$|HTTP/[0-9.]+ [1-5][0-9]{2})`).FindAllIndex(text, -1) {
			if last := len(parts) - 1; last >= 0 {
				parts[last][1] = min(parts[last][1], at[0])
			}
			if !continues().Match(text[at[0]:]) {
				parts = append(parts, []int{at[0], len(text)})
			}
		}
		return parts
	}
	name := `(?:[A-Za-z_][A-Za-z0-9_.-]*:)?Envelope`
	envelopes := regexp.MustCompile(`(?s)(?:<\?xml[^>]*\?>\s*)?<`+name+`[\s>].*?</`+name+`\s*>`).FindAllIndex(text, -1)
	if len(envelopes) == 0 || len(envelopes) == 1 && bytes.HasPrefix(bytes.TrimSpace(text), []byte("<")) {
		return [][]int{{0, len(text)}}
	}
	return envelopes
}

// continues is a reply that only says that the request may go on.
func continues() *regexp.Regexp { return regexp.MustCompile(`^HTTP/[0-9.]+ 1[0-9]{2}`) }

// rawOne reads one message, which begins below some lines of its file.
func (i *Importer) rawOne(name string, text []byte, lines int) {
	m := rawMessage{name: name, RecordedMessage: RecordedMessage{Source: Source{File: name, Line: 1 + lines}, Body: text}}
	onWire := requestLine().Match(text) || statusLine().Match(text)
	if onWire {
		first, header, body, ok := takeApart(text)
		if !ok {
			i.leaveOut(m.Source, "its HTTP header cannot be read")
			return
		}
		m.Header, m.Body, m.reply = header, body, strings.HasPrefix(first, "HTTP/")
		if m.reply {
			m.status, _ = strconv.Atoi(strings.Fields(first)[1])
		} else if !strings.HasPrefix(first, "POST ") {
			i.leaveOut(m.Source, "%s is no call of SOAP", strings.TrimSpace(first))
			return
		}
	}
	if !i.recognise(&m, onWire) {
		return
	}
	i.raw = append(i.raw, m)
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
	if err != nil {
		return "", nil, nil, false
	}
	var rest bytes.Buffer
	if _, err := reader.WriteTo(&rest); err != nil {
		return "", nil, nil, false
	}
	return first, http.Header(fields), unwrapped(http.Header(fields), rest.Bytes()), true
}

// unwrapped is a body without the chunks that it may have been sent in, and of
// the parts of MTOM the first, which is the envelope.
func unwrapped(header http.Header, body []byte) []byte {
	if strings.EqualFold(header.Get("Transfer-Encoding"), "chunked") {
		if whole, err := io.ReadAll(httputil.NewChunkedReader(bytes.NewReader(body))); err == nil {
			body = whole
		}
	}
	kind, parameters, err := mime.ParseMediaType(header.Get("Content-Type"))
	if err != nil || kind != "multipart/related" {
		return body
	}
	part, err := multipart.NewReader(bytes.NewReader(body), parameters["boundary"]).NextPart()
	if err != nil {
		return body
	}
	root, err := io.ReadAll(part)
	if err != nil {
		return body
	}
	header.Set("Content-Type", "text/xml")
	return root
}

// recognise finds out what a message is: by its element, or else by the name
// of its file.
func (i *Importer) recognise(m *rawMessage, onWire bool) bool {
	text, err := m.text()
	if err != nil {
		i.leaveOut(m.Source, "%v", err)
		return false
	}
	envelope, err := readMessage(text)
	if err == nil {
		m.element, m.reply = envelope.body.name.Local, envelope.answers()
		return true
	}
	_, named, isReply := stem(m.name)
	if !onWire && !named || m.reply || isReply {
		i.leaveOut(m.Source, "it holds no message of SOAP: %v", err)
		return false
	}
	return true
}
