package xmltree_test

import (
	"encoding/xml"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/beevik/etree"

	"github.com/dsappd/dsappd/replay/internal/xmltree"
)

const soapSpace = "http://schemas.xmlsoap.org/soap/envelope/"

func read(t *testing.T, text string) *xmltree.Node {
	t.Helper()
	_, root, err := xmltree.Read([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return root
}

// outline writes a tree as one line: names, sorted attributes and text.
func outline(n *xmltree.Node) string {
	var b strings.Builder
	name := func(n xml.Name) string {
		if n.Space == "" {
			return n.Local
		}
		return "{" + n.Space + "}" + n.Local
	}
	b.WriteString(name(n.Name))
	for _, a := range n.Attrs {
		b.WriteString(" " + name(a.Name) + "=" + a.Value)
	}
	if n.Text != "" {
		b.WriteString(" '" + n.Text + "'")
	}
	for _, child := range n.Children {
		b.WriteString(" (" + outline(child) + ")")
	}
	return b.String()
}

// Documents that mean the same read as the same tree.
func TestRead(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"prefix", `<a:x xmlns:a="urn:a"><a:y>1</a:y></a:x>`, "{urn:a}x ({urn:a}y '1')"},
		{"another prefix", `<b:x xmlns:b="urn:a"><b:y>1</b:y></b:x>`, "{urn:a}x ({urn:a}y '1')"},
		{"default namespace", `<x xmlns="urn:a"><y>1</y></x>`, "{urn:a}x ({urn:a}y '1')"},
		{"default namespace undeclared", `<x xmlns="urn:a"><y xmlns="">1</y></x>`, "{urn:a}x (y '1')"},
		{"declaration and byte order mark", "\uFEFF" + `<?xml version="1.0"?><x/>`, "x"},
		{"space between elements", "<x>\n  <y> 1 </y>\n</x>", "x (y ' 1 ')"},
		{"space alone", "<x> \n </x>", "x"},
		{"text beside elements", "<x> a <y/> b </x>", "x 'a  b' (y)"},
		{"comments", "<x><!-- a -->1<!-- b --></x>", "x '1'"},
		{"character data", "<x><![CDATA[<1>]]></x>", "x '<1>'"},
		{"entities", "<x>&lt;1&gt;&#65;</x>", "x '<1>A'"},
		{"attributes in order", `<x b="2" a="1"/>`, "x a=1 b=2"},
		{"no default namespace for attributes", `<x xmlns="urn:a" b="2"/>`, "{urn:a}x b=2"},
		{"xml:lang", `<x xml:lang="en"/>`, "x {http://www.w3.org/XML/1998/namespace}lang=en"},
		{"type by prefix", `<x xmlns:i="` + xmltree.XSI + `" xmlns:s="urn:s" i:type="s:string"/>`,
			"x {" + xmltree.XSI + "}type={urn:s}string"},
		{"type in the default namespace", `<x xmlns="urn:s" xmlns:i="` + xmltree.XSI + `" i:type=" string "/>`,
			"{urn:s}x {" + xmltree.XSI + "}type={urn:s}string"},
		{"type that is left free", `<x xmlns:i="` + xmltree.XSI + `" i:type="{{any}}"/>`, "x {" + xmltree.XSI + "}type={{any}}"},
		{"type without a namespace in sight", `<x xmlns:i="` + xmltree.XSI + `" i:type="s:string"/>`, "x {" + xmltree.XSI + "}type=s:string"},
		{"fault code", `<e:Fault xmlns:e="` + soapSpace + `"><faultcode>e:Client</faultcode></e:Fault>`,
			"{" + soapSpace + "}Fault (faultcode '{" + soapSpace + "}Client')"},
		{"fault code of nothing else", `<x xmlns:e="urn:e"><faultcode>e:Client</faultcode></x>`, "x (faultcode 'e:Client')"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := outline(read(t, c.text)); got != c.want {
				t.Errorf("got %s\nwant %s", got, c.want)
			}
		})
	}
}

