package soap

import (
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
)

// Client calls the operations of one endpoint. It may be used by many at
// once.
type Client struct {
	URL        string
	HTTP       *http.Client
	Schema     *Schema     // has an element for each reply
	Namespaces []Namespace // declared on the envelope of every request
	Strict     bool        // holds replies to the schema to the letter
	Trace      *Trace      // optional
}

// StatusError is a reply that is no envelope: its HTTP status.
type StatusError struct {
	Status    int
	RequestID string // "" if it names none
}

func (e *StatusError) Error() string {
	return fmt.Sprintf("the endpoint answered with HTTP status %d and no SOAP envelope: is its URL right?", e.Status)
}

// Call sends the element of an operation and decodes the reply's, of the
// given name, into v. The error is a *Fault if the endpoint answered with
// one, a *FieldError if a field of the reply is wrong, and a *StatusError if
// the reply is no envelope.
func (c *Client) Call(ctx context.Context, element []byte, reply xml.Name, v any) error {
	if c.Schema.globals[reply] == nil {
		return fmt.Errorf("call: element %s is not in the schema", reply.Local)
	}
	response, text, err := c.exchange(ctx, element)
	if err != nil {
		return fmt.Errorf("call %s: %w", c.URL, unreadable(err))
	}
	if c.Trace != nil {
		c.Trace.message("< "+response.Status, text)
	}
	s := newScanner(string(text), newMeter())
	start, err := openEnvelope(s)
	switch {
	case err != nil && response.StatusCode != http.StatusOK:
		return notEnvelope(response)
	case err != nil:
		return fmt.Errorf("call %s: %w", c.URL, unreadable(err))
	case start.name == xml.Name{Space: EnvelopeNamespace, Local: "Fault"}:
		fault := &Fault{RequestID: response.Header.Get("Request-Id")}
		if err := fault.read(s); err != nil {
			return fmt.Errorf("call %s: %w", c.URL, unreadable(err))
		}
		return fault
	case start.name == reply:
		return unreadable(newReader(s, c.Schema, start, c.Strict).decode(v))
	}
	return fmt.Errorf("call %s: the reply holds no element %s", c.URL, reply.Local)
}

// unreadable makes of a fault that was found in a reply an error that is not
// taken for one that the endpoint sent.
func unreadable(err error) error {
	if fault, ok := errors.AsType[*Fault](err); ok {
		return errors.New("read the reply: " + fault.Words())
	}
	return err
}

func notEnvelope(response *http.Response) error {
	return &StatusError{response.StatusCode, response.Header.Get("Request-Id")}
}

// exchange sends a request and reads the reply's text, within the limits.
func (c *Client) exchange(ctx context.Context, element []byte) (*http.Response, []byte, error) {
	before, after := envelopeFrame(c.Namespaces)
	body := append(append([]byte(before), element...), after...)
	if c.Trace != nil {
		c.Trace.message("> "+c.URL, body)
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, c.URL, bytes.NewReader(body))
	if err != nil {
		return nil, nil, err
	}
	request.Header.Set("Content-Type", "text/xml; charset=utf-8")
	request.Header.Set("SOAPAction", `""`)
	response, err := c.HTTP.Do(request)
	if err != nil {
		return nil, nil, err
	}
	defer response.Body.Close()
	packed, err := io.ReadAll(io.LimitReader(response.Body, MaxSize+1))
	if err != nil {
		return nil, nil, fmt.Errorf("read the reply: %w", err)
	}
	if len(packed) > MaxSize {
		return nil, nil, tooLarge(MaxSize)
	}
	charset, fault := mediaType(response.Header.Get("Content-Type"))
	if fault != nil {
		return nil, nil, notEnvelope(response)
	}
	text, fault := readText(packed, charset)
	if fault != nil {
		return nil, nil, fault
	}
	return response, text, nil
}

// read reads a fault from its element on to the end of the envelope.
func (f *Fault) read(s *scanner) error {
	var words strings.Builder
	for depth := 1; depth > 0; {
		t, err := s.next()
		if err != nil {
			return err
		}
		switch t.kind {
		case startElement:
			depth++
			words.Reset()
		case characters:
			words.WriteString(t.text)
		case endElement:
			depth--
			f.set(t.name.Local, strings.TrimSpace(words.String()))
			words.Reset()
		}
	}
	return closeEnvelope(s, func(token) bool { return false })
}

func (f *Fault) set(element, text string) {
	switch element {
	case "faultcode":
		_, code, found := strings.Cut(text, ":")
		if !found {
			code = text
		}
		f.Code = Code(code)
	case "faultstring":
		f.String = text
	case "reason":
		f.Reason = Reason(text)
	}
}
