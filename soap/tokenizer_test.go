//go:build !race

package soap

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// FuzzTokenizer reads anything beside encoding/xml: the tokens, where each ends, the
// place of what is wrong and its error are the same.
func FuzzTokenizer(f *testing.F) {
	for _, text := range documents(f) {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if validText([]byte(text)) {
			compareTokens(t, text)
		}
	})
}

// Every document of the corpus is read alike as it is, cut off, and with characters
// replaced by those that XML minds: everywhere in a short one.
func TestTokenizerReadsAsEncodingXML(t *testing.T) {
	for _, text := range documents(t) {
		if !validText([]byte(text)) {
			continue
		}
		compareTokens(t, text)
		for i := 0; i < len(text); i += 1 + len(text)/16 {
			if text[i] >= 0x80 {
				continue // half a character is not valid
			}
			compareTokens(t, text[:i])
			for _, c := range "<>&\r\n-]!?:/='\" \u00e9x9" {
				compareTokens(t, text[:i]+string(c)+text[i+1:])
			}
		}
	}
}

// documents are bodies of requests, and what a tokenizer may stumble over.
func documents(t testing.TB) []string {
	t.Helper()
	files, err := filepath.Glob("testdata/requests/*.http")
	if err != nil || len(files) == 0 {
		t.Fatalf("no requests: %v", err)
	}
	all := []string{
		"", " ", "<", "<a", "<a/>", "<a/ >", "<a></a >", "<a></ a>", "</a>", "<a:b:c/>", "<:a/>", "<a:/>", "<1a/>", "<-a/>", "<é/>", "<a é='1'/>", "<aé/>",
		"<a b/>", "<a b=c/>", "<a b='1'c=\"2\"/>", "<a b = '1'/>", "<a b='<'/>", "<a b='&amp;\r\n'/>", "<a b='\n'\n/>", "<a\nb\n=\n'1'\n>\n\n<\n",
		"<a>&lt;&#65;&#x42;&unknown;</a>", "<a>]]></a>", "<a>]]&gt;]]</a>", "<a><![CDATA[<&]]></a>", "<a><![CDATA[]]]]></a>", "<a>1\r2\r\n3\n\r4</a>",
		"<!---->", "<!--->", "<!-- -- -->", "<!-- - ->-->", "<!-- --", "<!-", "<!DOCTYPE a [<!ENTITY b \"c\">]><a/>", "<?xml version='1.0'?><a/>", "<?xml version='1.1'?>", "<?a b?>", "<?", "<??>",
		"a", "a&amp;", "<a/>b", "<a/><b/>", "<a>\n  <b/>\n</a>\n", "<a></b>", "<a\t\r\n/>", "<a b='1' b='1'/>", "<a xml:b='1' :c='2' d:='3'/>",
	}
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		_, body, _ := bytes.Cut(content, []byte("\n\n"))
		all = append(all, string(body))
	}
	return all
}

func compareTokens(t *testing.T, text string) {
	t.Helper()
	var own tokenizer
	own.reset(text)
	reference := xml.NewDecoder(strings.NewReader(text))
	for {
		got, gotErr := own.next()
		raw, err := reference.RawToken()
		line, column := own.position()
		wantLine, wantColumn := reference.InputPos()
		if line != wantLine || column != wantColumn || int64(own.end()) != reference.InputOffset() {
			t.Fatalf("%q: at %d:%d, offset %d; want %d:%d, offset %d", text, line, column, own.end(), wantLine, wantColumn, reference.InputOffset())
		}
		if fmt.Sprint(gotErr) != fmt.Sprint(err) || errors.Is(gotErr, io.EOF) != errors.Is(err, io.EOF) {
			t.Fatalf("%q: error %v; want %v", text, gotErr, err)
		}
		if err != nil {
			return
		}
		if got, want := written(got), writtenRaw(raw); got != want {
			t.Fatalf("%q: token %s; want %s", text, got, want)
		}
	}
}

// written and writtenRaw write a token so that it can be compared.
func written(t token) string {
	attributes := append([]xml.Attr{}, t.attributes...)
	return fmt.Sprintf("%d %q %q %q", t.kind, t.name, attributes, t.text)
}

func writtenRaw(raw xml.Token) string {
	switch raw := raw.(type) {
	case xml.StartElement:
		return written(token{kind: startElement, name: raw.Name, attributes: raw.Attr})
	case xml.EndElement:
		return written(token{kind: endElement, name: raw.Name})
	case xml.CharData:
		return written(token{kind: characters, text: string(raw)})
	case xml.ProcInst:
		return written(token{kind: instruction})
	case xml.Directive:
		return written(token{kind: declarations})
	}
	return written(token{kind: comment})
}

// What most messages are made of never needs encoding/xml, and allocates nothing.
func TestTokenizerAllocatesNothing(t *testing.T) {
	const text = `<e:Envelope xmlns:e="uri" a='b'>
 <!-- a comment --><e:Body><user id="1">ü</user><empty/></e:Body>
</e:Envelope>`
	var own tokenizer
	allocations := testing.AllocsPerRun(100, func() {
		own.reset(text)
		for {
			if _, err := own.next(); err != nil {
				return
			}
		}
	})
	if own.rest != nil || allocations != 0 {
		t.Errorf("%v allocations, by encoding/xml: %t", allocations, own.rest != nil)
	}
}
