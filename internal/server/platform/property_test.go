//go:build !race

package platform_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// described is what of an operation of openapi.json requests are made from.
type described struct {
	method, path string
	body         *schema // nil: it takes none
	query        []string
}

// schema is what is read of a member's or a body's.
type schema struct {
	Ref        string             `json:"$ref"`
	Type       any                `json:"type"`
	Enum       []any              `json:"enum"`
	MaxLength  int                `json:"maxLength"`
	Properties map[string]*schema `json:"properties"`
	Required   []string           `json:"required"`
}

// operations reads them from the description.
func operations(t testing.TB) []described {
	t.Helper()
	text, err := os.ReadFile("openapi.json")
	if err != nil {
		t.Fatal(err)
	}
	type parameter struct {
		Ref      string `json:"$ref"`
		Name, In string
	}
	var document struct {
		Paths map[string]map[string]struct {
			Parameters  []parameter
			RequestBody struct {
				Content map[string]struct{ Schema *schema }
			}
		}
		Components struct {
			Schemas    map[string]*schema
			Parameters map[string]parameter
		}
	}
	if err := json.Unmarshal(text, &document); err != nil {
		t.Fatal(err)
	}
	var resolve func(*schema) *schema
	resolve = func(s *schema) *schema {
		if s == nil {
			return nil
		}
		if s.Ref != "" {
			s = document.Components.Schemas[s.Ref[strings.LastIndex(s.Ref, "/")+1:]]
		}
		for name, member := range s.Properties {
			s.Properties[name] = resolve(member)
		}
		return s
	}
	var all []described
	for _, path := range slices.Sorted(maps.Keys(document.Paths)) {
		for _, method := range slices.Sorted(maps.Keys(document.Paths[path])) {
			o := document.Paths[path][method]
			d := described{method: strings.ToUpper(method), path: "/v1" + path, body: resolve(o.RequestBody.Content["application/json"].Schema)}
			for _, p := range o.Parameters {
				if p.Ref != "" {
					p = document.Components.Parameters[p.Ref[strings.LastIndex(p.Ref, "/")+1:]]
				}
				if p.In == "query" {
					d.query = append(d.query, p.Name)
				}
			}
			all = append(all, d)
		}
	}
	return all
}

// known are values that name what the sample has, or have the form of what it
// could have.
var known = map[string]string{
	"user": "user4", "userID": "user4", "login": "user4", "serialNumber": "VDS1000143", "registrationID": "none", "requestID": "1234567890",
	"application": "OTP", "deviceCode": "12345678901234567890123456", "message": "00FF", "format": "QR", "eventType": "LoginAttempt", "command": "02",
}

// at fills in the path.
func (d described) at(segments map[string]string) string {
	parts := strings.Split(d.path, "/")
	for i, part := range parts {
		if name, inside := strings.CutPrefix(part, "{"); inside {
			name = strings.TrimSuffix(name, "}")
			if parts[i] = segments[name]; parts[i] == "" {
				parts[i] = known[name]
			}
		}
	}
	return strings.Join(parts, "/")
}

// right is a value that a member takes, in JSON.
func (s *schema) right(name string) string {
	switch {
	case len(s.Enum) > 0:
		text, _ := json.Marshal(s.Enum[0])
		return string(text)
	case len(s.Properties) > 0:
		return write(s.members())
	case s.Type == "array":
		return `[]`
	case known[name] != "":
		return fmt.Sprintf("%q", known[name])
	}
	return `"0"`
}

// members are those that have to be there.
func (s *schema) members() map[string]string {
	all := make(map[string]string)
	for _, name := range s.Required {
		all[name] = s.Properties[name].right(name)
	}
	return all
}

func write(members map[string]string) string {
	var all []string
	for _, name := range slices.Sorted(maps.Keys(members)) {
		all = append(all, fmt.Sprintf("%q:%s", name, members[name]))
	}
	return "{" + strings.Join(all, ",") + "}"
}

// nested is a value of some depth.
func nested(depth int) string {
	return strings.Repeat(`{"a":[`, depth/2) + strings.Repeat(`]}`, depth/2)
}

// strange are values in JSON that no client of good faith sends as most
// members.
func strange() []string {
	long := func(n int) string { return `"` + strings.Repeat("é", n) + `"` }
	return []string{
		`1`, `-1`, `1.5`, `-0`, `1e400`, `123456789012345678901234567890`, `true`, `null`, `""`, `" "`, `[]`, `{}`, `[null]`, `[[1],{"a":2}]`, `{"OTP":{}}`,
		long(256), long(1025), long(25000), nested(20), nested(30), nested(60),
		`"日本 🙂 Å ﷺ"`, `"\u0000"`, `"\u202e\ufeff"`, `"\ufffd"`, `"\ud800"`, "\"\xff\xfe\"", `"a\u0301\u0301\u0301"`, `"../../etc"`, `"*"`, `"%s%n"`, `"' OR 1=1 --"`, `"@"`, `"a@b@c"`,
		`NaN`, `01`, `'a'`, ``,
	}
}

