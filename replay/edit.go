package replay

import (
	"cmp"
	"encoding/xml"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/dsappd/dsappd/replay/internal/xmltree"
	"github.com/dsappd/dsappd/replay/transcript"

	"github.com/beevik/etree"
)

// edit is where a difference lies, for who mends the expectation.
type edit struct {
	want   *xmltree.Node // in the expected document; nil: not there
	parent *xmltree.Node // of the element in it
	after  *xmltree.Node // the expected sibling that it stands behind; nil: it is the first
	got    *xmltree.Node // in the reply; nil: not there
	attr   xml.Name      // of an attribute
	text   string        // what the element shall expect, with placeholders
}

// line returns the expected element that a difference is about; nil: none.
func (e edit) line() *xmltree.Node {
	if e.want != nil {
		return e.want
	}
	return e.parent
}

// editor mends an expected document in its text, so that all that is not
// touched stays as it is.
type editor struct {
	body     string
	places   []xmltree.Place
	captured func(*xmltree.Node) bool // a value that is taken from the reply
	changes  []xmltree.Change
}

// edited returns the body of a reply with the differences taken over.
func edited(body string, all []Difference, captured func(*xmltree.Node) bool) string {
	e := &editor{body: body, places: xmltree.Places(body), captured: captured}
	for _, d := range all {
		if d.Kind == Unexpected && d.edit.parent == nil && d.edit.got != nil && d.edit.attr.Local == "" {
			// Another root: nothing of what was expected has a place in it.
			return expecting(d.edit.got, captured)
		}
		e.edit(d)
	}
	return e.apply()
}

// expecting returns a reply as the body that expects it, in which what is
// captured and what a server draws is free.
func expecting(reply *xmltree.Node, captured func(*xmltree.Node) bool) string {
	e := &editor{captured: captured}
	return e.written(reply, etree.NewElement(""), "\n") + "\n"
}

func (e *editor) edit(d Difference) {
	to := d.edit
	switch {
	case to.attr.Local != "":
		e.attribute(d.Kind, to)
	case d.Kind == OtherValue && to.want != nil:
		e.value(to)
	case d.Kind == Missing && to.want != nil:
		e.remove(to.want)
	case d.Kind == Unexpected && to.parent != nil:
		e.insert(to, e.written(to.got, to.parent.Source, e.indentation(to)))
	case d.Kind == OutOfOrder && to.parent != nil:
		at := e.places[to.want.Index]
		e.insert(to, e.body[at.Start:at.End])
		e.remove(to.want)
	}
}

// value replaces the text of a leaf; comments in it go.
func (e *editor) value(to edit) {
	at := e.places[to.want.Index]
	if to.want.HoldsElements() {
		e.beside(to)
		return
	}
	if at.Content != at.Close || !strings.HasSuffix(e.body[at.Start:at.Content], "/>") {
		e.change(at.Content, at.Close, escapeText(to.text))
		return
	}
	start := strings.TrimRight(strings.TrimSuffix(e.body[at.Start:at.Content], "/>"), " \t\r\n")
	e.change(at.Start, at.End, start+">"+escapeText(to.text)+"</"+to.want.Source.FullTag()+">")
}

// beside takes away the text that stands beside elements, and puts what came
// behind them.
func (e *editor) beside(to edit) {
	at := e.places[to.want.Index]
	from := at.Content
	clear := func(until int) {
		for _, text := range regexp.MustCompile(`(?s)<!--.*?-->|[^<\s][^<]*`).FindAllStringIndex(e.body[from:until], -1) {
			if e.body[from+text[0]] != '<' {
				e.change(from+text[0], from+text[1], "")
			}
		}
	}
	for _, child := range to.want.Children {
		clear(e.places[child.Index].Start)
		from = e.places[child.Index].End
	}
	clear(at.Close)
	e.change(at.Close, at.Close, escapeText(to.text))
}

// remove takes an element away with the white space before it.
func (e *editor) remove(n *xmltree.Node) {
	at := e.places[n.Index]
	before := strings.TrimRight(e.body[:at.Start], " \t\r\n")
	e.change(len(before), at.End, "")
}

