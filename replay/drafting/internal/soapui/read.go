package soapui

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strconv"
	"strings"

	"github.com/dsappd/dsappd/replay/internal/encodings"
)

func itoa(n int) string { return strconv.Itoa(n) }

// kinds are the root elements of projects and of their parts.
var kinds = []string{"soapui-project", "testSuite", "testCase", "testStep", "interface"}

// RootOf returns the local name of the root element of a text in any encoding;
// empty: it has none.
func RootOf(text []byte) string {
	if start := bytes.TrimLeft(text[:min(len(text), 1<<12)], "\x00\xEF\xBB\xBF\xFE\xFF \t\r\n"); len(start) > 0 && start[0] != '<' {
		return ""
	}
	for _, size := range []int{1 << 14, len(text)} { // what stands before the root is short, mostly
		part := text
		if size < len(text) {
			part = text[:size]
		}
		decoded, err := encodings.Decode(part, "")
		if err != nil { // perhaps cut in a character, or not in its encoding
			decoded = bytes.ReplaceAll(part, []byte{0}, nil)
		}
		if root := rootOf(decoded); root != "" {
			return root
		}
	}
	return ""
}

// rootOf passes over what may stand before a root element.
func rootOf(text []byte) string {
	for {
		text = bytes.TrimSpace(bytes.TrimPrefix(text, []byte("\uFEFF")))
		end := ""
		switch {
		case bytes.HasPrefix(text, []byte("<?")):
			end = "?>"
		case bytes.HasPrefix(text, []byte("<!--")):
			end = "-->"
		case bytes.HasPrefix(text, []byte("<!")):
			end = ">"
		case bytes.HasPrefix(text, []byte("<")):
			name := text[1:max(1, bytes.IndexAny(text, " \t\r\n/>"))]
			return string(name[bytes.LastIndexByte(name, ':')+1:])
		default:
			return ""
		}
		_, after, found := bytes.Cut(text, []byte(end))
		if !found {
			return ""
		}
		text = after
	}
}

// reader reads the parts of a project.
type reader struct {
	project *Project
	actions map[string]operation // by interface and operation
	binding map[string]bool      // of interfaces: SOAP 1.2
	quiet   struct {             // settings of many requests that have no effect
		first Place
		count int
	}

	// Of a composite project:
	files fs.FS
	shown string // the name of its folder, for people
}

type operation struct{ action string }

// source is a file of a project.
type source struct {
	*lines
	root *element
}

func open(file string, text []byte) (source, error) {
	decoded, err := encodings.Decode(text, "")
	if invalid, ok := errors.AsType[*encodings.InvalidError](err); ok {
		return source{}, &SyntaxError{Place: Place{File: file, Line: max(1, invalid.Line), Column: max(1, invalid.Column)}, Reason: invalid.Error()}
	}
	if err != nil {
		return source{}, &SyntaxError{Place: Place{File: file, Line: 1, Column: 1}, Reason: err.Error()}
	}
	l := newLines(file, decoded)
	root, err := parse(l)
	return source{lines: l, root: root}, err
}

// Read reads a project in one file, or a part of one. The error is a
// *SyntaxError.
func Read(file string, text []byte) (*Project, error) {
	s, err := open(file, text)
	if err != nil {
		return nil, err
	}
	r := newReader(s)
	r.part(s)
	r.project.Size = len(s.text)
	return r.end(), nil
}

func newReader(s source) *reader {
	return &reader{project: &Project{Place: s.place(s.root.offset), Properties: Properties{}}, actions: map[string]operation{}, binding: map[string]bool{}}
}

// part reads a file that is a project, or a part that was saved alone.
func (r *reader) part(s source) {
	switch s.root.name {
	case "soapui-project":
		r.read(s)
	case "interface":
		r.iface(s, s.root)
	case "testSuite":
		r.project.Suites = append(r.project.Suites, r.suite(s, s.root))
	case "testCase":
		r.project.Suites = append(r.project.Suites, &Suite{Place: s.place(s.root.offset), Properties: Properties{}, Cases: []*Case{r.testCase(s, s.root)}})
	case "testStep":
		c := &Case{Place: s.place(s.root.offset), Properties: Properties{}, Steps: []*Step{r.step(s, s.root)}}
		r.project.Suites = append(r.project.Suites, &Suite{Place: c.Place, Properties: Properties{}, Cases: []*Case{c}})
	}
}

