package drafting

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"path"
	"slices"
	"strings"
)

// wireMockStub is a stub mapping of WireMock, or an event of its request
// journal.
type wireMockStub struct {
	Name     loose           `json:"name"`
	Request  wireMockRequest `json:"request"`
	Response wireMockReply   `json:"response"`

	// Of an event:
	Definition wireMockReply `json:"responseDefinition"`
}

type wireMockRequest struct {
	Method       loose                        `json:"method"`
	URL          loose                        `json:"url"`
	URLPath      loose                        `json:"urlPath"`
	Pattern      loose                        `json:"urlPattern"`
	PathPattern  loose                        `json:"urlPathPattern"`
	Headers      map[string]json.RawMessage   `json:"headers"`
	BodyPatterns []map[string]json.RawMessage `json:"bodyPatterns"`

	// Of an event:
	Body         loose `json:"body"`
	BodyAsBase64 loose `json:"bodyAsBase64"`
	LoggedDate   loose `json:"loggedDate"`
}

type wireMockReply struct {
	Status       loose                      `json:"status"`
	Headers      map[string]json.RawMessage `json:"headers"`
	Body         loose                      `json:"body"`
	BodyAsBase64 loose                      `json:"bodyAsBase64"`
	Base64Body   loose                      `json:"base64Body"`
	JSONBody     loose                      `json:"jsonBody"`
	BodyFileName loose                      `json:"bodyFileName"`
	Fault        loose                      `json:"fault"`
	ProxyBaseURL loose                      `json:"proxyBaseUrl"`
	Transformers []loose                    `json:"transformers"`
}

// readWireMock reads stub mappings of WireMock, alone or in a list, and its
// journal of requests.
func (i *Importer) readWireMock(ctx context.Context, in *input) error {
	var all []Recorded
	take := func(at Source, raw json.RawMessage) error {
		r, ok, err := i.wireMockStub(ctx, in, at, raw)
		if ok {
			all = append(all, r)
		}
		return err
	}
	err := i.eachOf(ctx, in, []string{"mappings", "requests", "serveEvents"}, take)
	if drafting := i.draft(ctx, byTime(all)); drafting != nil {
		return drafting
	}
	return err
}

// eachOf reads the values of a file of JSON: the elements of a list, those of
// the lists that are members of a name of an object, or else the objects
// themselves.
func (i *Importer) eachOf(ctx context.Context, in *input, lists []string, take func(Source, json.RawMessage) error) error {
	return i.withJSON(ctx, in, func(j *jsonFile) error {
		for j.More() {
			raw, at, err := j.value()
			if err != nil {
				return err
			}
			if err := i.eachIn(ctx, raw, at, lists, take); err != nil {
				return err
			}
		}
		return nil
	})
}

// eachIn reads the values in a value.
func (i *Importer) eachIn(ctx context.Context, raw json.RawMessage, at Source, lists []string, take func(Source, json.RawMessage) error) error {
	var members map[string]json.RawMessage
	list := raw
	if json.Unmarshal(raw, &members) == nil {
		named := slices.IndexFunc(lists, func(name string) bool { return members[name] != nil })
		if named < 0 {
			return take(at, raw)
		}
		list = members[lists[named]]
	}
	decoder := json.NewDecoder(bytes.NewReader(list))
	if token, err := decoder.Token(); err != nil || token != json.Delim('[') {
		i.leaveOut(at, "it holds no list where one should stand")
		return nil
	}
	start := bytes.Index(raw, list)
	for decoder.More() {
		if err := context.Cause(ctx); err != nil {
			return err
		}
		var element json.RawMessage
		if err := decoder.Decode(&element); err != nil {
			return err
		}
		before := raw[:start+int(decoder.InputOffset())-len(element)]
		place := Source{File: at.File, Line: at.Line + bytes.Count(before, []byte("\n"))}
		if err := take(place, element); err != nil {
			return err
		}
	}
	return nil
}

// wireMockStub returns the exchange that a stub mapping answers, as far as it says
// so, or that an event tells of.
func (i *Importer) wireMockStub(ctx context.Context, in *input, at Source, raw json.RawMessage) (Recorded, bool, error) {
	var stub wireMockStub
	if err := json.Unmarshal(raw, &stub); err != nil {
		i.leaveOut(at, "a stub of WireMock that cannot be read: %v", err)
		return Recorded{}, false, nil
	}
	reply := stub.Response
	if reply.isEmpty() {
		reply = stub.Definition
	}
	k := keptExchange{
		at: at, method: stub.Request.Method.trimmed(), url: stub.Request.url(), header: wireMockHeaders(stub.Request.Headers),
		status: statusOf(string(reply.Status)), replyHeader: wireMockHeaders(reply.Headers),
		when: timeOf(string(stub.Request.LoggedDate)), title: strings.Join(strings.Fields(string(stub.Name)), " "),
	}
	if strings.EqualFold(k.method, "ANY") {
		k.method = http.MethodPost
	}
	k.request, k.requestIsGone = stub.Request.body()
	var err error
	if k.reply, k.replyNotKept, err = i.wireMockBody(ctx, in, reply); err != nil {
		return Recorded{}, false, err
	}
	r, ok := i.exchange(k)
	for _, unit := range []string{"${xmlunit.ignore}", "${json-unit.any-string}"} {
		if kind, _, _ := strings.Cut(unit, "."); ok && strings.Contains(k.request.text, kind+".") {
			i.doubt(at, "the request holds placeholders such as %s, which are sent as they stand", unit)
		}
	}
	if ok && r.Target != "" && stub.Request.URL+stub.Request.URLPath == "" {
		i.doubt(at, "the stub knows its URL by the pattern %s, which is sent as it stands", k.url)
	}
	if ok && slices.ContainsFunc(reply.Transformers, func(t loose) bool { return t == "response-template" }) && strings.Contains(k.reply.text, "{{") {
		i.doubt(at, "the reply is a template, which is not filled in")
	}
	return r, ok, nil
}

