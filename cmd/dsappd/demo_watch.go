package main

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/dsappd/dsappd/soap"
)

// watched is one request and its reply, as they went over the wire.
type watched struct {
	operation     string
	sent, decided []leaf
	status        []leaf // or a fault's
	took          time.Duration
}

// leaf is an element without elements in it. Its path begins below the
// operation's element, or below the reply's result or status.
type leaf struct{ path, text string }

// find returns the text of the leaf at a path, empty when there is none.
func find(leaves []leaf, path string) string {
	for _, l := range leaves {
		if l.path == path {
			return l.text
		}
	}
	return ""
}

// watch is an HTTP transport that tells what goes through it.
type watch struct {
	next http.RoundTripper
	seen func(watched)
}

// RoundTrip implements http.RoundTripper.
func (w *watch) RoundTrip(r *http.Request) (*http.Response, error) {
	sent, err := r.GetBody()
	if err != nil {
		return nil, err
	}
	began := time.Now()
	response, err := w.next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	reply, err := io.ReadAll(io.LimitReader(response.Body, soap.MaxSize))
	took := time.Since(began)
	if err = errors.Join(err, response.Body.Close()); err != nil {
		return nil, err
	}
	response.Body = io.NopCloser(bytes.NewReader(reply))
	seen, err := watchedIn(sent, bytes.NewReader(reply), took)
	if err != nil {
		return nil, err
	}
	w.seen(seen)
	return response, nil
}

func watchedIn(sent, reply io.Reader, took time.Duration) (watched, error) {
	seen := watched{took: took}
	var err error
	if seen.operation, seen.sent, err = leaves(sent); err != nil {
		return seen, err
	}
	if cmd := find(seen.sent, "cmd"); cmd != "" {
		seen.operation = cmd
	}
	if sent := attributesIn(seen.sent); sent != nil {
		seen.sent = sent
	}
	_, all, err := leaves(reply)
	seen.decided = attributesIn(all)
	for _, l := range all {
		l.path = strings.TrimPrefix(l.path, "authUserResults/")
		switch first, rest, _ := strings.Cut(l.path, "/"); {
		case first == "result":
			seen.decided = append(seen.decided, leaf{rest, l.text})
		case first == "status" || first == "results" && !strings.HasPrefix(rest, "resultAttribute"):
			seen.status = append(seen.status, leaf{rest, l.text})
		case first != "results": // a fault's
			seen.status = append(seen.status, l)
		}
	}
	return seen, err
}

// attributesIn returns the attributes of an operation that has them, each a
// leaf of its own. Both ends of the demo write the value before the ID.
func attributesIn(all []leaf) []leaf {
	var out []leaf
	value := ""
	for _, l := range all {
		switch {
		case strings.HasSuffix(l.path, "attributes/value"):
			value = l.text
		case strings.HasSuffix(l.path, "attributes/attributeID"):
			out = append(out, leaf{l.text, value})
		}
	}
	return out
}

// envelopeDepth is where an operation's own elements begin: Envelope, Body
// and the operation are above.
const envelopeDepth = 3

// leaves reads an envelope: the name of the element in its body, and the
// leaves under that.
func leaves(envelope io.Reader) (operation string, all []leaf, err error) {
	decoder := xml.NewDecoder(envelope)
	var path []string
	var text strings.Builder
	inner := false // an element has ended inside the one on top
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			return operation, all, nil
		}
		if err != nil {
			return operation, all, err
		}
		switch t := token.(type) {
		case xml.StartElement:
			path = append(path, t.Name.Local)
			if len(path) == envelopeDepth {
				operation = t.Name.Local
			}
			text.Reset()
			inner = false
		case xml.CharData:
			text.Write(t)
		case xml.EndElement:
			if !inner && len(path) > envelopeDepth {
				all = append(all, leaf{strings.Join(path[envelopeDepth:], "/"), text.String()})
			}
			path = path[:len(path)-1]
			inner = true
		}
	}
}