func TestReadRefuses(t *testing.T) {
	for _, c := range []struct {
		name, text, want string
		line             int // 0: none is known
	}{
		{"nothing", "", "holds no element", 0},
		{"a declaration alone", `<?xml version="1.0"?>`, "holds no element", 0},
		{"a second root", "<x/><y/>", "goes on after its root", 0},
		{"text behind the root", "<x/>y", "text outside", 0},
		{"a document type", "<!DOCTYPE x><x/>", "document type declaration", 0},
		{"an instruction before the root", "<?pi?><x/>", "processing instruction", 0},
		{"an instruction inside", "<x><?pi?></x>", "processing instruction", 0},
		{"a prefix that is not declared", "<a:x/>", "a:x is not declared", 0},
		{"an attribute's prefix that is not declared", `<x a:b="1"/>`, "a:b is not declared", 0},
		{"an attribute twice", `<x a="1" a="2"/>`, "attribute a twice", 0},
		{"an attribute twice by two prefixes", `<x xmlns:a="urn:a" xmlns:b="urn:a" a:c="1" b:c="2"/>`, "attribute c twice", 0},
		{"an end that is missing", "<x>\n<y>\n", "not well-formed", 3},
		{"an end of another", "<x>\n\n</y>", "not well-formed", 3},
		{"an entity that is not known", "<x>\n&nbsp;</x>", "not well-formed", 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, _, err := xmltree.Read([]byte(c.text))
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Fatalf("got %v, want %q", err, c.want)
			}
			at, known := errors.AsType[*xmltree.LineError](err)
			if known != (c.line != 0) || known && at.Line != c.line {
				t.Errorf("got %+v, want line %d", at, c.line)
			}
		})
	}
}

// Each element finds its own place in the text, in the order of its index.
func TestPlaces(t *testing.T) {
	const text = `<?xml version="1.0"?><!-- <no/> --><a x=">"><b/>1<c><![CDATA[<d/>]]></c></a>`
	places := xmltree.Places(text)
	want := []string{`<a x=">">`, "<b/>", "<c>"}
	if len(places) != len(want) {
		t.Fatalf("%d places, want %d", len(places), len(want))
	}
	read(t, text).Visit(func(n *xmltree.Node) {
		p := places[n.Index]
		if got := text[p.Start:p.Content]; got != want[n.Index] || !strings.Contains(got, n.Name.Local) {
			t.Errorf("element %d of %s begins with %q, want %q", n.Index, n.Name.Local, got, want[n.Index])
		}
	})
	if got := text[places[0].Content:places[0].Close]; got != "<b/>1<c><![CDATA[<d/>]]></c>" {
		t.Errorf("the root holds %q", got)
	}
	if got := text[places[2].Content:places[2].End]; got != "<![CDATA[<d/>]]></c>" {
		t.Errorf("the last one ends with %q", got)
	}
}

// What Escape writes reads as it was, in an element and in an attribute.
func TestEscape(t *testing.T) {
	const text = `a<b>&amp;"c" 'd'`
	root := read(t, `<x y="`+xmltree.Escape(text)+`">`+xmltree.Escape(text)+`</x>`)
	if root.Text != text || root.Attrs[0].Value != text {
		t.Errorf("got %q and %q, want %q", root.Text, root.Attrs[0].Value, text)
	}
}

func TestCompilePath(t *testing.T) {
	doc := etree.NewDocument()
	if err := doc.ReadFromString(`<r xmlns:p="urn:p"><p:a><b>1</b><b>2</b></p:a><c><b>3</b><id>x</id></c></r>`); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string][]string{
		"b":             {"1", "2", "3"},
		"a/b":           {"1", "2"},
		"r//b":          {"1", "2", "3"},
		"c[id='x']/b":   {"3"},
		"a/b[2]":        {"2"},
		"c[id='no']/b":  nil,
		"a[b='1']/b[1]": {"1"},
	} {
		compiled, err := xmltree.CompilePath(path)
		if err != nil {
			t.Errorf("%s: %v", path, err)
			continue
		}
		var got []string
		for _, e := range doc.FindElementsPath(compiled) {
			got = append(got, e.Text())
		}
		if slices.Sort(got); !slices.Equal(got, want) {
			t.Errorf("%s finds %q, want %q", path, got, want)
		}
	}
	for _, path := range []string{"", "/b", "b/", "a///b", "p:a", "a[0]", "a[b=1]", "{{a}}", "a b", "b[last()]"} {
		if _, err := xmltree.CompilePath(path); err == nil {
			t.Errorf("%q was compiled", path)
		}
	}
}

