package drafting

import (
	"cmp"
	"context"
	"encoding/base64"
	"encoding/xml"
	"errors"
	"io"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
)

// jmeterElement is an element of a test plan of JMeter. What belongs to an
// element stands in the hashTree behind it.
type jmeterElement struct {
	name     string
	attrs    map[string]string
	line     int
	text     string
	children []*jmeterElement
}

// parseJMeter reads the elements of a test plan.
func parseJMeter(text io.Reader) (*jmeterElement, error) {
	decoder := xml.NewDecoder(text)
	decoder.CharsetReader = func(_ string, in io.Reader) (io.Reader, error) { return in, nil }
	root := &jmeterElement{}
	open := []*jmeterElement{root}
	for {
		line, _ := decoder.InputPos()
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			return root, nil
		}
		if err != nil {
			return root, err
		}
		last := open[len(open)-1]
		switch t := token.(type) {
		case xml.StartElement:
			e := &jmeterElement{name: t.Name.Local, attrs: map[string]string{}, line: line}
			for _, a := range t.Attr {
				e.attrs[a.Name.Local] = a.Value
			}
			last.children = append(last.children, e)
			open = append(open, e)
		case xml.EndElement:
			open = open[:len(open)-1]
		case xml.CharData:
			last.text += string(t)
		}
	}
}

// properties returns the texts of the properties of a name, at any depth.
func (e *jmeterElement) properties(name string) []string {
	var all []string
	for _, child := range e.children {
		if child.attrs["name"] == name && len(child.children) == 0 {
			all = append(all, child.text)
		}
		all = append(all, child.properties(name)...)
	}
	return all
}

// property returns the first property of one of some names; empty: there is none.
func (e *jmeterElement) property(names ...string) string {
	for _, name := range names {
		if all := e.properties(name); len(all) > 0 {
			return all[0]
		}
	}
	return ""
}

// pairs returns the values of one property by those of another.
func (e *jmeterElement) pairs(name, value string) [][2]string {
	var all [][2]string
	for _, child := range e.children {
		if names := child.own(name); names != nil {
			all = append(all, [2]string{*names, child.property(value)})
			continue
		}
		all = append(all, child.pairs(name, value)...)
	}
	return all
}

// own returns the property of a name that stands right in an element; nil: there is
// none.
func (e *jmeterElement) own(name string) *string {
	for _, child := range e.children {
		if child.attrs["name"] == name {
			return &child.text
		}
	}
	return nil
}

// called returns an element by its kind and its name.
func (e *jmeterElement) called() string {
	if name := e.attrs["testname"]; name != "" {
		return e.name + " " + strings.Join(strings.Fields(name), " ")
	}
	return e.name
}

// jmeter reads a test plan.
type jmeter struct {
	*Importer
	in        *input
	variables map[string]string // that are known by now
	chapter   *chapter          // of the thread group; nil: outside of one
	drafted   int
}

// jmeterScope is what holds for the samplers of a part of a plan.
type jmeterScope struct {
	headers    http.Header
	user       *[2]string // and password, for Basic
	extractors []*jmeterElement
}

// readJMeter reads a test plan of JMeter: each thread group is a transcript.
func (i *Importer) readJMeter(ctx context.Context, in *input) error {
	text, err := i.wholeText(ctx, in)
	if err != nil {
		return err
	}
	defer text.Close()
	plan, err := parseJMeter(text)
	if syntax, broken := errors.AsType[*xml.SyntaxError](err); broken {
		i.leaveOut(Source{File: in.name, Line: syntax.Line}, "a test plan of JMeter that is not well-formed XML: %s; nothing behind it is read", syntax.Msg)
	} else if err != nil {
		return err
	}
	j := &jmeter{Importer: i, in: in, variables: map[string]string{}}
	if err := j.tree(ctx, plan, jmeterScope{headers: http.Header{}}); err != nil {
		return err
	}
	if j.drafted == 0 {
		i.leaveOut(Source{File: in.name}, "the test plan holds no request of SOAP that can be taken over")
	}
	return nil
}

func (j *jmeter) at(e *jmeterElement) Source { return Source{File: j.in.name, Line: e.line} }

// tree reads the elements of a hashTree, each with its own behind it: first
// what holds for all of them.
func (j *jmeter) tree(ctx context.Context, tree *jmeterElement, scope jmeterScope) error {
	scope.headers, scope.extractors = scope.headers.Clone(), slices.Clone(scope.extractors)
	for _, e := range tree.children {
		if e.attrs["enabled"] != "false" {
			j.configure(e, &scope)
		}
	}
	for rest := tree.children; len(rest) > 0; {
		if err := context.Cause(ctx); err != nil {
			return err
		}
		e, below := rest[0], &jmeterElement{}
		rest = rest[1:]
		switch {
		case e.name == "hashTree": // of no element
			if err := j.tree(ctx, e, scope); err != nil {
				return err
			}
			continue
		case len(rest) > 0 && rest[0].name == "hashTree":
			below, rest = rest[0], rest[1:]
		}
		if err := j.element(ctx, e, below, scope); err != nil {
			return err
		}
	}
	return nil
}

