package timeline

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strings"
)

// hidden stands for a secret.
const hidden = "[hidden]"

// RedactJSON returns what writes a JSON document anew without what may be secret.
// Texts and numbers are shown only under the names that are shown; true, false
// and null always. It is false for what is no JSON.
func RedactJSON(shown func(member string) bool) func(body []byte) (string, bool) {
	return func(body []byte) (string, bool) {
		r := jsonRedactor{shown: shown, in: json.NewDecoder(bytes.NewReader(body))}
		r.in.UseNumber()
		if len(bytes.TrimSpace(body)) == 0 || r.value("") != nil {
			return "", false
		}
		if _, err := r.in.Token(); !errors.Is(err, io.EOF) {
			return "", false
		}
		return r.out.String(), true
	}
}

type jsonRedactor struct {
	shown func(string) bool
	in    *json.Decoder
	out   strings.Builder
}

// value copies the next value, which stands under a name.
func (r *jsonRedactor) value(name string) error {
	token, err := r.in.Token()
	if err != nil {
		return err
	}
	switch t := token.(type) {
	case json.Delim:
		return r.composite(t, name)
	case bool, nil:
		return r.write(t)
	}
	if !r.shown(name) {
		return r.write(hidden)
	}
	return r.write(token)
}

// composite copies an object or an array. The values of an array stand under its
// name.
func (r *jsonRedactor) composite(open json.Delim, name string) error {
	r.out.WriteString(open.String())
	for first := true; r.in.More(); first = false {
		if !first {
			r.out.WriteByte(',')
		}
		member := name
		if open == '{' {
			token, err := r.in.Token()
			if err != nil {
				return err
			}
			member, _ = token.(string)
			if err := r.write(member); err != nil {
				return err
			}
			r.out.WriteByte(':')
		}
		if err := r.value(member); err != nil {
			return err
		}
	}
	end, err := r.in.Token()
	if err != nil {
		return err
	}
	r.out.WriteString(end.(json.Delim).String())
	return nil
}

func (r *jsonRedactor) write(value any) error {
	text, err := json.Marshal(value)
	r.out.Write(text)
	return err
}
