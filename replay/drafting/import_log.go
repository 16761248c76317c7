package drafting

import (
	"context"
	"hash/fnv"
	"io"
	"net/http"
	"slices"
	"strings"

	"github.com/dsappd/dsappd/replay/drafting/internal/traffic"
	"github.com/dsappd/dsappd/replay/internal/xmltree"
)

// traces are what a stream or a log tells of whom a message belongs to.
type traces struct {
	ids     []traffic.ID // the same in a request and its reply
	threads []string
	stream  string // the connection that it was sent on
	label   string // what has logged it
	echo    bool   // it is the request that the reply before it answers
}

// readLog reads a stream or a log of messages, and pairs them.
func (i *Importer) readLog(ctx context.Context, in *input, text io.Reader) error {
	return i.messages(in.name, func(reader *traffic.Reader) error { return reader.Read(ctx, text) })
}

// messages pairs the messages of a file that read finds.
func (i *Importer) messages(file string, read func(*traffic.Reader) error) error {
	var all []*rawMessage
	said := len(i.all)
	find := func(emit func(finding)) error {
		return read(&traffic.Reader{
			Found:  func(m traffic.Message) { emit(finding{Message: m}) },
			Unread: func(line int, why error) { emit(finding{Message: traffic.Message{Line: line}, why: why}) },
		})
	}
	err := inTurn(find, func(f finding) logged { return f.read(file) }, func(l logged) {
		if len(all) > 0 && l.why == nil && all[len(all)-1].isBodyOf(l.Message) {
			return
		}
		i.all = append(i.all, l.said.all...)
		if l.m != nil {
			all = append(all, l.m)
		}
	})
	if err != nil {
		return err
	}
	if len(all) == 0 && len(i.all) == said {
		i.leaveOut(Source{File: file}, "it holds no message of SOAP or HTTP")
	}
	slices.SortStableFunc(all, func(a, b *rawMessage) int { return a.Source.Line - b.Source.Line })
	i.pairWithin(file, all)
	return nil
}

// finding is a message that was found in a stream or a log, or why what begins
// in a line is none.
type finding struct {
	traffic.Message
	why error
}

// logged is a message of a stream or a log that was read.
type logged struct {
	finding
	m    *rawMessage // nil: it is left out
	said notices
}

// read reads a message that was found.
func (f finding) read(file string) logged {
	l := logged{finding: f}
	at := Source{File: file, Line: f.Line}
	if f.why != nil {
		l.said.leaveOut(at, "%v", f.why)
		return l
	}
	m := &rawMessage{name: file, several: true, RecordedMessage: RecordedMessage{Source: at, Header: http.Header{}, Body: f.Text}}
	around := f.Context()
	m.beside = traces{ids: around.IDs, threads: around.Threads, stream: f.Stream, label: around.Label, echo: around.Echoes}
	if f.HTTP {
		if !m.onWire(&l.said) {
			return l
		}
	} else if m.inLogCharset() {
		l.said.doubt(at, "the log is not in UTF-8: windows-1252 was taken for its encoding")
	}
	if len(m.Body) > maxMessage {
		l.said.leaveOut(at, "%v", errTooLarge)
	} else if m.recognise(&l.said, f.HTTP) {
		l.m = m
	}
	return l
}

// onWire reads a message of HTTP, if it can be one of SOAP.
func (m *rawMessage) onWire(said *notices) bool {
	first, header, body, ok := takeApart(m.Body)
	if !ok {
		said.leaveOut(m.Source, "its HTTP header cannot be read")
		return false
	}
	m.Header, m.Body, m.reply = header, body, strings.HasPrefix(first, "HTTP/")
	m.beside.ids = append(m.beside.ids, headerIDs(header)...)
	if m.reply {
		m.status = statusOf(strings.TrimPrefix(first, strings.Fields(first)[0]))
		if m.status/100 == 1 {
			return false // it only says that the request may go on
		}
	} else if m.isREST(first) {
		return true
	} else if !strings.HasPrefix(first, "POST ") {
		said.leaveOut(m.Source, "%s is no call of SOAP", strings.TrimSpace(first))
		return false
	}
	if len(body) == 0 && !m.reply {
		said.leaveOut(m.Source, "the body of the request is not there")
		return false
	}
	return true
}

// isREST reports whether a request line is that of a call of REST, and keeps it.
func (m *rawMessage) isREST(line string) bool {
	words := strings.Fields(line)
	if len(words) < 2 {
		return false
	}
	_, is := restCallOf(words[0], words[1])
	if is {
		m.method, m.target = words[0], words[1]
	}
	return is
}

// isBodyOf reports whether a message that was found is only the header of a
// request, whose body stands before it, as in what curl -v shows.
func (m *rawMessage) isBodyOf(found traffic.Message) bool {
	first, _, body, ok := takeApart(found.Text)
	alone := found.HTTP && ok && strings.HasPrefix(first, "POST ") && len(body) == 0
	return alone && !m.reply && m.Header.Get("Host") == "" && m.beside.stream == found.Stream
}

// headerIDs returns identifiers in the headers of a message.
func headerIDs(header http.Header) []traffic.ID {
	var all []traffic.ID
	for _, name := range []string{"X-Request-Id", "X-Correlation-Id", "Correlation-Id", "Request-Id", "X-Trace-Id", "X-B3-Traceid", "X-Amzn-Trace-Id"} {
		if value := header.Get(name); value != "" {
			all = append(all, traffic.ID{Name: strings.ToLower(name), Value: value})
		}
	}
	return all
}

// traceNamespace is that of headers that WCF writes into its logs and sends as
// headers of HTTP, or not at all.
const traceNamespace = "http://schemas.microsoft.com/ws/2005/05/addressing/none"

// know takes over what an envelope tells of a message.
func (m *rawMessage) know(envelope *message) {
	m.element, m.reply = envelope.body.Name.Local, envelope.answers()
	m.user, m.domain, m.registration = envelope.value("userID"), envelope.value("domain"), envelope.value("registrationID")
	hash := fnv.New64a()
	envelope.body.Visit(func(n *xmltree.Node) {
		_, _ = io.WriteString(hash, n.Name.Local+"\x00"+strings.TrimSpace(n.Text)+"\x00") // a hash takes all
	})
	m.print = hash.Sum64()
	m.headers(envelope)
}

// headers reads the Header of an envelope: what identifies the message, and
// what a log has added to it.
func (m *rawMessage) headers(envelope *message) {
	at := slices.IndexFunc(envelope.root.Children, func(n *xmltree.Node) bool { return n.Name.Local == "Header" })
	if at < 0 {
		return
	}
	header := envelope.root.Children[at]
	added := 0
	for _, n := range header.Children {
		switch {
		case n.Name.Space == traceNamespace:
			if n.Name.Local == "Action" && n.Text != "" {
				m.Header.Set("SOAPAction", `"`+n.Text+`"`)
			}
			added++
			if m.several {
				envelope.drop(n)
			}
		case n.Name.Local == "MessageID" && !m.reply, n.Name.Local == "RelatesTo" && m.reply:
			m.beside.ids = append(m.beside.ids, traffic.ID{Name: "message", Value: strings.TrimSpace(n.Text)})
		}
	}
	if added == 0 || !m.several {
		return
	}
	if added == len(header.Children) {
		envelope.changes = nil
		envelope.drop(header)
	}
	m.Body = []byte(envelope.written())
	m.Header.Set("Content-Type", "text/xml; charset=utf-8")
}
