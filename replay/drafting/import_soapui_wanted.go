package drafting

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/dsappd/dsappd/replay/drafting/internal/soapui"
	"github.com/dsappd/dsappd/replay/internal/xmltree"
	"github.com/dsappd/dsappd/replay/transcript"
)

// claim is an assertion as it bears on what a reply may be.
type claim struct {
	at       Source
	name     string
	possible func(verdict) bool // whether a reply of the verdict may be as it says; nil: any may
	certain  bool               // the verdicts that are left say it all
	literal  func(*wanted)      // holds a reply to it in its own words; nil: there are none
	code     verdict            // the code that it names, if it is about one
}

// wanted returns what a step asserts of its reply: of all verdicts those that every
// assertion allows, and checks for what these do not say.
func (r *soapRun) wanted(step *soapui.Step, recorded *Recorded) *wanted {
	w := &wanted{}
	var claims []claim
	var form []soapui.Assertion // about the form of a reply alone
	for _, a := range step.Request.Assertions {
		at := lineSource(a.Place)
		if a.Disabled {
			r.chapter.disabled(at, "%s of %q is disabled", called(a), step.Name)
			continue
		}
		if a.Type == "SOAP Response" {
			form = append(form, a)
			continue
		}
		if c, ok := r.claim(step, a, recorded); ok {
			c.at, c.name = at, a.Name
			claims = append(claims, c)
		}
	}
	left := verdicts()
	for _, c := range claims {
		if c.possible != nil {
			left = slices.DeleteFunc(left, func(v verdict) bool { return !c.possible(v) })
		}
	}
	agree := r.settle(w, claims, left, step)
	if w.outcome == nil {
		for _, a := range form {
			r.chapter.leaveOut(lineSource(a.Place), "%s of %q is left free: nothing else says which form the reply has", called(a), step.Name)
		}
	}
	if agree {
		r.freedom(w, step, recorded)
	}
	return w
}

// called returns an assertion by its name and its type.
func called(a soapui.Assertion) string {
	if a.Name == a.Type || a.Name == "" {
		return fmt.Sprintf("the assertion %q", a.Type)
	}
	return fmt.Sprintf("the assertion %q (%s)", a.Name, a.Type)
}

// settle chooses between what the verdicts say that are left, and the
// assertions in their own words where none is. It reports whether they agree.
func (r *soapRun) settle(w *wanted, claims []claim, left []verdict, step *soapui.Step) bool {
	unknown, isUnknown := unknownVerdict(claims)
	switch at := lineSource(step.Place); {
	case isUnknown:
		w.outcome, w.unspecific = []verdict{unknown}, true
		r.chapter.doubt(at, "the status that %q expects is none that dsappd answers with, so that its reply will differ", step.Name)
	case len(left) == 0:
		var names []string
		for _, c := range claims {
			if c.possible != nil {
				names = append(names, fmt.Sprintf("%q in line %d", c.name, c.at.Line))
			}
		}
		r.chapter.doubt(at, "no reply can be as all assertions of %q want it, so that it will differ: %s", step.Name, strings.Join(names, ", "))
	case len(left) < len(verdicts()):
		w.outcome = slices.Clone(left) // of all, which is longer
		w.unspecific = len(left) > 1 && !slices.Contains(left, successes[0])
	}
	for _, c := range claims {
		if c.literal != nil && !(c.certain && w.outcome != nil && !w.mayBeAnything()) {
			c.literal(w)
		}
	}
	return isUnknown || len(left) > 0
}

// unknownVerdict returns a verdict with a code that dsappd does not know, if an
// assertion names one and none contradicts it.
func unknownVerdict(claims []claim) (unknown verdict, found bool) {
	for _, c := range claims {
		if c.code == (verdict{}) {
			continue
		}
		found = found || !slices.ContainsFunc(verdicts(), c.possible)
		for _, code := range []struct{ own, all *string }{
			{&c.code.returnCodeEnum, &unknown.returnCodeEnum}, {&c.code.returnCode, &unknown.returnCode},
			{&c.code.statusCodeEnum, &unknown.statusCodeEnum}, {&c.code.statusCode, &unknown.statusCode},
		} {
			if *code.own != "" && *code.all != "" && *code.own != *code.all {
				return verdict{}, false
			}
			*code.all = cmp.Or(*code.own, *code.all)
		}
	}
	return unknown, found
}

