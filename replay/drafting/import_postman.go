package drafting

import (
	"bytes"
	"cmp"
	"context"
	"encoding/base64"
	"encoding/json"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"github.com/dsappd/dsappd/replay/internal/xmltree"
)

// postmanCollection is a collection of Postman, format 2.0 or 2.1.
type postmanCollection struct {
	Info struct {
		Name   loose `json:"name"`
		Schema loose `json:"schema"`
	} `json:"info"`
	Variables []postmanPair `json:"variable"`
	postmanItem
}

// postmanItem is a request, or a folder of items.
type postmanItem struct {
	Name      loose           `json:"name"`
	Items     json.RawMessage `json:"item"`
	Request   json.RawMessage `json:"request"`
	Responses json.RawMessage `json:"response"`
	Auth      *postmanAuth    `json:"auth"`
	Events    []postmanEvent  `json:"event"`
}

type postmanPair struct {
	Key      loose `json:"key"`
	ID       loose `json:"id"`
	Value    loose `json:"value"`
	Disabled bool  `json:"disabled"`
}

type postmanEvent struct {
	Listen   loose `json:"listen"`
	Disabled bool  `json:"disabled"`
	Script   struct {
		Exec json.RawMessage `json:"exec"`
	} `json:"script"`
}

// postmanAuth says how a request logs in; its members are objects in format
// 2.0, and lists in 2.1.
type postmanAuth struct {
	Type  loose           `json:"type"`
	Basic json.RawMessage `json:"basic"`
}

type postmanRequest struct {
	Method loose           `json:"method"`
	URL    json.RawMessage `json:"url"`
	Header postmanHeaders  `json:"header"`
	Auth   *postmanAuth    `json:"auth"`
	Body   struct {
		Mode     loose `json:"mode"`
		Raw      loose `json:"raw"`
		Disabled bool  `json:"disabled"`
	} `json:"body"`
}

// UnmarshalJSON takes a request that is its URL alone too.
func (q *postmanRequest) UnmarshalJSON(raw []byte) error {
	if !bytes.HasPrefix(raw, []byte("{")) {
		q.URL = raw
		return nil
	}
	type plain postmanRequest
	return json.Unmarshal(raw, (*plain)(q))
}

// url returns that of a request, which is a text or an object.
func (q *postmanRequest) url() string {
	var object struct {
		Raw loose `json:"raw"`
	}
	if json.Unmarshal(q.URL, &object) == nil {
		return object.Raw.trimmed()
	}
	var text loose
	_ = text.UnmarshalJSON(q.URL) // it takes every value
	return text.trimmed()
}

// postmanHeaders are headers in a list, or line by line.
type postmanHeaders []postmanPair

// UnmarshalJSON passes over what is no header.
func (h *postmanHeaders) UnmarshalJSON(raw []byte) error {
	var list []postmanPair
	var text string
	switch {
	case json.Unmarshal(raw, &list) == nil:
		*h = list
	case json.Unmarshal(raw, &text) == nil:
		for line := range strings.Lines(text) {
			if name, value, found := strings.Cut(line, ":"); found {
				*h = append(*h, postmanPair{Key: loose(strings.TrimSpace(name)), Value: loose(strings.TrimSpace(value))})
			}
		}
	}
	return nil
}

// postmanExample is a reply that somebody has saved.
type postmanExample struct {
	Name     loose           `json:"name"`
	Original *postmanRequest `json:"originalRequest"`
	Code     loose           `json:"code"`
	Status   loose           `json:"status"`
	Header   postmanHeaders  `json:"header"`
	Body     loose           `json:"body"`
}

// postman reads a collection.
type postman struct {
	*Importer
	file      string
	text      []byte // of the file, for lines
	variables map[string]string
	replied   map[string]string // what replies held so far, by element in lower case
	drafted   int
}