func TestUTF8(t *testing.T) {
	for _, c := range []struct{ name, contentType, body, want string }{
		{"as it is", "text/xml", "<x>ü</x>", "<x>ü</x>"},
		{"by its media type", "text/xml; charset=iso-8859-1", "<x>\xFC</x>", "<x>ü</x>"},
		{"by its declaration", "text/xml", `<?xml version="1.0" encoding="ISO-8859-1"?>` + "<x>\xFC</x>", "<x>ü</x>"},
		{"by its byte order mark", "text/xml; charset=iso-8859-1", "\xFF\xFE<\x00x\x00/\x00>\x00", "<x/>"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := xmltree.UTF8([]byte(c.body), c.contentType)
			if err != nil || strings.TrimPrefix(string(got), "\uFEFF") != c.want {
				t.Errorf("got %q, %v; want %q", got, err, c.want)
			}
		})
	}
	if _, err := xmltree.UTF8([]byte("<x/>"), "text/xml; charset=no-such-thing"); err == nil {
		t.Error("a charset that nobody knows was decoded")
	}
}

func TestWalks(t *testing.T) {
	root := read(t, `<r><a href="#1"/><b id="1"><c>x</c><c>y</c></b><d id="2"/><e href="other#2" id="1"/></r>`)
	b := root.Children[1]
	if got := root.Children[0].RefersTo(); got != "1" {
		t.Errorf("a refers to %q", got)
	}
	if targets := root.Targets(); len(targets) != 1 || targets["1"] != b {
		t.Errorf("the targets are %v, want b alone", targets)
	}
	if c := b.All("c"); len(c) != 2 || c[1].Text != "y" || c[1].ParentOf(root) != b || b.ParentOf(root) != root {
		t.Errorf("the children of b are %v", c)
	}
	var leaves []string
	root.Leaves(func(n *xmltree.Node) { leaves = append(leaves, n.Name.Local) })
	if want := []string{"a", "c", "c", "d", "e"}; !slices.Equal(leaves, want) {
		t.Errorf("the leaves are %q, want %q", leaves, want)
	}
	part, err := xmltree.Of(b.Source)
	if err != nil || part.Index != 0 || part.Children[1].Index != 2 || outline(part) != outline(b) {
		t.Errorf("b alone is %v, %v", part, err)
	}
}

func TestLineAt(t *testing.T) {
	for offset, want := range map[int]int{0: 1, 2: 1, 3: 2, 99: 3} {
		if got := xmltree.LineAt("ab\nc\n", offset); got != want {
			t.Errorf("byte %d is on line %d, want %d", offset, got, want)
		}
	}
}

// FuzzRead reads anything, and what it takes it finds in the text.
func FuzzRead(f *testing.F) {
	for _, text := range []string{"<x/>", `<a:x xmlns:a="urn:a" a:b="1"><y>1</y><!-- c --></a:x>`, "<x><![CDATA[1]]></x>", "<x>"} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		_, root, err := xmltree.Read(text)
		if err != nil {
			return
		}
		places, elements := xmltree.Places(string(text)), 0
		root.Visit(func(n *xmltree.Node) {
			if n.Index != elements {
				t.Errorf("element %d has the index %d", elements, n.Index)
			}
			elements++
		})
		if elements != len(places) {
			t.Errorf("%d elements at %d places", elements, len(places))
		}
	})
}