// freedom says what nothing is said about.
func (r *soapRun) freedom(w *wanted, step *soapui.Step, recorded *Recorded) {
	at := lineSource(step.Place)
	switch {
	case w.outcome == nil && !w.checks() && recorded.TimeLimit == 0:
		r.chapter.doubt(at, "nothing says what the reply to %q is: the sample lets it succeed, %s", step.Name, anyPasses)
	case w.outcome == nil || w.mayBeAnything():
		r.chapter.doubt(at, "no assertion says whether %q succeeds: its status is left free, and the sample lets it succeed", step.Name)
	}
}

func (w *wanted) checks() bool {
	return len(w.statuses)+len(w.contains)+len(w.lacks)+len(w.values) > 0
}

// claim returns what an assertion says; false: it has no equal, and is listed.
func (r *soapRun) claim(step *soapui.Step, a soapui.Assertion, recorded *Recorded) (claim, bool) {
	at := lineSource(a.Place)
	leave := func(why string) (claim, bool) {
		r.chapter.leaveOut(at, "%s of %q is left free: %s", called(a), step.Name, why)
		return claim{}, false
	}
	switch a.Type {
	case "SOAP Fault Assertion", "Not SOAP Fault": // which is what SoapUI means by it
		return claim{possible: func(v verdict) bool { return v != faulted }, certain: true,
			literal: func(w *wanted) { w.value(faultCount, "0") }}, true
	case "Not SOAP Fault Assertion", "SOAP Fault":
		return claim{possible: func(v verdict) bool { return v == faulted }, certain: true,
			literal: func(w *wanted) { w.value(faultCount, "1") }}, true
	case "Simple Contains", "Simple NotContains":
		return r.text(step, a, leave)
	case "XPath Match":
		return r.xpath(step, a, leave)
	case "Response SLA Assertion", "Response SLA":
		text := strings.TrimSpace(r.expand(at, a.Setting("SLA")))
		limit, err := strconv.Atoi(text)
		if err != nil || limit <= 0 {
			return leave(fmt.Sprintf("%q is no number of milliseconds", text))
		}
		recorded.TimeLimit = time.Duration(limit) * time.Millisecond
		return claim{}, false
	case "Valid HTTP Status Codes", "Invalid HTTP Status Codes":
		return r.codes(a, at, leave)
	case "Schema Compliance":
		return leave("replies are not held to the schema")
	}
	return leave("it has no equal")
}

// codes returns an assertion about the status of HTTP. A Fault has 500 (SOAP 1.1,
// section 6.2).
func (r *soapRun) codes(a soapui.Assertion, at Source, leave func(string) (claim, bool)) (claim, bool) {
	var codes []int
	for field := range strings.SplitSeq(r.expand(at, a.Setting("codes")), ",") {
		code, err := strconv.Atoi(strings.TrimSpace(field))
		if err != nil || code < 200 || code > 599 {
			return leave(fmt.Sprintf("%q is no list of codes", a.Setting("codes")))
		}
		codes = append(codes, code)
	}
	valid := a.Type == "Valid HTTP Status Codes"
	c := claim{possible: func(v verdict) bool {
		status := 200
		if v == faulted {
			status = 500
		}
		return slices.Contains(codes, status) == valid
	}}
	if valid {
		c.literal = func(w *wanted) { w.statuses = codes }
		if len(codes) == 1 && (codes[0] == 200 || codes[0] == 500) {
			c.certain = true // it is what the form of the reply says
		}
	} else if !slices.Contains(codes, 200) && !slices.Contains(codes, 500) {
		c.possible = nil // the reply is held to 200, or to 500 for a Fault
	}
	return c, true
}

