package drafting

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/dsappd/dsappd/replay/internal/xmltree"
	"github.com/dsappd/dsappd/replay/transcript"

	"github.com/dsappd/dsappd/wsdl"
)

// wanted is what was asserted of a reply that nobody recorded.
type wanted struct {
	outcome    []verdict // those that it may have; nil: any
	unspecific bool      // it is a refusal, and nothing says which

	// Checks beside the outcome, as a transcript has them.
	statuses        []int
	contains, lacks []string
	values          map[string]any
}

// value holds the elements at a path to a text, besides others.
func (w *wanted) value(path, text string) {
	if w.values == nil {
		w.values = map[string]any{}
	}
	switch before := w.values[path].(type) {
	case nil:
		w.values[path] = text
	case string:
		if before != text {
			w.values[path] = []any{before, text}
		}
	case []any:
		w.values[path] = append(before, text)
	}
}

// asserted returns the text that an element of a name has to have; empty: nothing
// is said of it, or not in plain words.
func (w *wanted) asserted(element string) string {
	for _, path := range slices.Sorted(maps.Keys(w.values)) {
		text, one := w.values[path].(string)
		if one && lastName(path) == element && !strings.Contains(text, "{{") {
			return text
		}
	}
	return ""
}

// verdict is what a reply says of a request by its codes, as texts; empty: not
// known.
type verdict struct{ returnCodeEnum, returnCode, statusCodeEnum, statusCode string }

// faulted is the verdict of a Fault, and granted that of a success.
var (
	faulted   = verdict{returnCodeEnum: "Fault"}
	successes = []verdict{{"RET_SUCCESS", "0", "STAT_SUCCESS", "0"}}
)

// refusals are those that the vendor has published, and dsappd answers with.
var refusals = []verdict{
	{"RET_FAILURE", "-1", "STAT_ERROR", "-1"},
	{"RET_FAILURE", "-1", "STAT_INVPARAM", "-2"},
	{"RET_FAILURE", "-1", "STAT_LICENCE", "-11"},
	{"RET_FAILURE", "-1", "STAT_NOT_FOUND", "-13"},
	{"RET_FAILURE", "-1", "STAT_EXISTS", "-14"},
	{"RET_FAILURE", "-1", "STAT_INVCREDENTIALS", "1000"},
	{"RET_FAILURE", "-1", "STAT_EXP_CHALLENGE", "1004"},
	{"RET_FAILURE", "-1", "STAT_PERMISSION", "1005"},
	{"RET_FAILURE", "-1", "STAT_LOCKED", "1007"},
}

// verdicts returns all that a reply may have.
func verdicts() []verdict { return slices.Concat(successes, refusals, []verdict{faulted}) }

// presumed returns the verdict that a draft goes on with: a success where it may be
// one.
func (w *wanted) presumed() verdict {
	switch {
	case w.outcome == nil, slices.Contains(w.outcome, successes[0]):
		return successes[0]
	case len(w.outcome) == 1:
		return w.outcome[0]
	}
	return refusals[0]
}

// code returns one of a verdict's codes, by the name of its element.
func (v verdict) code(element string) string {
	switch element {
	case "returnCodeEnum":
		return v.returnCodeEnum
	case "returnCode":
		return v.returnCode
	case "statusCodeEnum":
		return v.statusCodeEnum
	case "statusCode":
		return v.statusCode
	}
	return ""
}

// body returns the reply that is expected, in the form of the one that is presumed;
// empty: it may be anything.
func (w *wanted) body(presumed *message) string {
	mayFault := slices.Contains(w.outcome, faulted)
	if w.outcome == nil || presumed == nil || mayFault && len(w.outcome) > 1 {
		return ""
	}
	var out strings.Builder
	fmt.Fprintf(&out, "<SOAP-ENV:Envelope xmlns:SOAP-ENV=%q", soapNamespace)
	if !mayFault {
		fmt.Fprintf(&out, " xmlns:p=%q", presumed.body.Name.Space)
	}
	out.WriteString(">\n  <SOAP-ENV:Body>\n")
	if mayFault {
		out.WriteString("    <SOAP-ENV:Fault>{{...}}</SOAP-ENV:Fault>\n")
	} else {
		w.element(&out, presumed.body, "    ")
	}
	out.WriteString("  </SOAP-ENV:Body>\n</SOAP-ENV:Envelope>\n")
	return out.String()
}

// faultCount is the path for how many Faults a reply is.
const faultCount = "count(Body/Fault)"

// hold holds a reply of which no form is known to its outcome.
func (w *wanted) hold(r *transcript.Reply) {
	if w.outcome == nil || slices.Contains(w.outcome, faulted) {
		return
	}
	if r.Values == nil {
		r.Values = map[string]any{}
	}
	r.Values[faultCount] = "0"
	for _, element := range codeElements {
		if code := w.codes(element); code != "{{any}}" {
			r.Values["resultCodes/"+element] = code
		}
	}
	if r.Status == 0 && r.Statuses == nil {
		r.Status = http.StatusOK
	}
}

const soapNamespace = "http://schemas.xmlsoap.org/soap/envelope/"

// element writes the way to the codes, and leaves free what else there is.
func (w *wanted) element(out *strings.Builder, n *xmltree.Node, indentation string) {
	name := n.Name.Local
	if n.Name.Space != "" {
		name = "p:" + name
	}
	switch {
	case !leadsTo(n, "resultCodes"), w.mayBeAnything():
		fmt.Fprintf(out, "%s<%s>{{...}}</%s>\n", indentation, name, name)
		return
	case name == "resultCodes":
		fmt.Fprintf(out, "%s<%s>\n", indentation, name)
		for _, code := range n.Children {
			fmt.Fprintf(out, "%s  <%s>%s</%s>\n", indentation, code.Name.Local, w.codes(code.Name.Local), code.Name.Local)
		}
	default:
		fmt.Fprintf(out, "%s<%s>\n", indentation, name)
		for _, child := range n.Children {
			w.element(out, child, indentation+"  ")
		}
	}
	fmt.Fprintf(out, "%s</%s>\n", indentation, name)
}

// mayBeAnything reports whether the reply may be a success and a refusal.
func (w *wanted) mayBeAnything() bool {
	return len(w.outcome) > 1 && slices.Contains(w.outcome, successes[0])
}

// codes returns what a code may be.
func (w *wanted) codes(element string) string {
	var may []string
	for _, v := range w.outcome {
		if code := v.code(element); code == "" {
			return "{{any}}"
		} else if !slices.Contains(may, code) {
			may = append(may, code)
		}
	}
	switch {
	case len(may) == 1:
		return transcript.Literal(may[0])
	case len(w.outcome) >= len(refusals):
		return "{{any}}"
	}
	return "{{" + strings.Join(may, "|") + "}}"
}

// leadsTo reports whether an element is, or holds somewhere, one of a name.
func leadsTo(n *xmltree.Node, name string) bool {
	return n.Name.Local == name || slices.ContainsFunc(n.Children, func(child *xmltree.Node) bool { return leadsTo(child, name) })
}

// resultCodes returns those of a verdict.
func (v verdict) resultCodes() wsdl.ResultCodes {
	var codes wsdl.ResultCodes
	codes.ReturnCodeEnum, codes.StatusCodeEnum = v.returnCodeEnum, v.statusCodeEnum
	_, _ = fmt.Sscan(v.returnCode, &codes.ReturnCode) // what is not known stays 0
	_, _ = fmt.Sscan(v.statusCode, &codes.StatusCode)
	return codes
}
