package replay

import (
	"bufio"
	"bytes"
	"net/http"
	"net/textproto"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
)

// rawMessage is a request or a reply in a file of its own.
type rawMessage struct {
	RecordedMessage
	name    string // of the file
	reply   bool
	status  int    // of HTTP; 0: not known
	element string // in the Body; empty: not known
	taken   bool
}

// statusLine begins a reply of HTTP.
func statusLine() *regexp.Regexp { return regexp.MustCompile(`(?m)^HTTP/1\.[01] [1-5][0-9]{2}`) }

// requestLine begins a request of HTTP.
func requestLine() *regexp.Regexp {
	return regexp.MustCompile(`^(POST|GET|HEAD|PUT|OPTIONS) \S+ HTTP/1\.[01]\r?\n`)
}

// rawFile reads a file that holds a request, a reply or both, as they were
// sent or as their bodies alone.
func (i *Importer) rawFile(name string, text []byte) {
	if len(text) > 2*maxMessage {
		i.note(Source{File: name}, "%v", errTooLarge)
		return
	}
	if requestLine().Match(text) {
		if at := statusLine().FindIndex(text); at != nil {
			i.rawOne(name, text[:at[0]], 0)
			i.rawOne(name, text[at[0]:], bytes.Count(text[:at[0]], []byte("\n")))
			return
		}
	}
	i.rawOne(name, text, 0)
}

// rawOne reads one message, which begins below some lines of its file.
func (i *Importer) rawOne(name string, text []byte, lines int) {
	m := rawMessage{name: name, RecordedMessage: RecordedMessage{Source: Source{File: name, Line: 1 + lines}, Body: text}}
	onWire := requestLine().Match(text) || statusLine().FindIndex(text) != nil && statusLine().FindIndex(text)[0] == 0
	if onWire {
		first, header, body, ok := takeApart(text)
		if !ok {
			i.note(m.Source, "its HTTP header cannot be read")
			return
		}
		m.Header, m.Body, m.reply = header, body, strings.HasPrefix(first, "HTTP/")
		if m.reply {
			m.status, _ = strconv.Atoi(strings.Fields(first)[1])
		} else if !strings.HasPrefix(first, "POST ") {
			i.note(m.Source, "%s is no call of SOAP", strings.TrimSpace(first))
			return
		}
	}
	if !i.recognise(&m, onWire) {
		return
	}
	i.raw = append(i.raw, m)
}

// takeApart reads a message of HTTP; a file need not have kept its length.
func takeApart(text []byte) (first string, header http.Header, body []byte, ok bool) {
	reader := bufio.NewReader(bytes.NewReader(text))
	lines := textproto.NewReader(reader)
	first, err := lines.ReadLine()
	if err != nil {
		return "", nil, nil, false
	}
	fields, err := lines.ReadMIMEHeader()
	if err != nil {
		return "", nil, nil, false
	}
	var rest bytes.Buffer
	if _, err := reader.WriteTo(&rest); err != nil {
		return "", nil, nil, false
	}
	return first, http.Header(fields), rest.Bytes(), true
}

// recognise finds out what a message is: by its element, or else by the name
// of its file.
func (i *Importer) recognise(m *rawMessage, onWire bool) bool {
	text, err := m.text()
	if err != nil {
		i.note(m.Source, "%v", err)
		return false
	}
	envelope, err := readMessage(text)
	if err == nil {
		m.element, m.reply = envelope.body.name.Local, envelope.answers()
		return true
	}
	_, named, isReply := stem(m.name)
	if !onWire && !named || m.reply || isReply {
		i.note(m.Source, "it holds no message of SOAP: %v", err)
		return false
	}
	return true
}

// stem is what the names of a request and its reply have in common, and
// whether a name says which of the two it is.
func stem(name string) (common string, named, reply bool) {
	words := regexp.MustCompile(`(?i)(^|[^a-z]|[a-z])(requests?|req|rq|sent|responses?|resp|rsp|rs|repl(?:y|ies)|answers?|received)($|[^a-z])`)
	base := strings.TrimSuffix(name, filepath.Ext(name))
	for {
		at := words.FindStringSubmatchIndex(base)
		if at == nil {
			break
		}
		before, word := base[at[2]:at[3]], strings.ToLower(base[at[4]:at[5]])
		short := len(word) <= 3
		if before != "" && isLetter(before[0]) && short { // the end of another word
			break
		}
		named = true
		reply = strings.HasPrefix(word, "res") || strings.HasPrefix(word, "rep") || strings.HasPrefix(word, "an") || word == "rsp" || word == "rs" || word == "received"
		base = base[:at[4]] + base[at[5]:]
	}
	common = strings.ToLower(regexp.MustCompile(`[-_. ]+`).ReplaceAllString(base, ""))
	return common, named, reply
}

func isLetter(b byte) bool { return b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' }

// pairs puts the raw messages together: by their names, or else each reply
// with the last request before it that it answers.
func (i *Importer) pairs() {
	i.raw = sortedByName(i.raw)
	answers := map[int]int{} // the reply of a request
	i.byStem(answers)
	i.byOrder(answers)
	var all []Recorded
	for n, m := range i.raw {
		reply, found := answers[n]
		switch {
		case m.reply && !m.taken:
			i.note(m.Source, "the request that it answers is not there")
		case m.reply:
		case !found:
			i.note(m.Source, "its reply is not there")
		default:
			all = append(all, Recorded{Request: m.RecordedMessage, Reply: i.raw[reply].RecordedMessage, Status: i.raw[reply].status})
		}
	}
	i.raw = nil
	i.add(all)
}

func sortedByName(messages []rawMessage) []rawMessage {
	byFile := map[string][]rawMessage{}
	var names []string
	for _, m := range messages {
		if byFile[m.name] == nil {
			names = append(names, m.name)
		}
		byFile[m.name] = append(byFile[m.name], m)
	}
	byName(names)
	var sorted []rawMessage
	for _, name := range names {
		sorted = append(sorted, byFile[name]...)
	}
	return sorted
}

// byStem pairs what has the same name, as often as it does.
func (i *Importer) byStem(answers map[int]int) {
	requests, replies := map[string][]int{}, map[string][]int{}
	for n, m := range i.raw {
		common, _, _ := stem(m.name)
		if m.reply {
			replies[common] = append(replies[common], n)
		} else {
			requests[common] = append(requests[common], n)
		}
	}
	for common, all := range requests {
		if len(replies[common]) != len(all) {
			continue
		}
		for at, n := range all {
			answers[n] = replies[common][at]
			i.raw[n].taken, i.raw[replies[common][at]].taken = true, true
		}
	}
}

// byOrder pairs what is left.
func (i *Importer) byOrder(answers map[int]int) {
	for n := range i.raw {
		if !i.raw[n].reply || i.raw[n].taken {
			continue
		}
		for before := n - 1; before >= 0; before-- {
			request := &i.raw[before]
			if request.reply || request.taken || i.raw[n].element != request.element+"Response" && i.raw[n].element != "Fault" {
				continue
			}
			answers[before] = n
			request.taken, i.raw[n].taken = true, true
			break
		}
	}
}