// text returns an assertion that a reply contains a text, or does not.
func (r *soapRun) text(step *soapui.Step, a soapui.Assertion, leave func(string) (claim, bool)) (claim, bool) {
	token := strings.ReplaceAll(r.expand(lineSource(a.Place), a.Setting("token")), "\r\n", "\n")
	if token == "" {
		return leave("it names no text")
	}
	expr, template := regexp.QuoteMeta(token), transcript.Literal(token)
	if a.Is("useRegEx") {
		expr, template = token, ""
	}
	flags := "(?s)"
	if a.Is("ignoreCase") {
		flags, template = "(?is)", ""
	}
	found, err := regexp.Compile(flags + expr)
	if err != nil {
		return leave("its regular expression has no equal: " + strings.TrimPrefix(err.Error(), "error parsing regexp: "))
	}
	if template == "" {
		template = "{{/" + flags + patternText(expr) + "/}}"
	}
	says := func(v verdict) bool { return found.MatchString(v.rendered()) }
	informs := slices.ContainsFunc(verdicts(), says) && !found.MatchString(envelopeText)
	if a.Type == "Simple NotContains" {
		c := claim{literal: func(w *wanted) { w.lacks = append(w.lacks, template) }}
		if informs {
			c.possible = func(v verdict) bool { return !says(v) }
		}
		return c, true
	}
	c := claim{literal: func(w *wanted) { w.contains = append(w.contains, template) }}
	switch named := statusName.FindString(token); {
	case informs:
		c.possible, c.certain = says, !a.Is("useRegEx")
	case named != "" && token == named: // a status that dsappd does not know
		c.possible, c.certain = func(verdict) bool { return false }, true
		c.code.statusCodeEnum = named
	}
	return c, true
}

// statusName is the name of a status.
var statusName = regexp.MustCompile(`STAT_[A-Z][A-Z_]*`)

// patternText returns a regular expression as it stands in a placeholder.
func patternText(expr string) string {
	return strings.NewReplacer("/", `\/`, "\n", `\n`, "\r", `\r`).Replace(expr)
}

// envelopeText is what every reply has around what it says.
const envelopeText = `<?xml version="1.0" encoding="UTF-8"?><SOAP-ENV:Envelope xmlns:SOAP-ENV="` + soapNamespace + `" xmlns:xsi="` + xmltree.XSI +
	`" xmlns:xsd="http://www.w3.org/2001/XMLSchema"><SOAP-ENV:Body><status><resultCodes></resultCodes><errorStack></errorStack></status></SOAP-ENV:Body></SOAP-ENV:Envelope>`

// rendered returns what a reply of the verdict has in its text.
func (v verdict) rendered() string {
	if v == faulted {
		return "<SOAP-ENV:Fault><faultcode>SOAP-ENV:Client</faultcode><faultstring></faultstring><detail></detail></SOAP-ENV:Fault>"
	}
	return fmt.Sprintf("<returnCodeEnum>%s</returnCodeEnum><statusCodeEnum>%s</statusCodeEnum><returnCode>%s</returnCode><statusCode>%s</statusCode>",
		v.returnCodeEnum, v.statusCodeEnum, v.returnCode, v.statusCode)
}

// Elements of replies by the verdicts that they go with.
var (
	codeElements  = []string{"returnCodeEnum", "returnCode", "statusCodeEnum", "statusCode"}
	faultElements = []string{"Fault", "faultcode", "faultstring", "faultactor", "detail"}
	errorElements = []string{"errors", "errorCode", "errorDesc"}
	grantElements = []string{"registrationID", "activationPassword", "serverEphemeralPublicKey", "salt", "serverEvidenceMessage", "userID", "domain",
		"serialNumber", "digipassGatewayID", "encryptedData", "encryptedCounter", "mac", "upgradeMessage", "attributeID", "value", "orgUnit"}
)

// goesWith reports whether a reply of a verdict may hold an element.
func goesWith(element string, v verdict) bool {
	switch {
	case slices.Contains(codeElements, element):
		return v != faulted
	case slices.Contains(faultElements, element):
		return v == faulted
	case slices.Contains(errorElements, element):
		return slices.Contains(refusals, v)
	case slices.Contains(grantElements, element):
		return v == successes[0]
	}
	return true
}

