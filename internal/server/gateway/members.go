package gateway

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"
)

// member is a member of requests, wherever it is used: a string.
type member struct {
	name    string
	pattern string // of the whole value
	most    int    // characters
	takes   string // the same in words
}

func (m member) expression() string { return "^(?:" + m.pattern + ")$" }

// members lists all that services have.
func members() []member {
	const hex, anything = `[0-9A-Fa-f]+`, `[\s\S]+`
	return []member{
		{"registrationIdentifier", anything, 40, "1 to 40 characters"},
		{"clientEphemeralPublicKey", hex, 512, "1 to 512 hexadecimal characters"},
		{"clientEvidenceMessage", `[0-9A-Fa-f]{64}`, 64, "64 hexadecimal characters"},
		{"response", `[0-9]+`, 27, "1 to 27 digits"},
		{"derivationCode", hex, 27, "1 to 27 decimal or hexadecimal characters"},
		{"deviceCode", `[0-9]{26}`, 26, "26 digits"},
		{"description", `[^\p{Cc}]*`, 255, "at most 255 characters, without control characters"},
		{"signature", `[0-9]{8}`, 8, "8 digits"},
		{"userID", anything, 255, "1 to 255 characters"},
		{"domain", anything, 255, "1 to 255 characters"},
		{"password", anything, 255, "1 to 255 characters"},
		{"digipassInstanceID", `[A-Z0-9]{3}[0-9]{7}(-[1-9][0-9]{0,2})?`, 14, "a serial number, of an instance also a hyphen and its number, such as VDS1000001-1"},
		{"registrationID", anything, 40, "1 to 40 characters"},
		{"activationPassword", anything, 64, "1 to 64 characters"},
		{"digipassGatewayID", anything, 64, "1 to 64 characters"},
		{"encryptedNotificationID", `([0-9A-Fa-f]{2})+`, 1070, "1 to 535 pairs of hexadecimal characters"},
	}
}

// fieldError is what is wrong with one member of a request. It never holds the
// member's value.
type fieldError struct {
	name    string
	problem string // such as "is missing"
	mend    string // what to do about it
}

func (e *fieldError) Error() string { return e.name + " " + e.problem + ": " + e.mend + "." }

// read reads a request of the given members, which are all strings.
func (c *call) read(required, optional []string) (values, error) {
	body, err := c.body()
	if err != nil {
		return nil, err
	}
	if len(body) == 0 && len(required) == 0 {
		return values{}, nil
	}
	if err := c.CheckJSON(); err != nil {
		return nil, asFault(err)
	}
	r := memberReader{known: slices.Concat(required, optional), values: values{}}
	err = r.object(body)
	if len(r.ignored) > 0 {
		c.Note(slog.Any("ignored", r.ignored))
	}
	if err != nil {
		return nil, err
	}
	return r.values, c.door.check(r, required)
}

// check holds the values to their forms. What was wrong in the reading comes
// first.
func (d *door) check(r memberReader, required []string) error {
	if r.wrong != nil {
		return r.wrong
	}
	for _, m := range members() {
		value, there := r.values[m.name]
		switch {
		case !there && slices.Contains(required, m.name):
			return &fieldError{m.name, "is missing", "send " + m.takes + r.instead()}
		case !there:
		case utf8.RuneCountInString(value) > m.most || !d.patterns[m.name].MatchString(value):
			return &fieldError{m.name, "has not its form", "send " + m.takes}
		case strings.ContainsRune(value, utf8.RuneError):
			return &fieldError{m.name, "holds what is no character of Unicode", "send " + m.takes}
		}
	}
	return nil
}

// memberReader reads one JSON object. The first wrong member is kept: the
// rest of the object decides whether there is anything to answer.
type memberReader struct {
	known   []string
	values  values
	seen    []string
	wrong   *fieldError
	ignored []string // names that are not known
	tokens  *json.Decoder
	parts   int // of the tokens, those that were read
}

// instead names what was sent and is not known: most often the missing
// member, misspelt.
func (r memberReader) instead() string {
	if len(r.ignored) == 0 {
		return ""
	}
	return fmt.Sprintf(" (%q is not known)", r.ignored[0])
}

func (r *memberReader) object(body []byte) error {
	if err := checkSyntax(body); err != nil {
		return err
	}
	r.tokens = json.NewDecoder(bytes.NewReader(body))
	r.tokens.UseNumber()
	if start, err := r.tokens.Token(); err != nil || start != json.Delim('{') {
		return &fault{status: http.StatusBadRequest, desc: "The request's body is not a JSON object."}
	}
	for r.tokens.More() {
		name, err := r.tokens.Token()
		if err != nil {
			return notJSON()
		}
		value, err := r.value()
		if err != nil {
			return err
		}
		r.member(name.(string), value)
	}
	return nil
}

// checkSyntax makes sure that the tokens are those of one whole value.
func checkSyntax(body []byte) error {
	if !utf8.Valid(body) {
		return &fault{status: http.StatusBadRequest, desc: "The request's body is not UTF-8."}
	}
	var whole json.RawMessage
	err := json.Unmarshal(body, &whole)
	if broken, ok := errors.AsType[*json.SyntaxError](err); ok {
		return &fault{status: http.StatusBadRequest, desc: fmt.Sprintf("The request's body is not JSON, from byte %d on.", broken.Offset)}
	}
	if err != nil {
		return notJSON()
	}
	return nil
}

func notJSON() error {
	return &fault{status: http.StatusBadRequest, desc: "The request's body is not JSON."}
}

// value reads one value: a string as it is, nil for null, and for anything
// else false.
func (r *memberReader) value() (any, error) {
	for depth := 1; ; { // the object around is one
		token, err := r.tokens.Token()
		if err != nil {
			return nil, notJSON()
		}
		if r.parts++; r.parts > maxParts {
			return nil, &fault{status: http.StatusBadRequest, desc: fmt.Sprintf("The request's body has more than %d parts.", maxParts)}
		}
		switch token {
		case json.Delim('{'), json.Delim('['):
			depth++
		case json.Delim('}'), json.Delim(']'):
			depth--
			token = false
		}
		if depth > maxDepth {
			return nil, &fault{status: http.StatusBadRequest, desc: fmt.Sprintf("The request's body is nested more than %d deep.", maxDepth)}
		}
		if depth == 1 {
			return token, nil
		}
	}
}

// member takes a member. One that is null or empty is as good as absent.
func (r *memberReader) member(name string, value any) {
	if !slices.Contains(r.known, name) {
		if len(r.ignored) < maxIgnored {
			r.ignored = append(r.ignored, name[:min(len(name), maxName)])
		}
		return
	}
	text, isString := value.(string)
	switch {
	case slices.Contains(r.seen, name):
		r.refuse(name, "is there more than once", "send it once")
	case isString && text != "":
		r.values[name] = text
	case !isString && value != nil:
		r.refuse(name, "is not a string", "put its value in quotes")
	}
	r.seen = append(r.seen, name)
}

func (r *memberReader) refuse(name, problem, mend string) {
	if r.wrong == nil {
		r.wrong = &fieldError{name, problem, mend}
	}
}