// end returns the project, when its files were read.
func (r *reader) end() *Project {
	r.project.late = r.late
	return r.project
}

// late says what was found in many requests.
func (r *reader) late() []Finding {
	if r.quiet.count == 0 {
		return nil
	}
	others := ""
	if more := r.quiet.count - 1; more > 0 {
		others = fmt.Sprintf(", and in %d more", more)
	}
	return []Finding{{Place: r.quiet.first, Disabled: true,
		Reason: "WS-Addressing is switched off in this request" + others + ": its settings have no effect"}}
}

func (r *reader) leaveOut(at Place, format string, values ...any) {
	r.project.Findings = append(r.project.Findings, Finding{Place: at, Reason: fmt.Sprintf(format, values...)})
}

// read reads the element of a project.
func (r *reader) read(s source) {
	root, p := s.root, r.project
	p.Name, p.Properties = root.attr("name"), properties(root)
	for _, e := range root.all("environment") {
		if e.attr("name") != root.attr("activeEnvironment") {
			r.leaveOut(s.place(e.offset), "the environment %q is not the active one, which is %q", e.attr("name"), root.attr("activeEnvironment"))
			continue
		}
		for name, value := range propertiesOf(e) {
			p.Properties[name] = value
		}
	}
	if root.has("encryptedContent") {
		algorithm := root.value("encryptedContentAlgorithm")
		if algorithm != "" {
			algorithm = " (" + algorithm + ")"
		}
		r.leaveOut(s.place(root.first("encryptedContent").offset),
			"the project is encrypted%s: open it in SoapUI with its password, take the password away, and save it again", algorithm)
	}
	for _, container := range root.all("wssContainer") {
		for _, outgoing := range container.all("outgoing") {
			p.Security = append(p.Security, security(s, outgoing))
		}
	}
	for _, each := range root.all("interface") { // the actions of operations, for requests in suites
		r.iface(s, each)
	}
	for _, child := range root.children {
		if child.name != "interface" {
			r.child(s, child)
		}
	}
}

// child reads what stands in a project.
func (r *reader) child(s source, e *element) {
	at := s.place(e.offset)
	switch e.name {
	case "testSuite":
		r.project.Suites = append(r.project.Suites, r.suite(s, e))
	case "mockService", "restMockService":
		r.leaveOut(at, "the mock service %q is not taken over: transcripts are of what clients send", e.attr("name"))
	case "afterLoadScript", "beforeSaveScript", "beforeRunScript", "afterRunScript", "reportScript":
		r.script(s, e)
	case "eventHandlers":
		r.leaveOut(at, "the event handler %q is a script, which has no equal", e.attr("name"))
	case "endpointStrategy":
		for _, endpoint := range e.all("endpoint") {
			if endpoint.attr("username") != "" || endpoint.attr("outgoingWss") != "" {
				r.leaveOut(s.place(endpoint.offset), "the credentials of the endpoint %s are not taken over", strings.TrimSpace(endpoint.text))
			}
		}
	}
}

// script notes that a script, if there is one, is not taken over.
func (r *reader) script(s source, e *element) {
	if strings.TrimSpace(e.text) != "" {
		r.leaveOut(s.place(e.offset), "the script %s has no equal", e.name)
	}
}

// properties returns those of a project, a suite or a case.
func properties(e *element) Properties {
	found := Properties{}
	for _, list := range e.all("properties") {
		for name, value := range propertiesOf(list) {
			found[name] = value
		}
	}
	return found
}

func propertiesOf(list *element) Properties {
	found := Properties{}
	for _, property := range list.all("property") {
		found[property.value("name")] = property.first("value").text
	}
	return found
}

