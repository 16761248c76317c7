package replay

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/dsappd/dsappd/replay/internal/jsontree"
	"github.com/dsappd/dsappd/replay/internal/xmltree"
	"github.com/dsappd/dsappd/replay/transcript"

	"github.com/beevik/etree"
)

// outcome is what a reply comes to.
type outcome struct {
	differences []Difference
	taken       map[string]string // what was captured, by name
	granted     bool              // a success, by its codes
}

// compare returns all that is different in a reply, and what is captured from
// it.
func (r *play) compare(e *exchange, got received) (outcome, error) {
	all, err := r.compareHTTP(e, got)
	if err != nil {
		return outcome{differences: all}, err
	}
	if e.Reply.Kind == transcript.Text {
		found, err := r.compareText(e, got.body)
		checked, wrong := r.compareChecks(e, got.body, nil)
		return outcome{differences: slices.Concat(all, found, checked)}, errors.Join(err, wrong)
	}
	if e.Reply.Kind == transcript.JSON || strings.HasPrefix(got.header.Get("Content-Type"), "application/json") {
		came, err := r.compareValues(e, got)
		came.differences = slices.Concat(all, came.differences)
		return came, err
	}
	text, err := xmltree.UTF8([]byte(got.body), got.header.Get("Content-Type"))
	var doc *etree.Document
	var root *xmltree.Node
	if err == nil {
		doc, root, err = xmltree.Read(text)
	}
	switch {
	case err != nil && e.Reply.Kind == "" && !r.takes(e):
		checked, err := r.compareChecks(e, string(text), nil)
		return outcome{differences: slices.Concat(all, checked)}, err
	case err != nil:
		return outcome{differences: append(all, unreadable(e, err))}, nil
	}
	taken, missing := r.take(e, doc)
	checked, err := r.compareChecks(e, string(text), doc)
	if err != nil {
		return outcome{differences: all}, err
	}
	var found []Difference
	if e.Reply.Kind == transcript.XML {
		found, err = compareTrees(e.reply.body, root, r.phones, r.transcript.Header.Reply.AnyTypes || e.Reply.AnyTypes)
	}
	for i := range found {
		found[i].Line = e.reply.line + 1
		if want := found[i].edit.line(); want != nil {
			found[i].Line = e.reply.line + xmltree.LineAt(e.Reply.Body, e.reply.body.places[want.Index].Start)
		}
	}
	return outcome{
		differences: slices.Concat(all, found, checked, missing),
		taken:       taken,
		granted:     granted(doc) && got.status == http.StatusOK,
	}, err
}

// compareValues compares a reply in JSON.
func (r *play) compareValues(e *exchange, got received) (outcome, error) {
	value, err := jsontree.Read(got.body)
	if err != nil {
		return outcome{differences: []Difference{{Path: "reply", Kind: Unreadable, Line: e.reply.line, Want: "JSON", Got: err.Error()}}}, nil
	}
	doc := documentOf(value)
	taken, missing := r.take(e, doc)
	checked, err := r.compareChecks(e, got.body, doc)
	if err != nil {
		return outcome{}, err
	}
	var found []Difference
	switch {
	case e.Reply.Kind == transcript.JSON:
		found, err = compareJSON(e.reply.body.json, value, r.phones)
	case e.Reply.Kind == transcript.XML:
		found = []Difference{{Path: "reply", Kind: Unreadable, Want: "an XML document", Got: "JSON"}}
	}
	for i := range found {
		found[i].Line = e.reply.line + 1
	}
	return outcome{differences: slices.Concat(found, checked, missing), taken: taken, granted: got.status == http.StatusOK}, err
}

func unreadable(e *exchange, err error) Difference {
	return Difference{Path: "reply", Kind: Unreadable, Line: e.reply.line, Want: "an XML document", Got: err.Error()}
}

func (r *play) compareHTTP(e *exchange, got received) ([]Difference, error) {
	var all []Difference
	add := func(path, want, is string) {
		all = append(all, Difference{Path: path, Kind: OtherValue, Line: e.reply.line, Want: want, Got: is})
	}
	if want := e.statuses(r.transcript.Header.Reply); want != nil && !slices.Contains(want, got.status) {
		add("status", strings.Trim(strings.ReplaceAll(fmt.Sprint(want), " ", " or "), "[]"), strconv.Itoa(got.status))
	}
	for _, name := range slices.Sorted(maps.Keys(e.reply.head)) {
		value := strings.Join(got.header.Values(name), ", ")
		fits, err := e.reply.head[name].fits(value, r.phones)
		if err != nil {
			return all, fmt.Errorf("header %s: %w", name, err)
		}
		if !fits {
			add("header "+name, e.reply.head[name].shown(r.phones), value)
		}
	}
	limit := e.Reply.TimeLimit
	if limit == 0 {
		limit = r.transcript.Header.Reply.TimeLimit
	}
	if limit != 0 && got.took > limit {
		add("time", "at most "+limit.String(), got.took.Round(time.Millisecond).String())
	}
	return all, nil
}

func (r *play) compareText(e *exchange, got string) ([]Difference, error) {
	got = strings.TrimSuffix(got, "\n")
	fits, err := e.reply.body.text.fits(got, r.phones)
	if err != nil || fits {
		return nil, err
	}
	return []Difference{{Path: "text", Kind: OtherValue, Line: e.reply.line + 1, Want: e.reply.body.text.shown(r.phones), Got: got}}, nil
}

// granted says whether a reply is a success by its codes.
func granted(doc *etree.Document) bool {
	code := doc.FindElement("//resultCodes/statusCode")
	return code != nil && strings.TrimSpace(code.Text()) == "0"
}

// takes reports whether something is captured from the reply of an exchange.
func (r *play) takes(e *exchange) bool {
	return len(r.transcript.captures[e.Number]) > 0
}

// take returns what is captured from a reply, and what of it is not there once.
func (r *play) take(e *exchange, doc *etree.Document) (taken map[string]string, missing []Difference) {
	taken = map[string]string{}
	for _, c := range r.transcript.captures[e.Number] {
		value, err := r.value(c, doc.FindElementsPath(c.compiled))
		if err != nil {
			missing = append(missing, Difference{Path: c.path, Kind: NotCaptured, Line: e.reply.line,
				Want: "one, to capture as " + c.name, Got: err.Error()})
			continue
		}
		taken[c.name] = value
	}
	return taken, missing
}

// value returns what an element holds: its text, or that of an encrypted item.
func (r *play) value(c capture, found []*etree.Element) (string, error) {
	if len(found) != 1 {
		return "", fmt.Errorf("%d elements", len(found))
	}
	if len(found[0].ChildElements()) == 0 {
		return found[0].Text(), nil
	}
	item, err := xmltree.Of(found[0])
	if err != nil {
		return "", err
	}
	name, of := encryptedItem(item)
	text, err := r.phones.open(c.phone, name, of)
	if err != nil {
		return "", fmt.Errorf("an item that cannot be opened: %w", err)
	}
	return text, nil
}
