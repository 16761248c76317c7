package platform

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// object is a JSON object of a request. Its methods read members, and note what
// is wrong with each: check tells all of it at once. Members that nobody reads
// are ignored.
type object struct {
	members map[string]jsontext.Value
	within  string    // the path of the object, with a dot; empty: it is the body
	wrong   *[]string // what is wrong, of the whole body
}

// parseObject reads a body. The error says where it is not a JSON object.
func parseObject(body []byte) (*object, error) {
	if err := checkSyntax(body); err != nil {
		return nil, err
	}
	o := &object{wrong: new([]string)}
	if err := json.Unmarshal(body, &o.members); err != nil || o.members == nil {
		return nil, &fault{status: http.StatusBadRequest, message: "The request's body is not a JSON object."}
	}
	return o, nil
}

// checkSyntax makes sure that the body is one JSON value within the limits, in
// UTF-8, and that no object has a member twice.
func checkSyntax(body []byte) error {
	d := jsontext.NewDecoder(bytes.NewReader(body))
	for parts := 0; ; parts++ {
		_, err := d.ReadToken()
		switch {
		case err == io.EOF && parts > 0:
			return nil
		case err != nil:
			return notJSON(err, d.InputOffset())
		case d.StackDepth() > maxDepth:
			return &fault{status: http.StatusBadRequest, message: fmt.Sprintf("The request's body is nested more than %d deep, at %s.", maxDepth, place(d.StackPointer()))}
		case parts > maxParts:
			return &fault{status: http.StatusBadRequest, message: fmt.Sprintf("The request's body has more than %d parts.", maxParts)}
		case d.StackDepth() == 0 && parts > 0 && len(bytes.TrimSpace(body[d.InputOffset():])) > 0:
			return &fault{status: http.StatusBadRequest, message: fmt.Sprintf("The request's body goes on after its end, from byte %d on.", d.InputOffset()+1)}
		}
	}
}

// notJSON says where and why. The words of the library name no value.
func notJSON(err error, offset int64) error {
	at := fmt.Sprintf("from byte %d on", offset+1)
	reason := "it is not JSON"
	if broken, is := errors.AsType[*jsontext.SyntacticError](err); is {
		at = fmt.Sprintf("at %s, byte %d", place(broken.JSONPointer), broken.ByteOffset+1)
		if errors.Is(err, jsontext.ErrDuplicateName) {
			reason = "a member is there twice"
		}
	}
	if err == io.EOF || errors.Is(err, io.ErrUnexpectedEOF) {
		reason = "it ends too early"
	}
	return &fault{status: http.StatusBadRequest, message: fmt.Sprintf("The request's body cannot be read, %s: %s.", at, reason)}
}

// place returns a JSON pointer that is short and printable.
func place(pointer jsontext.Pointer) string {
	text := string(pointer)
	if text == "" {
		return "its beginning"
	}
	if utf8.RuneCountInString(text) > 64 {
		text = string([]rune(text)[:64]) + "…"
	}
	return strconv.Quote(text)
}

// rule is what a text has to be.
type rule struct {
	required bool
	most     int            // characters; 0: 255
	form     *regexp.Regexp // of the whole text; nil: any without control characters
	takes    string         // the form in words, such as "26 digits"
	secret   bool           // control characters are the domain's to refuse
}

func (r rule) words() string {
	if r.takes != "" {
		return r.takes
	}
	return fmt.Sprintf("1 to %d characters, without control characters", r.limit())
}

func (r rule) limit() int {
	if r.most == 0 {
		return 255
	}
	return r.most
}

// note adds to what is wrong.
func (o *object) note(name, problem, mend string) {
	if len(*o.wrong) < maxWrong {
		*o.wrong = append(*o.wrong, o.within+name+" "+problem+": "+mend+".")
	}
}

// check returns all that is wrong with what was read.
func (o *object) check() error {
	if len(*o.wrong) > 0 {
		return &invalid{*o.wrong}
	}
	return nil
}

// find returns the member of the first of the names that is there and not null.
func (o *object) find(names []string) (jsontext.Value, bool) {
	for _, name := range names {
		if value, there := o.members[name]; there && value.Kind() != 'n' {
			return value, true
		}
	}
	return nil, false
}

