package drafting

import (
	"bytes"
	"context"
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strings"
)

// harEntry is an exchange in a HAR file (HTTP Archive 1.2), as programs write
// them.
type harEntry struct {
	StartedDateTime loose       `json:"startedDateTime"`
	Request         harRequest  `json:"request"`
	Response        harResponse `json:"response"`
}

type harRequest struct {
	Method   loose      `json:"method"`
	URL      loose      `json:"url"`
	Headers  harHeaders `json:"headers"`
	PostData harContent `json:"postData"`
}

type harResponse struct {
	Status  loose      `json:"status"`
	Headers harHeaders `json:"headers"`
	Content harContent `json:"content"`
	Error   loose      `json:"_error"`
}

// harContent is a body, with what programs say of it in members of their own
// too.
type harContent struct {
	MimeType      loose `json:"mimeType"`
	Text          loose `json:"text"`
	Encoding      loose `json:"encoding"`
	OwnEncoding   loose `json:"_encoding"`
	Base64Encoded loose `json:"base64Encoded"`
}

// UnmarshalJSON takes a body that stands there as a text too.
func (c *harContent) UnmarshalJSON(raw []byte) error {
	if bytes.HasPrefix(raw, []byte("{")) {
		type plain harContent
		return json.Unmarshal(raw, (*plain)(c))
	}
	return c.Text.UnmarshalJSON(raw)
}

func (c harContent) body() keptBody {
	marked := func(mark loose) bool { return strings.EqualFold(mark.trimmed(), "base64") || mark == "true" }
	return keptBody{text: string(c.Text), base64: marked(c.Encoding) || marked(c.OwnEncoding) || marked(c.Base64Encoded)}
}

// header returns the headers of a message with the type of its body, which is told
// there where it is told at all.
func (c harContent) header(headers harHeaders) http.Header {
	header := http.Header(headers).Clone()
	if header == nil {
		header = http.Header{}
	}
	if header.Get("Content-Type") == "" && c.MimeType.trimmed() != "" {
		header.Set("Content-Type", c.MimeType.trimmed())
	}
	return header
}

// harHeaders are headers in a list of names and values, or in an object.
type harHeaders http.Header

// UnmarshalJSON passes over what is no header.
func (h *harHeaders) UnmarshalJSON(raw []byte) error {
	headers := http.Header{}
	var list []struct{ Name, Value loose }
	var object map[string]loose
	switch {
	case json.Unmarshal(raw, &list) == nil:
		for _, each := range list {
			headers.Add(each.Name.trimmed(), string(each.Value))
		}
	case json.Unmarshal(raw, &object) == nil:
		for _, name := range slices.Sorted(maps.Keys(object)) {
			headers.Add(name, string(object[name]))
		}
	}
	*h = harHeaders(headers)
	return nil
}

// readHAR reads a HAR file entry by entry.
func (i *Importer) readHAR(ctx context.Context, in *input) error {
	var all []Recorded
	err := i.withJSON(ctx, in, func(j *jsonFile) error {
		found := false
		for j.More() {
			there, depth, err := j.toEntries()
			if err == nil && there {
				found = true
				err = j.each(ctx, func(at Source, raw json.RawMessage) error {
					if r, ok := i.harEntry(at, raw); ok {
						all = append(all, r)
					}
					return nil
				})
			}
			if err == nil && depth > 0 {
				err = j.skipTo(depth)
			}
			if err != nil {
				return err
			}
		}
		if !found {
			i.leaveOut(Source{File: in.name, Line: 1}, "it looks like a HAR file, but log.entries is not there")
		}
		return nil
	})
	if drafting := i.draft(ctx, byTime(all)); drafting != nil {
		return drafting
	}
	return err
}

// toEntries reads up to the elements of log.entries, or of a list that stands
// there in its place, and returns how many objects around it are open.
func (j *jsonFile) toEntries() (there bool, depth int, err error) {
	for {
		token, err := j.Token()
		switch {
		case err != nil:
			return false, depth, err
		case token == json.Delim('['):
			return true, depth, nil
		case token != json.Delim('{'):
			return false, depth, nil
		}
		depth++
		name, err := j.member(func(name string) bool { return name == "log" || name == "entries" })
		if err != nil || name == "" {
			return false, depth - 1, err // member has read its end
		}
	}
}

// harEntry returns what a HAR file has of an exchange.
func (i *Importer) harEntry(at Source, raw json.RawMessage) (Recorded, bool) {
	var e harEntry
	if err := json.Unmarshal(raw, &e); err != nil {
		i.leaveOut(at, "an entry of HAR that cannot be read: %v", err)
		return Recorded{}, false
	}
	k := keptExchange{
		at: at, method: e.Request.Method.trimmed(), url: e.Request.URL.trimmed(),
		header: e.Request.PostData.header(e.Request.Headers), request: e.Request.PostData.body(),
		replyHeader: e.Response.Content.header(e.Response.Headers), reply: e.Response.Content.body(),
		status: statusOf(string(e.Response.Status)), when: timeOf(string(e.StartedDateTime)), replyNotKept: e.Response.Error.trimmed(),
	}
	r, ok := i.exchange(k)
	if text := e.StartedDateTime.trimmed(); ok && k.when.IsZero() && text != "" {
		i.leaveOut(at, "its startedDateTime %q is no time that is known", text)
	}
	return r, ok
}

// byTime puts exchanges into the order of their times, where all have one.
func byTime(all []Recorded) []Recorded {
	if slices.ContainsFunc(all, func(r Recorded) bool { return r.At.IsZero() }) {
		return all
	}
	slices.SortStableFunc(all, func(a, b Recorded) int { return a.At.Compare(b.At) })
	return all
}