// xpath returns an assertion about what is at an XPath.
func (r *soapRun) xpath(step *soapui.Step, a soapui.Assertion, leave func(string) (claim, bool)) (claim, bool) {
	at := lineSource(a.Place)
	xpath, content := withoutNamespaces(r.expand(at, a.Setting("path"))), r.expand(at, a.Setting("content"))
	if xpath == "" {
		return leave("it has no path")
	}
	wild := a.Is("allowWildcards") && strings.Contains(content, "*")
	if equals := xpathEquals.FindStringSubmatch(xpath); equals != nil && !wild {
		path, ok := elementPath(equals[1])
		if !ok || strings.TrimSpace(content) != "true" {
			return leave(fmt.Sprintf("its path %q has no equal", xpath))
		}
		r.ownWords(step, a, path)
		return valueClaim(path, equals[2]+equals[3]+equals[4], false), true
	}
	if call := xpathCall.FindStringSubmatch(xpath); call != nil && slices.Contains([]string{"count", "exists", "boolean", "not"}, call[1]) {
		return countClaim(call[1], call[2], strings.TrimSpace(content), func() (claim, bool) {
			return leave(fmt.Sprintf("its path %q has no equal", xpath))
		})
	}
	path, ok := elementPath(xpath)
	switch {
	case !ok:
		return leave(fmt.Sprintf("its path %q has no equal", xpath))
	case strings.HasPrefix(strings.TrimSpace(content), "<") && !strings.HasSuffix(xpath, "text()"):
		return leave("it compares XML, which has no equal")
	}
	r.ownWords(step, a, path)
	return valueClaim(path, content, wild), true
}

// ownWords says of an assertion that it is about a text that each server words
// as it likes.
func (r *soapRun) ownWords(step *soapui.Step, a soapui.Assertion, path string) {
	if name := lastName(path); name == "errorDesc" || name == "faultstring" {
		r.chapter.doubt(lineSource(a.Place), "%s of %q asserts the words of %s, which are a server's own: other servers, dsappd too, have others", called(a), step.Name, name)
	}
}

// valueClaim asserts that an element has a text.
func valueClaim(path, content string, wild bool) claim {
	name := lastName(path)
	template := transcript.Literal(content)
	fits := func(text string) bool { return text == content }
	if wild {
		expr := strings.ReplaceAll(regexp.QuoteMeta(content), `\*`, `.*`)
		template = "{{/(?s)" + patternText(expr) + "/}}"
		compiled := whole("(?s)" + expr)
		fits = compiled.MatchString
	}
	c := claim{
		possible: func(v verdict) bool { return goesWith(name, v) },
		literal:  func(w *wanted) { w.value(path, template) },
	}
	if slices.Contains(codeElements, name) {
		c.possible = func(v verdict) bool { return v != faulted && fits(v.code(name)) }
		if c.certain = !wild; c.certain {
			c.code = verdictWith(name, content)
		}
	}
	return c
}

// verdictWith returns a verdict of which one code is known.
func verdictWith(element, code string) verdict {
	switch element {
	case "returnCodeEnum":
		return verdict{returnCodeEnum: code}
	case "returnCode":
		return verdict{returnCode: code}
	case "statusCodeEnum":
		return verdict{statusCodeEnum: code}
	}
	return verdict{statusCode: code}
}

// countClaim asserts how many elements there are.
func countClaim(function, inner, content string, leave func() (claim, bool)) (claim, bool) {
	is := content == "true"
	for function == "not" || function == "boolean" {
		if function == "not" {
			is = !is
		}
		call := xpathCall.FindStringSubmatch(strings.TrimSpace(inner))
		if call == nil {
			function = "exists"
			break
		}
		function, inner = call[1], call[2]
	}
	path, ok := elementPath(inner)
	if !ok {
		return leave()
	}
	number := content
	switch {
	case function == "exists" && is:
		number = "{{1..}}"
	case function == "exists":
		number = "0"
	case function != "count" || !allDigits(content):
		return leave()
	}
	c := claim{literal: func(w *wanted) { w.value("count("+path+")", number) }}
	if number != "0" {
		c.possible = func(v verdict) bool { return goesWith(lastName(path), v) }
	}
	return c, true
}