// text reads a text; aliases are other names for the member. Numbers and
// booleans are read as they stand. One that is empty is as good as absent.
func (o *object) text(name string, r rule, aliases ...string) string {
	value, there := o.find(append([]string{name}, aliases...))
	text := ""
	if there {
		switch value.Kind() {
		case '"':
			unquoted, err := jsontext.AppendUnquote(nil, value)
			if err != nil {
				o.note(name, "cannot be read", "send "+r.words())
				return ""
			}
			text = string(unquoted)
		case '0', 't', 'f':
			text = string(value)
		default:
			o.note(name, "is not a string", "send "+r.words())
			return ""
		}
	}
	return o.checkText(name, text, r)
}

func (o *object) checkText(name, text string, r rule) string {
	switch {
	case text == "" && r.required:
		o.note(name, "is missing", "send "+r.words())
	case text == "":
	case utf8.RuneCountInString(text) > r.limit():
		o.note(name, fmt.Sprintf("has more than %d characters", r.limit()), "send "+r.words())
	case r.form != nil && !r.form.MatchString(text), !r.secret && strings.ContainsFunc(text, unwritable):
		o.note(name, "has not its form", "send "+r.words())
	default:
		return text
	}
	return ""
}

func unwritable(r rune) bool { return unicode.IsControl(r) || r == utf8.RuneError }

// has reports whether a member is there, be it null.
func (o *object) has(name string) bool {
	_, there := o.members[name]
	return there
}

// change reads a text that is to be changed. Nil: it is absent and stays. One
// that is null or empty is to be taken away.
func (o *object) change(name string, r rule, aliases ...string) *string {
	if !slices.ContainsFunc(append([]string{name}, aliases...), o.has) {
		return nil
	}
	return new(o.text(name, r, aliases...))
}

// given reads a text. Nil: it is absent, null or empty.
func (o *object) given(name string, r rule, aliases ...string) *string {
	if text := o.text(name, r, aliases...); text != "" {
		return &text
	}
	return nil
}

// setting reads true or false; nil: it is absent and stays.
func (o *object) setting(name string) *bool {
	if _, there := o.find([]string{name}); !there {
		return nil
	}
	return new(o.flag(name))
}

// choice reads one of several texts.
func (o *object) choice(name string, required bool, all []string, aliases ...string) string {
	text := o.text(name, rule{required: required, takes: "one of " + strings.Join(all, ", ")}, aliases...)
	if text == "" || slices.Contains(all, text) {
		return text
	}
	o.note(name, "is not known", "send one of "+strings.Join(all, ", "))
	return ""
}

// number reads a whole number, which may stand in quotes or have zeros behind
// its point; absent: 0.
func (o *object) number(name string, least, most int) int {
	takes := fmt.Sprintf("a whole number from %d to %d", least, most)
	text := o.text(name, rule{takes: takes})
	if text == "" {
		return 0
	}
	n, err := strconv.ParseFloat(text, 64)
	if err != nil || n != math.Trunc(n) || n < float64(least) || n > float64(most) {
		o.note(name, "is no "+strings.TrimPrefix(takes, "a "), "send one")
		return 0
	}
	return int(n)
}

// flag reads true or false, which may stand in quotes; absent: false.
func (o *object) flag(name string) bool {
	text := o.text(name, rule{takes: "true or false"})
	if text == "" {
		return false
	}
	value, err := strconv.ParseBool(text)
	if err != nil {
		o.note(name, "is not a boolean", "send true or false")
	}
	return value
}

// object reads an object; nil: it is absent.
func (o *object) object(name string) *object {
	value, there := o.find([]string{name})
	if !there {
		return nil
	}
	inner := &object{within: o.within + name + ".", wrong: o.wrong}
	if value.Kind() != '{' || json.Unmarshal(value, &inner.members) != nil {
		o.note(name, "is not an object", "send an object in braces")
		return nil
	}
	return inner
}

// list reads an array of texts.
func (o *object) list(name string, r rule) (all []string) {
	o.each(name, func(one *object, member string) { all = append(all, one.text(member, r)) })
	return all
}

// each hands over the values of an array, each as the one member of an object.
func (o *object) each(name string, take func(one *object, member string)) {
	value, there := o.find([]string{name})
	if !there {
		return
	}
	var values []jsontext.Value
	if value.Kind() != '[' || json.Unmarshal(value, &values) != nil {
		o.note(name, "is not an array", "send an array in square brackets")
		return
	}
	for i, each := range values {
		member := fmt.Sprintf("%s[%d]", name, i)
		take(&object{members: map[string]jsontext.Value{member: each}, within: o.within, wrong: o.wrong}, member)
	}
}
