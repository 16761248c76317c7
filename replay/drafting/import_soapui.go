package drafting

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/dsappd/dsappd/replay/drafting/internal/soapui"
)

// soapUI reads a project of SoapUI, or a part of one, in a file.
func (i *Importer) soapUI(ctx context.Context, name string, text []byte) error {
	project, err := soapui.Read(name, text)
	if broken, ok := errors.AsType[*soapui.SyntaxError](err); ok {
		i.leaveOut(sourceOf(broken.Place), "a project of SoapUI that cannot be read: %s", broken.Reason)
		return nil
	}
	return i.project(ctx, project)
}

// soapUIFolder reads a composite project of ReadyAPI, in a folder of the name
// shown.
func (i *Importer) soapUIFolder(ctx context.Context, files fs.FS, shown string) error {
	project, err := soapui.ReadFolder(files, shown)
	if broken, ok := errors.AsType[*soapui.SyntaxError](err); ok {
		i.leaveOut(sourceOf(broken.Place), "a project of SoapUI that cannot be read: %s", broken.Reason)
		return nil
	}
	if err != nil {
		return err
	}
	return i.project(ctx, project)
}

func sourceOf(p soapui.Place) Source { return Source{File: p.File, Line: p.Line, Column: p.Column} }

// lineSource returns a place without its column, for what takes more than one line.
func lineSource(p soapui.Place) Source { return Source{File: p.File, Line: p.Line} }

// project drafts a transcript of each test case, in its order, or, where none
// of them sends anything, of each request of an interface.
//
// A project has no replies. What its steps assert of them is wanted, and a
// reply is presumed that is as they want it.
func (i *Importer) project(ctx context.Context, project *soapui.Project) error {
	p := &soapProject{importer: i, Project: project, given: i.Properties}
	p.found(&i.notices, project.Findings)
	drafted := 0
	for n, suite := range project.Suites {
		project.Suites[n] = nil
		if suite.Disabled {
			i.disabled(lineSource(suite.Place), "the test suite %q is disabled", suite.Name)
			continue
		}
		for n, c := range suite.Cases {
			suite.Cases[n] = nil
			if ctx.Err() != nil {
				return context.Cause(ctx)
			}
			drafted += p.testCase(suite, c)
			if project.Size > 0 {
				i.progress(project.File, int64(c.Offset), int64(project.Size))
			}
		}
	}
	p.calls(drafted)
	p.found(&i.notices, project.Late())
	p.unused()
	if drafted+len(project.Calls) == 0 {
		i.leaveOut(lineSource(project.Place), "the project %q holds no request of SOAP that can be taken over", project.Name)
	}
	return nil
}

// soapProject is a project as it is drafted.
type soapProject struct {
	*soapui.Project
	importer *Importer
	given    map[string]string
	used     []string // configurations of WS-Security
}

func (p *soapProject) found(said *notices, findings []soapui.Finding) {
	for _, f := range findings {
		kind := LeftOut
		if f.Disabled {
			kind = Disabled
		}
		at := lineSource(f.Place)
		if f.Exact {
			at = sourceOf(f.Place)
		}
		said.notice(kind, at, "%s", f.Reason)
	}
}

// requests counts requests in words.
func requests(n int) string {
	if n == 1 {
		return "1 request"
	}
	return fmt.Sprintf("%d requests", n)
}

// calls drafts the requests of interfaces where no test case was.
func (p *soapProject) calls(drafted int) {
	if drafted > 0 {
		if n := len(p.Calls); n > 0 {
			p.importer.leaveOut(lineSource(p.Calls[0].Place), "%s of interfaces outside of test cases, from here on: the test cases are taken over alone", requests(n))
		}
		return
	}
	for _, call := range p.Calls {
		p.testCase(&soapui.Suite{Properties: soapui.Properties{}}, &soapui.Case{
			Place: call.Place, Name: call.Name, Properties: soapui.Properties{}, Steps: []*soapui.Step{call},
		})
	}
}

