package replay

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"time"
)

// harEntry is an exchange in a HAR file (HTTP Archive 1.2).
type harEntry struct {
	StartedDateTime time.Time `json:"startedDateTime"`
	Request         struct {
		Method   string      `json:"method"`
		URL      string      `json:"url"`
		Headers  []harHeader `json:"headers"`
		PostData struct {
			MimeType string `json:"mimeType"`
			Text     string `json:"text"`
		} `json:"postData"`
	} `json:"request"`
	Response struct {
		Status  int         `json:"status"`
		Headers []harHeader `json:"headers"`
		Content struct {
			Text     string `json:"text"`
			Encoding string `json:"encoding"`
		} `json:"content"`
	} `json:"response"`
}

type harHeader struct{ Name, Value string }

// readHAR reads a HAR file.
func (i *Importer) readHAR(ctx context.Context, in *input) error {
	name := in.name
	text, err := i.whole(ctx, in)
	if err != nil {
		return err
	}
	decoder := json.NewDecoder(bytes.NewReader(bytes.TrimPrefix(text, []byte("\uFEFF"))))
	at := func() Source { return Source{File: name, Line: lineAt(string(text), int(decoder.InputOffset()))} }
	if !toEntries(decoder) {
		i.leaveOut(at(), "it is JSON, but no HAR file: log.entries is not there")
		return nil
	}
	var all []Recorded
	for decoder.More() {
		var raw json.RawMessage
		if err := decoder.Decode(&raw); err != nil {
			i.leaveOut(at(), "not well-formed JSON: %v", err)
			break
		}
		source := Source{File: name, Line: lineAt(string(text), int(decoder.InputOffset())-len(raw))}
		var entry harEntry
		if err := json.Unmarshal(raw, &entry); err != nil {
			i.leaveOut(source, "an entry of HAR that cannot be read: %v", err)
			continue
		}
		if r, ok := i.entry(source, entry); ok {
			all = append(all, r)
		}
	}
	return i.draft(ctx, all)
}

// toEntries reads up to the list of entries.
func toEntries(decoder *json.Decoder) bool {
	for _, member := range []string{"log", "entries"} {
		if token, err := decoder.Token(); err != nil || token != json.Delim('{') {
			return false
		}
		if !toMember(decoder, member) {
			return false
		}
	}
	token, err := decoder.Token()
	return err == nil && token == json.Delim('[')
}

// toMember reads an object up to the value of a member.
func toMember(decoder *json.Decoder, name string) bool {
	for decoder.More() {
		key, err := decoder.Token()
		if err != nil {
			return false
		}
		if key == name {
			return true
		}
		var passed json.RawMessage
		if decoder.Decode(&passed) != nil {
			return false
		}
	}
	return false
}

// entry is what a HAR file has of an exchange with a SOAP server.
func (i *Importer) entry(at Source, e harEntry) (Recorded, bool) {
	reply := []byte(e.Response.Content.Text)
	if e.Response.Content.Encoding == "base64" {
		var err error
		if reply, err = base64.StdEncoding.DecodeString(e.Response.Content.Text); err != nil {
			i.leaveOut(at, "the reply is not the base64 that it says")
			return Recorded{}, false
		}
	}
	if e.Request.Method != http.MethodPost || e.Request.PostData.Text == "" {
		i.leaveOut(at, "%s %s is no call of SOAP", e.Request.Method, e.Request.URL)
		return Recorded{}, false
	}
	if len(reply) == 0 {
		i.doubt(at, "the reply is not there: %s", anyPasses)
		reply = nil
	}
	r := Recorded{
		Request: RecordedMessage{Source: at, Header: harHeaders(e.Request.Headers), Body: []byte(e.Request.PostData.Text)},
		Reply:   RecordedMessage{Source: at, Header: harHeaders(e.Response.Headers), Body: reply},
		Status:  e.Response.Status, At: e.StartedDateTime,
	}
	return r, true
}

// harHeaders are headers without those that say how a body was packed: a HAR
// file has it unpacked and in UTF-8.
func harHeaders(all []harHeader) http.Header {
	headers := http.Header{}
	for _, h := range all {
		headers.Add(h.Name, h.Value)
	}
	headers.Del("Content-Encoding")
	if kind := headers.Get("Content-Type"); kind != "" {
		headers.Set("Content-Type", utf8Type(kind))
	}
	return headers
}