func (r *reader) iface(s source, e *element) {
	kind, name := e.attr("type"), e.attr("name")
	switch isRest := kind == "rest" || e.has("resource"); {
	case isRest:
		r.leaveOut(s.place(e.offset), "the interface %q is of REST, which dsappd does not speak%s", name, requests(e))
		return
	case kind != "" && kind != "wsdl":
		r.leaveOut(s.place(e.offset), "the interface %q is of the type %q, which dsappd does not speak", name, kind)
		return
	}
	r.binding[name] = e.attr("soapVersion") == "1_2"
	for _, o := range e.all("operation") {
		r.actions[name+"\x00"+o.attr("name")] = operation{action: o.attr("action")}
	}
	for _, o := range e.all("operation") {
		for _, call := range o.all("call") {
			step := &Step{Place: s.place(call.offset), Name: name + " / " + o.attr("name") + " / " + call.attr("name"), Type: "request"}
			step.Request = r.request(s, call, step, name, o.attr("name"))
			r.project.Calls = append(r.project.Calls, step)
		}
	}
}

// requests counts those of an interface of REST.
func requests(e *element) string {
	count := 0
	var walk func(*element)
	walk = func(e *element) {
		for _, child := range e.children {
			if child.name == "request" && e.name == "method" {
				count++
			}
			walk(child)
		}
	}
	walk(e)
	switch count {
	case 0:
		return ""
	case 1:
		return ", with its request"
	}
	return fmt.Sprintf(", with its %d requests", count)
}

func (r *reader) suite(s source, e *element) *Suite {
	suite := &Suite{Place: s.place(e.offset), Name: e.attr("name"), Disabled: e.attr("disabled") == "true", Properties: properties(e)}
	for _, child := range e.children {
		switch child.name {
		case "testCase":
			suite.Cases = append(suite.Cases, r.testCase(s, child))
		case "setupScript", "tearDownScript", "reportScript":
			if !suite.Disabled {
				r.script(s, child)
			}
		}
	}
	return suite
}

func (r *reader) testCase(s source, e *element) *Case {
	return &Case{Place: s.place(e.offset), Name: e.attr("name"), ID: e.attr("id"), Disabled: e.attr("disabled") == "true",
		Offset: e.offset, load: func(c *Case) { r.load(s, e, c) }}
}

// load reads what is in a test case.
func (r *reader) load(s source, e *element, c *Case) {
	e, err := s.whole(e)
	if broken, ok := errors.AsType[*SyntaxError](err); ok { // it was well-formed before
		c.Findings = append(c.Findings, Finding{Place: broken.Place, Exact: true, Reason: broken.Reason})
		return
	}
	c.Properties = properties(e)
	leave := func(at *element, format string, values ...any) {
		c.Findings = append(c.Findings, Finding{Place: s.place(at.offset), Reason: fmt.Sprintf(format, values...)})
	}
	for _, child := range e.children {
		switch child.name {
		case "testStep":
			c.Steps = append(c.Steps, r.step(s, child))
		case "setupScript", "tearDownScript", "reportScript":
			if strings.TrimSpace(child.text) != "" {
				leave(child, "the script %s has no equal", child.name)
			}
		case "loadTest":
			leave(child, "the load test %q has no equal", child.attr("name"))
		case "securityTest":
			leave(child, "the security test %q has no equal", child.attr("name"))
		}
	}
}

// maxBody is the size in bytes of the largest request that is unpacked.
const maxBody = 4 << 20

// body returns the text of a request as it is sent: SoapUI packs long ones, and
// keeps each carriage return as \r, and each \r as \_r.
func body(e *element) (string, error) {
	text := e.text
	if e.attr("compression") == "gzip" {
		packed, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(text), ""))
		if err != nil {
			return "", fmt.Errorf("unpack the request: %w", err)
		}
		unpacked, err := gzip.NewReader(bytes.NewReader(packed))
		if err != nil {
			return "", fmt.Errorf("unpack the request: %w", err)
		}
		plain, err := io.ReadAll(io.LimitReader(unpacked, maxBody+1))
		if err != nil {
			return "", fmt.Errorf("unpack the request: %w", err)
		}
		if len(plain) > maxBody {
			return "", errors.New("unpack the request: it is larger than 4 MiB")
		}
		text = string(plain)
	}
	return strings.NewReplacer(`\_r`, `\r`, `\r`, "\r").Replace(text), nil
}
