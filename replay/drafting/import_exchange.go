package drafting

import (
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// keptExchange is a call of HTTP as a program has kept it in a file.
type keptExchange struct {
	at, replyAt   Source
	method, url   string
	header        http.Header // of the request
	request       keptBody
	replyHeader   http.Header
	reply         keptBody
	status        int       // 0: not known
	when          time.Time // zero: not known
	title         string
	replyNotKept  string // why there is no reply; empty: nobody knows
	requestIsGone string // why there is no request; empty: nobody knows
}

// exchange returns what a file has of a call, if it is one of SOAP or of a door
// that is REST.
func (i *Importer) exchange(k keptExchange) (Recorded, bool) {
	method := strings.ToUpper(k.method)
	if call, is := restCallOf(method, k.url); is && !looksLikeXML(k.request.text) {
		return i.restExchange(k, call)
	}
	if method != "" && method != http.MethodPost {
		i.leaveOut(k.at, "%s %s is no call of SOAP", k.method, k.url)
		return Recorded{}, false
	}
	if k.request.isEmpty() {
		why := "its body was not kept, or it had none"
		if k.requestIsGone != "" {
			why = k.requestIsGone
		}
		i.leaveOut(k.at, "%s is no call of SOAP: %s", strings.TrimSpace(k.method+" "+k.url), why)
		return Recorded{}, false
	}
	request, err := k.request.message(k.at, k.header)
	if err != nil {
		i.leaveOut(k.at, "the request of %s: %v", k.url, err)
		return Recorded{}, false
	}
	if k.replyAt == (Source{}) {
		k.replyAt = k.at
	}
	r := Recorded{Request: request, At: k.when, Status: k.status, Title: k.title}
	isCall := r.Request.isEnvelope()
	r.Reply, err = k.reply.message(k.replyAt, k.replyHeader)
	switch {
	case err == nil && r.Reply.isEnvelope():
		return r, true
	case isCall && err == nil && onTheWay(k.status):
		i.leaveOut(k.at, "HTTP status %d answers POST %s, so no SOAP server has seen it", k.status, k.url)
		return Recorded{}, false
	case !isCall:
		i.leaveOut(k.at, "POST %s is no call of SOAP: neither the request nor the reply holds an envelope", k.url)
		return Recorded{}, false
	case err != nil:
		i.doubt(k.at, "the reply cannot be read (%v): %s", err, anyPasses)
	case r.Reply.Body == nil && k.replyNotKept != "":
		i.doubt(k.at, "the reply is not there (%s): %s", k.replyNotKept, anyPasses)
	case r.Reply.Body == nil:
		i.doubt(k.at, "the reply is not there: %s", anyPasses)
	case k.status != 0 && k.status != http.StatusOK:
		i.doubt(k.at, "the reply is no envelope, with HTTP status %d: %s", k.status, anyPasses)
	default:
		i.doubt(k.at, "the reply is no envelope: %s", anyPasses)
	}
	if r.Reply.Body != nil || err != nil {
		r.Status = 0 // it is about what is not expected
	}
	r.Reply = RecordedMessage{}
	return r, true
}

// restExchange returns what a file has of a call of REST.
func (i *Importer) restExchange(k keptExchange, call restCall) (Recorded, bool) {
	request, err := k.request.message(k.at, k.header)
	mayHaveBody := call.method() != http.MethodGet && call.method() != http.MethodDelete
	if err == nil && k.requestIsGone != "" && mayHaveBody {
		err = errors.New(k.requestIsGone)
	}
	if err != nil {
		i.leaveOut(k.at, "the request of %s %s: %v", k.method, k.url, err)
		return Recorded{}, false
	}
	if k.replyAt == (Source{}) {
		k.replyAt = k.at
	}
	r := Recorded{Request: request, At: k.when, Status: k.status, Title: k.title, Method: call.method(), Target: k.url}
	if len(request.Body) > 0 {
		if _, err := readCall(call, string(request.Body)); err != nil {
			i.doubt(k.at, "the body of %s is no JSON (%v): it is sent as it is", call.name, err)
		}
	}
	r.Reply, err = k.reply.message(k.replyAt, k.replyHeader)
	switch {
	case onTheWay(k.status) && k.status != http.StatusUnauthorized:
		i.leaveOut(k.at, "HTTP status %d answers %s %s, so that no server has seen it", k.status, k.method, k.url)
		return Recorded{}, false
	case err != nil:
		i.doubt(k.at, "the reply cannot be read (%v): %s", err, anyPasses)
		r.Reply, r.Status = RecordedMessage{}, 0
	case k.status == 0:
		i.doubt(k.at, "the status of the reply is not there: %s", anyPasses)
		r.Reply = RecordedMessage{}
	case isJSON(r.Reply) && len(r.Reply.Body) > 0:
		if _, err := readAnswer(call, k.status, string(r.Reply.Body)); err != nil {
			i.doubt(k.at, "the reply is no JSON (%v): only its status is expected", err)
			r.Reply.Body = nil
		}
	}
	return r, true
}

// onTheWay reports whether a status says that a request has to be sent once
// more: to somewhere else, or with credentials.
func onTheWay(status int) bool {
	return status >= 300 && status < 400 || status == http.StatusUnauthorized || status == http.StatusProxyAuthRequired
}

// isEnvelope reports whether a message is an envelope of SOAP, and keeps its
// gist.
func (m *RecordedMessage) isEnvelope() bool {
	if len(m.Body) == 0 {
		return false
	}
	text, err := m.text()
	if err != nil {
		return false
	}
	envelope, err := readMessage(text)
	is := envelope.gist()
	m.gist = &is
	return err == nil
}

// statusOf returns an HTTP status that is written as a number or a text, such as 200
// OK or HTTP/1.1 200; 0: it is none.
func statusOf(text string) int {
	for word := range strings.FieldsSeq(text) {
		number, err := strconv.ParseFloat(word, 64)
		if err == nil && number >= 100 && number < 600 {
			return int(number)
		}
	}
	return 0
}

// timeForms are forms of times that programs write.
var timeForms = []string{
	time.RFC3339Nano, "2006-01-02T15:04:05.999999999Z0700", "2006-01-02T15:04:05.999999999Z07", "2006-01-02T15:04:05.999999999", "2006-01-02T15:04Z07:00",
	"2006-01-02 15:04:05.999999999Z07:00", "2006-01-02 15:04:05.999999999Z0700", "2006-01-02 15:04:05.999999999 Z07:00", "2006-01-02 15:04:05.999999999 Z0700", "2006-01-02 15:04:05.999999999",
	"2006-01-02T15:04:05.999999999 Z0700", "2006-01-02T15:04:05,999999999Z07:00", "2006-01-02 15:04:05,999999999",
	time.RFC1123, time.RFC1123Z, time.RFC850, time.ANSIC, time.UnixDate, time.RubyDate,
	"Mon Jan 02 2006 15:04:05 GMT-0700", "Mon, 2 Jan 2006 15:04:05 MST",
}

// timeOf returns a time as a program has written it: by a form of timeForms, or the
// seconds or milliseconds since 1970. Zero: it is none of them.
func timeOf(text string) time.Time {
	text, _, _ = strings.Cut(strings.TrimSpace(text), " (") // the name of the zone, as JavaScript writes it
	if number, err := strconv.ParseFloat(text, 64); err == nil {
		return sinceEpoch(number)
	}
	for _, form := range timeForms {
		if at, err := time.Parse(form, text); err == nil {
			return at
		}
	}
	return time.Time{}
}

// sinceEpoch returns the time that a count of seconds, milliseconds, microseconds or
// nanoseconds since 1970 means: that which lies between 2001 and 2286.
func sinceEpoch(count float64) time.Time {
	for _, perSecond := range []float64{1, 1e3, 1e6, 1e9} {
		if seconds := count / perSecond; seconds >= 1e9 && seconds < 1e10 {
			return time.UnixMicro(int64(seconds * 1e6)).UTC()
		}
	}
	return time.Time{}
}

// setOthers takes over the headers that somebody has written into a request,
// but for those that say what its body is, or are for HTTP itself to send.
func (r *Recorded) setOthers(header http.Header) {
	for name, values := range header {
		canonical := http.CanonicalHeaderKey(name)
		of := canonical == "Soapaction" || canonical == "Content-Type" || slices.Contains(hopHeaders, canonical)
		if !of && headerName.MatchString(canonical) && !strings.ContainsAny(values[0], "\r\n\x00") {
			r.setHeader(canonical, values[0])
		}
	}
}
