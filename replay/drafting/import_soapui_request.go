package drafting

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/dsappd/dsappd/replay/drafting/internal/soapui"
	"github.com/dsappd/dsappd/replay/internal/xmltree"
)

// request drafts the exchange of a step that sends one.
func (r *soapRun) request(step *soapui.Step) {
	q := step.Request
	at := sourceOf(q.Place)
	r.found(&r.chapter.notices, q.Findings)
	recorded := Recorded{
		Request: RecordedMessage{Source: lineSource(q.Place)}, Title: step.Name, chapter: r.chapter, pause: r.pause,
	}
	r.pause = 0
	text := r.expandBody(at, q)
	if text == "" {
		r.chapter.leaveOut(lineSource(step.Place), "the step %q holds no request", step.Name)
		return
	}
	text = r.withHeaders(text, step)
	r.headers(&recorded, step)
	recorded.wanted = r.wanted(step, &recorded)
	m, err := readMessage(text)
	if err != nil {
		r.malformed(step, recorded, text, err)
		return
	}
	for _, t := range r.transfers[step.Name] {
		if !m.set(t.path, t.value) {
			r.chapter.leaveOut(t.at, "the request of %q has no element at %s for the value of a transfer", step.Name, t.path)
		}
	}
	if len(m.put) > 0 {
		text = m.plain()
		if m, err = readMessage(text); err != nil {
			r.malformed(step, recorded, text, err)
			return
		}
	}
	recorded.Request.Body = []byte(text)
	recorded.Reply.Source, recorded.values = recorded.Request.Source, r.presumer.presume(m, recorded.wanted)
	reply, _ := recorded.values.read(m) // it is of our own making
	r.take(step, newExchanged(recorded, text, m, reply))
}

// expandBody returns a request with what properties stand for.
func (r *soapRun) expandBody(at Source, q *soapui.Request) string {
	if !q.Entitize {
		return r.expand(Source{File: at.File, Line: at.Line}, q.Body)
	}
	plain := *r.scope
	defer func() { r.scope = &plain }()
	escaped := plain
	escaped.Escape = xmltree.Escape
	r.scope = &escaped
	return r.expand(Source{File: at.File, Line: at.Line}, q.Body)
}

// malformed drafts a request that is no envelope, as tests send them on
// purpose: where a Fault is expected, or nothing is said of the reply.
func (r *soapRun) malformed(step *soapui.Step, recorded Recorded, text string, err error) {
	if w := recorded.wanted; w.outcome != nil && !slices.Contains(w.outcome, faulted) {
		r.chapter.leaveOut(recorded.Request.Source, "the request of %q: %v", recorded.Title, err)
		return
	}
	recorded.Request.Body = []byte(text)
	recorded.wanted.outcome = []verdict{faulted}
	recorded.Reply.Source, recorded.values = recorded.Request.Source, &presumedValues{verdict: faulted}
	r.chapter.doubt(recorded.Request.Source, "the request of %q is sent although it is no envelope (%v): a Fault is expected", recorded.Title, err)
	fault, _ := recorded.values.read(nil) // it is of our own making
	r.take(step, newExchanged(recorded, text, nil, fault))
}

// take hands an exchange over.
func (r *soapRun) take(step *soapui.Step, e *exchanged) {
	recorded := e.recorded
	r.done[step.Name], r.read = &recorded, e
	if _, err := r.importer.Drafter.take(e.sketch, &recorded); err != nil {
		r.chapter.leaveOut(e.recorded.Request.Source, "the request of %q: %v", step.Name, err)
		return
	}
	r.drafted++
}

// delay keeps a pause that may decide about the next request.
func (r *soapRun) delay(step *soapui.Step) {
	at := lineSource(step.Place)
	text := r.expand(at, step.Delay)
	milliseconds, err := strconv.Atoi(strings.TrimSpace(text))
	if pause := time.Duration(milliseconds) * time.Millisecond; err == nil && pause >= late {
		r.pause += pause
		return
	}
	r.chapter.leaveOut(at, "the step %q waits for %s ms: a play does not wait, and less than a minute decides nothing", step.Name, text)
}

