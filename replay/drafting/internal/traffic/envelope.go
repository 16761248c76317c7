package traffic

import (
	"bytes"
	"regexp"
)

// form is how a program has written the characters of a message.
type form int

const (
	plain     form = iota
	entities       // < is &lt;
	backslash      // < is \u003c or \x3c
)

// tag is a start or an end of an envelope.
type tag struct {
	start, end int // end: of its name
	form       form
	closes     bool
	prefix     string
}

// nextOpen finds the next start tag of an envelope.
func (f *finder) nextOpen(from int) (tag, bool) {
	if s := f.tags; s.is && s.from <= from && from <= s.at {
		return s.what, s.at < len(f.text)
	}
	found := tag{start: len(f.text)}
	for look := from; ; {
		t, ok := nextTag(f.text, look)
		if !ok {
			break
		}
		if !t.closes && t.start >= from {
			found = t
			break
		}
		look = t.end
	}
	f.tags = searched[tag]{from: from, at: found.start, is: true, what: found}
	return found, found.start < len(f.text)
}

const envelopeName = "Envelope"

// nextTag finds the next tag of an envelope.
func nextTag(text []byte, from int) (tag, bool) {
	for look := from; ; {
		n := bytes.Index(text[look:], []byte(envelopeName))
		if n < 0 {
			return tag{}, false
		}
		look += n + len(envelopeName)
		if t, ok := tagAt(text, look); ok {
			return t, true
		}
	}
}

var (
	tagBefore = regexp.MustCompile(`(?:(<)|(&(?:amp;)*lt;)|(\\+(?:u003[cC]|x3[cC])))(\\*/)?((?:[A-Za-z_][A-Za-z0-9_.-]*:)?)Envelope$`)
	tagAfter  = regexp.MustCompile(`^(?:[\s>/\\]|&(?:amp;)*gt;)`)
)

// tagAt returns the tag whose name ends at a place.
func tagAt(text []byte, end int) (tag, bool) {
	if end < len(text) && !tagAfter.Match(text[end:min(len(text), end+40)]) {
		return tag{}, false
	}
	if t, ok := plainTag(text, end); ok {
		return t, true
	}
	base := max(end-120, 0)
	m := tagBefore.FindSubmatchIndex(text[base:end])
	if m == nil {
		return tag{}, false
	}
	t := tag{start: base + m[0], end: end, closes: m[8] >= 0, prefix: string(text[base+m[10] : base+m[11]])}
	switch {
	case m[4] >= 0:
		t.form = entities
	case m[6] >= 0:
		t.form = backslash
	}
	return t, true
}

// plainTag returns the tag whose name ends at a place, if it is written without
// escapes, as nearly all are.
func plainTag(text []byte, end int) (tag, bool) {
	name := end - len(envelopeName)
	start := name
	if start > 0 && text[start-1] == ':' {
		for start--; start > 0 && (isWord(text[start-1]) || text[start-1] == '.' || text[start-1] == '-'); start-- {
		}
		if first := text[start]; !isLetter(first) && first != '_' {
			return tag{}, false
		}
	}
	t := tag{end: end, prefix: string(text[start:name])}
	if start > 0 && text[start-1] == '/' {
		t.closes = true
		start--
	}
	if start == 0 || text[start-1] != '<' || end-start >= 120 {
		return tag{}, false
	}
	t.start = start - 1
	return t, true
}

var tagEnds = map[form]*regexp.Regexp{
	plain:     regexp.MustCompile(`>`),
	entities:  regexp.MustCompile(`&(?:amp;)*gt;`),
	backslash: regexp.MustCompile(`\\+(?:u003[eE]|x3[eE])|>`),
}

// envelope finds the end of an envelope. Nothing of another message may stand
// in it.
func (f *finder) envelope(open tag) (found, bool) {
	m := found{start: f.withDeclaration(open), end: open.end, why: ErrCutOff}
	next, _ := f.nextStart(open.end)
	for look := open.end; ; {
		t, ok := nextTag(f.text, look)
		if !ok {
			return m, next < len(f.text)
		}
		look = t.end
		switch {
		case t.start > next:
			return m, true
		case t.form != open.form:
		case !t.closes:
			return m, true
		case t.prefix == open.prefix:
			end := tagEnds[t.form].FindIndex(f.text[t.end:min(len(f.text), t.end+1<<10)])
			if end == nil {
				return m, t.end+1<<10 < len(f.text)
			}
			m.end, m.why = t.end+end[1], nil
			return m, true
		}
	}
}

var xmlDeclaration = regexp.MustCompile(`(?:<|&(?:amp;)*lt;|\\+(?:u003[cC]|x3[cC]))\?xml[^?]{1,200}\?(?:>|&(?:amp;)*gt;|\\+(?:u003[eE]|x3[eE]))(?:\s|\\+(?:[nrt]|x0[aAdD]))*$`)

// withDeclaration returns where an envelope begins, with its XML declaration.
func (f *finder) withDeclaration(open tag) int {
	base := max(f.at, open.start-512)
	if at := xmlDeclaration.FindIndex(f.text[base:open.start]); at != nil {
		return base + at[0]
	}
	return open.start
}

// message returns the text of a message, with its characters as they are.
func (m found) message(text []byte) []byte {
	if m.http {
		return bytes.Clone(text[m.start:m.end])
	}
	lineStart := bytes.LastIndexByte(text[:m.start], '\n') + 1
	return unescaped(withoutPrefix(text[lineStart:m.start], text[m.start:m.end]))
}

// restOfLine returns the text behind a message up to the end of its line, where
// nothing of another message is in it.
func restOfLine(text []byte, end int) string {
	rest := text[end:min(len(text), end+512)]
	if n := bytes.IndexByte(rest, '\n'); n >= 0 {
		rest = rest[:n]
	}
	if n := bytes.IndexByte(rest, '<'); n >= 0 {
		rest = rest[:n]
	}
	return string(rest)
}
