package drafting

import (
	"slices"
	"strings"

	"github.com/dsappd/dsappd/replay/drafting/internal/traffic"

	"github.com/dsappd/dsappd/internal/names"
)

// pairWithin pairs the messages of a file. What only has requests or only
// replies is left for other files.
func (i *Importer) pairWithin(name string, all []*rawMessage) {
	all = i.withoutEchoes(all)
	all = i.withoutDoubles(name, all)
	isReply := func(m *rawMessage) bool { return m.reply }
	if !slices.ContainsFunc(all, isReply) || !slices.ContainsFunc(all, func(m *rawMessage) bool { return !m.reply }) {
		for _, m := range all {
			i.raw = append(i.raw, *m)
		}
		return
	}
	p := newPairer(all)
	p.pair(all)
	for _, m := range all {
		switch {
		case !m.reply:
			i.decided = append(i.decided, *m)
		case m.unsure != "":
			i.leaveOut(m.Source, "it is doubtful which request it answers: %s", m.unsure)
		case !m.taken:
			i.leaveOut(m.Source, "the request that it answers is not there")
		}
	}
}

// withoutEchoes pairs the replies behind which a log repeats the request, and
// takes out the repetition.
func (i *Importer) withoutEchoes(all []*rawMessage) []*rawMessage {
	open := map[uint64]*rawMessage{}
	var kept []*rawMessage
	for n, m := range all {
		echo := m.beside.echo && !m.reply && n > 0 && all[n-1].reply && !all[n-1].taken
		if !echo {
			if kept = append(kept, m); !m.reply {
				open[m.print] = m
			}
			continue
		}
		request, reply := open[m.print], all[n-1]
		if request == nil || request.taken {
			request = m
			kept = slices.Insert(kept, len(kept)-1, m)
		}
		request.take(reply)
		delete(open, m.print)
	}
	return kept
}

// doubleWindow is how many messages before one are looked at for the same,
// logged by another part of the program.
const doubleWindow = 16

// withoutDoubles takes out what two parts of a program have logged both, as
// WCF does at the levels of service and transport.
func (i *Importer) withoutDoubles(name string, all []*rawMessage) []*rawMessage {
	var kept []*rawMessage
	doubles, first := 0, 0
	for _, m := range all {
		at := doubleOf(kept, m)
		if at < 0 {
			kept = append(kept, m)
			continue
		}
		if doubles++; doubles == 1 {
			first = m.Source.Line
		}
		kept[at].absorb(m)
	}
	if doubles > 0 {
		i.leaveOut(Source{File: name, Line: first}, "messages that the log holds twice, written by two parts of a program, are read once: %d", doubles)
	}
	return kept
}

// doubleOf returns the place of the message that m repeats; -1: there is none.
func doubleOf(kept []*rawMessage, m *rawMessage) int {
	if m.print == 0 || m.taken {
		return -1
	}
	for at := len(kept) - 1; at >= max(len(kept)-doubleWindow, 0); at-- {
		other := kept[at]
		switch {
		case other.reply != m.reply && (m.reply && m.answers(*other) || !m.reply && other.answers(*m)) && !differ(other, m):
			return -1 // it was answered, or asked anew
		case other.reply == m.reply && other.print == m.print && other.beside.label != m.beside.label && !other.taken && !idsDiffer(other, m, nil):
			return at
		}
	}
	return -1
}

// absorb takes over what another record of the same message knows more.
func (m *rawMessage) absorb(other *rawMessage) {
	ids := append(m.beside.ids, other.beside.ids...)
	if m.beside.stream == "" && other.beside.stream != "" || strings.Contains(other.beside.label, `"Transport`) || len(m.Header) == 0 {
		line := m.Source
		label := m.beside.label
		*m = *other
		m.Source, m.beside.label = line, label
	}
	m.beside.ids = ids
}

func (m *rawMessage) take(reply *rawMessage) {
	m.answer, m.taken, reply.taken = reply, true, true
}

// pairer finds the request that a reply answers.
type pairer struct {
	byID, byThread, byStream, byOwner map[string][]*rawMessage

	registrations map[string][]string // of a user, as replies tell
	shared        map[string]bool     // names of identifiers that requests have in common with replies
}

