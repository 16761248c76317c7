package operator

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"strings"
)

// span is a part of a text with the class that it is coloured by.
type span struct{ Class, Text string }

// The classes.
const (
	plain  = ""
	tag    = "tag"
	member = "member"
	value  = "value"
	veiled = "veiled" // a secret that is not shown
)

// hidden stands for a secret, as the redactors write it.
const hidden = "[hidden]"

// markup lays a body out for people, in coloured parts. What is neither XML nor
// JSON stays as it is.
func markup(body string) []span {
	body = strings.TrimSpace(body)
	m := &layout{}
	var err error
	switch {
	case body == "":
		return nil
	case strings.HasPrefix(body, "<"):
		err = m.xml(body)
	default:
		err = m.json(body)
	}
	if err != nil {
		return []span{{plain, body}}
	}
	return m.spans
}

// layout writes spans, indented.
type layout struct {
	spans []span
	depth int
	body  string // that is laid out
}

func (m *layout) add(class, text string) { m.spans = append(m.spans, span{class, text}) }

func (m *layout) addValue(text string) {
	if text == hidden {
		m.add(veiled, text)
		return
	}
	m.add(value, text)
}

func (m *layout) line() {
	if len(m.spans) > 0 {
		m.add(plain, "\n"+strings.Repeat("  ", m.depth))
	}
}

// xml lays out what a redactor has written: well-formed, and without comments.
func (m *layout) xml(body string) error {
	in := xml.NewDecoder(strings.NewReader(body))
	m.body = body
	text, inside := "", false // inside an element that has held none so far
	for {
		token, err := in.RawToken()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		switch t := token.(type) {
		case xml.StartElement:
			m.line()
			m.start(t)
			m.depth++
			text, inside = "", true
		case xml.CharData:
			text += string(t)
		case xml.EndElement:
			m.depth--
			if text = strings.TrimSpace(text); text != "" {
				m.addValue(text)
			} else if !inside {
				m.line()
			}
			m.add(tag, "</"+qualified(t.Name)+">")
			text, inside = "", false
		}
	}
}

func (m *layout) start(t xml.StartElement) {
	m.add(tag, "<"+qualified(t.Name))
	for _, a := range t.Attr {
		if a.Name.Space == "xmlns" && !m.uses(a.Name.Local) {
			continue
		}
		m.add(member, " "+qualified(a.Name)+"=")
		m.addValue(`"` + a.Value + `"`)
	}
	m.add(tag, ">")
}

// uses reports whether a prefix stands before a name, and is not only declared.
func (m *layout) uses(prefix string) bool {
	for _, before := range []string{"<", "</", " ", `"`, ">"} {
		if strings.Contains(m.body, before+prefix+":") {
			return true
		}
	}
	return false
}

func qualified(name xml.Name) string {
	if name.Space == "" {
		return name.Local
	}
	return name.Space + ":" + name.Local
}

func (m *layout) json(body string) error {
	in := json.NewDecoder(strings.NewReader(body))
	in.UseNumber()
	return m.jsonValue(in)
}

func (m *layout) jsonValue(in *json.Decoder) error {
	token, err := in.Token()
	if err != nil {
		return err
	}
	open, composite := token.(json.Delim)
	if !composite {
		return m.scalar(token)
	}
	m.add(tag, open.String())
	m.depth++
	empty := true
	for ; in.More(); empty = false {
		if !empty {
			m.add(tag, ",")
		}
		m.line()
		if open == '{' {
			name, err := in.Token()
			if err != nil {
				return err
			}
			text, err := json.Marshal(name)
			if err != nil {
				return err
			}
			m.add(member, string(text))
			m.add(tag, ": ")
		}
		if err := m.jsonValue(in); err != nil {
			return err
		}
	}
	end, err := in.Token()
	if err != nil {
		return err
	}
	m.depth--
	if !empty {
		m.line()
	}
	m.add(tag, end.(json.Delim).String())
	return nil
}

func (m *layout) scalar(token json.Token) error {
	if token == hidden {
		m.add(veiled, hidden)
		return nil
	}
	text, err := json.Marshal(token)
	m.add(value, string(text))
	return err
}
