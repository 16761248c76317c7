package traffic

import (
	"regexp"
	"slices"
	"strings"
)

// ID is an identifier that a log has written beside a message, such as
// ExchangeId: 7.
type ID struct{ Name, Value string }

var (
	keyed = regexp.MustCompile(`(?i)([a-z][a-z0-9_. -]{0,40}?)["']?\s*[:=]\s*["'{\[(]*([a-z0-9][a-z0-9:./+_-]*)`)
	uuid  = regexp.MustCompile(`(?i)\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b`)

	// exchangeName are names of what a request and its reply have in common,
	// without what is no letter.
	exchangeName = regexp.MustCompile(`(?:exchange|correlation|corr|request|req|message|msg|trace|transaction|txn|trx|tx|conversation|activity|call|invocation|flow|session|connection|conn)(?:id|uuid|guid|key|no|nr|number)$|^(?:id|cid|rid|xid|tid|uuid|guid|seq|mdc)$`)
	notLetter    = regexp.MustCompile(`[^a-z]`)

	recordStart  = regexp.MustCompile(`(?m)^\W{0,3}(?:[0-9]{1,4}[-/.][0-9]{1,2}[-/.][0-9]{1,4}|[0-9]{1,2}:[0-9]{2}:[0-9]{2}|(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]* [0-9]|(?:TRACE|DEBUG|INFO|WARN|WARNING|ERROR|FINE[A-Z]*)\b|[DIWE], \[)`)
	threadInside = regexp.MustCompile(`(?i)\b[\w.$ -]*?(?:thread|exec|task|worker|pool|nio|executor|fiber|eventloop)[\w.$-]*[-#_ ][0-9]+\b`)
)

// record is the part of a log that a message stands in.
func (m Message) record() string {
	if starts := recordStart.FindAllStringIndex(m.Before, -1); len(starts) > 0 {
		return m.Before[starts[len(starts)-1][0]:]
	}
	return m.Before
}

// IDs returns the identifiers beside a message, the last ones first.
func (m Message) IDs() []ID {
	var all []ID
	for _, text := range []string{m.After, m.record()} {
		var here []ID
		for _, found := range keyed.FindAllStringSubmatch(text, -1) {
			words := strings.FieldsFunc(strings.ToLower(found[1]), func(r rune) bool { return r == ' ' })
			if len(words) == 0 {
				continue
			}
			name := notLetter.ReplaceAllString(words[len(words)-1], "")
			if name == "id" && len(words) > 1 {
				name = notLetter.ReplaceAllString(words[len(words)-2], "") + "id"
			}
			if exchangeName.MatchString(name) {
				here = append(here, ID{name, strings.TrimRight(found[2], ".:")})
			}
		}
		for _, found := range uuid.FindAllString(text, -1) {
			here = append(here, ID{"uuid", strings.ToLower(found)})
		}
		slices.Reverse(here)
		all = append(all, here...)
	}
	return all
}

// Threads returns what may be the name of the thread that has written a
// message into a log.
func (m Message) Threads() []string {
	text := m.record()
	var all []string
	for _, found := range bracketed.FindAllStringSubmatch(text, -1) {
		if !level.MatchString(strings.TrimSpace(found[1])) {
			all = append(all, strings.TrimSpace(found[1]))
		}
	}
	for _, found := range threadInside.FindAllString(text, -1) {
		all = append(all, strings.TrimSpace(found))
	}
	return all
}

var (
	changing = regexp.MustCompile(`[0-9a-fA-F-]{6,}|[0-9]+`)
	forOther = regexp.MustCompile(`(?i)for request\s*[\[:(]?\s*$`)
)

// labelLines is how many lines before a message tell who has logged it.
const labelLines = 5

// Label returns the words before a message, without numbers: what the part of
// a program writes that has logged it.
func (m Message) Label() string {
	lines := strings.Split(strings.TrimSpace(m.record()), "\n")
	text := strings.Join(lines[max(len(lines)-labelLines, 0):], "\n")
	return connection(m.Stream) + " " + changing.ReplaceAllString(text[max(len(text)-300, 0):], "0")
}

// Echoes reports whether a message is the request that the message before it
// has answered, as Spring-WS writes it behind a reply.
func (m Message) Echoes() bool { return forOther.MatchString(m.Before) }