// configure notes what an element says for the samplers beside and below it.
func (j *jmeter) configure(e *jmeterElement, scope *jmeterScope) {
	switch e.name {
	case "TestPlan", "Arguments":
		for _, pair := range e.pairs("Argument.name", "Argument.value") {
			j.variables[pair[0]] = pair[1]
		}
	case "HeaderManager":
		for _, pair := range e.pairs("Header.name", "Header.value") {
			scope.headers.Set(pair[0], pair[1])
		}
	case "AuthManager":
		if user := e.property("Authorization.username"); user != "" {
			scope.user = &[2]string{user, e.property("Authorization.password")}
		}
	case "RegexExtractor", "XPathExtractor", "XPath2Extractor", "BoundaryExtractor":
		scope.extractors = append(scope.extractors, e)
	}
}

// silent are elements that bear on nothing that is sent.
var silent = regexp.MustCompile(`^(hashTree|TestPlan|Arguments|HeaderManager|AuthManager|RegexExtractor|XPath2?Extractor|BoundaryExtractor|` +
	`ConfigTestElement|CookieManager|CacheManager|DNSCacheManager|KeystoreConfig|ResultCollector|BackendListener|Summariser|.*Visualizer|WorkBench|DebugSampler|DebugPostProcessor)$`)

// element reads an element with what is below it.
func (j *jmeter) element(ctx context.Context, e, below *jmeterElement, scope jmeterScope) error {
	if e.attrs["enabled"] == "false" {
		j.disabled(j.at(e), "%s is disabled", e.called())
		return nil
	}
	switch {
	case e.name == "jmeterTestPlan":
		return j.tree(ctx, e, scope)
	case strings.HasSuffix(e.name, "ThreadGroup"):
		return j.threads(ctx, e, below, scope)
	case strings.HasPrefix(e.name, "HTTPSampler"), e.name == "SoapSampler":
		return j.sampler(ctx, e, below, scope)
	case silent.MatchString(e.name):
	case strings.HasSuffix(e.name, "Assertion"), strings.HasSuffix(e.name, "AssertionGui"):
		j.leaveOut(j.at(e), "%s is left free: assertions of JMeter are not taken over", e.called())
	case strings.HasSuffix(e.name, "Timer"):
		j.leaveOut(j.at(e), "%s is left out: a play does not wait", e.called())
	case strings.HasSuffix(e.name, "Controller") && len(below.children) > 0:
		if e.name != "GenericController" && e.name != "TransactionController" && e.name != "RecordingController" {
			j.doubt(j.at(e), "what %s holds is sent once, in its order", e.called())
		}
	default:
		j.leaveOut(j.at(e), "%s has no equal", e.called())
	}
	return j.tree(ctx, below, scope)
}

// threads reads a thread group, whose variables are its own.
func (j *jmeter) threads(ctx context.Context, e, below *jmeterElement, scope jmeterScope) error {
	for _, name := range []string{"ThreadGroup.num_threads", "LoopController.loops"} {
		if many := strings.TrimSpace(e.property(name)); many != "" && many != "1" {
			j.leaveOut(j.at(e), "%s repeats what it sends (%s = %s): it is taken over once", e.called(), name, many)
		}
	}
	inner := *j
	inner.variables = maps.Clone(j.variables)
	inner.chapter = &chapter{title: strings.Join(strings.Fields(e.attrs["testname"]), " ")}
	err := inner.tree(ctx, below, scope)
	j.drafted = inner.drafted
	return err
}

