package drafting

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/dsappd/dsappd/replay/transcript"
)

// besideProvisioning puts into a request of the other interfaces what stands for
// its values.
func (w *requestWriter) besideProvisioning(s traced) {
	for name, fields := range s.request.fields {
		for _, f := range fields {
			if f.text != "" {
				s.request.replace(f.index, w.doorField(s, name, f.text))
			}
		}
	}
}

// doorField returns what stands for a value.
func (w *requestWriter) doorField(s traced, name, value string) string {
	if name == "attributeID" && matches(constantName, strings.TrimSpace(value)) {
		return transcript.Literal(value)
	}
	switch meaningOf(name) {
	case openText:
		if with, ok := w.field(s, name, value); ok && (name == "userID" || name == "domain") {
			return with
		}
		if name == "serialNumber" || name == "DIGIPASSFLD_SERNO" || name == "DIGIPASSAPPLFLD_SERNO" {
			return w.serialOf(value)
		}
		return transcript.Literal(value)
	case password:
		return transcript.Literal(w.password(value))
	case pin:
		return w.pin(value)
	case handedOut:
		return w.handedOut(value)
	case signedText:
		return w.signed(s, value)
	case otp:
		return w.oneTime(s, value)
	case combined:
		if s.operation() == "updatePassword" {
			return transcript.Literal(w.password(value))
		}
		c := w.person(s).split(value, s.sketch)
		return transcript.Literal(w.password(c.static)) + w.pin(c.pin) + w.oneTime(s, c.otp)
	}
	return w.hidden(value)
}

// hidden returns a text that is masked where secrets are; the wildcards of a search
// stay.
func (w *standIns) hidden(value string) string {
	if !w.redact {
		return transcript.Literal(value)
	}
	inner, before := strings.CutPrefix(value, "*")
	inner, behind := strings.CutSuffix(inner, "*")
	inner = masked(inner)
	if before {
		inner = "*" + inner
	}
	if behind {
		inner += "*"
	}
	return inner
}

// serialOf returns a serial number of a form that dsappd takes, or as it is where
// it has no such form and may be searched by.
func (w *standIns) serialOf(value string) string {
	if serial := w.serials[value]; serial != "" {
		return serial
	}
	return transcript.Literal(value)
}

// handedOut returns what was captured, or a value that nobody knows.
func (w *standIns) handedOut(value string) string {
	if name := w.captured[value]; name != "" {
		return "{{" + name + "}}"
	}
	if userID, domain, key, ok := apiKey(value); ok {
		if domain != "master" {
			userID += "@" + domain
		}
		return transcript.Literal("Apikey " + userID + ":" + w.password(key))
	}
	return w.hidden(value)
}

// person returns what is known of whom an exchange is about.
func (w *standIns) person(s traced) *person {
	if p := w.people[s.holder()]; p != nil {
		return p
	}
	return &person{}
}

// serialFor returns the authenticator that an exchange is proved by; empty: it has
// none that is known.
func (w *standIns) serialFor(s traced) string {
	named := cmp.Or(s.answered.serialNumber, s.request.attributeValue("serialNumber"), s.request.attributeValue("DIGIPASSAPPLFLD_SERNO"))
	return w.licence(cmp.Or(named, w.person(s).serial()))
}

// oneTime returns a one-time password, or a response in its place.
func (w *requestWriter) oneTime(s traced, value string) string {
	if value == "" {
		return ""
	}
	call := w.proof(s)
	switch {
	case call != "" && w.made[value] == call && s.request.attributeValue("CREDFLD_CHALLENGE") == "":
		return "{{again " + call + "}}"
	case call == "" || !s.provedRight():
		return w.hidden(value)
	}
	w.made[value] = call
	return "{{" + call + "}}"
}

// proof returns the call that makes what an exchange is proved by; empty: nothing
// known does.
func (w *requestWriter) proof(s traced) string {
	serial := w.serialFor(s)
	if key := s.asked.challengeKey; key != "" {
		asked := w.requests[key]
		switch {
		case asked.message != "":
			return "answer " + asked.message
		case asked.challenge != "" && serial != "":
			return fmt.Sprintf("respond %s %s", serial, asked.challenge)
		}
		return ""
	}
	if serial == "" {
		return ""
	}
	if challenge := s.request.attributeValue("CREDFLD_CHALLENGE"); challenge != "" {
		return fmt.Sprintf("respond %s %q", serial, challenge)
	}
	call, n := "otp "+serial, w.used["otp "+serial]
	if w.counts(serial) || n == 0 {
		return call
	}
	if n > mostAhead {
		w.late = true
		return call
	}
	return fmt.Sprintf("%s +%d", call, n)
}

// provedRight reports whether the one-time password or the signature of a request
// was right, as far as its reply tells.
func (s traced) provedRight() bool {
	if s.answered.resultCode != "" {
		return s.answered.resultCode == "0"
	}
	return s.granted() || slices.Contains([]string{"STAT_LOCKED", "STAT_DPERROR"}, s.answered.statusName)
}

// signed returns a signature over data fields, or the answer to a request.
func (w *requestWriter) signed(s traced, value string) string {
	serial, call := w.serialFor(s), ""
	if key := s.asked.challengeKey; key != "" {
		if message := w.requests[key].message; message != "" {
			call = "answer " + message
		}
	} else if serial != "" {
		call = "sign " + serial
		for _, field := range w.dataFields(s.request) {
			call += fmt.Sprintf(" %q", field)
		}
	}
	switch {
	case call == "" || strings.HasPrefix(call, "sign") && !strings.Contains(call, `"`):
		return w.hidden(value)
	case w.made[value] == call:
		return "{{again " + call + "}}"
	case !s.provedRight():
		return w.hidden(value)
	}
	w.made[value] = call
	return "{{" + call + "}}"
}

// dataFields returns what is signed, as the transcript has it: up to the last field
// that is not empty.
func (w *standIns) dataFields(m *message) []string {
	var all []string
	for n := 1; n <= 8; n++ {
		text := m.attributeValue(fmt.Sprintf("SIGNFLD_DATA_FIELD_%d", n))
		if w.redact && text != "" {
			text = masked(text)
		}
		all = append(all, text)
	}
	for len(all) > 0 && all[len(all)-1] == "" {
		all = all[:len(all)-1]
	}
	return all
}
