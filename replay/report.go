package replay

import (
	"cmp"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
)

// JSONReport writes results as one JSON object, whose member transcripts is
// the list of them and whose member summary counts them. Each is written as it
// comes, and none is kept.
type JSONReport struct {
	Writer io.Writer
	begun  bool
}

// Report writes one result.
func (j *JSONReport) Report(r Result) error {
	before := ",\n"
	if !j.begun {
		before, j.begun = "{\"transcripts\": [\n", true
	}
	text, err := json.Marshal(r)
	if err != nil {
		return fmt.Errorf("write JSON: %w", err)
	}
	_, err = fmt.Fprintf(j.Writer, "%s%s", before, text)
	return err
}

// End completes the object.
func (j *JSONReport) End(s Summary) error {
	before := "\n]"
	if !j.begun {
		before = "{\"transcripts\": []"
	}
	text, err := json.Marshal(s)
	if err != nil {
		return fmt.Errorf("write JSON: %w", err)
	}
	_, err = fmt.Fprintf(j.Writer, "%s, \"summary\": %s}\n", before, text)
	return err
}

// JUnitReport writes results as the XML that CI servers read: a test suite for
// each transcript, a test case for each exchange. Each is written as it comes,
// and none is kept.
type JUnitReport struct {
	Writer io.Writer
	begun  bool
}

// junitSuite and the types below are the elements of that XML.
type junitSuite struct {
	XMLName  xml.Name    `xml:"testsuite"`
	Name     string      `xml:"name,attr"`
	File     string      `xml:"file,attr"`
	Tests    int         `xml:"tests,attr"`
	Failures int         `xml:"failures,attr"`
	Errors   int         `xml:"errors,attr"`
	Skipped  int         `xml:"skipped,attr"`
	Time     string      `xml:"time,attr"` // in seconds
	Cases    []junitCase `xml:"testcase"`
}

type junitCase struct {
	Name      string        `xml:"name,attr"`
	ClassName string        `xml:"classname,attr"`
	Time      string        `xml:"time,attr"`
	Failure   *junitMessage `xml:"failure"`
	Error     *junitMessage `xml:"error"`
	Skipped   *junitMessage `xml:"skipped"`
	Out       string        `xml:"system-out,omitempty"`
}

type junitMessage struct {
	Message string `xml:"message,attr"`
	Text    string `xml:",chardata"`
}

// Report writes one result.
func (j *JUnitReport) Report(r Result) error {
	before := "\n"
	if !j.begun {
		before, j.begun = xml.Header+"<testsuites name=\"dsappd replay\">\n", true
	}
	text, err := xml.MarshalIndent(suite(r), "  ", "  ")
	if err != nil {
		return fmt.Errorf("write XML: %w", err)
	}
	_, err = fmt.Fprintf(j.Writer, "%s%s", before, text)
	return err
}

// End completes the document.
func (j *JUnitReport) End(Summary) error {
	before := "\n"
	if !j.begun {
		before = xml.Header + "<testsuites name=\"dsappd replay\">"
	}
	_, err := fmt.Fprintf(j.Writer, "%s</testsuites>\n", before)
	return err
}

func suite(r Result) junitSuite {
	s := junitSuite{Name: cmp.Or(r.Title, r.File), File: r.File, Time: fmt.Sprintf("%.6f", r.Took.Seconds())}
	whole := junitCase{Name: "transcript", ClassName: r.File, Time: s.Time}
	switch {
	case r.Broken != "":
		whole.Error = &junitMessage{Message: "broken transcript", Text: r.Broken}
		s.Errors++
	case r.Failed != "":
		whole.Error = &junitMessage{Message: "not played", Text: r.Failed}
		s.Errors++
	case r.Skipped != "":
		whole.Skipped = &junitMessage{Message: r.Skipped}
		s.Skipped++
	}
	if whole.Error != nil || whole.Skipped != nil {
		s.Cases = append(s.Cases, whole)
	}
	for _, e := range r.Exchanges {
		c := junitCase{Name: fmt.Sprintf("%d %s", e.Number, e.Name()), ClassName: r.File, Time: fmt.Sprintf("%.6f", e.Took.Seconds())}
		if !e.Passed() {
			c.Failure = &junitMessage{Message: e.summary(), Text: e.failure(r.File)}
			s.Failures++
		} else if e.Unwritten {
			c.Out = "No reply is written down, so that whatever came passed: --update writes what comes."
		}
		s.Cases = append(s.Cases, c)
	}
	s.Tests = len(s.Cases)
	return s
}

// summary says in a line what differed in an exchange.
func (e ExchangeResult) summary() string {
	if e.Failed != "" {
		return e.Failed
	}
	return fmt.Sprintf("%s %s; %s in all", e.Differences[0].Path, e.Differences[0].Kind.words(), counted(len(e.Differences), "difference"))
}