// unused lists the configurations of WS-Security that no request names.
func (p *soapProject) unused() {
	for _, s := range p.Security {
		if !slices.Contains(p.used, s.Name) {
			p.importer.disabled(lineSource(s.Place), "the configuration %q of WS-Security is used by no request that was taken over", s.Name)
		}
	}
}

// testCase drafts a test case, and returns how many exchanges it has.
func (p *soapProject) testCase(suite *soapui.Suite, c *soapui.Case) int {
	title := c.Name
	if suite.Name != "" {
		title = suite.Name + " / " + c.Name
	}
	if c.Disabled {
		p.importer.disabled(lineSource(c.Place), "the test case %q is disabled", title)
		return 0
	}
	c.Load()
	r := &soapRun{
		soapProject: p, chapter: &chapter{title: strings.Join(strings.Fields(title), " ")}, presumer: &presumer{},
		scope: &soapui.Scope{Project: p.Properties, Suite: suite.Properties, Case: maps.Clone(c.Properties),
			Steps: map[string]soapui.Properties{}, Given: p.given},
		done: map[string]*Recorded{}, transfers: map[string][]soapTransfer{},
	}
	r.scope.Message = r.message
	p.found(&r.chapter.notices, c.Findings)
	for _, step := range c.Steps { // transfers may put values into what comes later
		if step.Type == "properties" {
			step.Load()
			r.scope.Steps[step.Name] = maps.Clone(step.Properties)
		}
	}
	for i, step := range c.Steps {
		r.step(step)
		c.Steps[i] = nil // its texts are in the drafts
	}
	return r.end(c)
}

// soapRun is a test case as it is drafted.
type soapRun struct {
	*soapProject
	chapter  *chapter
	presumer *presumer
	scope    *soapui.Scope

	done      map[string]*Recorded // by step
	read      *exchanged           // of those the one that was looked into last
	transfers map[string][]soapTransfer
	pause     time.Duration // before the next request
	drafted   int           // exchanges
}

// soapTransfer puts a value into a later request.
type soapTransfer struct {
	at    Source
	path  string
	value string
}

// end returns how many exchanges there are. What was said of a case without any
// is said of the import.
func (r *soapRun) end(c *soapui.Case) int {
	if r.drafted == 0 {
		r.importer.all = append(r.importer.all, r.chapter.all...)
		r.importer.leaveOut(lineSource(c.Place), "the test case %q holds no request of SOAP that can be taken over", r.chapter.title)
	}
	return r.drafted
}

// step carries out a step as far as it bears on what is sent.
func (r *soapRun) step(step *soapui.Step) {
	at := lineSource(step.Place)
	if step.Disabled {
		r.chapter.disabled(at, "the step %q is disabled", step.Name)
		return
	}
	step.Load()
	r.found(&r.chapter.notices, step.Findings)
	switch {
	case step.Request != nil:
		r.request(step)
	case step.Type == "transfer":
		for _, t := range step.Transfers {
			r.transfer(step, t)
		}
	case step.Type == "properties":
	case step.Type == "delay":
		r.delay(step)
	case step.Type == "request":
		r.chapter.leaveOut(at, "the step %q holds no request", step.Name)
	case step.Type == "restrequest" || step.Type == "httprequest":
		r.chapter.leaveOut(at, "the step %q (%s) sends no envelope of SOAP", step.Name, step.Type)
	default:
		r.chapter.leaveOut(at, "the step %q is of the type %q, which has no equal: %s", step.Name, step.Type, insteadOf(step.Type))
	}
}