// sane fails the test unless an answer is no worse than 4xx, in the one form.
func sane(t rapid.TB, request string, a answer) {
	t.Helper()
	if len(request) > 300 {
		request = request[:300] + "…"
	}
	var problem struct {
		Error, Message string
	}
	switch {
	case a.status >= 500:
		t.Errorf("%s: HTTP %d: %s", request, a.status, a.body)
	case a.status >= 400 && (json.Unmarshal([]byte(a.body), &problem) != nil || problem.Message == "" || problem.Error != http.StatusText(a.status)):
		t.Errorf("%s: HTTP %d is not in the one form: %s", request, a.status, a.body)
	}
}

// Whatever stands in the place of a member, the answer is no error of the
// server's; what is against the description is refused by its name.
func TestStrangeMembers(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	l.lenient = true
	for _, o := range operations(t) {
		if o.body == nil {
			continue
		}
		base := o.body.members()
		send := func(body string) answer {
			t.Helper()
			a := l.send(labKey, o.method, o.at(nil), body)
			sane(t, o.method+" "+o.path+" "+body, a)
			return a
		}
		unserved := send(write(base)).status == http.StatusUnprocessableEntity
		refused := func(name, body, words string) {
			t.Helper()
			if a := send(body); !unserved && (a.status != http.StatusBadRequest || !strings.Contains(a.body, words)) {
				t.Errorf("%s %s: %s: HTTP %d: %.200s", o.method, o.path, name, a.status, a.body)
			}
		}
		for name, member := range o.body.Properties {
			for _, value := range strange() {
				body := maps.Clone(base)
				body[name] = value
				switch {
				case !json.Valid([]byte(value)) || value == `"\ud800"` || strings.Contains(value, "\xff") || value == nested(60):
					refused(name, write(body), "")
				case member.Type == "string" && (value[0] == '[' || value[0] == '{'),
					member.Type == "string" && member.MaxLength > 0 && len([]rune(value))-2 > member.MaxLength:
					refused(name, write(body), name)
				default:
					send(write(body))
				}
			}
			body := write(map[string]string{name: `"a"`})
			refused(name+" twice", strings.Replace(body, "{", `{"`+name+`":"b",`, 1), "twice")
		}
		for _, name := range o.body.Required {
			body := maps.Clone(base)
			delete(body, name)
			refused(name+" is missing", write(body), name)
		}
		body := maps.Clone(base)
		for i, value := range strange() {
			if json.Valid([]byte(value)) && value != `"\ud800"` && value != nested(60) {
				body[fmt.Sprintf("unknown %d é", i)] = value
			}
		}
		send(write(body))
	}
}

// Whatever stands in the path and the query, the answer is no error of the
// server's.
func TestStrangePaths(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	l.lenient = true
	texts := []string{
		"%00", "%ff", "%2e%2e", "..;", "a%2Fb", "%", "@", "@master", "a@b@c", "%F0%9F%99%82", "%e2%80%ae", strings.Repeat("a", 300), strings.Repeat("%C3%A9", 3000),
		"-1", "VDM1000001-1", "VDM1000001--1", "VDM1000001-99999999999999999999", "*", "%20", "1e9", "null", "9223372036854775808", "true",
	}
	for _, o := range operations(t) {
		body := ""
		if o.body != nil {
			body = write(o.body.members())
		}
		for _, text := range texts {
			for _, name := range []string{"user", "serialNumber", "registrationID", "requestID", "application"} {
				if strings.Contains(o.path, "{"+name+"}") && text != "%" {
					path := o.at(map[string]string{name: text})
					sane(t, o.method+" "+path, l.send(labKey, o.method, path, body))
				}
			}
			for _, name := range o.query {
				path := o.path + "?" + name + "=" + text
				sane(t, o.method+" "+path, l.send(labKey, o.method, path, body))
				sane(t, o.method+" "+path+" twice", l.send(labKey, o.method, path+"&"+name+"=1", body))
			}
		}
	}
}

// Nor does any mixture of strange members do harm.
func TestStrangeBodies(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	l.lenient = true
	all := slices.DeleteFunc(operations(t), func(o described) bool { return o.body == nil })
	rapid.Check(t, func(r *rapid.T) {
		o := rapid.SampledFrom(all).Draw(r, "operation")
		body := o.body.members()
		for name, member := range o.body.Properties {
			switch rapid.IntRange(0, 5).Draw(r, name) {
			case 0:
				body[name] = rapid.SampledFrom(strange()).Draw(r, "strange "+name)
			case 1:
				text, _ := json.Marshal(rapid.String().Draw(r, "text of "+name))
				body[name] = string(text)
			case 2:
				body[name] = member.right(name)
			case 3:
				delete(body, name)
			}
		}
		user := url.PathEscape(rapid.StringN(1, 40, -1).Draw(r, "user"))
		sane(r, o.method+" "+o.path+" "+write(body), l.send(labKey, o.method, o.at(map[string]string{"user": user}), write(body)))
	})
}
