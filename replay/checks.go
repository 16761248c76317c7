package replay

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/dsappd/dsappd/replay/internal/xmltree"
	"github.com/dsappd/dsappd/replay/transcript"

	"github.com/beevik/etree"
)

// checks are what a reply is held to besides its body, compiled.
type checks struct {
	contains []template
	lacks    []template
	values   []valueCheck
}

// valueCheck is about the elements that a path leads to: one of them has the
// value or, if they are counted, there are so many.
type valueCheck struct {
	path    string
	counted bool
	found   etree.Path
	want    template
}

// parseChecks compiles the checks of an exchange behind those of all. The
// error names the check.
func parseChecks(all, own transcript.ReplyOptions) (checks, []error) {
	var c checks
	var errs []error
	compile := func(name, text string) template {
		t, err := parseTemplate(text)
		for _, p := range t {
			if p.kind == anything || p.kind == sealed {
				err = errNotInCheck
			}
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", name, err))
		}
		return t
	}
	for _, options := range []transcript.ReplyOptions{all, own} {
		for _, text := range options.Contains {
			c.contains = append(c.contains, compile("contains", text))
		}
		for _, text := range options.Lacks {
			c.lacks = append(c.lacks, compile("lacks", text))
		}
		for _, key := range slices.Sorted(maps.Keys(options.Values)) {
			path, counted := countedPath(key)
			found, err := xmltree.CompilePath(path)
			if err != nil {
				errs = append(errs, fmt.Errorf("values: %w", err))
			}
			texts, err := capturePlaces(options.Values[key])
			if err != nil {
				errs = append(errs, fmt.Errorf("values %s: %w", key, errNotText))
			}
			for _, text := range texts {
				c.values = append(c.values, valueCheck{path: path, counted: counted, found: found, want: compile("values "+key, text)})
			}
		}
	}
	return c, errs
}

const errNotText templateError = "a value is a text, or a list of texts"

const errNotInCheck templateError = "{{...}} and {{sealed ...}} stand in replies alone"

// countedPath takes a path out of count(PATH).
func countedPath(key string) (path string, counted bool) {
	inner, counted := strings.CutPrefix(key, "count(")
	if inner, ends := strings.CutSuffix(inner, ")"); counted && ends {
		return strings.TrimSpace(inner), true
	}
	return key, false
}

// templates lists all that the checks hold.
func (c checks) templates() []template {
	all := slices.Concat(c.contains, c.lacks)
	for _, v := range c.values {
		all = append(all, v.want)
	}
	return all
}

// statuses returns the statuses of HTTP that a reply may have; none: any.
func (e *exchange) statuses(all transcript.ReplyOptions) []int {
	for _, options := range []transcript.ReplyOptions{e.Reply.ReplyOptions, all} {
		switch {
		case len(options.Statuses) > 0:
			return options.Statuses
		case options.Status != 0:
			return []int{options.Status}
		}
	}
	switch {
	case e.Reply.Kind == "":
		return nil
	case e.reply.body.fault():
		return []int{http.StatusInternalServerError}
	}
	return []int{http.StatusOK}
}

// compareChecks returns what the checks of an exchange find wrong with a reply,
// whose document is nil where it is none.
func (r *play) compareChecks(e *exchange, body string, doc *etree.Document) ([]Difference, error) {
	var all []Difference
	line := max(e.reply.line, e.request.line)
	body = strings.ReplaceAll(body, "\r\n", "\n")
	for _, t := range e.reply.checks.contains {
		found, err := t.inside(body, r.phones)
		if err != nil {
			return all, err
		}
		if !found {
			all = append(all, Difference{Path: "contains", Kind: Missing, Line: line, Want: t.shown(r.phones)})
		}
	}
	for _, t := range e.reply.checks.lacks {
		found, err := t.inside(body, r.phones)
		if err != nil {
			return all, err
		}
		if found {
			all = append(all, Difference{Path: "lacks", Kind: Unexpected, Line: line, Got: t.shown(r.phones)})
		}
	}
	for _, v := range e.reply.checks.values {
		fits, got, err := v.fits(doc, r.phones)
		if err != nil {
			return all, err
		}
		if !fits {
			all = append(all, Difference{Path: "value " + v.key(), Kind: OtherValue, Line: line, Want: v.want.shown(r.phones), Got: got})
		}
	}
	return all, nil
}

// key returns a check's path as it is written.
func (v valueCheck) key() string {
	if v.counted {
		return "count(" + v.path + ")"
	}
	return v.path
}

// noElement is what came where a path leads nowhere.
const noElement = "no such element"

// fits says whether the elements are as they should be, and what came.
func (v valueCheck) fits(doc *etree.Document, values values) (fits bool, got string, err error) {
	var found []*etree.Element
	if doc != nil {
		found = doc.FindElementsPath(v.found)
	}
	if v.counted {
		got = strconv.Itoa(len(found))
		fits, err = v.want.fits(got, values)
		return fits, got, err
	}
	var texts []string
	for _, each := range found {
		text := each.Text()
		if fits, err = v.want.fits(text, values); fits || err != nil {
			return fits, text, err
		}
		texts = append(texts, text)
	}
	if texts == nil {
		return false, noElement, nil
	}
	return false, strings.Join(texts, ", "), nil
}