func newPairer(all []*rawMessage) *pairer {
	p := &pairer{
		byID: map[string][]*rawMessage{}, byThread: map[string][]*rawMessage{}, byStream: map[string][]*rawMessage{},
		byOwner: map[string][]*rawMessage{}, registrations: map[string][]string{}, shared: map[string]bool{},
	}
	asked := map[traffic.ID]bool{}
	for n, m := range all {
		m.order = n
		for _, id := range m.beside.ids {
			if !m.reply {
				asked[id] = true
			} else if asked[id] {
				p.shared[id.Name] = true
			}
		}
	}
	return p
}

// identify pairs by what identifies a reply alone.
func (p *pairer) identify(all []*rawMessage) {
	for _, m := range all {
		if !m.reply {
			p.ask(m)
			continue
		}
		if request := p.request(m); request != nil {
			request.take(m)
		}
		p.learn(m)
	}
}

// aligned reports whether each reply can be that to the request with its
// number.
func (p *pairer) aligned(requests, replies []*rawMessage) bool {
	if len(requests) == 0 || len(requests) != len(replies) {
		return false
	}
	for n, m := range replies {
		p.learn(m)
		if !m.answers(*requests[n]) || len(p.fitting(m, requests[n:n+1])) == 0 {
			return false
		}
	}
	return true
}

// ask enters a request.
func (p *pairer) ask(m *rawMessage) {
	m.entered = true
	for _, id := range m.beside.ids {
		if key := id.Name + "=" + id.Value; p.shared[id.Name] && !slices.Contains(p.byID[key], m) {
			p.byID[key] = append(p.byID[key], m)
		}
	}
	for n, thread := range m.beside.threads {
		if slices.Contains(m.beside.threads[:n], thread) {
			continue
		}
		p.byThread[thread] = append(p.byThread[thread], m)
	}
	if m.beside.stream != "" {
		p.byStream[m.beside.stream] = append(p.byStream[m.beside.stream], m)
	}
	if m.registration != "" {
		p.byOwner["r:"+m.registration] = append(p.byOwner["r:"+m.registration], m)
	}
	for _, user := range userKeys(m.user) {
		p.byOwner["u:"+user] = append(p.byOwner["u:"+user], m)
	}
}

// userKeys returns the forms of a name in a request that a reply may have.
func userKeys(name string) []string {
	if name == "" {
		return nil
	}
	keys := []string{nameOf(name)}
	for _, q := range names.Splits(keys[0]) {
		if !slices.Contains(keys, q.UserID) {
			keys = append(keys, q.UserID)
		}
	}
	return keys
}

// learn remembers whose a registration is.
func (p *pairer) learn(m *rawMessage) {
	if m.reply && m.user != "" && m.registration != "" {
		user := nameOf(m.user)
		all := append(p.registrations[user], m.registration)
		p.registrations[user] = all[max(len(all)-8, 0):]
		p.registrations["r:"+m.registration] = []string{m.user}
	}
}

// mostOpen is how many requests without a reply are considered for one.
const mostOpen = 64

// open returns the requests of a list that a reply can answer, the oldest
// first. It removes those that are answered from the list.
func (p *pairer) open(lists map[string][]*rawMessage, key string, reply *rawMessage) []*rawMessage {
	all := lists[key]
	if len(all) == 0 {
		return nil
	}
	all = slices.DeleteFunc(all, func(m *rawMessage) bool { return m.taken })
	all = all[max(len(all)-mostOpen, 0):]
	lists[key] = all
	var fit []*rawMessage
	for _, m := range all {
		if m.order < reply.order && reply.answers(*m) {
			fit = append(fit, m)
		}
	}
	return fit
}

// request returns the one that a reply answers, as far as something identifies it.
func (p *pairer) request(reply *rawMessage) *rawMessage {
	if fit := p.open(p.byStream, reply.beside.stream, reply); reply.beside.stream != "" && len(fit) > 0 {
		return p.onConnection(reply, fit)
	}
	for _, id := range reply.beside.ids {
		fit := p.open(p.byID, id.Name+"="+id.Value, reply)
		if len(fit) == 0 {
			continue
		}
		return p.oneOf(reply, fit)
	}
	for _, thread := range reply.beside.threads {
		fit := p.fitting(reply, p.open(p.byThread, thread, reply))
		if len(fit) == 1 {
			return fit[0]
		}
		if about := p.about(reply, fit); len(about) == 1 {
			return about[0]
		}
	}
	return p.ofOwner(reply)
}