// sampler drafts the request of a sampler, and takes what later ones need out
// of its reply.
func (j *jmeter) sampler(ctx context.Context, e, below *jmeterElement, scope jmeterScope) error {
	scope.headers, scope.extractors = scope.headers.Clone(), slices.Clone(scope.extractors)
	for _, child := range below.children {
		if child.attrs["enabled"] != "false" {
			j.configure(child, &scope)
		}
	}
	k := keptExchange{
		at: j.at(e), method: e.property("HTTPSampler.method"), url: j.url(e), header: http.Header{},
		title: strings.Join(strings.Fields(e.attrs["testname"]), " "), replyNotKept: "a test plan holds none",
	}
	for name, values := range scope.headers {
		k.header.Set(name, j.expand(k.at, values[0]))
	}
	var err error
	if k.request, k.requestIsGone, err = j.body(ctx, e); err != nil {
		return err
	}
	if r, ok := j.exchange(k); ok {
		r.chapter = j.chapter
		r.setOthers(k.header)
		if scope.user != nil {
			r.setHeader("Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte(j.expand(k.at, scope.user[0])+":"+j.expand(k.at, scope.user[1]))))
		}
		j.draftSampler(r, scope)
	}
	return j.tree(ctx, below, jmeterScope{headers: scope.headers})
}

// url returns that of a sampler, for people.
func (j *jmeter) url(e *jmeterElement) string {
	host := e.property("HTTPSampler.domain")
	if url := e.property("SoapSampler.URL_DATA"); url != "" || host == "" {
		return url + e.property("HTTPSampler.path")
	}
	if port := e.property("HTTPSampler.port"); port != "" {
		host += ":" + port
	}
	return e.property("HTTPSampler.protocol") + "://" + host + e.property("HTTPSampler.path")
}

// body returns the body of a sampler; without one, why there is none.
func (j *jmeter) body(ctx context.Context, e *jmeterElement) (keptBody, string, error) {
	for _, name := range e.properties("Argument.name") {
		if name != "" {
			return keptBody{}, "its body is the fields of a form", nil
		}
	}
	text := e.property("HTTPSamper.xml_data") // as JMeter spells it
	if text == "" {
		text = strings.Join(e.properties("Argument.value"), "")
	}
	if text != "" {
		return keptBody{text: j.expand(j.at(e), text)}, "", nil
	}
	name := e.property("File.path", "HTTPSamper.xml_data_file")
	if name == "" {
		return keptBody{}, "", nil
	}
	file, there := j.in.beside(strings.ReplaceAll(name, `\`, "/"))
	if !there {
		return keptBody{}, "its body is in the file " + name + ", which is not beside", nil
	}
	j.used(file.name)
	raw, err := j.whole(ctx, file)
	if damaged, ok := errors.AsType[*damagedError](err); ok {
		return keptBody{}, damaged.Error(), nil
	}
	return keptBody{raw: raw}, "", err
}

// jmeterVariable is a variable, or the call of a function, in a text.
var jmeterVariable = regexp.MustCompile(`\$\{([^{}]+)\}`)

// jmeterProperty is a call for a property, with what it is if it is not set:
// __P(name,default) or __property(name,variable,default).
var jmeterProperty = regexp.MustCompile(`^__(P|property)\(([^,()]+)(?:(?:,[^,()]*)??,([^,()]*))?\)$`)

// expand puts in what variables stand for. Those without a value stay as they
// are.
func (j *jmeter) expand(at Source, text string) string {
	expanded, missing := expandVariables(text, jmeterVariable, func(name string) (string, bool) {
		if value, given := j.Properties[name]; given {
			return value, true
		}
		if call := jmeterProperty.FindStringSubmatch(name); call != nil {
			value, given := j.Properties[call[2]]
			return cmp.Or(value, call[3]), given || call[3] != ""
		}
		value, known := j.variables[name]
		return value, known
	})
	for _, name := range missing {
		j.leaveOut(at, "${%s} stays as it is: it has no value here, unless one is given by --property '%s=VALUE'", name, name)
	}
	return expanded
}

// draftSampler drafts an exchange and takes values out of the reply that is
// presumed.
func (j *jmeter) draftSampler(r Recorded, scope jmeterScope) {
	reply, err := j.draftNow(r)
	if err != nil {
		j.leaveOut(r.Request.Source, "%v", err)
		return
	}
	j.drafted++
	if reply == nil {
		return
	}
	for _, x := range scope.extractors {
		name := x.property("RegexExtractor.refname", "XPathExtractor.refname", "XPathExtractor2.refname", "BoundaryExtractor.refname")
		if value, found := extracted(x, reply); found && name != "" {
			j.variables[name] = value
		} else {
			j.leaveOut(j.at(x), "%s finds nothing in the reply that is presumed, so that ${%s} has no value", x.called(), name)
		}
	}
}

// extracted returns the value that an extractor finds in a reply.
func extracted(x *jmeterElement, reply *message) (string, bool) {
	if query := x.property("XPathExtractor.xpathQuery", "XPathExtractor2.xpathQuery"); query != "" {
		path, ok := elementPath(query)
		if !ok {
			return "", false
		}
		return reply.at(path)
	}
	if left := x.property("BoundaryExtractor.lboundary"); left != "" {
		_, rest, found := strings.Cut(reply.text, left)
		value, _, ends := strings.Cut(rest, x.property("BoundaryExtractor.rboundary"))
		return value, found && ends
	}
	form, err := regexp.Compile(x.property("RegexExtractor.regex"))
	if err != nil {
		return "", false
	}
	found := form.FindStringSubmatch(reply.text)
	if len(found) < 2 {
		return "", false
	}
	return found[1], true
}
