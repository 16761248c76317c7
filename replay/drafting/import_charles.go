package drafting

import (
	"context"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"net/http"
	"regexp"
	"strings"
)

// charlesCall is a transaction of a session of Charles, as its JSON has it.
type charlesCall struct {
	Method loose `json:"method"`
	Scheme loose `json:"scheme"`
	Host   loose `json:"host"`
	Path   loose `json:"path"`
	Status loose `json:"status"`
	Error  loose `json:"errorMessage"`
	Times  struct {
		Start loose `json:"start"`
	} `json:"times"`
	Request  charlesMessage `json:"request"`
	Response charlesMessage `json:"response"`
}

type charlesMessage struct {
	Status          loose `json:"status"`
	MimeType        loose `json:"mimeType"`
	Charset         loose `json:"charset"`
	ContentEncoding loose `json:"contentEncoding"`
	Header          struct {
		Headers harHeaders `json:"headers"`
	} `json:"header"`
	Body struct {
		Text     loose `json:"text"`
		Encoding loose `json:"encoding"`
		Encoded  loose `json:"encoded"`
	} `json:"body"`
}

func (m charlesMessage) header() http.Header {
	header := http.Header(m.Header.Headers).Clone()
	if header == nil {
		header = http.Header{}
	}
	for name, value := range map[string]loose{"Content-Type": m.MimeType, "Content-Encoding": m.ContentEncoding} {
		if header.Get(name) == "" && value.trimmed() != "" {
			header.Set(name, value.trimmed())
		}
	}
	return header
}

func (m charlesMessage) body() keptBody {
	if m.Body.Encoded != "" {
		return keptBody{text: string(m.Body.Encoded), base64: true}
	}
	return keptBody{text: string(m.Body.Text), base64: strings.EqualFold(m.Body.Encoding.trimmed(), "base64")}
}

// kept returns a transaction as every program keeps one.
func (c charlesCall) kept(at Source) keptExchange {
	return keptExchange{
		at: at, method: c.Method.trimmed(), url: c.Scheme.trimmed() + "://" + c.Host.trimmed() + c.Path.trimmed(),
		header: c.Request.header(), request: c.Request.body(),
		status: statusOf(string(c.Response.Status)), replyHeader: c.Response.header(), reply: c.Response.body(),
		when: timeOf(string(c.Times.Start)), replyNotKept: c.Error.trimmed(),
	}
}

// readCharlesJSON reads a session of Charles that was saved as JSON (.chlsj).
func (i *Importer) readCharlesJSON(ctx context.Context, in *input) error {
	var all []Recorded
	err := i.eachOf(ctx, in, nil, func(at Source, raw json.RawMessage) error {
		return i.eachIn(ctx, raw, at, nil, func(at Source, raw json.RawMessage) error {
			var call charlesCall
			if err := json.Unmarshal(raw, &call); err != nil {
				i.leaveOut(at, "a transaction of Charles that cannot be read: %v", err)
			} else if r, ok := i.exchange(call.kept(at)); ok {
				all = append(all, r)
			}
			return nil
		})
	})
	if drafting := i.draft(ctx, byTime(all)); drafting != nil {
		return drafting
	}
	return err
}

// charlesXML is a transaction of a session that was saved as XML.
type charlesXML struct {
	Method   string            `xml:"method,attr"`
	Protocol string            `xml:"protocol,attr"`
	Host     string            `xml:"host,attr"`
	Path     string            `xml:"path,attr"`
	Start    string            `xml:"startTime,attr"`
	Millis   string            `xml:"startTimeMillis,attr"`
	Error    string            `xml:"errorMessage,attr"`
	Request  charlesXMLMessage `xml:"request"`
	Response charlesXMLMessage `xml:"response"`
}

type charlesXMLMessage struct {
	Status   string `xml:"status,attr"`
	MimeType string `xml:"mime-type,attr"`
	Charset  string `xml:"charset,attr"`
	Packed   string `xml:"content-encoding,attr"`
	Headers  []struct {
		Name  string `xml:"name"`
		Value string `xml:"value"`
	} `xml:"headers>header"`
	Body struct {
		Encoding string `xml:"encoding,attr"`
		Text     string `xml:",chardata"`
	} `xml:"body"`
}

