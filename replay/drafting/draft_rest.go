package drafting

import (
	"encoding/base64"
	"fmt"
	"mime"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/dsappd/dsappd/replay/internal/jsontree"
	"github.com/dsappd/dsappd/replay/transcript"
)

// The keys of recorded transcripts, which stand for those that were sent.
const (
	recordedKey   = "recorded-platform-key"
	recordedFront = "recorded-front-key"
	recordedBack  = "recorded-back-key"
	unknownKey    = "unknown-key"
)

// restOptions returns the options of a request of REST: what is asked, with the
// key that the sample has in the place of the one that was sent.
func (w *requestWriter) restOptions(s traced, c restCall) transcript.RequestOptions {
	o := transcript.RequestOptions{Door: c.door, Path: transcript.Literal(c.path), Headers: map[string]string{}}
	if method := c.method(); method != http.MethodPost {
		o.Method = method
	}
	if s.request != nil {
		o.Path = s.withCaptured(s.request.target())
	}
	switch sent := s.recorded.Request.Header.Get("Authorization"); {
	case s.recorded.Status == http.StatusUnauthorized && sent == "":
	case s.recorded.Status == http.StatusUnauthorized:
		o.Headers["Authorization"] = authorization(c, unknownKey)
	default:
		o.Headers["Authorization"] = authorization(c, keyFor(c, s).key)
	}
	for name, value := range s.recorded.set {
		if _, ours := o.Headers[name]; !ours && name != "Authorization" && name != "Accept" {
			o.Headers[name] = transcript.Literal(value)
			if w.redact {
				o.Headers[name] = masked(value)
			}
		}
	}
	if key := s.recorded.Request.Header.Get("Idempotency-Key"); key != "" {
		o.Headers["Idempotency-Key"] = w.repeat(key)
	}
	if kind, _, err := mime.ParseMediaType(s.recorded.Request.Header.Get("Content-Type")); err == nil && kind != "application/json" && len(s.recorded.Request.Body) > 0 {
		o.Headers["Content-Type"] = kind
		if w.redact && !slices.Contains(openTypes, kind) {
			o.Headers["Content-Type"] = "application/x-masked"
		}
	}
	return o
}

// repeat returns a key of requests that are sent again, or what stands in for it
// where it is redacted: the same for the same key.
func (w *requestWriter) repeat(key string) string {
	if !w.redact {
		return transcript.Literal(key)
	}
	if w.repeats[key] == "" {
		w.repeats[key] = fmt.Sprintf("recorded-%d", len(w.repeats)+1)
	}
	return w.repeats[key]
}

// doorKey is a key of the sample: its side at the gateway, or the scope that it
// lacks at the Platform API.
type doorKey struct{ name, key, side, lacks string }

// keyFor returns the key that a call has: one that opens it, or where it was
// forbidden one that does not.
func keyFor(c restCall, s traced) doorKey {
	forbidden := s.recorded.Status == http.StatusForbidden
	site := c.is("POST provisioning/MdlRegister")
	switch {
	case c.door == transcript.Platform:
		if lacking := lackedScope.FindStringSubmatch(s.reply.value("message")); forbidden && lacking != nil {
			return doorKey{name: "recorded-without-" + lacking[1], key: recordedKey + "-without-" + lacking[1], lacks: lacking[1]}
		}
		return doorKey{name: "recorded", key: recordedKey}
	case site != forbidden:
		return doorKey{name: "recorded-back", key: recordedBack, side: "back"}
	}
	return doorKey{name: "recorded-front", key: recordedFront, side: "front"}
}

// lackedScope finds the scope in what the Platform API says of a key without it.
var lackedScope = regexp.MustCompile(`does not have the scope (register|administer|render|login)`)

func authorization(c restCall, key string) string {
	if c.door == transcript.Platform {
		return "Bearer " + key
	}
	return "Basic " + base64.StdEncoding.EncodeToString([]byte("recorded:"+key))
}

// signedTransaction returns what a device signs a transaction by: its data fields, or the
// request that it was sent.
func (w *requestWriter) signedTransaction(s traced, value string) (string, bool) {
	if s.request.value("requestID") != "" {
		call := "answer " + s.of.capture("requestMessage")
		return w.computed(s, call, value, s.of.knows("requestMessage"))
	}
	serial := s.of.serial
	if s.of.knows("instance") {
		serial = s.of.capture("instance")
	}
	call := "sign " + serial
	for _, f := range s.request.fields["dataFields"] {
		text := f.text
		if w.redact {
			text = masked(text)
		}
		call += " " + strconv.Quote(text)
	}
	return w.computed(s, call, value, serial != "" && len(s.request.fields["dataFields"]) > 0)
}

// rest writes the body of a request of REST.
func (w *requestWriter) rest(s traced, r *transcript.Request) {
	m := s.request
	if w.redact {
		hideCall(m)
	}
	if m.json != nil {
		r.Kind, r.Body = transcript.JSON, ended(s.withCaptured(m.writtenCall()))
	}
}

// hideCall masks what a request of REST holds besides the values that are known
// to be no secret.
func hideCall(m *message) {
	hide := func(index int, name, text string) {
		if _, done := m.put[index]; !done && text != "" && text != "true" && text != "false" && !open(name) && !slices.Contains(openMembers, name) {
			m.replace(index, maskedAs(name, text))
		}
	}
	for i, part := range m.rest.query {
		hide(queryPlace-i, m.rest.fieldName(part.name), part.value)
	}
	for i, part := range m.rest.parts {
		if part.name == "requestID" {
			hide(pathPlace-i, part.name, part.text)
		}
	}
	m.eachMember(func(index int, name string, v *jsontree.Value) {
		if v.Kind == '"' || v.Kind == '0' {
			hide(index, m.rest.fieldName(name), v.Plain())
		}
	})
}

