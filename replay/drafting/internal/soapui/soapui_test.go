package soapui_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/dsappd/dsappd/replay/drafting/internal/soapui"
)

func TestExpand(t *testing.T) {
	scope := &soapui.Scope{
		Project: soapui.Properties{"a": "1", "b": "<${#Project#a}>", "one": "${#Project#two}", "two": "${#Project#one}", "name": "a"},
		Suite:   soapui.Properties{"a": "2"},
		Case:    soapui.Properties{"a": "3", "Mixed": "4"},
		Steps:   map[string]soapui.Properties{"Data": {"x": "5"}},
		Given:   soapui.Properties{"#Global#g": "6"},
		Message: func(step, property, path string) (string, bool) { return step + property + path, step == "Register" },
	}
	for text, want := range map[string]string{
		"none":                                 "none",
		"${#Project#a}${#TestSuite#a}":         "12",
		"${#TestCase#a} ${#TestCase#MIXED}":    "3 4",
		"${#Project#b}":                        "<1>",
		"${#Project#${#Project#name}}":         "1",
		"${#Project#${#Project#no}}":           "${#Project#${#Project#no}}",
		"${Data#x} ${#Global#g}":               "5 6",
		"$${#Project#a} ${#Project#a}":         "${#Project#a} 1",
		"${#Project#a":                         "${#Project#a",
		"a } b { c $":                          "a } b { c $",
		"${Register#Response#//a[b='c']/d}":    "RegisterResponse//a[b='c']/d",
		"${Register#Response#//a[b='${Data#x}": "${Register#Response#//a[b='${Data#x}",
		"":                                     "",
		"${}":                                  "${}",
	} {
		if got, _ := scope.Expand(text); got != want {
			t.Errorf("Expand(%q) = %q, want %q", text, got, want)
		}
	}
	got, missing := scope.Expand("${#Project#one} ${Other#x} ${Other#x}")
	want := []soapui.Missing{{Name: "#Project#one", Circle: true}, {Name: "Other#x"}}
	if got != "${#Project#one} ${Other#x} ${Other#x}" || !slices.Equal(missing, want) {
		t.Errorf("got %q, missing %v", got, missing)
	}
}

// A property that stands in a thousand others costs no more than they do.
func TestExpandIsBounded(t *testing.T) {
	scope := &soapui.Scope{Project: soapui.Properties{}}
	for i := range 26 {
		next := "${#Project#" + string(rune('a'+i+1)) + "}"
		scope.Project[string(rune('a'+i))] = next + next
	}
	scope.Project["z"] = "x"
	text, missing := scope.Expand("${#Project#a}")
	if len(text) > 8<<20 || len(missing) == 0 {
		t.Errorf("%d bytes, missing %d", len(text), len(missing))
	}
}

func TestIsProject(t *testing.T) {
	comment := "<!-- " + strings.Repeat("long ", 5000) + "-->"
	for text, want := range map[string]bool{
		"<soapui-project/>": true,
		"<?xml version='1.0'?>\n<con:soapui-project a='b'>":                    true,
		comment + "<?pi ?><!DOCTYPE x><con:testCase>":                          true,
		"\xEF\xBB\xBF <con:testSuite>":                                         true,
		"\xFF\xFE<\x00c\x00:\x00t\x00e\x00s\x00t\x00S\x00t\x00e\x00p\x00>\x00": true,
		"<log><soapui-project/></log>":                                         false,
		"{\"soapui-project\": 1}":                                              false,
		"":                                                                     false,
		"<":                                                                    false,
		"<!-- soapui-project":                                                  false,
		"POST / HTTP/1.1\r\n\r\n<soapui-project/>":                             false,
	} {
		if got := soapui.IsProject([]byte(text)); got != want {
			t.Errorf("IsProject(%.40q) = %v", text, got)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add("<con:soapui-project><con:testSuite><con:testCase><con:testStep type='request'><con:config><con:request><con:request>x</con:request></con:request></con:config></con:testStep></con:testCase></con:testSuite></con:soapui-project>")
	f.Add("<testCase/>")
	kept, err := filepath.Glob("../../testdata/soapui/*.xml")
	if err != nil || len(kept) == 0 {
		f.Fatalf("%d projects, %v", len(kept), err)
	}
	for _, name := range kept {
		text, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(text))
	}
	f.Fuzz(func(t *testing.T, text string) {
		project, err := soapui.Read("f", []byte(text))
		if (project == nil) == (err == nil) {
			t.Errorf("Read: %v, %v", project, err)
		}
		soapui.IsProject([]byte(text))
	})
}
