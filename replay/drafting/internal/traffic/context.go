package traffic

import (
	"regexp"
	"slices"
	"strings"
)

// Context is what a log tells of a message in the text around it.
type Context struct {
	IDs     []ID     // beside the message, the last ones first
	Threads []string // what may be the name of the thread that has written it
	Label   string   // the words before it, without numbers: what its part of the program writes
	Echoes  bool     // it is the request that the message before it has answered, as Spring-WS repeats it
}

// ID is an identifier that a log has written beside a message, such as
// ExchangeId: 7.
type ID struct{ Name, Value string }

// Context reads the text around a message.
func (m Message) Context() Context {
	record := m.record()
	return Context{
		IDs: append(ids(m.After), ids(record)...), Threads: threads(record),
		Label: connection(m.Stream) + " " + label(record), Echoes: endsForRequest(m.Before),
	}
}

// recordStart is how a line begins that begins a record of a log.
var recordStart = regexp.MustCompile(`^\W{0,3}(?:[0-9]{1,4}[-/.][0-9]{1,2}[-/.][0-9]{1,4}|[0-9]{1,2}:[0-9]{2}:[0-9]{2}|(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]* [0-9]|(?:TRACE|DEBUG|INFO|WARN|WARNING|ERROR|FINE[A-Z]*)\b|[DIWE], \[)`)

// record returns the part of a log that a message stands in.
func (m Message) record() string {
	for end := len(m.Before); end >= 0; {
		start := strings.LastIndexByte(m.Before[:end], '\n') + 1
		if recordStart.MatchString(m.Before[start:]) {
			return m.Before[withPunctuation(m.Before, start):]
		}
		end = start - 1
	}
	return m.Before
}

// withPunctuation returns where a record begins with the lines of mere punctuation
// right before it.
func withPunctuation(text string, start int) int {
	for at := max(start-3, 0); at < start; at++ {
		if (at == 0 || text[at-1] == '\n') && recordStart.MatchString(text[at:]) {
			return at
		}
	}
	return start
}

// ids returns the identifiers in a text, the last ones first.
func ids(text string) []ID {
	var all []ID
	for from := 0; ; {
		key, value, end := pair(text, from)
		if end < 0 {
			break
		}
		if name := exchangeName(key); name != "" {
			all = append(all, ID{name, strings.TrimRight(value, ".:")})
		}
		from = end
	}
	for _, found := range uuids(text) {
		all = append(all, ID{"uuid", strings.ToLower(found)})
	}
	slices.Reverse(all)
	return all
}

// longestKey is how many characters a key has at most.
const longestKey = 41

// pair finds the next key with its value, such as ExchangeId: 7 or "id": "7".
// end is where the search goes on; -1: there is none.
func pair(text string, from int) (key, value string, end int) {
	for first := from; ; {
		n := strings.IndexAny(text[first:], ":=")
		if n < 0 {
			return "", "", -1
		}
		at := first + n
		value, end := valueBehind(text, at+1)
		if key := keyBefore(text[first:at]); key != "" && value != "" {
			return key, value, end
		}
		first = at + 1
	}
}

// keyBefore returns the key that a text ends with.
func keyBefore(text string) string {
	text = strings.TrimRight(text, asciiSpace)
	if end := len(text) - 1; end >= 0 && (text[end] == '"' || text[end] == '\'') {
		text = text[:end]
	}
	start := len(text)
	for at := len(text) - 1; at >= 0 && len(text)-at <= longestKey && (isLetterOrDigit(text[at]) || strings.IndexByte("_. -", text[at]) >= 0); at-- {
		if isLetter(text[at]) {
			start = at
		}
	}
	return text[start:]
}

// valueBehind returns the value that a text begins with at a place, and where it
// ends.
func valueBehind(text string, from int) (string, int) {
	rest := strings.TrimLeft(strings.TrimLeft(text[from:], asciiSpace), `"'{[(`)
	end := 0
	for end < len(rest) && (isLetterOrDigit(rest[end]) || end > 0 && strings.IndexByte(":./+_-", rest[end]) >= 0) {
		end++
	}
	return rest[:end], len(text) - len(rest) + end
}

const asciiSpace = "\t\n\f\r "

func isLetter(c byte) bool { return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' }

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

func isLetterOrDigit(c byte) bool { return isLetter(c) || isDigit(c) }

func isWord(c byte) bool { return isLetterOrDigit(c) || c == '_' }

func isHex(c byte) bool { return isDigit(c) || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F' }

var (
	// exchanges and numbers make names of what a request and its reply have in
	// common.
	exchanges = []string{
		"exchange", "correlation", "corr", "request", "req", "message", "msg", "trace", "transaction", "txn", "trx", "tx",
		"conversation", "activity", "call", "invocation", "flow", "session", "connection", "conn",
	}
	numbers = []string{"id", "uuid", "guid", "key", "no", "nr", "number"}
	// shortNames do so alone.
	shortNames = []string{"id", "cid", "rid", "xid", "tid", "uuid", "guid", "seq", "mdc"}
)

// exchangeName returns the last word of a key, in lower-case letters, if it is a
// name of what a request and its reply have in common.
func exchangeName(key string) string {
	words := strings.FieldsFunc(strings.ToLower(key), func(r rune) bool { return r == ' ' })
	if len(words) == 0 {
		return ""
	}
	name := letters(words[len(words)-1])
	if name == "id" && len(words) > 1 {
		name = letters(words[len(words)-2]) + "id"
	}
	if slices.Contains(shortNames, name) {
		return name
	}
	for _, number := range numbers {
		what, ends := strings.CutSuffix(name, number)
		if ends && slices.ContainsFunc(exchanges, func(e string) bool { return strings.HasSuffix(what, e) }) {
			return name
		}
	}
	return ""
}

// letters returns those of a text in lower case.
func letters(text string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' {
			return r
		}
		return -1
	}, text)
}

