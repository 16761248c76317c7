package replay

import (
	"context"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// soapUI reads a project of SoapUI: each of its test cases in its order or,
// where there are none, each request of its interfaces.
//
// A project has no replies. What its assertions say of them is put into a
// reply of our own making, so that drafts are made of it as of what was
// recorded.
func (i *Importer) soapUI(_ context.Context, name string, text []byte) {
	_, root, err := readDocument(text)
	if err != nil {
		i.leaveOut(Source{File: name}, "a project of SoapUI that cannot be read: %v", err)
		return
	}
	p := &soapProject{importer: i, file: name, text: string(text), places: places(string(text)), serials: map[string]string{}}
	p.properties = p.declared(root)
	cases := 0
	for _, suite := range root.all("testSuite") {
		for _, c := range suite.all("testCase") {
			cases++
			p.testCase(suite, c)
		}
	}
	for _, each := range root.all("interface") {
		for _, operation := range each.all("operation") {
			for _, call := range operation.all("call") {
				if cases == 0 {
					p.begin(p.properties)
					p.step(call, call)
					i.add(p.recorded)
				}
			}
		}
	}
	for _, mock := range root.all("mockService") {
		i.leaveOut(p.at(mock), "a mock service is not imported")
	}
}

// all are the children of a local name.
func (n *node) all(local string) []*node {
	return slices.DeleteFunc(slices.Clone(n.children), func(child *node) bool { return child.name.Local != local })
}

// child is the text of the first child of a local name.
func (n *node) child(local string) string {
	for _, child := range n.all(local) {
		return strings.TrimSpace(child.text)
	}
	return ""
}

func (n *node) setting(local string) string {
	for _, a := range n.attrs {
		if a.name.Local == local {
			return a.value
		}
	}
	return ""
}

// soapProject is a project as it is read, and the test case that is.
type soapProject struct {
	importer *Importer
	file     string
	text     string
	places   []place

	properties map[string]string // "#Project#name" and the like
	serials    map[string]string // of users whose requests name none
	made       int               // registrations

	replies   map[string]*message // by step
	transfers map[string][]soapTransfer
	recorded  []Recorded
}

// soapTransfer puts a value into a later request.
type soapTransfer struct {
	at    Source
	path  []string
	value string
}

func (p *soapProject) at(n *node) Source {
	return Source{File: p.file, Line: lineAt(p.text, p.places[n.index].start)}
}

// declared are the properties of a project, a suite or a case.
func (p *soapProject) declared(n *node) map[string]string {
	kind := map[string]string{"soapui-project": "Project", "testSuite": "TestSuite", "testCase": "TestCase"}[n.name.Local]
	found := map[string]string{}
	for _, list := range n.all("properties") {
		for _, property := range list.all("property") {
			found["#"+kind+"#"+property.child("name")] = property.child("value")
		}
	}
	return found
}

func (p *soapProject) begin(sets ...map[string]string) {
	p.replies, p.transfers, p.recorded = map[string]*message{}, map[string][]soapTransfer{}, nil
	p.properties = map[string]string{}
	for _, set := range sets {
		for name, value := range set {
			p.properties[name] = value
		}
	}
}

func (p *soapProject) testCase(suite, c *node) {
	project := p.properties
	p.begin(project, p.declared(suite), p.declared(c))
	for _, step := range c.all("testStep") {
		kind := step.setting("type")
		configs := step.all("config")
		switch {
		case step.setting("disabled") == "true":
			p.importer.leaveOut(p.at(step), "the step %q is disabled", step.setting("name"))
		case len(configs) != 1:
			p.importer.leaveOut(p.at(step), "the step %q has no configuration", step.setting("name"))
		case kind == "request" && len(configs[0].all("request")) == 1:
			p.step(step, configs[0].all("request")[0])
		case kind == "transfer":
			for _, t := range configs[0].all("transfers") {
				p.transfer(t)
			}
		case kind == "properties":
			for _, list := range configs[0].all("properties") {
				for _, property := range list.all("property") {
					p.properties[step.setting("name")+"#"+property.child("name")] = property.child("value")
				}
			}
		default:
			p.importer.leaveOut(p.at(step), "the step %q is of the type %q, which has no equal", step.setting("name"), kind)
		}
	}
	p.importer.add(p.recorded)
	p.properties = project
}

// step reads a request and what is asserted of its reply.
func (p *soapProject) step(step, request *node) {
	bodies := request.all("request")
	if len(bodies) != 1 {
		p.importer.leaveOut(p.at(request), "the step %q holds no request", step.setting("name"))
		return
	}
	at := p.at(bodies[0])
	text := p.expand(at, bodies[0].text)
	m, err := readMessage(text)
	if err != nil {
		p.importer.leaveOut(at, "the request of %q: %v", step.setting("name"), err)
		return
	}
	name := step.setting("name")
	for _, t := range p.transfers[name] {
		if !m.set(t.path, t.value) {
			p.importer.leaveOut(t.at, "the request of %q has no single element at %s", name, strings.Join(t.path, "/"))
		}
	}
	asked := m.plain()
	if m, err = readMessage(asked); err != nil {
		p.importer.leaveOut(at, "the request of %q: %v", name, err)
		return
	}
	wanted := p.asserted(request)
	reply, err := p.invented(m, wanted)
	if err != nil {
		p.importer.leaveOut(at, "the request of %q: %v", name, err)
		return
	}
	if p.replies[name], err = readMessage(reply); err != nil {
		p.importer.leaveOut(at, "the request of %q: %v", name, err)
		return
	}
	p.contained(wanted, reply)
	p.recorded = append(p.recorded, Recorded{
		Request:   RecordedMessage{Source: at, Header: http.Header{}, Body: []byte(asked)},
		Reply:     RecordedMessage{Source: at, Header: http.Header{}, Body: []byte(reply)},
		Status:    wanted.http,
		TimeLimit: wanted.within,
	})
}

// plain is a message with what takes the place of its fields, which holds no
// placeholders.
func (m *message) plain() string { return strings.ReplaceAll(m.written(), `{{"{{"}}`, "{{") }

// expansion is a property in a text of SoapUI.
func expansion() *regexp.Regexp { return regexp.MustCompile(`\$\{([^}]*)\}`) }

// expand puts in what properties stand for.
func (p *soapProject) expand(at Source, text string) string {
	return expansion().ReplaceAllStringFunc(text, func(mention string) string {
		name := expansion().FindStringSubmatch(mention)[1]
		if value, found := p.properties[name]; found {
			return escapeXML(value)
		}
		parts := strings.SplitN(name, "#", 3)
		if len(parts) == 3 && strings.EqualFold(parts[1], "Response") {
			if path, ok := simplePath(parts[2]); ok {
				if value, found := p.replies[parts[0]].at(path); found {
					return escapeXML(value)
				}
			}
		}
		p.importer.leaveOut(at, "%s has no value here", mention)
		return mention
	})
}

// simplePath is the local names of an XPath that chooses elements by nothing
// else.
func simplePath(xpath string) ([]string, bool) {
	xpath = regexp.MustCompile(`declare namespace [^;]*;`).ReplaceAllString(xpath, "")
	xpath = regexp.MustCompile(`\*\[\s*local-name\(\)\s*=\s*['"]([^'"]+)['"]\s*\]`).ReplaceAllString(xpath, "$1")
	xpath = regexp.MustCompile(`\[1\]`).ReplaceAllString(strings.TrimSpace(xpath), "")
	var path []string
	for _, name := range strings.Split(strings.TrimSuffix(xpath, "/text()"), "/") {
		name = name[strings.LastIndex(name, ":")+1:]
		if name == "" || name == "." || name == "*" {
			continue
		}
		if !matches(`[A-Za-z_][A-Za-z0-9_.-]*`, name) {
			return nil, false
		}
		path = append(path, name)
	}
	return path, len(path) > 0
}

// find are the leaves whose path ends with the names.
func (m *message) find(path []string) []*node {
	var found []*node
	var walk func(n *node, above []string)
	walk = func(n *node, above []string) {
		here := append(slices.Clone(above), n.name.Local)
		if !n.holdsElements() && endsWith(here, path) {
			found = append(found, n)
		}
		for _, child := range n.children {
			walk(child, here)
		}
	}
	if m != nil {
		walk(m.root, nil)
	}
	return found
}

// endsWith says that an element's names end with those of a path, whose first
// may be further up: // in XPath.
func endsWith(names, path []string) bool {
	if names[len(names)-1] != path[len(path)-1] {
		return false
	}
	next := len(names) - 1
	for i := len(path) - 1; i >= 0; i-- {
		for next >= 0 && names[next] != path[i] {
			next--
		}
		if next < 0 {
			return false
		}
		next--
	}
	return true
}

func (m *message) at(path []string) (string, bool) {
	found := m.find(path)
	if len(found) != 1 {
		return "", false
	}
	return found[0].text, true
}

func (m *message) set(path []string, value string) bool {
	found := m.find(path)
	if len(found) != 1 {
		return false
	}
	m.replace(found[0].index, escapeXML(value))
	return true
}

// transfer reads a property transfer.
func (p *soapProject) transfer(t *node) {
	at := p.at(t)
	value, ok := p.source(t)
	if !ok {
		p.importer.leaveOut(at, "the transfer %q takes a value from where there is none that is known", t.child("name"))
		return
	}
	if kind := t.child("targetType"); kind != "Request" {
		p.properties[t.child("targetStep")+kind] = value // "#TestCase#" and a name
		p.properties[t.child("targetStep")+"#"+kind] = value
		return
	}
	path, ok := simplePath(t.child("targetPath"))
	if !ok {
		p.importer.leaveOut(at, "the transfer %q has the path %q, which is not names of elements alone", t.child("name"), t.child("targetPath"))
		return
	}
	p.transfers[t.child("targetStep")] = append(p.transfers[t.child("targetStep")], soapTransfer{at: at, path: path, value: value})
}

// source is the value that a transfer takes.
func (p *soapProject) source(t *node) (string, bool) {
	from, kind := t.child("sourceStep"), t.child("sourceType")
	if kind == "Response" || kind == "ResponseAsXml" {
		path, ok := simplePath(t.child("sourcePath"))
		if !ok {
			return "", false
		}
		return p.replies[from].at(path)
	}
	for _, name := range []string{from + "#" + kind, from + kind} {
		if value, found := p.properties[name]; found {
			return value, true
		}
	}
	return "", false
}

// assertions are what a project says of a reply.
type assertions struct {
	status   string            // of the reply; empty: success
	fault    bool              // a Fault is expected
	values   map[string]string // of elements, by local name
	contains []soapContains
	http     int
	within   time.Duration
}

type soapContains struct {
	at    Source
	token string
	not   bool
}

// asserted reads the assertions of a request.
func (p *soapProject) asserted(request *node) assertions {
	a := assertions{values: map[string]string{}, http: http.StatusOK}
	for _, assertion := range request.all("assertion") {
		configuration := &node{}
		for _, found := range assertion.all("configuration") {
			configuration = found
		}
		p.assertion(&a, assertion, configuration)
	}
	if a.fault {
		a.http = http.StatusInternalServerError
	}
	return a
}

func (p *soapProject) assertion(a *assertions, assertion, configuration *node) {
	at := p.at(assertion)
	switch kind := assertion.setting("type"); kind {
	case "Schema Compliance", "SOAP Response", "Not SOAP Fault":
		// A reply is held to more than that.
	case "SOAP Fault Assertion", "SOAP Fault":
		a.fault = true
	case "Simple Contains", "Simple NotContains":
		token := configuration.child("token")
		if status := statusNamed(token); status != "" && kind == "Simple Contains" {
			a.status = status
			return
		}
		a.contains = append(a.contains, soapContains{at: at, token: token, not: kind == "Simple NotContains"})
	case "XPath Match":
		path, ok := simplePath(configuration.child("path"))
		if !ok || configuration.child("allowWildcards") == "true" && strings.Contains(configuration.child("content"), "*") {
			p.importer.leaveOut(at, "the assertion %q has a path or wildcards that have no equal", assertion.setting("name"))
			return
		}
		p.matched(a, path[len(path)-1], configuration.child("content"))
	case "Response SLA Assertion", "Response SLA":
		if limit, err := strconv.Atoi(configuration.child("SLA")); err == nil {
			a.within = time.Duration(limit) * time.Millisecond
		}
	case "Valid HTTP Status Codes":
		if code, err := strconv.Atoi(configuration.child("codes")); err == nil {
			a.http = code
			return
		}
		p.importer.leaveOut(at, "several status codes of HTTP have no equal")
	default:
		p.importer.leaveOut(at, "the assertion %q is of the type %q, which has no equal", assertion.setting("name"), kind)
	}
}

// matched is a value that an element must have.
func (p *soapProject) matched(a *assertions, name, value string) {
	if name == "statusCode" || name == "statusCodeEnum" {
		a.status = statusNamed(value)
		return
	}
	a.values[name] = value
}

// contained checks what a reply is to contain, or not to: it does, or there is
// no equal.
func (p *soapProject) contained(a assertions, reply string) {
	for _, c := range a.contains {
		if strings.Contains(reply, c.token) == c.not {
			p.importer.leaveOut(c.at, "that a reply contains %q, or does not, has no equal", c.token)
		}
	}
}

// published are the statuses that the vendor has published, and dsappd answers
// with.
func published() map[string]string {
	return map[string]string{
		"0": "STAT_SUCCESS", "-1": "STAT_ERROR", "-2": "STAT_INVPARAM", "-11": "STAT_LICENCE", "-13": "STAT_NOT_FOUND",
		"-14": "STAT_EXISTS", "1000": "STAT_INVCREDENTIALS", "1004": "STAT_EXP_CHALLENGE", "1005": "STAT_PERMISSION", "1007": "STAT_LOCKED",
	}
}

// statusNamed is the code of a status that a text names; empty: none.
func statusNamed(text string) string {
	for code, name := range published() {
		if text == name || text == code && code != "0" || strings.Contains(text, ">"+code+"<") {
			return code
		}
	}
	if text == "0" {
		return "0"
	}
	return ""
}

// serial is the serial number of whom a request names: its own, or one for the
// user.
func (p *soapProject) serial(m *message) string {
	if serial := m.value("serialNumber"); serial != "" {
		return serial
	}
	user := strings.ToLower(m.value("userID"))
	if p.serials[user] == "" {
		p.serials[user] = fmt.Sprintf("AAA%07d", len(p.serials)+1)
	}
	return p.serials[user]
}
