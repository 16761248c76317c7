package traffic

import (
	"bytes"
	"regexp"
	"strconv"
	"strings"
)

var (
	wireArrow  = regexp.MustCompile(`(>>|<<) ("?)`)
	outgoing   = regexp.MustCompile(`(\S*http-(?:outgoing|incoming)-\S+|\[id: ?\S+?\]|\S+-[0-9]+)\s*$`)
	wireEscape = regexp.MustCompile(`\[(?:\\[rnt]|0x[0-9a-fA-F]{1,2})\]`)
)

// wireLine reads a line that Apache HttpClient writes about bytes of a
// connection, in any of its versions:
//
//	... wire - http-outgoing-0 >> "POST / HTTP/1.1[\r][\n]"
//
// sent is nil for a line about headers, which are among the bytes too.
func wireLine(line []byte) (stream string, sent []byte, ok bool) {
	if !bytes.Contains(line, []byte(`>> `)) && !bytes.Contains(line, []byte(`<< `)) {
		return "", nil, false
	}
	line = bytes.TrimRight(line, "\r\n")
	arrow := wireArrow.FindSubmatchIndex(line)
	if arrow == nil {
		return "", nil, false
	}
	before := line[:arrow[0]]
	name := outgoing.FindSubmatch(before)
	if arrow[4] == arrow[5] { // no quote
		return "", nil, name != nil && bytes.Contains(name[1], []byte("http-outgoing-"))
	}
	text := line[arrow[1]:]
	if !bytes.HasSuffix(text, []byte(`"`)) {
		return "", nil, false
	}
	by := ""
	if name != nil {
		by = string(name[1])
	} else {
		by = thread(before)
	}
	sent = wireEscape.ReplaceAllFunc(text[:len(text)-1], func(escape []byte) []byte {
		switch kind := string(escape[1:3]); kind {
		case `\r`:
			return []byte("\r")
		case `\n`:
			return []byte("\n")
		case `\t`:
			return []byte("\t")
		}
		number, _ := strconv.ParseUint(string(escape[3:len(escape)-1]), 16, 8)
		return []byte{byte(number)}
	})
	return by + "\x00" + string(line[arrow[2]:arrow[3]]), sent, true
}

// thread returns what may be the name of a thread in a line of a log.
func thread(before []byte) string {
	for _, name := range bracketed(string(before)) {
		if !isLevel(name) {
			return name
		}
	}
	return ""
}

// SomeConnection is the name of the connection where a log does not tell
// several from each other.
const SomeConnection = "connection"

// connection returns the name of a connection by that of one of its two streams.
func connection(stream string) string {
	name, direction, isWire := strings.Cut(stream, "\x00")
	if isWire && direction != "" && name == "" {
		return SomeConnection
	}
	return name
}

var (
	curlStart = regexp.MustCompile(`^(?:> [A-Z]+ \S+ |< )HTTP/[0-9.]+`)
	curlNote  = regexp.MustCompile(`^(?:\* .*|[{}] \[[0-9]+ bytes data\])\r?\n?$`)
)

// curlLine reads a line of what curl -v shows: headers behind > and <, and
// notes behind *, which are left out. within says that the lines before were
// headers.
func curlLine(line []byte, within bool) ([]byte, bool) {
	if !within && !curlStart.Match(line) {
		return line, false
	}
	switch {
	case bytes.HasPrefix(line, []byte("> ")), bytes.HasPrefix(line, []byte("< ")):
		rest := line[2:]
		return rest, len(bytes.TrimSpace(rest)) > 0
	case len(bytes.TrimSpace(line)) == 1 && (line[0] == '>' || line[0] == '<'):
		return line[1:], false
	case curlNote.Match(line):
		return nil, true
	}
	return line, false
}
