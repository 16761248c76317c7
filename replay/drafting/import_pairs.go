package drafting

import (
	"context"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// stem returns what the names of a request and its reply have in common, and
// whether a name says which of the two it is.
func stem(name string) (common string, named, reply bool) {
	base := strings.TrimSuffix(name, filepath.Ext(name))
	for {
		at := roleWord.FindStringSubmatchIndex(base)
		if at == nil {
			break
		}
		before, word := base[at[2]:at[3]], strings.ToLower(base[at[4]:at[5]])
		short := len(word) <= 3
		if before != "" && isLetter(before[0]) && short { // the end of another word
			break
		}
		named = true
		reply = strings.HasPrefix(word, "res") || strings.HasPrefix(word, "rep") || strings.HasPrefix(word, "an") || word == "rsp" || word == "rs" || word == "received" || word == "recv"
		base = base[:at[4]] + base[at[5]:]
	}
	common = strings.ToLower(nameGap.ReplaceAllString(base, ""))
	return common, named, reply
}

var (
	roleWord = regexp.MustCompile(`(?i)(^|[^a-z]|[a-z])(requests?|req|rq|sent|responses?|resp|rsp|rs|repl(?:y|ies)|answers?|received|recv)($|[^a-z])`)
	nameGap  = regexp.MustCompile(`[-_. ]+`)
	digitRun = regexp.MustCompile(`[0-9]+`)
)

func isLetter(b byte) bool { return b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' }

// digits returns the numbers in a name, which a request and its reply have in
// common where folders or other words say which of the two they are.
func digits(name string) string {
	return strings.Join(digitRun.FindAllString(name, -1), " ")
}

// pairs puts the raw messages together: by what their names share, else in
// their order.
func (i *Importer) pairs(ctx context.Context) error {
	i.raw = sortedByName(i.raw)
	i.pairAcross()
	answers := map[int]int{} // the reply of a request
	i.byName(answers, func(name string) string { common, _, _ := stem(name); return common })
	i.byName(answers, digits)
	i.byOrder(answers)
	i.byNearness(answers)
	var all []Recorded
	for n, m := range i.raw {
		reply, found := answers[n]
		switch {
		case m.answer != nil:
			all = append(all, i.recorded(m))
		case m.unsure != "":
			i.leaveOut(m.Source, "it is doubtful which request it answers: %s", m.unsure)
		case m.reply && !m.taken:
			i.leaveOut(m.Source, "the request that it answers is not there")
		case m.reply:
		case !found:
			i.doubt(m.Source, "its reply is not there: %s", anyPasses)
			all = append(all, m.asked())
		default:
			r := m.asked()
			r.Reply, r.Status = i.raw[reply].RecordedMessage, i.raw[reply].status
			all = append(all, r)
		}
	}
	i.raw = nil
	if err := i.draft(ctx, all); err != nil {
		return err
	}
	decided := make([]Recorded, 0, len(i.decided))
	for _, m := range i.decided {
		decided = append(decided, i.recorded(m))
	}
	i.decided = nil
	return i.add(ctx, decided)
}

// asked returns a request as an exchange without a reply.
func (m rawMessage) asked() Recorded {
	return Recorded{Request: m.RecordedMessage, Method: m.method, Target: m.target}
}

// recorded returns a request with the reply that is known of it.
func (i *Importer) recorded(m rawMessage) Recorded {
	r := m.asked()
	if m.answer == nil {
		i.doubt(m.Source, "its reply is not there: %s", anyPasses)
		return r
	}
	r.Reply, r.Status = m.answer.RecordedMessage, m.answer.status
	return r
}

// pairAcross pairs the messages of logs that hold only requests with those of
// logs that hold only replies, as far as something identifies them.
func (i *Importer) pairAcross() {
	var requests, replies []*rawMessage
	for n := range i.raw {
		switch m := &i.raw[n]; {
		case !m.several || m.taken:
		case m.reply:
			replies = append(replies, m)
		default:
			requests = append(requests, m)
		}
	}
	all := slices.Concat(requests, replies)
	p := newPairer(all)
	if !p.aligned(requests, replies) {
		p.identify(all)
		return
	}
	for n, m := range requests {
		m.take(replies[n])
	}
	i.doubt(replies[0].Source, "the replies of this file are taken for those to the requests of %s in their order: nothing speaks against it", requests[0].Source.File)
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

// answers reports whether a reply can be that to a request.
func (m rawMessage) answers(request rawMessage) bool {
	if m.element == restReply {
		return request.target != ""
	}
	return request.element == "" || m.element == "" || m.element == request.element+"Response" || m.element == "Fault"
}

// byName pairs what has the same in common, as often as it does.
func (i *Importer) byName(answers map[int]int, common func(string) string) {
	requests, replies := map[string][]int{}, map[string][]int{}
	for n, m := range i.raw {
		switch name := common(m.name); {
		case m.taken || m.unsure != "" || name == "":
		case m.reply:
			replies[name] = append(replies[name], n)
		default:
			requests[name] = append(requests[name], n)
		}
	}
	for name, all := range requests {
		i.match(answers, all, replies[name])
	}
}

// byOrder pairs what is left if there are as many replies as requests: the
// first with the first, whether or not the replies come behind the requests.
func (i *Importer) byOrder(answers map[int]int) {
	var requests, replies []int
	for n, m := range i.raw {
		switch {
		case m.taken || m.unsure != "":
		case m.reply:
			replies = append(replies, n)
		default:
			requests = append(requests, n)
		}
	}
	i.match(answers, requests, replies)
}

// match pairs requests and replies one by one, if all of them fit.
func (i *Importer) match(answers map[int]int, requests, replies []int) {
	if len(requests) != len(replies) {
		return
	}
	for at, n := range requests {
		if reply := i.raw[replies[at]]; !reply.answers(i.raw[n]) || reply.several && differ(&i.raw[n], &reply) {
			return
		}
	}
	for at, n := range requests {
		i.take(answers, n, replies[at])
	}
}

func (i *Importer) take(answers map[int]int, request, reply int) {
	answers[request] = reply
	i.raw[request].taken, i.raw[reply].taken = true, true
}

// byNearness pairs each reply that is left with the last request before it
// that it answers.
func (i *Importer) byNearness(answers map[int]int) {
	for n := range i.raw {
		if !i.raw[n].reply || i.raw[n].taken || i.raw[n].unsure != "" {
			continue
		}
		for before := n - 1; before >= 0; before-- {
			if request := i.raw[before]; !request.reply && !request.taken && request.element != "" && i.raw[n].answers(request) && !(request.several && differ(&request, &i.raw[n])) {
				i.take(answers, before, n)
				break
			}
		}
	}
}
