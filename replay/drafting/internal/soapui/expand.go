package soapui

import (
	"slices"
	"strings"
)

// Properties are values by their names.
type Properties map[string]string

// Get returns the value of a property, whose name is found in another case too, as
// SoapUI does.
func (p Properties) Get(name string) (string, bool) {
	if value, found := p[name]; found {
		return value, true
	}
	for _, each := range p.names() {
		if strings.EqualFold(each, name) {
			return p[each], true
		}
	}
	return "", false
}

// names returns those of the properties, sorted.
func (p Properties) names() []string {
	var all []string
	for name := range p {
		all = append(all, name)
	}
	slices.Sort(all)
	return all
}

// Scope is what property expansions may name while a test case runs.
type Scope struct {
	Project, Suite, Case Properties
	Steps                map[string]Properties
	Given                Properties // by their whole names, such as #Global#host

	// Escape, if it is not nil, escapes what properties stand for.
	Escape func(string) string

	// Message is the value at a path in a request or a reply of a step.
	Message func(step, property, path string) (string, bool)
}

// Expand puts in what the property expansions in a text stand for, to any
// depth. Those that have no value stay as they are, and are missing.
func (s *Scope) Expand(text string) (expanded string, missing []Missing) {
	x := &expander{Scope: s}
	return x.expand(text, nil), x.missing
}

type expander struct {
	*Scope
	missing []Missing
	size    int // of what properties stood for so far
}

// maxExpansion is the size in bytes of all that the properties in a text may
// stand for: each may stand in another twice, and that in a third.
const maxExpansion = 4 << 20

// Missing is a property expansion that stands for nothing.
type Missing struct {
	Name   string // without its braces
	Circle bool   // it has a value, in which it stands itself
}

// expand expands a text in the value of the properties within.
func (x *expander) expand(text string, within []string) string {
	var out strings.Builder
	for {
		at := strings.Index(text, "${")
		if at < 0 {
			out.WriteString(text)
			return out.String()
		}
		if at > 0 && text[at-1] == '$' { // $${name} is ${name} as it stands
			out.WriteString(text[:at-1] + "${")
			text = text[at+2:]
			continue
		}
		out.WriteString(text[:at])
		name, rest, closed := x.name(text[at+2:], within)
		if !closed {
			out.WriteString(text[at:])
			return out.String()
		}
		out.WriteString(x.value(name, within))
		text = rest
	}
}

// name reads a name up to its brace, with what expansions in it stand for.
func (x *expander) name(text string, within []string) (name, rest string, closed bool) {
	var out strings.Builder
	for {
		end := strings.IndexByte(text, '}')
		if end < 0 {
			return "", "", false
		}
		inner := strings.Index(text[:end], "${")
		if inner < 0 {
			out.WriteString(text[:end])
			return out.String(), text[end+1:], true
		}
		out.WriteString(text[:inner])
		nested, after, closed := x.name(text[inner+2:], within)
		if !closed {
			return "", "", false
		}
		out.WriteString(x.value(nested, within))
		text = after
	}
}

// value returns what a name stands for, or its expansion as it was written.
func (x *expander) value(name string, within []string) string {
	value, found := x.resolve(name)
	if x.size += len(value); x.size > maxExpansion {
		found = false
	}
	if !found || slices.Contains(within, name) || len(within) >= maxDepth {
		if m := (Missing{Name: name, Circle: found}); !slices.Contains(x.missing, m) {
			x.missing = append(x.missing, m)
		}
		return "${" + name + "}"
	}
	value = x.expand(value, append(slices.Clone(within), name))
	if x.Escape != nil && len(within) == 0 {
		value = x.Escape(value)
	}
	return value
}

// maxDepth is how many properties may stand in one another.
const maxDepth = 64

func (s *Scope) resolve(name string) (string, bool) {
	if value, given := s.Given.Get(name); given {
		return value, true
	}
	if scoped, ok := strings.CutPrefix(name, "#"); ok {
		scope, property, _ := strings.Cut(scoped, "#")
		sets := map[string]Properties{"Project": s.Project, "TestSuite": s.Suite, "TestCase": s.Case}
		return sets[scope].Get(property)
	}
	step, property, found := strings.Cut(name, "#")
	if !found {
		return "", false
	}
	property, path, _ := strings.Cut(property, "#")
	if value, known := s.Steps[step].Get(property); known && path == "" {
		return value, true
	}
	if s.Message == nil {
		return "", false
	}
	return s.Message(step, property, path)
}

// Set gives a property a value: of a step or, where step is #Project#,
// #TestSuite# or #TestCase#, of those.
func (s *Scope) Set(step, property, value string) bool {
	var set Properties
	switch step {
	case "#Project#":
		set = s.Project
	case "#TestSuite#":
		set = s.Suite
	case "#TestCase#":
		set = s.Case
	default:
		set = s.Steps[step]
	}
	if set == nil {
		return false
	}
	for name := range set {
		if strings.EqualFold(name, property) {
			delete(set, name)
		}
	}
	set[property] = value
	return true
}
