package traffic

import (
	"bytes"
	"html"
	"regexp"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

var (
	colours      = regexp.MustCompile("\x1b\\[[0-9;]*[mK]")
	asEntities   = regexp.MustCompile(`^&(?:amp;)*lt;`)
	asBackslash  = regexp.MustCompile(`^\\+(?:u003[cC]|x3[cC])|^[^>]*=\\+(?:["'x]|u0022)|>(?:\\+[rnt])+\s*(?:<|$)|>\\+x0[aAdD]`)
	mostEscapes  = 3 // one in the other
	digitsAndGap = regexp.MustCompile(`[0-9]+`)
)

// unescaped returns a message without the escapes that a program has written for
// its characters: those of XML, or those of JSON and of programs' languages.
func unescaped(text []byte) []byte {
	if bytes.IndexByte(text, '\x1b') >= 0 {
		text = colours.ReplaceAll(text, nil)
	}
	for range mostEscapes {
		switch {
		case bytes.HasPrefix(text, []byte("&")) && asEntities.Match(text):
			text = []byte(html.UnescapeString(string(text)))
		case bytes.IndexByte(text, '\\') >= 0 && asBackslash.Match(text):
			text = withoutBackslashes(text)
		default:
			return bytes.Clone(text)
		}
	}
	return text
}

var simpleEscapes = map[byte]byte{'n': '\n', 'r': '\r', 't': '\t', 'b': '\b', 'f': '\f', '"': '"', '\'': '\'', '/': '/', '\\': '\\'}

// withoutBackslashes reads escapes such as \n, \", \x3C and <.
func withoutBackslashes(text []byte) []byte {
	out := make([]byte, 0, len(text))
	for at := 0; at < len(text); {
		if text[at] != '\\' || at+1 == len(text) {
			out = append(out, text[at])
			at++
			continue
		}
		kind := text[at+1]
		size := map[byte]int{'x': 2, 'u': 4}[kind]
		switch plain, simple := simpleEscapes[kind]; {
		case simple:
			out, at = append(out, plain), at+2
		case size > 0 && hexAt(text, at+2, size) >= 0:
			number := hexAt(text, at+2, size)
			at += 2 + size
			if kind == 'x' {
				out = append(out, byte(number))
				continue
			}
			if low := hexAt(text, at+2, 4); utf16.IsSurrogate(number) && bytes.HasPrefix(text[at:], []byte(`\u`)) && low >= 0 {
				number, at = utf16.DecodeRune(number, low), at+6
			}
			out = utf8.AppendRune(out, number)
		default:
			out, at = append(out, '\\'), at+1
		}
	}
	return out
}

// hexAt returns the number of so many digits at a place; -1: there is none.
func hexAt(text []byte, at, digits int) rune {
	if at+digits > len(text) {
		return -1
	}
	number, err := strconv.ParseUint(string(text[at:at+digits]), 16, 32)
	if err != nil {
		return -1
	}
	return rune(number)
}

// withoutPrefix returns a message without what a program has written before each of
// its lines, such as a time, the name of a container, or the mark of a
// comment. The line in which the message begins begins with it too.
func withoutPrefix(before, text []byte) []byte {
	lines := bytes.SplitAfter(text, []byte("\n"))
	if len(lines) < 2 {
		return text
	}
	common := alike(before)
	for _, line := range lines[1:] {
		if len(bytes.TrimSpace(line)) > 0 {
			common = sharedStart(common, line)
		}
	}
	if len(bytes.TrimSpace(common)) == 0 {
		return text
	}
	out := bytes.Clone(lines[0])
	for _, line := range lines[1:] {
		out = append(out, line[spanOf(common, line):]...)
	}
	return out
}

// alike returns the start of a line with a 0 in place of each number.
func alike(line []byte) []byte { return digitsAndGap.ReplaceAll(line, []byte("0")) }

// sharedStart returns what a line begins with of a start in which a 0 stands for
// each number, without the white space at its end.
func sharedStart(start, line []byte) []byte {
	if n := bytes.IndexByte(line, '<'); n >= 0 {
		line = line[:n]
	}
	line = alike(line)
	n := 0
	for n < len(start) && n < len(line) && start[n] == line[n] {
		n++
	}
	return bytes.TrimRight(start[:n], " \t\r\n")
}

// spanOf returns how many bytes of a line are such a start.
func spanOf(start, line []byte) int {
	at := 0
	for _, c := range start {
		switch {
		case at < len(line) && c == '0' && line[at] >= '0' && line[at] <= '9':
			for at < len(line) && line[at] >= '0' && line[at] <= '9' {
				at++
			}
		case at < len(line) && line[at] == c:
			at++
		default:
			return at
		}
	}
	return at
}