// uuidForm is a UUID with a 0 for each of its digits.
const uuidForm = "00000000-0000-0000-0000-000000000000"

// uuids returns those in a text.
func uuids(text string) []string {
	var all []string
	for from := 0; ; {
		n := strings.IndexByte(text[from:], '-')
		if n < 0 {
			return all
		}
		at := from + n
		from = at + 1
		if start := at - strings.IndexByte(uuidForm, '-'); isUUID(text, start) {
			from = start + len(uuidForm)
			all = append(all, text[start:from])
		}
	}
}

// isUUID reports whether a UUID stands at a place as a word of its own.
func isUUID(text string, start int) bool {
	end := start + len(uuidForm)
	if start < 0 || end > len(text) || start > 0 && isWord(text[start-1]) || end < len(text) && isWord(text[end]) {
		return false
	}
	for n := range len(uuidForm) {
		if c := text[start+n]; uuidForm[n] == '-' && c != '-' || uuidForm[n] == '0' && !isHex(c) {
			return false
		}
	}
	return true
}

// threads returns what may be names of threads in a record.
func threads(record string) []string {
	var all []string
	for _, name := range bracketed(record) {
		if !isLevel(name) {
			all = append(all, name)
		}
	}
	for _, run := range strings.FieldsFunc(record, func(r rune) bool { return !ofThread(r) }) {
		if hasNumber(run) && ofPool.MatchString(run) {
			for _, found := range threadInside.FindAllString(run, -1) {
				all = append(all, strings.TrimSpace(found))
			}
		}
	}
	return all
}

// hasNumber reports whether a number follows what sets the number of a thread apart
// from its name.
func hasNumber(run string) bool {
	for n := 1; n < len(run); n++ {
		if run[n] >= '0' && run[n] <= '9' && strings.IndexByte("-#_ ", run[n-1]) >= 0 {
			return true
		}
	}
	return false
}

// bracketed returns the words in brackets that hold no others.
func bracketed(text string) []string {
	var all []string
	for from := 0; ; {
		n := strings.IndexAny(text[from:], "[(")
		if n < 0 {
			return all
		}
		start := from + n + 1
		if n = strings.IndexAny(text[start:], "[]()"); n < 0 {
			return all
		}
		if from = start + n; n > 0 && (text[from] == ']' || text[from] == ')') {
			all = append(all, strings.TrimSpace(text[start:from]))
		}
	}
}

// isLevel reports whether a word is a level of a log.
func isLevel(word string) bool {
	return slices.ContainsFunc([]string{"trace", "debug", "info", "warn", "warning", "error", "fine", "finer", "finest", "verbose", "all"},
		func(level string) bool { return strings.EqualFold(word, level) })
}

// ofThread reports whether the name of a thread may hold a character.
func ofThread(r rune) bool { return r < 0x80 && (isWord(byte(r)) || strings.ContainsRune(".$ #-", r)) }

var (
	ofPool       = regexp.MustCompile(`(?i)thread|exec|task|worker|pool|nio|fiber|eventloop`)
	threadInside = regexp.MustCompile(`(?i)\b[\w.$ -]*?(?:thread|exec|task|worker|pool|nio|executor|fiber|eventloop)[\w.$-]*[-#_ ][0-9]+\b`)
)

// labelLines is how many lines before a message tell who has logged it, and
// labelSize how many bytes of them.
const (
	labelLines = 5
	labelSize  = 300
)

// label returns the end of a record, without numbers.
func label(record string) string {
	text := strings.TrimSpace(record)
	start := len(text)
	for range labelLines {
		if start = strings.LastIndexByte(text[:max(start, 0)], '\n'); start < 0 {
			break
		}
	}
	return withoutNumbers(text[max(start+1, len(text)-labelSize):])
}

// withoutNumbers returns a text with a 0 in place of each number and of what may be
// an identifier: six hex digits and hyphens at least.
func withoutNumbers(text string) string {
	var out strings.Builder
	for at := 0; at < len(text); {
		hex, decimal := at, at
		for hex < len(text) && (isHex(text[hex]) || text[hex] == '-') {
			hex++
		}
		for decimal < len(text) && isDigit(text[decimal]) {
			decimal++
		}
		switch {
		case hex-at >= 6:
			out.WriteByte('0')
			at = hex
		case decimal > at:
			out.WriteByte('0')
			at = decimal
		default:
			out.WriteByte(text[at])
			at++
		}
	}
	return out.String()
}

// endsForRequest reports whether a text ends with "for request", and perhaps a
// bracket.
func endsForRequest(text string) bool {
	text = strings.TrimRight(text, asciiSpace)
	if end := len(text) - 1; end >= 0 && strings.IndexByte("[:(", text[end]) >= 0 {
		text = strings.TrimRight(text[:end], asciiSpace)
	}
	const words = "for request"
	return len(text) >= len(words) && strings.EqualFold(text[len(text)-len(words):], words)
}