// readPostman reads a collection of Postman: its requests with the replies that
// were saved as examples.
func (i *Importer) readPostman(ctx context.Context, in *input) error {
	return i.eachOf(ctx, in, []string{"collections"}, func(at Source, raw json.RawMessage) error {
		var wrapped struct {
			Collection json.RawMessage `json:"collection"` // of Postman's API
		}
		if json.Unmarshal(raw, &wrapped) == nil && wrapped.Collection != nil {
			raw = wrapped.Collection
		}
		var c postmanCollection
		if err := json.Unmarshal(raw, &c); err != nil {
			i.leaveOut(at, "a collection of Postman that cannot be read: %v", err)
			return nil
		}
		p := &postman{Importer: i, file: in.name, text: raw, variables: maps.Clone(i.Properties), replied: map[string]string{}}
		if p.variables == nil {
			p.variables = map[string]string{}
		}
		for _, v := range c.Variables {
			name := v.Key.trimmed()
			if name == "" {
				name = v.ID.trimmed()
			}
			if _, given := p.variables[name]; !given && !v.Disabled {
				p.variables[name] = string(v.Value)
			}
		}
		p.item(at, c.postmanItem, nil, nil)
		if p.drafted == 0 {
			i.leaveOut(at, "the collection %q holds no request of SOAP that can be taken over", c.Info.Name.trimmed())
		}
		return context.Cause(ctx)
	})
}

// item reads an item below some folders.
func (p *postman) item(at Source, item postmanItem, path []string, auth *postmanAuth) {
	if item.Auth != nil {
		auth = item.Auth
	}
	name := strings.Join(strings.Fields(string(item.Name)), " ")
	if name != "" {
		path = append(slices.Clone(path), name)
	}
	for _, e := range item.Events {
		if !e.Disabled && scriptOf(e.Script.Exec) != "" {
			p.leaveOut(at, "the script of %q (%s) has no equal", strings.Join(path, " / "), e.Listen.trimmed())
		}
	}
	if item.Request != nil {
		p.request(at, item, path, auth)
	}
	var items []json.RawMessage
	if json.Unmarshal(item.Items, &items) != nil {
		return
	}
	for _, raw := range items {
		place := Source{File: at.File, Line: p.line(raw, at)}
		var child postmanItem
		if err := json.Unmarshal(raw, &child); err != nil {
			p.leaveOut(place, "an item of Postman that cannot be read: %v", err)
			continue
		}
		p.item(place, child, path, auth)
	}
}

// scriptOf returns a script in one text, without what is not executed.
func scriptOf(raw json.RawMessage) string {
	var lines []string
	if json.Unmarshal(raw, &lines) != nil {
		var text loose
		_ = text.UnmarshalJSON(raw) // it takes every value
		lines = strings.Split(string(text), "\n")
	}
	lines = slices.DeleteFunc(lines, func(line string) bool {
		line = strings.TrimSpace(line)
		return line == "" || strings.HasPrefix(line, "//")
	})
	return strings.Join(lines, "\n")
}

// line returns where a part of the collection stands.
func (p *postman) line(part json.RawMessage, within Source) int {
	found := bytes.Index(p.text, part)
	if found < 0 {
		return within.Line
	}
	return xmltree.LineAt(string(p.text[:found]), found)
}

// request reads a request with its examples, each of which is an exchange.
func (p *postman) request(at Source, item postmanItem, path []string, auth *postmanAuth) {
	var request postmanRequest
	if err := json.Unmarshal(item.Request, &request); err != nil {
		p.leaveOut(at, "a request of Postman that cannot be read: %v", err)
		return
	}
	var examples []json.RawMessage
	_ = json.Unmarshal(item.Responses, &examples) // none, if there is no list
	if len(examples) == 0 {
		p.exchange(at, request, nil, path, auth)
		return
	}
	for _, raw := range examples {
		place := Source{File: at.File, Line: p.line(raw, at)}
		var example postmanExample
		if err := json.Unmarshal(raw, &example); err != nil {
			p.leaveOut(place, "an example of Postman that cannot be read: %v", err)
			continue
		}
		asked := request
		if example.Original != nil {
			asked = *example.Original
		}
		p.exchange(place, asked, &example, append(slices.Clone(path), example.Name.trimmed()), auth)
	}
}