// headers records the headers that SoapUI sends beside a body.
func (r *soapRun) headers(recorded *Recorded, step *soapui.Step) {
	q := step.Request
	switch {
	case q.SOAP12:
		kind := "application/soap+xml"
		recorded.Request.Header = http.Header{"Content-Type": {kind}}
		if q.Action != "" && !q.SkipAction {
			recorded.setHeader("Content-Type", fmt.Sprintf("%s; charset=utf-8; action=%q", kind, q.Action))
		}
	case q.SkipAction:
		recorded.setHeader("SOAPAction", "") // none is sent
	case q.Action != "":
		recorded.Request.Header = http.Header{"Soapaction": {strconv.Quote(q.Action)}}
	}
	if q.Username != "" {
		credentials := r.expand(lineSource(q.Place), q.Username) + ":" + r.expand(lineSource(q.Place), q.Password)
		recorded.setHeader("Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte(credentials)))
	}
	seen := map[string]bool{}
	for _, h := range q.Headers {
		at := lineSource(h.Place)
		name, value := r.expand(at, h.Name), r.expand(at, h.Value)
		switch canonical := http.CanonicalHeaderKey(name); {
		case !headerName.MatchString(name) || strings.ContainsAny(value, "\r\n\x00"):
			r.chapter.leaveOut(at, "the header %q of %q is none of HTTP", name, step.Name)
		case slices.Contains(hopHeaders, canonical):
			r.chapter.leaveOut(at, "the header %s of %q is for HTTP itself to send", name, step.Name)
		case seen[canonical]:
			r.chapter.leaveOut(at, "the header %s of %q is there more than once: a transcript sends one of a name", name, step.Name)
		default:
			seen[canonical] = true
			recorded.setHeader(canonical, value)
		}
	}
}

var (
	headerName = whole("[A-Za-z0-9!#$%&'*+.^_`|~-]+")
	hopHeaders = []string{"Content-Length", "Transfer-Encoding", "Connection", "Keep-Alive", "Host", "Accept-Encoding", "Content-Encoding", "Expect", "Upgrade", "Te", "Trailer"}
)

func (r *Recorded) setHeader(name, value string) {
	if r.set == nil {
		r.set = map[string]string{}
	}
	if name == "Soapaction" {
		name = "SOAPAction"
	}
	r.set[name] = value
}

// withHeaders returns a request with what SoapUI adds to the Header of its
// envelope: addresses and a UsernameToken.
func (r *soapRun) withHeaders(text string, step *soapui.Step) string {
	q := step.Request
	if a := q.Addressing; a != nil {
		var out strings.Builder
		for i, each := range a.Elements {
			value := xmltree.Escape(r.expand(lineSource(a.Place), each[1]))
			if slices.Contains([]string{"ReplyTo", "From", "FaultTo"}, each[0]) {
				value = "<wsa:Address>" + value + "</wsa:Address>"
			}
			understand := ""
			if a.MustUnderstand != "" && i == 0 {
				understand = fmt.Sprintf(" %s:mustUnderstand=%q", envelopePrefix(text), a.MustUnderstand)
			}
			fmt.Fprintf(&out, "<wsa:%s xmlns:wsa=%q%s>%s</wsa:%s>", each[0], a.Namespace, understand, value, each[0])
		}
		text = r.inHeader(a.Place, text, step, out.String())
	}
	tokens := []*soapui.Security{q.Token}
	if q.Security != "" {
		r.soapProject.used = append(r.soapProject.used, q.Security)
		at := slices.IndexFunc(r.Security, func(s soapui.Security) bool { return s.Name == q.Security })
		if at < 0 {
			r.chapter.leaveOut(lineSource(q.Place), "the configuration %q of WS-Security is not there, which the request of %q names", q.Security, step.Name)
		} else {
			tokens = append(tokens, &r.Security[at])
		}
	}
	for _, token := range tokens {
		if token != nil {
			text = r.inHeader(token.Place, text, step, r.token(*token, step))
		}
	}
	return text
}

const (
	wsseNamespace = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"
	wssePassword  = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-username-token-profile-1.0#PasswordText"
)

// token returns the header of a UsernameToken whose password is sent as it is.
func (r *soapRun) token(s soapui.Security, step *soapui.Step) string {
	at := lineSource(s.Place)
	for _, other := range s.Others {
		r.chapter.leaveOut(at, "%s of the configuration %q of WS-Security is not added to the request of %q: it has no equal", other, s.Name, step.Name)
	}
	switch {
	case s.Username == "":
		return ""
	case s.Digest:
		r.chapter.leaveOut(at, "the UsernameToken of %q is not sent: a digest of its password is another each time", step.Name)
		return ""
	}
	return fmt.Sprintf(`<wsse:Security xmlns:wsse=%q><wsse:UsernameToken><wsse:Username>%s</wsse:Username><wsse:Password Type=%q>%s</wsse:Password></wsse:UsernameToken></wsse:Security>`,
		wsseNamespace, xmltree.Escape(r.expand(at, s.Username)), wssePassword, xmltree.Escape(r.expand(at, s.Password)))
}

// envelopePrefix returns the prefix of the envelope's namespace.
func envelopePrefix(text string) string {
	if m, err := readMessage(text); err == nil {
		return m.root.Source.Space
	}
	return "soapenv"
}

// inHeader puts elements into the Header of an envelope, which is made if it is
// not there.
func (r *soapRun) inHeader(place soapui.Place, text string, step *soapui.Step, elements string) string {
	if elements == "" {
		return text
	}
	m, err := readMessage(text)
	if err != nil {
		r.chapter.leaveOut(lineSource(place), "what belongs into the Header of %q is not sent, as its request is no envelope", step.Name)
		return text
	}
	for _, part := range m.root.Children {
		at := m.place(part)
		switch tag := text[at.Start:at.Content]; {
		case part.Name.Local == "Header" && strings.HasSuffix(tag, "/>"):
			return text[:at.Start] + strings.TrimRight(strings.TrimSuffix(tag, "/>"), " ") + ">" + elements + "</" + tagName(tag) + ">" + text[at.Content:]
		case part.Name.Local == "Header":
			return text[:at.Content] + elements + text[at.Content:]
		case part.Name.Local == "Body":
			name := "Header"
			if prefix, _, found := strings.Cut(tagName(tag), ":"); found {
				name = prefix + ":Header"
			}
			return text[:at.Start] + "<" + name + ">" + elements + "</" + name + ">" + text[at.Start:]
		}
	}
	return text
}