// json returns a message as the other form of a session has it.
func (m charlesXMLMessage) json() charlesMessage {
	var out charlesMessage
	out.Status, out.MimeType, out.ContentEncoding = loose(m.Status), loose(m.MimeType), loose(m.Packed)
	headers := http.Header{}
	for _, h := range m.Headers {
		headers.Add(h.Name, h.Value)
	}
	out.Header.Headers = harHeaders(headers)
	out.Body.Text, out.Body.Encoding = loose(m.Body.Text), loose(m.Body.Encoding)
	return out
}

// readCharlesXML reads a session of Charles that was saved as XML (.chlsx).
func (i *Importer) readCharlesXML(ctx context.Context, in *input) error {
	var all []Recorded
	err := i.elements(ctx, in, "transaction", func(at Source, decoder *xml.Decoder, start xml.StartElement) error {
		var x charlesXML
		if err := decoder.DecodeElement(&x, &start); err != nil {
			return err
		}
		call := charlesCall{
			Method: loose(x.Method), Scheme: loose(x.Protocol), Host: loose(x.Host), Path: loose(x.Path), Error: loose(x.Error),
			Request: x.Request.json(), Response: x.Response.json(),
		}
		k := call.kept(at)
		if k.when = timeOf(x.Millis); k.when.IsZero() {
			k.when = timeOf(x.Start)
		}
		if r, ok := i.exchange(k); ok {
			all = append(all, r)
		}
		return nil
	})
	if drafting := i.draft(ctx, byTime(all)); drafting != nil {
		return drafting
	}
	return err
}

// elements reads the elements of a name in a file of XML, one after the other.
// What is not well-formed ends the reading with a notice.
func (i *Importer) elements(ctx context.Context, in *input, name string, take func(Source, *xml.Decoder, xml.StartElement) error) error {
	text, err := i.wholeText(ctx, in)
	if err != nil {
		return err
	}
	defer text.Close()
	decoder := xml.NewDecoder(text)
	decoder.CharsetReader = func(_ string, in io.Reader) (io.Reader, error) { return in, nil }
	for {
		line, _ := decoder.InputPos()
		token, err := decoder.Token()
		if start, ok := token.(xml.StartElement); ok && start.Name.Local == name {
			err = take(Source{File: in.name, Line: line}, decoder, start)
		}
		syntax, broken := errors.AsType[*xml.SyntaxError](err)
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case broken:
			i.leaveOut(Source{File: in.name, Line: syntax.Line}, "not well-formed XML: %s; nothing behind it is read", syntax.Msg)
			return context.Cause(ctx)
		case err != nil:
			return err
		}
	}
}

// charlesMeta is the name of a file about a transaction in a session of Charles
// that was saved as an archive (.chlz); -req. and -res. have its bodies.
var charlesMeta = regexp.MustCompile(`^((?:.*/)?[0-9]+)-meta\.json$`)

// isCharles reports whether files are those of a session of Charles.
func (z *zipped) isCharles() bool {
	for _, name := range z.names {
		if charlesMeta.MatchString(name) {
			return true
		}
	}
	return false
}

// readCharlesArchive reads a session of Charles that was saved as an archive.
func (i *Importer) readCharlesArchive(ctx context.Context, z *zipped) error {
	var all []Recorded
	for _, name := range z.names {
		session := charlesMeta.FindStringSubmatch(name)
		if session == nil {
			continue
		}
		about, err := i.memberPart(ctx, z, name)
		if err != nil {
			return err
		}
		at := Source{File: z.files[name].name, Line: 1}
		var call charlesCall
		if err := json.Unmarshal(about, &call); err != nil {
			i.leaveOut(at, "a transaction of Charles that cannot be read: %v", err)
			continue
		}
		k := call.kept(at)
		for _, other := range z.names {
			body, found := &k.request, strings.HasPrefix(other, session[1]+"-req.")
			if strings.HasPrefix(other, session[1]+"-res.") {
				body, found = &k.reply, true
			}
			if !found {
				continue
			}
			if body.raw, err = i.memberPart(ctx, z, other); err != nil {
				return err
			}
		}
		if r, ok := i.exchange(k); ok {
			all = append(all, r)
		}
	}
	return i.draft(ctx, byTime(all))
}