func (p *postman) exchange(at Source, q postmanRequest, example *postmanExample, path []string, auth *postmanAuth) {
	k := keptExchange{
		at: at, method: cmp.Or(q.Method.trimmed(), http.MethodGet), url: q.url(), title: strings.Join(path, " / "),
		header: p.headers(at, q.Header), request: keptBody{text: p.expand(at, string(q.Body.Raw))},
	}
	switch mode := q.Body.Mode.trimmed(); {
	case q.Body.Disabled:
		k.request, k.requestIsGone = keptBody{}, "its body is switched off"
	case mode != "" && mode != "raw":
		k.request, k.requestIsGone = keptBody{}, "its body is "+mode
	}
	if example != nil {
		k.reply, k.replyHeader = keptBody{text: string(example.Body)}, p.headers(at, example.Header)
		if k.status = statusOf(string(example.Code)); k.status == 0 {
			k.status = statusOf(string(example.Status))
		}
	}
	r, ok := p.Importer.exchange(k)
	if !ok {
		return
	}
	if q.Auth != nil {
		auth = q.Auth
	}
	r.setOthers(k.header)
	p.logIn(at, &r, auth)
	p.draft(r)
}

// draft drafts an exchange and keeps what its reply holds.
func (p *postman) draft(r Recorded) {
	reply, err := p.draftNow(r)
	if err != nil {
		p.leaveOut(r.Request.Source, "%v", err)
		return
	}
	p.drafted++
	if reply == nil {
		return
	}
	for name, fields := range reply.fields {
		if len(fields) == 1 && fields[0].text != "" {
			p.replied[strings.ToLower(name)] = fields[0].text
		}
	}
}

// headers returns those that are not switched off.
func (p *postman) headers(at Source, all postmanHeaders) http.Header {
	header := http.Header{}
	for _, h := range all {
		if !h.Disabled {
			header.Add(p.expand(at, h.Key.trimmed()), p.expand(at, string(h.Value)))
		}
	}
	return header
}

// logIn adds what a request logs in by.
func (p *postman) logIn(at Source, r *Recorded, auth *postmanAuth) {
	if auth == nil || auth.Type == "noauth" || auth.Type == "" {
		return
	}
	if auth.Type != "basic" {
		p.leaveOut(at, "the request logs in by %q, which has no equal", auth.Type.trimmed())
		return
	}
	values := map[string]loose{}
	var list []postmanPair
	if json.Unmarshal(auth.Basic, &list) == nil {
		for _, pair := range list {
			values[pair.Key.trimmed()] = pair.Value
		}
	} else {
		_ = json.Unmarshal(auth.Basic, &values) // nothing, if it is no object
	}
	credentials := p.expand(at, string(values["username"])) + ":" + p.expand(at, string(values["password"]))
	r.setHeader("Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte(credentials)))
}

// postmanVariable is a variable in a text.
var postmanVariable = regexp.MustCompile(`\{\{([^{}]+)\}\}`)

// expand puts in what variables stand for, also in their values. Those without
// a value stay as they are.
func (p *postman) expand(at Source, text string) string {
	expanded, missing := expandVariables(text, postmanVariable, func(name string) (string, bool) {
		if value, known := p.variables[name]; known {
			return value, true
		}
		value, known := p.replied[strings.ToLower(name)]
		if known {
			p.doubt(at, "{{%s}} is taken for what the replies before hold under this name, as a script may have set it", name)
		}
		return value, known
	})
	for _, name := range missing {
		p.leaveOut(at, "{{%s}} stays as it is: it has no value here, unless one is given by --property '%s=VALUE'", name, name)
	}
	return expanded
}