// insteadOf says what to do in place of a step that a transcript cannot have.
func insteadOf(kind string) string {
	switch kind {
	case "calltestcase":
		return "the test case that it runs is a transcript of its own if it is in this project; join the two by hand"
	case "goto", "datasourceloop":
		return "the steps are taken over once, in the order in which they stand; write the others by hand"
	case "datasource", "datagen", "jdbc":
		return "write its values into a step of properties, and save a test case for each row"
	case "groovy":
		return "the script is not run; give the properties that it sets by --property"
	case "manualTestStep":
		return "nobody is asked during a play"
	case "assertionteststep":
		return "put its assertions into the steps whose replies they are about"
	}
	return "what it does is not done during a play"
}

// expand puts in what properties stand for, and lists those that have no
// value.
func (r *soapRun) expand(at Source, text string) string {
	expanded, missing := r.scope.Expand(text)
	for _, m := range missing {
		why := "has no value here"
		switch {
		case m.Circle:
			why = "stands in its own value"
		case strings.HasPrefix(m.Name, "#"):
			why = fmt.Sprintf("has no value here, unless one is given by --property '%s=VALUE'", m.Name)
		}
		r.chapter.leaveOut(at, "${%s} stays as it is: it %s", m.Name, why)
	}
	return expanded
}

// exchange returns that of a step, which was carried out; nil: it was not.
func (r *soapRun) exchange(step string) *exchanged {
	recorded, done := r.done[step]
	if !done {
		return nil
	}
	if r.read == nil || r.read.recorded.Title != step {
		r.read, _ = readRecorded(*recorded, false) // it was read before
	}
	return r.read
}

// message returns the value at a path in what a step has sent or received.
func (r *soapRun) message(step, property, path string) (string, bool) {
	e := r.exchange(step)
	if e == nil {
		return "", false
	}
	m := e.reply
	switch {
	case strings.EqualFold(property, "Request"), strings.EqualFold(property, "RawRequest"):
		m = e.request
	case !strings.EqualFold(property, "Response") && !strings.EqualFold(property, "ResponseAsXml"):
		return "", false
	}
	expanded, missing := r.scope.Expand(path)
	found, ok := elementPath(expanded)
	if !ok || len(missing) > 0 || m == nil {
		return "", false
	}
	return m.at(found)
}

// transfer carries out a transfer of a property.
func (r *soapRun) transfer(step *soapui.Step, t soapui.Transfer) {
	at := lineSource(t.Place)
	if t.Disabled {
		r.chapter.disabled(at, "the transfer %q of %q is disabled", t.Name, step.Name)
		return
	}
	if t.Query {
		r.chapter.leaveOut(at, "the transfer %q finds its value by XQuery or JSONPath, which have no equal", t.Name)
		return
	}
	value, found := r.source(t)
	if !found {
		r.chapter.leaveOut(at, "the transfer %q takes a value from where there is none that is known: %s of %s, path %q", t.Name, t.SourceProperty, t.SourceStep, t.SourcePath)
		return
	}
	if !strings.EqualFold(t.TargetProperty, "Request") {
		if t.TargetPath != "" || !r.scope.Set(t.TargetStep, t.TargetProperty, value) {
			r.chapter.leaveOut(at, "the transfer %q sets %s of %s, which has no equal", t.Name, t.TargetProperty, t.TargetStep)
		}
		return
	}
	path, ok := elementPath(t.TargetPath)
	if !ok {
		r.chapter.leaveOut(at, "the transfer %q has the path %q, which is not names of elements alone", t.Name, t.TargetPath)
		return
	}
	r.transfers[t.TargetStep] = append(r.transfers[t.TargetStep], soapTransfer{at: at, path: path, value: value})
}

// source returns the value that a transfer takes.
func (r *soapRun) source(t soapui.Transfer) (string, bool) {
	if value, found := r.message(t.SourceStep, t.SourceProperty, t.SourcePath); found {
		return value, true
	}
	name := t.SourceStep + "#" + t.SourceProperty
	if strings.HasPrefix(t.SourceStep, "#") {
		name = t.SourceStep + t.SourceProperty // "#TestCase#" and a name
	}
	value, missing := r.scope.Expand("${" + name + "}")
	return value, len(missing) == 0 && t.SourcePath == ""
}
