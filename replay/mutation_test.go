package replay_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/beevik/etree"

	"github.com/dsappd/dsappd/replay"
)

// mutation is a reply that was spoiled.
type mutation struct {
	what string
	text string
	free bool // the transcript leaves it open
}

func read(t *testing.T, text string) *etree.Document {
	t.Helper()
	doc := etree.NewDocument()
	if err := doc.ReadFromString(text); err != nil {
		t.Fatal(err)
	}
	return doc
}

// mutations spoils a reply in every way, one at a time, where something new is
// expected.
func mutations(t *testing.T, e replay.Watched, reply string, isNew func(path, want string) bool) []mutation {
	var all []mutation
	for i, element := range inOrder(read(t, reply)) {
		if !isNew(element.GetPath(), replay.Expected(e, i)) {
			continue
		}
		spoil := func(what, free string, change func(e *etree.Element) bool) {
			doc := read(t, reply)
			element := inOrder(doc)[i]
			inside := element.GetPath()
			if !change(element) {
				return
			}
			text, err := doc.WriteToString()
			if err != nil {
				t.Fatal(err)
			}
			here, above := replay.Freedom(e, i, ""), replay.Freedom(e, i, "") == "all"
			all = append(all, mutation{what: what + " " + inside, text: text, free: above || free != "" && here == free})
		}
		spoilElement(spoil)
		for _, a := range element.Attr {
			if a.Space == "xmlns" || a.Key == "xmlns" {
				continue
			}
			spoilAttribute(spoil, a.FullKey())
		}
	}
	return all
}

// inOrder lists the elements of a document as they begin.
func inOrder(doc *etree.Document) []*etree.Element {
	var all []*etree.Element
	var walk func(*etree.Element)
	walk = func(e *etree.Element) {
		all = append(all, e)
		for _, child := range e.ChildElements() {
			walk(child)
		}
	}
	walk(doc.Root())
	return all
}

type spoiler func(what, free string, change func(*etree.Element) bool)

func spoilElement(spoil spoiler) {
	spoil("drop", "", func(e *etree.Element) bool { return e.Parent().Parent() != nil && e.Remove() })
	spoil("rename", "", func(e *etree.Element) bool { e.Tag += "x"; return true })
	spoil("another namespace for", "", func(e *etree.Element) bool {
		e.CreateAttr("xmlns:other", "urn:other")
		e.Space = "other"
		return true
	})
	spoil("no namespace for", "", func(e *etree.Element) bool {
		had := e.NamespaceURI() != ""
		e.Space = ""
		return had
	})
	spoil("twice", "", func(e *etree.Element) bool {
		if e.Parent().Parent() == nil {
			return false
		}
		e.Parent().InsertChildAt(e.Index(), e.Copy())
		return true
	})
	spoil("before its sibling", "", func(e *etree.Element) bool {
		before := e.PrevSibling()
		if before == nil || e.Parent().Parent() == nil || before.FullTag() == e.FullTag() && before.Text() == e.Text() {
			return false
		}
		e.Parent().InsertChildAt(before.Index(), e)
		return true
	})
	spoil("an element more in", "", func(e *etree.Element) bool { e.CreateElement("more"); return true })
	spoil("an attribute more on", "", func(e *etree.Element) bool { e.CreateAttr("more", "1"); return true })
	spoil("text beside the elements of", "", func(e *etree.Element) bool {
		e.CreateText("more")
		return len(e.ChildElements()) > 0
	})
	spoil("no text in", "", func(e *etree.Element) bool {
		had := isLeaf(e) && e.Text() != ""
		e.SetText("")
		return had
	})
	spoil("another text in", "value", func(e *etree.Element) bool {
		leaf := isLeaf(e)
		e.SetText(e.Text() + "0")
		return leaf
	})
	spoil("another first character in", "value", func(e *etree.Element) bool {
		text := e.Text()
		if !isLeaf(e) || text == "" {
			return false
		}
		first := "0"
		if text[0] == '0' {
			first = "1"
		}
		e.SetText(first + text[1:])
		return true
	})
	spoil("a space more in", "value", func(e *etree.Element) bool {
		had := isLeaf(e) && e.Text() != "" && e.Tag != "faultcode"
		e.SetText(e.Text() + " ")
		return had
	})
	spoil("another letter case in", "value", func(e *etree.Element) bool {
		text := []byte(e.Text())
		i := slices.IndexFunc(text, func(c byte) bool { return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' })
		if !isLeaf(e) || i < 0 || e.Tag == "serverEvidenceMessage" {
			return false
		}
		text[i] ^= 0x20
		e.SetText(string(text))
		return e.Tag != "encryptedData" // hex, which may be in either case
	})
}

func isLeaf(e *etree.Element) bool { return len(e.ChildElements()) == 0 }

func spoilAttribute(spoil spoiler, key string) {
	spoil("without "+key+" on", "", func(e *etree.Element) bool { return e.RemoveAttr(key) != nil })
	spoil("another value of "+key+" on", "", func(e *etree.Element) bool {
		e.CreateAttr(key, e.SelectAttrValue(key, "")+"x")
		return true
	})
	spoil("another name for "+key+" on", "", func(e *etree.Element) bool {
		value := e.SelectAttrValue(key, "")
		e.RemoveAttr(key)
		e.CreateAttr(key+"x", value)
		return true
	})
	spoil("another namespace for the value of "+key+" on", "", func(e *etree.Element) bool {
		e.CreateAttr("xmlns:other", "urn:other")
		e.CreateAttr(key, "other:"+e.SelectAttrValue(key, ""))
		return true
	})
}

// freedoms writes a reply in ways that do not matter.
func freedoms(t *testing.T, reply string) []mutation {
	t.Helper()
	var all []mutation
	write := func(what string, change func(*etree.Document)) {
		doc := read(t, reply)
		change(doc)
		text, err := doc.WriteToString()
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, mutation{what: what, text: text})
	}
	write("white space between elements", func(d *etree.Document) { d.Indent(3) })
	write("no XML declaration", func(d *etree.Document) { d.RemoveChildAt(0) })
	write("comments", func(d *etree.Document) {
		for _, e := range inOrder(d) {
			e.InsertChildAt(0, etree.NewComment(" "+e.Tag+" "))
		}
	})
	write("the order of attributes and declarations", func(d *etree.Document) {
		for _, e := range inOrder(d) {
			slices.Reverse(e.Attr)
		}
	})
	write("CDATA", func(d *etree.Document) {
		for _, e := range inOrder(d) {
			if text := e.Text(); isLeaf(e) && text != "" {
				e.SetCData(text)
			}
		}
	})
	all = append(all, mutation{what: "other prefixes", text: otherPrefixes(t, reply)})
	return all
}

// otherPrefixes gives every element its namespace by a prefix of its own,
// declared on the spot.
func otherPrefixes(t *testing.T, reply string) string {
	doc := read(t, reply)
	original := inOrder(read(t, reply))
	for i, e := range inOrder(doc) {
		if uri := original[i].NamespaceURI(); uri != "" {
			e.Space = fmt.Sprintf("p%d", i)
			e.CreateAttr("xmlns:"+e.Space, uri)
		}
	}
	text, err := doc.WriteToString()
	if err != nil {
		t.Fatal(err)
	}
	return text
}
