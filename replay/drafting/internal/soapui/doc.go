// Package soapui reads the projects of SoapUI and ReadyAPI: their suites, test
// cases and steps, the requests that these send, what they assert of the
// replies, and the properties that stand in all of it.
//
// A project is one file, or a folder with a file for each part. Whatever a
// reader does not hand on is a Finding, with the place where it stands.
package soapui

import "fmt"

// Place is where something stands.
type Place struct {
	File   string
	Line   int // from 1
	Column int // in characters from 1
}

// Finding is something in a project that is not handed on, and why.
type Finding struct {
	Place
	Disabled bool // somebody has switched it off
	Exact    bool // the column says something
	Reason   string
}

// SyntaxError says that a file is no project that can be read.
type SyntaxError struct {
	Place
	Reason string
}

func (e *SyntaxError) Error() string {
	return fmt.Sprintf("%s:%d:%d: %s", e.File, e.Line, e.Column, e.Reason)
}

// Project is a project as it was saved.
type Project struct {
	Place
	Name       string
	Properties Properties
	Suites     []*Suite
	Calls      []*Step    // the requests of interfaces, outside of test cases
	Findings   []Finding  // about the project and its parts
	Security   []Security // outgoing configurations of WS-Security

	Size int // of its file in bytes; 0: it has several

	late func() []Finding
}

// Late returns what was found while the test cases were loaded.
func (p *Project) Late() []Finding { return p.late() }

// Suite is a test suite.
type Suite struct {
	Place
	Name       string
	Disabled   bool
	Properties Properties
	Cases      []*Case
}

// Case is a test case. What is in it is there once it was loaded.
type Case struct {
	Place
	Name       string
	ID         string
	Disabled   bool
	Properties Properties
	Steps      []*Step
	Findings   []Finding
	Offset     int // in its file, in bytes

	load func(*Case)
}

// Load reads what is in a test case, for which its project is kept in memory
// as text alone.
func (c *Case) Load() {
	if c.load != nil {
		c.load(c)
		c.load = nil
	}
}

// Step is a step of a test case, or a request of an interface. What is in it is
// there once it was loaded.
type Step struct {
	Place
	Name     string
	Type     string // as SoapUI names it, such as request, transfer or groovy
	Disabled bool

	Request    *Request   // of a step that sends an envelope
	Properties Properties // of a step that holds some
	Transfers  []Transfer // of a step that moves values
	Delay      string     // in milliseconds, of a step that waits
	Findings   []Finding

	load func(*Step)
}

// Load reads what is in a step.
func (t *Step) Load() {
	if t.load != nil {
		t.load(t)
		t.load = nil
	}
}

// Request is what a step sends, and what it asserts of the reply.
type Request struct {
	Place // of the body
	Body  string

	Action     string // the SOAPAction of the operation
	SOAP12     bool
	SkipAction bool // no SOAPAction is sent
	Entitize   bool // what properties stand for is escaped
	Headers    []Header
	Username   string // to be sent without being asked for, by Basic
	Password   string
	Security   string      // the name of an outgoing configuration
	Token      *Security   // a UsernameToken of the request's own
	Addressing *Addressing // nil: none is sent
	Assertions []Assertion
	Findings   []Finding
}

// Header is a header of HTTP.
type Header struct {
	Place
	Name, Value string
}

// Security is a UsernameToken of WS-Security.
type Security struct {
	Place
	Name               string // of the configuration
	Username, Password string
	Digest             bool     // the password is sent as a digest, which is another each time
	Others             []string // what else the configuration adds, such as Signature
}

// Addressing is what a request says by WS-Addressing.
type Addressing struct {
	Place
	Namespace      string
	MustUnderstand string // empty: it says nothing
	Elements       [][2]string
}

// Transfer moves a value from one property to another.
type Transfer struct {
	Place
	Name                                   string
	Disabled                               bool
	SourceStep, SourceProperty, SourcePath string
	TargetStep, TargetProperty, TargetPath string
	Query                                  bool // its paths are XQuery or JSONPath
}

// Assertion is what a step asserts of a reply.
type Assertion struct {
	Place
	Name     string
	Type     string // as SoapUI names it
	Disabled bool
	settings map[string]string
}

// Setting returns a setting of an assertion; empty: it has none of the name.
func (a Assertion) Setting(name string) string { return a.settings[name] }

// Is reports whether a setting of an assertion is on.
func (a Assertion) Is(name string) bool { return a.settings[name] == "true" }