func (r wireMockReply) isEmpty() bool {
	return r.Status == "" && r.Body == "" && r.JSONBody == "" && r.BodyAsBase64 == "" && r.Base64Body == "" && r.BodyFileName == "" && r.Fault == "" && r.ProxyBaseURL == ""
}

func (q wireMockRequest) url() string {
	for _, each := range []loose{q.URL, q.URLPath, q.Pattern, q.PathPattern} {
		if each != "" {
			return each.trimmed()
		}
	}
	return ""
}

// body returns that of an event, or the one that a mapping wants whole; without
// one, why there is none.
func (q wireMockRequest) body() (keptBody, string) {
	switch {
	case q.BodyAsBase64 != "":
		return keptBody{text: string(q.BodyAsBase64), base64: true}, ""
	case q.Body != "":
		return keptBody{text: string(q.Body)}, ""
	case len(q.BodyPatterns) == 0:
		return keptBody{}, "the stub answers whatever is asked"
	}
	var others []string
	for _, pattern := range q.BodyPatterns {
		for _, name := range slices.Sorted(maps.Keys(pattern)) {
			var text loose
			_ = text.UnmarshalJSON(pattern[name]) // it takes every value
			switch name {
			case "equalToXml", "equalTo", "equalToJson":
				return keptBody{text: string(text)}, ""
			case "binaryEqualTo":
				return keptBody{text: string(text), base64: true}, ""
			}
			others = append(others, name)
		}
	}
	return keptBody{}, "the stub knows its request by " + strings.Join(slices.Compact(others), ", ") + " alone, not by its text"
}

// wireMockBody returns the body of a reply, which may stand in a file of its own;
// without one, why there is none.
func (i *Importer) wireMockBody(ctx context.Context, in *input, reply wireMockReply) (keptBody, string, error) {
	switch {
	case reply.Fault != "":
		return keptBody{}, "the stub breaks the connection: " + reply.Fault.trimmed(), nil
	case reply.ProxyBaseURL != "":
		return keptBody{}, "the stub asks " + reply.ProxyBaseURL.trimmed(), nil
	case reply.Base64Body != "":
		return keptBody{text: string(reply.Base64Body), base64: true}, "", nil
	case reply.BodyAsBase64 != "":
		return keptBody{text: string(reply.BodyAsBase64), base64: true}, "", nil
	case reply.JSONBody != "":
		return keptBody{text: string(reply.JSONBody)}, "", nil
	case reply.BodyFileName == "":
		return keptBody{text: string(reply.Body)}, "", nil
	}
	name := path.Clean("/" + strings.ReplaceAll(reply.BodyFileName.trimmed(), `\`, "/"))
	for _, folder := range []string{"../__files", "__files", "../../__files", "."} {
		file, there := in.beside(folder + name)
		if !there {
			continue
		}
		text, err := i.whole(ctx, file)
		if _, damaged := errors.AsType[*damagedError](err); damaged {
			return keptBody{}, err.Error(), nil
		}
		i.used(file.name)
		return keptBody{raw: text}, "", err
	}
	return keptBody{}, "it is in the file " + name[1:] + ", which is not in the folder __files beside", nil
}

// wireMockHeaders reads headers whose values are texts, lists or, in a mapping,
// what they have to equal.
func wireMockHeaders(all map[string]json.RawMessage) http.Header {
	header := http.Header{}
	for _, name := range slices.Sorted(maps.Keys(all)) {
		raw := all[name]
		var text string
		var list []string
		var pattern struct {
			EqualTo *string `json:"equalTo"`
		}
		switch {
		case json.Unmarshal(raw, &text) == nil:
			header.Add(name, text)
		case json.Unmarshal(raw, &list) == nil && len(list) > 0:
			header.Add(name, list[0])
		case json.Unmarshal(raw, &pattern) == nil && pattern.EqualTo != nil:
			header.Add(name, *pattern.EqualTo)
		}
	}
	return header
}
