package drafting

import (
	"encoding/base64"
	"fmt"
	"maps"
	"mime"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/dsappd/dsappd/replay/transcript"

	"github.com/dsappd/dsappd/dsapp"
	"github.com/dsappd/dsappd/internal/names"
)

// requestWriter writes what is sent, with what was captured and what a phone
// computes in place of the values that will not come again.
type requestWriter struct {
	*standIns
	*notices
	made    map[string]string // the call for a value that was recorded
	repeats map[string]string // what stands for keys of requests that are sent again
	used    map[string]int    // one-time passwords that were taken, by call
	late    bool              // the next one is outside the window
}

func newRequestWriter(w *standIns, said *notices) *requestWriter {
	return &requestWriter{standIns: w, notices: said, made: map[string]string{}, repeats: map[string]string{}, used: map[string]int{}}
}

// mostAhead is how many time steps ahead a one-time password may be, by far.
const mostAhead = 8

// pastWindow is a time after which a one-time password that was far ahead is
// an old one.
const pastWindow = (mostAhead + 2) * 30 * time.Second

// wait returns by how much the clock has to move on before the request that was
// written last, as there is no further one-time password for it.
func (w *requestWriter) wait() time.Duration {
	if !w.late {
		return 0
	}
	w.late = false
	clear(w.used)
	return pastWindow
}

func (w *requestWriter) write(s traced) transcript.Request {
	r := transcript.Request{RequestOptions: w.headers(s.recorded), Kind: transcript.XML}
	call, isREST := s.recorded.call()
	if isREST {
		r.Kind = ""
	}
	if s.request == nil {
		if isREST {
			r.RequestOptions, r.Kind = w.restOptions(s, call), transcript.Text
		}
		r.Body = ended(transcript.Literal(s.sent))
		return r
	}
	m := s.request
	if s.asked.door != "" {
		w.besideProvisioning(s)
		return w.finished(s, r)
	}
	for _, name := range slices.Sorted(maps.Keys(m.fields)) {
		for _, f := range m.fields[name] {
			if f.text == "" && (name != "response" || !s.granted()) {
				continue
			}
			if len(m.fields[name]) > 1 { // which one counts is not known
				if w.redact && secret(name) {
					m.replace(f.index, masked(f.text))
				}
			} else if with, ok := w.field(s, name, f.text); ok {
				m.replace(f.index, with)
			}
		}
	}
	if isREST {
		w.rest(s, &r)
		r.RequestOptions = w.restOptions(s, call)
		return r
	}
	return w.finished(s, r)
}

// finished returns a request with the rest of its secrets hidden.
func (w *requestWriter) finished(s traced, r transcript.Request) transcript.Request {
	m := s.request
	if w.redact {
		hideUnknown(m)
		hideOthers(m)
	}
	r.Body = ended(s.withCaptured(m.written()))
	for name, value := range r.Headers {
		r.Headers[name] = s.withCaptured(value)
	}
	return r
}

// headers returns the headers that say something about a client, and those that
// somebody has set.
func (w *requestWriter) headers(r Recorded) transcript.RequestOptions {
	headers := map[string]string{}
	if action := r.Request.Header.Get("SOAPAction"); action != "" && action != `""` {
		headers["SOAPAction"] = transcript.Literal(action)
	}
	kind, _, err := mime.ParseMediaType(r.Request.Header.Get("Content-Type"))
	if err == nil && kind != "text/xml" {
		headers["Content-Type"] = kind + "; charset=utf-8"
	}
	for name, value := range r.set {
		headers[name] = transcript.Literal(value)
	}
	if w.redact {
		hideHeaders(headers)
	}
	if _, _, _, isKey := apiKey(r.Request.Header.Get("Authorization")); isKey {
		headers["Authorization"] = w.handedOut(r.Request.Header.Get("Authorization"))
	}
	if len(headers) == 0 {
		return transcript.RequestOptions{}
	}
	return transcript.RequestOptions{Headers: headers}
}

// ended returns a body that ends with its line.
func ended(text string) string { return strings.TrimRight(text, "\r\n") + "\n" }

// field returns what takes the place of a field.
func (w *requestWriter) field(s traced, name, value string) (string, bool) {
	switch name {
	case "registrationID":
		return w.registrationID(s, value)
	case "requestID":
		return "{{" + s.of.capture(name) + "}}", s.of.request == value && s.of.knows(name)
	case "userID":
		return w.userID(s, value)
	case "domain":
		id, domain := resolved(s.exchanged)
		return transcript.Literal(domain), id != "" && domain != value && strings.EqualFold(domain, value)
	case "serialNumber":
		if !s.granted() || strings.Contains(value, "*") {
			return "", false // its form may be why, or it is that of several
		}
		serial := w.licence(value)
		return serial, licence(value) != serial
	case "staticPassword":
		return transcript.Literal(w.password(value)), w.redact
	case "clientEphemeralPublicKey":
		return "{{" + s.of.call("A") + "}}", matches(hexKey, value) && (s.granted() || s.status() == "")
	case "clientEvidenceMessage":
		return w.computed(s, s.of.call("M1"), value, matches(hexDigest, value) && s.of.agreed())
	case "response":
		call, known := w.otp(s)
		return w.computed(s, call, value, known && (s.granted() || matches(oneTimePassword, value)))
	case "derivationCode":
		return w.computed(s, "derivation-code "+s.of.serial, value, s.of.serial != "" && matches(derivationCode, value))
	case "deviceCode":
		return w.computed(s, s.of.call("device-code"+deviceType(value)), value, matches(deviceCode, value) &&
			(s.of.knows("activationMessage") || s.of.knows("activationPassword")))
	case "signature":
		if s.asked.rest && s.request.rest.is("POST users/{user}/transactions/validate") {
			return w.signedTransaction(s, value)
		}
		return w.computed(s, s.of.call("signature"), value, matches(signature, value) && s.of.knows("activationMessage2"))
	}
	return masked(value), w.redact && secret(name)
}

