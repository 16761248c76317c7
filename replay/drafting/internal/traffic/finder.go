package traffic

import (
	"bytes"
	"regexp"
	"strconv"
	"strings"
)

// finder finds the messages of a text, one after the other.
type finder struct {
	text []byte
	at   int  // from which is searched
	last bool // no more text is to come
	done int  // up to here there is nothing that is not found yet

	starts searched[int]
	tags   searched[tag]
}

// searched is what was found by the search that began at from.
type searched[T any] struct {
	from, at int
	is       bool
	what     T
}

// found is a message in a text, or the beginning of one that is none.
type found struct {
	start, end int
	http       bool
	why        error
}

// next finds the next message. It reports false where there is none, or where
// its end is still to come.
func (f *finder) next() (found, bool) {
	start, onWire := f.nextStart(f.at)
	open, isEnvelope := f.nextOpen(f.at)
	var m found
	var whole bool
	switch {
	case onWire && (!isEnvelope || start <= open.start):
		m, whole = f.http(start)
	case isEnvelope:
		m, whole = f.envelope(open)
	default:
		f.done = len(f.text)
		return found{}, false
	}
	if !whole && !f.last && len(f.text)-m.start < maxKept {
		f.done = m.start
		return found{}, false
	}
	if m.why == nil && m.end-m.start > maxKept {
		m.why = ErrTooLarge
	}
	f.at = m.end
	return m, true
}

// nextStart finds the next line that begins a message of HTTP.
func (f *finder) nextStart(from int) (int, bool) {
	if s := f.starts; s.is && s.from <= from && from <= s.what {
		return s.what, s.what < len(f.text)
	}
	at := len(f.text)
	for look := from; ; {
		n := bytes.Index(f.text[look:], []byte("HTTP/"))
		if n < 0 {
			break
		}
		if start, ok := startLine(f.text, look+n, from); ok {
			at = start
			break
		}
		look += n + len("HTTP/")
	}
	f.starts = searched[int]{from: from, is: true, what: at}
	return at, at < len(f.text)
}

var (
	requestStart = regexp.MustCompile(`(?:^|[^A-Za-z])((?:POST|GET|HEAD|PUT|OPTIONS|PATCH|DELETE|TRACE|CONNECT|PRI) \S+ )$`)
	afterRequest = regexp.MustCompile(`^HTTP/[0-9.]+[ \t]*\r?\n`)
	statusStart  = regexp.MustCompile(`^HTTP/[0-9.]+ [1-5][0-9]{2}(?:[ \t][^\r\n]*)?\r?(?:\n|$)`)
	headerLine   = regexp.MustCompile(`^(?:[A-Za-z][A-Za-z0-9_-]*:[^\n]*)?\r?(?:\n|$)`)
	labelled     = regexp.MustCompile(`[>:|\])"-]\s*$|^\s*$`)
)

// startLine reports whether the words HTTP/ at a place belong to a line that
// begins a message, and where that line begins. Another message may stand
// right before it, up to from.
func startLine(text []byte, at, from int) (int, bool) {
	before := text[max(from, at-8<<10):at]
	if n := bytes.LastIndexByte(before, '\n'); n >= 0 {
		before = before[n+1:]
	}
	rest := text[at:min(len(text), at+8<<10)]
	if first := afterRequest.Find(rest); first != nil {
		method := requestStart.FindSubmatchIndex(before)
		return at - len(before) + at0(method), method != nil && isHeader(rest[len(first):])
	}
	first := statusStart.Find(rest)
	return at, first != nil && labelled.Match(before) && isHeader(rest[len(first):])
}

// isHeader reports whether a text begins with the header of a message, which
// an empty line ends.
func isHeader(text []byte) bool {
	for n := 0; ; n++ {
		line, rest, more := bytes.Cut(text, []byte("\n"))
		switch {
		case !more && n > 0, len(bytes.TrimSpace(line)) == 0:
			return true
		case !headerLine.Match(text) && !(n > 0 && (line[0] == ' ' || line[0] == '\t')):
			return false
		}
		text = rest
	}
}

// at0 returns where the first group of a match begins.
func at0(match []int) int {
	if match == nil {
		return 0
	}
	return match[2]
}

// http finds the end of a message of HTTP.
func (f *finder) http(start int) (found, bool) {
	body, whole := headEnd(f.text, start)
	m := found{start: start, end: body, http: true}
	if !whole {
		return m, false
	}
	head := string(f.text[start:body])
	next, _ := f.nextStart(body)
	switch end, fits := f.framed(head, body); {
	case fits:
		m.end = end
		return m, true
	case bodiless(head):
		return m, true
	}
	m.end = body + len(bytes.TrimRight(f.text[body:next], " \t\r\n"))
	open, ok := f.nextOpen(body)
	between := f.text[body:min(max(f.withDeclaration(open), body), next)]
	switch {
	case !ok || open.start >= next:
		m.end = body + len(bytes.TrimRight(withoutRule(f.text[body:next]), " \t\r\n"))
		return m, next < len(f.text)
	case isMultipart(head) || isChunked(head) && chunkSize.Match(between):
		return m, next < len(f.text)
	case len(bytes.TrimSpace(between)) > 0:
		m.end = body + len(bytes.TrimRight(between, " \t\r\n"))
		return m, true // what comes then is not its body
	}
	within, whole := f.envelope(open)
	within.start, within.http = start, true
	return within, whole
}