// insert puts an element behind its sibling, or before all.
func (e *editor) insert(to edit, text string) {
	indentation := e.indentation(to)
	if to.after != nil {
		at := e.places[to.after.Index]
		e.change(at.End, at.End, indentation+text)
		return
	}
	at := e.places[to.parent.Index]
	if tag := e.body[at.Start:at.Content]; strings.HasSuffix(tag, "/>") {
		closing := strings.TrimSuffix(indentation, "  ") + "</" + to.parent.Source.FullTag() + ">"
		e.change(at.Content-len("/>"), at.Content, ">"+indentation+text)
		e.change(at.Content, at.Content, closing)
		return
	}
	if strings.TrimSpace(e.body[at.Content:at.Close]) == "" {
		e.change(at.Content, at.Close, indentation+text+strings.TrimSuffix(indentation, "  "))
		return
	}
	e.change(at.Content, at.Content, indentation+text)
}

// indentation returns the white space before a child of the element's parent:
// that of a child which is there, or two spaces more than the parent's.
func (e *editor) indentation(to edit) string {
	if len(to.parent.Children) > 0 {
		return e.before(to.parent.Children[0])
	}
	if before := e.before(to.parent); strings.Contains(before, "\n") {
		return before + "  "
	}
	return ""
}

func (e *editor) before(n *xmltree.Node) string {
	start := e.places[n.Index].Start
	space := e.body[len(strings.TrimRight(e.body[:start], " \t\r\n")):start]
	return space[max(0, strings.LastIndex(space, "\n")):]
}

func (e *editor) change(start, end int, text string) {
	e.changes = append(e.changes, xmltree.Change{Start: start, End: end, Text: text})
}

// apply makes the changes. One within another is lost with what it changes.
func (e *editor) apply() string {
	slices.SortStableFunc(e.changes, func(a, b xmltree.Change) int {
		return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(a.End, b.End))
	})
	var out strings.Builder
	at := 0
	for _, c := range e.changes {
		if c.Start < at {
			continue
		}
		out.WriteString(e.body[at:c.Start] + c.Text)
		at = c.End
	}
	return out.String() + e.body[at:]
}

// attribute changes one attribute in its element's start tag.
func (e *editor) attribute(kind DifferenceKind, to edit) {
	at := e.places[to.want.Index]
	tag := e.body[at.Start:at.Content]
	if kind == Unexpected {
		end := at.Start + len(strings.TrimRight(strings.TrimSuffix(strings.TrimSuffix(tag, ">"), "/"), " \t\r\n"))
		e.change(end, end, writtenBeside(to))
		return
	}
	i := slices.IndexFunc(to.want.Source.Attr, func(a etree.Attr) bool {
		name, err := xmltree.Resolve(to.want.Source, a.Space, a.Key, false)
		return err == nil && name == to.attr
	})
	found := regexp.MustCompile(`\s+[^\s=]+\s*=\s*("[^"]*"|'[^']*')`).FindAllStringIndex(tag, -1)
	if i < 0 || i >= len(found) {
		return
	}
	text := ""
	if kind == OtherValue {
		text = writtenBeside(to)
	}
	e.change(at.Start+found[i][0], at.Start+found[i][1], text)
}

func attributeOf(n *xmltree.Node, name xml.Name) xmltree.Attr {
	i := slices.IndexFunc(n.Attrs, func(a xmltree.Attr) bool { return a.Name == name })
	return n.Attrs[i]
}

// written writes an element of a reply as it stands in the expected document
// inside another. What is captured from it, and what a server draws, is free.
func (e *editor) written(n *xmltree.Node, in *etree.Element, indentation string) string {
	own, leave := inside(in)
	defer leave()
	tag := n.Name.Local
	if space, _ := xmltree.Resolve(own, "", "", true); n.Name.Space == "" && space.Space != "" {
		own.CreateAttr("xmlns", "")
	} else if n.Name.Space != "" {
		tag = prefixed(declared(own, n.Name.Space, n.Source), tag)
	}
	var attrs, inner strings.Builder
	for _, a := range n.Attrs {
		attrs.WriteString(" " + writtenAttribute(a, own, n.Source))
	}
	text := transcript.Literal(n.Text)
	if n.IsFaultCode() {
		text = writtenName(n.Text, own)
	}
	if e.captured(n) || !n.HoldsElements() && drawnByServer(n.Name.Local) {
		text = "{{any}}"
	}
	inner.WriteString(escapeText(text))
	for _, child := range n.Children {
		deeper := indentation
		if strings.Contains(indentation, "\n") {
			deeper += "  "
		}
		inner.WriteString(deeper + e.written(child, own, deeper))
	}
	if n.HoldsElements() {
		inner.WriteString(indentation)
	}
	start := "<" + tag + declarations(own) + attrs.String()
	if inner.Len() == 0 {
		return start + "/>"
	}
	return start + ">" + inner.String() + "</" + tag + ">"
}