// onConnection returns the request among several on the connection of a reply: the
// one that it is about or, as no client sends a POST before it has the reply to
// the one before, the last. The others have lost their replies.
func (p *pairer) onConnection(reply *rawMessage, fit []*rawMessage) *rawMessage {
	if reply.beside.stream == traffic.SomeConnection {
		return fit[0]
	}
	if about := p.about(reply, fit); len(about) > 0 {
		fit = about
	}
	return fit[len(fit)-1]
}

// oneOf returns the request among several with the identifier of a reply.
func (p *pairer) oneOf(reply *rawMessage, fit []*rawMessage) *rawMessage {
	if len(fit) == 1 {
		return fit[0]
	}
	if about := p.about(reply, fit); len(about) > 0 {
		fit = about
	}
	if len(fit) == 1 || allAlike(fit) {
		return fit[0]
	}
	reply.unsure = "its identifier belongs to " + linesOf(fit)
	return nil
}

// ofOwner returns the request that names the registration or the user that a reply
// is about.
func (p *pairer) ofOwner(reply *rawMessage) *rawMessage {
	var keys []string
	if reply.registration != "" {
		keys = append(keys, "r:"+reply.registration)
	}
	if reply.user != "" {
		user := nameOf(reply.user)
		keys = append(keys, "u:"+user)
		for _, id := range p.registrations[user] {
			keys = append(keys, "r:"+id)
		}
	}
	var fit []*rawMessage
	for _, key := range keys {
		for _, m := range p.fitting(reply, p.open(p.byOwner, key, reply)) {
			if !slices.Contains(fit, m) {
				fit = append(fit, m)
			}
		}
	}
	switch {
	case len(fit) == 0:
		return nil
	case len(fit) == 1 || allAlike(fit):
		return fit[0]
	}
	reply.unsure = "the same user sent " + linesOf(fit)
	return nil
}

// fitting returns the requests whose identifiers and users are not others than
// those of a reply.
func (p *pairer) fitting(reply *rawMessage, all []*rawMessage) []*rawMessage {
	var fit []*rawMessage
	for _, m := range all {
		if !idsDiffer(m, reply, p.shared) && !differ(p.known(m), reply) {
			fit = append(fit, m)
		}
	}
	return fit
}

// longestWait is how many later requests are answered before one without a
// reply no longer waits for one that names nobody.
const longestWait = 8

// openRequest is a request without a reply.
type openRequest struct {
	m     *rawMessage
	since int // how many were answered before
}

// pair pairs messages in their order: by what identifies a reply, or else with
// the only request that waits for one. What is not clear at first may be when
// the replies behind it have found theirs.
func (p *pairer) pair(all []*rawMessage) {
	for range 2 {
		var open []openRequest
		answered := 0
		for _, m := range all {
			switch {
			case !m.reply && !m.entered:
				p.ask(m)
				fallthrough
			case !m.reply:
				open = append(open, openRequest{m, answered})
			case m.taken:
				answered++
				p.learn(m)
			default:
				open = slices.DeleteFunc(open, func(w openRequest) bool { return w.m.taken || answered-w.since >= longestWait })
				m.unsure = ""
				if request := p.requestOf(m, open); request != nil {
					request.take(m)
					answered++
				}
				p.learn(m)
			}
		}
	}
}

// requestOf returns the request that a reply answers; nil: it is not known.
func (p *pairer) requestOf(reply *rawMessage, open []openRequest) *rawMessage {
	if request := p.request(reply); request != nil || reply.unsure != "" {
		return request
	}
	var fit []*rawMessage
	for _, w := range open {
		if reply.answers(*w.m) {
			fit = append(fit, w.m)
		}
	}
	fit = p.fitting(reply, fit)
	switch {
	case len(fit) == 1 || len(fit) > 1 && allAlike(fit):
		return fit[0]
	case len(fit) > 1:
		reply.unsure = linesOf(fit)
	}
	return nil
}
