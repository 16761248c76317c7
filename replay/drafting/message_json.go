package drafting

import (
	"net/url"
	"slices"
	"strings"

	"github.com/dsappd/dsappd/replay/internal/jsontree"
	"github.com/dsappd/dsappd/replay/transcript"
)

// The places of values that stand in a path and a query, and not in a body, by
// their numbers: those of a body are from 0 on.
const (
	userPlace   = -1    // the user in a path
	domainPlace = -2    // the user's domain behind it
	pathPlace   = -10   // the segments of a path, downwards
	queryPlace  = -1000 // the parameters of a query, downwards
)

// readCall reads a request of REST.
func readCall(c restCall, text string) (*message, error) {
	m := &message{rest: &c, command: c.name, fields: map[string][]field{}, put: map[int]string{}}
	for i, part := range c.parts {
		plain, err := url.PathUnescape(part.text)
		switch {
		case part.name == "" || err != nil:
		case part.name == "user":
			id, domain := splitUser(plain)
			m.add("userID", field{index: userPlace, text: id})
			if domain != "" {
				m.add("domain", field{index: domainPlace, text: domain})
			}
		default:
			m.add(part.name, field{index: pathPlace - i, text: plain})
		}
	}
	for i, part := range c.query {
		m.add(c.fieldName(part.name), field{index: queryPlace - i, text: part.value})
	}
	return m, m.readValues(text)
}

// splitUser takes the domain from behind the last @ of a user in a path.
func splitUser(user string) (id, domain string) {
	if at := strings.LastIndex(user, "@"); at > 0 && at < len(user)-1 {
		return user[:at], user[at+1:]
	}
	return user, ""
}

// readAnswer reads a reply to a call.
func readAnswer(c restCall, status int, text string) (*message, error) {
	m := &message{rest: &c, fields: map[string][]field{}, put: map[int]string{}, answered: true}
	if err := m.readValues(text); err != nil {
		return nil, err
	}
	m.status = m.value("statusCode")
	if c.door == transcript.Platform {
		m.status = statusOfProblem(status, m.value("message"))
	}
	return m, nil
}

// readValues reads the body; an empty one is none.
func (m *message) readValues(text string) error {
	m.text = text
	if strings.TrimSpace(text) == "" {
		return nil
	}
	value, err := jsontree.Read(text)
	if err != nil {
		return err
	}
	m.json = value
	m.gather(value, "", "")
	return nil
}

// gather finds the fields in a value, which is that of a member of a name in
// the object of another.
func (m *message) gather(v *jsontree.Value, name, within string) {
	if v.IsScalar() {
		m.scalars = append(m.scalars, v)
		m.add(m.rest.fieldName(name), field{index: len(m.scalars) - 1, text: v.Plain(), path: name})
		return
	}
	if v.Kind == '{' && m.answered {
		m.gatherItem(v, name)
	}
	for _, inner := range v.Names {
		m.gather(v.Members[inner], inner, name)
	}
	for _, item := range v.Items {
		m.gather(item, name, within)
	}
}

// gatherItem notes an item of activation data. Its values are fields, too, which
// stand for nothing by themselves.
func (m *message) gatherItem(v *jsontree.Value, name string) {
	switch {
	case v.Members["encryptedLicenseActivationMessage"] != nil:
		m.items = append(m.items, item{name: "activationMessage", path: name})
	case v.Members["encryptedData"] != nil:
		m.items = append(m.items, item{name: name, path: name})
	}
}

// scalarIndex returns the place of a scalar.
func (m *message) scalarIndex(v *jsontree.Value) int { return slices.Index(m.scalars, v) }

// target returns the path of a request, with its query and what takes the
// places of values.
func (m *message) target() string {
	beginning, _, _ := strings.Cut(m.rest.path, "?")
	segments := strings.Split(beginning, "/")
	first := len(segments) - len(m.rest.parts)
	for i, part := range m.rest.parts {
		segments[first+i] = m.segment(i, part)
	}
	target := strings.Join(segments, "/")
	for i, part := range m.rest.query {
		separator := "&"
		if i == 0 {
			separator = "?"
		}
		value, put := m.put[queryPlace-i]
		if !put {
			value = transcript.Literal(url.QueryEscape(part.value))
		}
		target += separator + transcript.Literal(part.name) + "=" + value
	}
	return target
}

func (m *message) segment(i int, part pathPart) string {
	if part.name != "user" {
		if with, put := m.put[pathPlace-i]; put {
			return with
		}
		return transcript.Literal(part.text)
	}
	id, idPut := m.put[userPlace]
	domain, domainPut := m.put[domainPlace]
	if !idPut && !domainPut {
		return transcript.Literal(part.text)
	}
	if !idPut {
		id = transcript.Literal(url.PathEscape(m.value("userID")))
	}
	if !domainPut {
		domain = transcript.Literal(url.PathEscape(m.value("domain")))
	}
	if domain == "" {
		return id
	}
	return id + "@" + domain
}

// writtenCall returns the body of a request with what takes the places of its
// values; empty: it has none.
func (m *message) writtenCall() string {
	if m.json == nil {
		return ""
	}
	return m.json.Written("", "  ", func(v *jsontree.Value) string {
		with, put := m.put[m.scalarIndex(v)]
		switch {
		case !put:
			return transcript.Literal(v.Raw)
		case strings.Contains(with, "{{"):
			return `"` + with + `"`
		}
		return jsontree.Quoted(with)
	})
}

// writtenAnswer returns the body of a reply that is expected; free are members
// whose values may be anything, whatever they hold.
func (m *message) writtenAnswer(free ...string) string {
	literal := m.expected(m.json, "", free)
	return literal.Indented()
}

// expected returns a value of a reply as a transcript expects it.
func (m *message) expected(v *jsontree.Value, name string, free []string) *jsontree.Value {
	if slices.Contains(free, name) {
		return &jsontree.Value{Kind: '"', Raw: `"{{...}}"`}
	}
	if v.IsScalar() {
		if with, put := m.put[m.scalarIndex(v)]; put {
			return &jsontree.Value{Kind: '"', Raw: jsontree.Quoted(with)}
		}
		return transcript.LiteralJSON(v)
	}
	out := &jsontree.Value{Kind: v.Kind, Names: v.Names, Members: map[string]*jsontree.Value{}}
	for _, inner := range v.Names {
		out.Members[inner] = m.expected(v.Members[inner], inner, free)
	}
	for _, item := range v.Items {
		out.Items = append(out.Items, m.expected(item, "", free))
	}
	return out
}

// eachMember visits the scalars of a body with the names of their members; an
// item of an array has that of the array.
func (m *message) eachMember(visit func(index int, name string, v *jsontree.Value)) {
	var walk func(v *jsontree.Value, name string)
	walk = func(v *jsontree.Value, name string) {
		if v.IsScalar() {
			visit(m.scalarIndex(v), name, v)
			return
		}
		for _, inner := range v.Names {
			walk(v.Members[inner], inner)
		}
		for _, item := range v.Items {
			walk(item, name)
		}
	}
	if m.json != nil {
		walk(m.json, "")
	}
}