// drawnByServer says that a server draws the value of a field, so that the next one is
// another.
func drawnByServer(field string) bool {
	return slices.Contains([]string{"registrationID", "activationPassword", "serverEphemeralPublicKey", "salt",
		"serverEvidenceMessage", "encryptedData", "encryptedCounter", "mac", "requestID", "registrationIdentifier",
		"encryptedLicenseActivationMessage", "activationMessage", "activationMessage2", "activationMessageImage", "instanceActivationMessage",
		"activationData", "challenge", "requestMessage", "otp", "createdAt", "serverTime"}, field)
}

// inside returns a place in an element where namespaces can be declared, until
// it is left.
func inside(in *etree.Element) (own *etree.Element, leave func()) {
	own = etree.NewElement("inside")
	in.AddChild(own)
	return own, func() { in.RemoveChild(own) }
}

// declared returns a prefix for a namespace, and declares it if need be: by the
// prefix that the reply has for it, if that is free.
func declared(own *etree.Element, space string, reply *etree.Element) string {
	if prefix, ok := prefixOf(own, space, false); ok {
		return prefix
	}
	prefix, ok := prefixOf(reply, space, false)
	for i := 0; !ok || isBound(own, prefix); i++ {
		prefix, ok = fmt.Sprintf("ns%d", i), true
	}
	own.CreateAttr("xmlns:"+prefix, space)
	return prefix
}

func isBound(e *etree.Element, prefix string) bool {
	_, err := xmltree.Resolve(e, prefix, "", false)
	return err == nil
}

// declarations writes those of a place.
func declarations(own *etree.Element) string {
	var out strings.Builder
	for _, a := range own.Attr {
		fmt.Fprintf(&out, ` %s="%s"`, a.FullKey(), strings.ReplaceAll(escapeText(a.Value), `"`, "&quot;"))
	}
	return out.String()
}

// writtenAttribute writes an attribute, and declares in its place what it
// needs.
func writtenAttribute(a xmltree.Attr, own, reply *etree.Element) string {
	name, value := a.Name.Local, transcript.Literal(a.Value)
	if a.Name.Space != "" {
		name = prefixed(declared(own, a.Name.Space, reply), name)
	}
	if space, local, ok := strings.Cut(strings.TrimPrefix(a.Value, "{"), "}"); ok && a.Name == xmltree.XSIType() && space != "" {
		value = prefixed(declared(own, space, reply), local)
	}
	return name + `="` + strings.ReplaceAll(escapeText(value), `"`, "&quot;") + `"`
}

// writtenBeside writes an attribute of a reply as it stands on an expected
// element.
func writtenBeside(to edit) string {
	own, leave := inside(to.want.Source)
	defer leave()
	text := writtenAttribute(attributeOf(to.got, to.attr), own, to.got.Source)
	return " " + text + declarations(own)
}

// writtenName writes the qualified name that a text is by a prefix that stands
// for its namespace inside an element.
func writtenName(text string, in *etree.Element) string {
	space, local, ok := strings.Cut(strings.TrimPrefix(text, "{"), "}")
	prefix, found := prefixOf(in, space, true)
	if !ok || !found {
		return transcript.Literal(local)
	}
	return transcript.Literal(prefixed(prefix, local))
}

func prefixed(prefix, local string) string {
	if prefix == "" {
		return local
	}
	return prefix + ":" + local
}

// prefixOf returns a prefix that stands for a namespace inside an element.
func prefixOf(e *etree.Element, space string, orDefault bool) (string, bool) {
	if name, _ := xmltree.Resolve(e, "", "", orDefault); orDefault && name.Space == space {
		return "", true
	}
	for at := e; at != nil && space != ""; at = at.Parent() {
		for _, a := range at.Attr {
			if a.Space == "xmlns" && a.Value == space {
				if name, err := xmltree.Resolve(e, a.Key, "", false); err == nil && name.Space == space {
					return a.Key, true
				}
			}
		}
	}
	return "", false
}

// escapeText writes a text that may hold placeholders, which stay readable:
// only what XML must have escaped is.
func escapeText(text string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", "]]>", "]]&gt;").Replace(text)
}