// The forms of values that a phone computes.
var (
	hexKey          = whole(`[0-9A-Fa-f]{1,512}`)
	hexDigest       = whole(`[0-9A-Fa-f]{64}`)
	oneTimePassword = whole(`[0-9]{6,8}`)
	derivationCode  = whole(`[0-9A-Fa-f]{16}[0-9]{6,8}`)
	deviceCode      = whole(`[0-9]{26}`)
	signature       = whole(`[0-9]{8}`)
)

// whole compiles an expression for a whole text.
func whole(expr string) *regexp.Regexp { return regexp.MustCompile(`^(?:` + expr + `)$`) }

func matches(expr *regexp.Regexp, text string) bool { return expr.MatchString(text) }

// registrationID returns one that was handed out before.
func (w *requestWriter) registrationID(s traced, value string) (string, bool) {
	if s.of.knows("registrationID") && (value == s.of.id || s.granted()) {
		return "{{" + s.of.capture("registrationID") + "}}", true
	}
	if s.granted() {
		w.leaveOut(s.recorded.Request.Source, "the registration was opened before what was recorded, so that its steps cannot be played")
	}
	return "", false
}

// userID returns a user by the name that the reply has: servers know theirs by
// others too. Whoever else a reply is about does not come into a request.
func (w *requestWriter) userID(s traced, value string) (string, bool) {
	id := s.reply.value("userID")
	if id == "" || id == value {
		return "", false
	}
	return transcript.Literal(id), strings.EqualFold(value, id)
}

// sameUser reports whether a name in a request is a user's, as a reply has it:
// in another case or form of Unicode, with its domain, or in base64 as
// SOAP::Lite sends what is not ASCII.
func sameUser(name, userID string) bool {
	decoded, err := base64.StdEncoding.DecodeString(name)
	if name == "" || err == nil && string(decoded) == userID || nameOf(name) == nameOf(userID) {
		return true
	}
	return slices.ContainsFunc(names.Splits(nameOf(name)), func(q names.Qualified) bool { return q.UserID == nameOf(userID) })
}

// nameOf returns a user ID for comparison without case; what is no name is taken as
// it is.
func nameOf(userID string) string {
	prepared, err := names.UserID(userID)
	if err != nil {
		prepared = names.Trim(userID)
	}
	return strings.ToLower(prepared)
}

// otp returns the call for the one-time password that a request proves something
// with.
func (w *requestWriter) otp(s traced) (string, bool) {
	if s.operation() == "PROVISIONCMD_MDL_ACTIVATE" || s.of.knows("instance") {
		return "otp " + s.of.capture("instance"), s.of.knows("instance", "activationMessage2")
	}
	call := "otp " + s.of.serial
	switch ahead := w.used[call]; {
	case ahead == 0 || !s.granted():
	case ahead > mostAhead:
		w.late = true
	default:
		call = fmt.Sprintf("%s +%d", call, ahead) // each is taken once
	}
	return call, s.of.serial != ""
}

// deviceType returns the argument of device-code for a code's type.
func deviceType(code string) string {
	parsed, err := dsapp.ParseDeviceCode(code)
	if err != nil {
		return ""
	}
	switch parsed.Type {
	case dsapp.IOS:
		return " ios"
	case dsapp.Hardware:
		return " hardware"
	}
	return ""
}

// computed returns a call in place of a value: what it made before where the value
// came before, and a wrong one where it was refused.
func (w *requestWriter) computed(s traced, call, value string, possible bool) (string, bool) {
	switch {
	case !possible:
		return masked(value), w.redact
	case w.made[value] == call && !s.presumed():
		return fmt.Sprintf("{{again %s}}", call), true
	case s.status() == wrongProof && strings.HasPrefix(call, "device-code") && slices.Contains(slices.Collect(maps.Values(w.made)), call):
		return fmt.Sprintf("{{wrong again %s}}", call), true // a new one would make the phone forget the right one
	case s.status() == wrongProof:
		return fmt.Sprintf("{{wrong %s}}", call), true
	}
	w.made[value] = call
	if serial, isOTP := strings.CutPrefix(call, "otp "); isOTP && s.granted() {
		w.used["otp "+strings.Fields(serial)[0]]++
	}
	return fmt.Sprintf("{{%s}}", call), true
}