// maskedAs returns a value of the same form that says nothing. An address or a
// number that has the form that servers ask for keeps it.
func maskedAs(member, text string) string {
	switch {
	case member == "emailAddress" && matches(emailAddress, text):
		return "masked@example.com"
	case strings.HasSuffix(strings.ToLower(member), "phonenumber") && matches(phoneNumber, text):
		return "+10000000000"
	}
	return masked(text)
}

var (
	emailAddress = whole(`[^@\s]+@[^@\s]+`)
	phoneNumber  = whole(`\+[1-9][0-9]{1,14}`)
)

// openMembers are the members of requests of REST whose values are no secret.
var openMembers = []string{
	"objectType", "timeoutSeconds", "timeout", "length", "checkDigit", "format", "type", "assigned", "offset", "limit", "vdpDeliveryMethod",
	"deliveryMethod", "orchestrationDelivery", "fidoProtocol", "eventType",
}

// rest writes what is expected of a reply of REST.
func (w *replyWriter) rest(s traced) transcript.Reply {
	m, c := s.reply, s.reply.rest
	r := transcript.Reply{ReplyOptions: transcript.ReplyOptions{Status: s.recorded.Status, TimeLimit: s.recorded.TimeLimit}}
	if m.json == nil {
		kind, _, err := mime.ParseMediaType(s.recorded.Reply.Header.Get("Content-Type"))
		if err == nil && strings.HasPrefix(kind, "image/") {
			r.Headers = map[string]string{"Content-Type": kind}
		}
		if r.Status == http.StatusNoContent {
			r.Status, r.Statuses = 0, []int{http.StatusOK, http.StatusNoContent}
		}
		return r
	}
	if r.Status == http.StatusOK {
		r.Status = 0
	}
	for name, fields := range m.fields {
		for _, f := range fields {
			if with, ok := w.field(s, name, f, len(fields) == 1); ok {
				m.replace(f.index, with)
			}
		}
	}
	w.freeMembers(s)
	free := []string{"validationErrors", "errorStack", "applications"}
	if c.lists() || c.is("GET users/{user}", "GET authenticators/{serialNumber}") {
		free = append(free, "users", "authenticators", "instances")
	}
	m.complete(c)
	r.Kind, r.Body = transcript.JSON, ended(m.writtenAnswer(free...))
	return r
}

// freeMembers leaves free what a server draws or words as it likes and, where it
// is redacted, all that is not known to be no secret.
func (w *replyWriter) freeMembers(s traced) {
	m := s.reply
	m.eachMember(func(index int, name string, v *jsontree.Value) {
		_, put := m.put[index]
		field := m.rest.fieldName(name)
		isOpen := open(field) || slices.Contains(openReplies, field) || slices.Contains(openAnswers, field)
		switch {
		case put || v.Plain() == "" || v.Kind == 'n':
		case name == "message" && slices.Contains(vendorWords, v.Text):
		case matches(drawnMember, name), name == "message", field == "registrationID", w.redact && !isOpen, s.reply.rest.lists() && name == "total":
			m.replace(index, "{{any}}")
		}
	})
}

// openAnswers are the members of replies of REST whose values are no secret.
var openAnswers = []string{
	"error", "riskResponseCode", "activationStatus", "sessionStatus", "deviceStatus", "deviceType", "locked", "disabled", "vdpDeliveryMethod",
	"total", "authenticatorType", "state", "assigned",
}

// drawnMember is the name of a member whose values are other ones each time.
var drawnMember = regexp.MustCompile(`^(?:requestID|challenge|otp|activationData|eventId|eventID|serverTime|.*At|.*Time|riskResponseCode|encrypted.*|mac)$`)

// vendorWords are the words that the vendor documents for refusals.
var vendorWords = []string{
	"License activation limit reached.", "The authenticator limit has been reached.", "Authentication failed", "User is disabled", "User is locked",
	"Request ID is invalid",
}

// complete adds the members that a server of the open profile answers besides
// those that were recorded.
func (m *message) complete(c *restCall) {
	if m.json.Kind != '{' || m.status != "0" {
		return
	}
	for _, name := range ownMembers[c.name] {
		if m.json.Members[name] == nil {
			v := &jsontree.Value{Kind: '"', Raw: `"{{any}}"`, Text: "{{any}}"}
			m.json.Names, m.json.Members[name] = append(m.json.Names, name), v
			m.scalars = append(m.scalars, v)
			m.replace(len(m.scalars)-1, v.Text)
		}
	}
}

// ownMembers are those that the vendor's cloud is not known to answer.
var ownMembers = map[string][]string{
	"POST users/register":                            {"registrationID", "userID", "domain", "digipassGatewayID", "riskResponseCode"},
	"POST registrations/{registrationID}/activate":   {"userID", "domain", "serialNumber"},
	"POST registrations/{registrationID}/add-device": {"activationType", "deviceStatus", "deviceType", "domain", "serialNumber", "userID"},
}

// statusOfProblem returns the status code that a refusal of the Platform API is,
// as far as its status of HTTP and its words tell.
func statusOfProblem(status int, words string) string {
	switch {
	case status >= 200 && status < 300:
		return "0"
	case words == "License activation limit reached.":
		return "-11"
	case words == "User is locked" || words == "User is disabled":
		return "1007"
	case status == http.StatusBadRequest:
		return "-2"
	case status == http.StatusForbidden:
		return denied
	case status == http.StatusNotFound:
		return "-13"
	case status == http.StatusConflict && matches(wrongWords, words):
		return wrongProof
	}
	return "-1"
}

var wrongWords = regexp.MustCompile(`(?i)wrong|incorrect|invalid|authentication failed|does not (?:match|answer)`)