// headEnd finds where the header of a message ends.
func headEnd(text []byte, start int) (int, bool) {
	for at := start; ; {
		n := bytes.IndexByte(text[at:], '\n')
		if n < 0 {
			return len(text), false
		}
		at += n + 1
		switch {
		case bytes.HasPrefix(text[at:], []byte("\r\n")):
			return at + 2, true
		case bytes.HasPrefix(text[at:], []byte("\n")):
			return at + 1, true
		}
	}
}

var (
	lengthHeader = regexp.MustCompile(`(?im)^Content-Length:[ \t]*([0-9]{1,10})[ \t]*\r?$`)
	chunkHeader  = regexp.MustCompile(`(?im)^Transfer-Encoding:[ \t]*.*chunked`)
	multiHeader  = regexp.MustCompile(`(?im)^Content-Type:[ \t]*multipart/`)
	noBody       = regexp.MustCompile(`^(?:(?:GET|HEAD|DELETE|OPTIONS|TRACE|CONNECT|PRI) |HTTP/[0-9.]+ (?:1[0-9]{2}|204|304))`)
	chunkSize    = regexp.MustCompile(`^\s*[0-9A-Fa-f]{1,8}(?:;[^\n]*)?\s*$`)
	rule         = regexp.MustCompile(`(?s)\n\s*[-=]{5,}[^\n]*(?:\n.*)?$`)
)

func isChunked(head string) bool   { return chunkHeader.MatchString(head) }
func isMultipart(head string) bool { return multiHeader.MatchString(head) }

// bodiless reports whether a message has no body.
func bodiless(head string) bool {
	length := lengthHeader.FindStringSubmatch(head)
	return noBody.MatchString(head) || length != nil && strings.Trim(length[1], "0") == ""
}

// withoutRule returns a body without the rule that a program has drawn below it.
func withoutRule(body []byte) []byte {
	if at := rule.FindIndex(body); at != nil {
		return body[:at[0]]
	}
	return body
}

// framed finds the end of a body by its chunks or its length, if that is what
// the text has kept.
func (f *finder) framed(head string, body int) (int, bool) {
	if isChunked(head) {
		end, ok := chunksEnd(f.text[body:])
		return body + end, ok
	}
	length := lengthHeader.FindStringSubmatch(head)
	if length == nil {
		return 0, false
	}
	size, err := strconv.Atoi(length[1])
	if end := body + size; err == nil && size > 0 && end <= len(f.text) && f.fits(body, end) {
		return end, true
	}
	return 0, false
}

// fits reports whether a body can end at a place: another message begins
// there, the text ends, or its envelope does.
func (f *finder) fits(body, end int) bool {
	rest := bytes.TrimLeft(f.text[end:min(len(f.text), end+4<<10)], " \t\r\n-=")
	if len(rest) == 0 {
		return f.last
	}
	next, _ := f.nextStart(body)
	if next == len(f.text)-len(f.text[end:])+bytes.Index(f.text[end:], rest) {
		return true
	}
	open, ok := f.nextOpen(body)
	if !ok || open.start >= end || next < end {
		return false
	}
	m, whole := f.envelope(open)
	return whole && m.why == nil && m.end == body+len(bytes.TrimRight(f.text[body:end], " \t\r\n"))
}

// chunksEnd finds the end of a body in chunks.
func chunksEnd(text []byte) (int, bool) {
	for at := 0; ; {
		n := bytes.IndexByte(text[at:min(len(text), at+256)], '\n')
		if n < 0 {
			return 0, false
		}
		digits, _, _ := strings.Cut(strings.TrimSpace(string(text[at:at+n])), ";")
		size, err := strconv.ParseUint(strings.TrimSpace(digits), 16, 31)
		if err != nil {
			return 0, false
		}
		at += n + 1
		if size == 0 {
			return trailerEnd(text, at), true
		}
		at += int(size)
		if at >= len(text) || text[at] != '\r' && text[at] != '\n' {
			return 0, false
		}
		at += bytes.IndexByte(text[at:], '\n') + 1
	}
}

// trailerEnd returns the end of the empty line behind the last chunk.
func trailerEnd(text []byte, at int) int {
	for _, end := range []string{"\r\n", "\n"} {
		if bytes.HasPrefix(text[at:], []byte(end)) {
			return at + len(end)
		}
	}
	return at
}

// HasMessage reports whether a text holds what begins as a message.
func HasMessage(text []byte) bool {
	f := &finder{text: text, last: true}
	_, found := f.next()
	return found
}
