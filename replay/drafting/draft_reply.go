package drafting

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/dsappd/dsappd/replay/internal/xmltree"
	"github.com/dsappd/dsappd/replay/transcript"

	"github.com/beevik/etree"
)

// replyWriter writes what is expected: what was recorded, with freedoms where
// a value is drawn anew or worded by a server as it likes; or what was
// asserted of a reply that nobody recorded.
type replyWriter struct {
	*standIns
	*notices
	anyTypes bool // xsi:type is left free in all replies
}

func (w *replyWriter) write(s traced) transcript.Reply {
	switch {
	case s.presumed():
		return w.asserted(s)
	case s.reply == nil:
		return transcript.Reply{ReplyOptions: transcript.ReplyOptions{Status: s.recorded.Status}}
	}
	m := s.reply
	if m.rest != nil {
		return w.rest(s)
	}
	if s.isAboutAnother() {
		w.doubt(s.recorded.Reply.Source, "the reply is about the user %q, the request about %q: whom a reply is about is left free",
			m.value("userID"), cmp.Or(s.request.value("userID"), s.of.user))
	}
	r := transcript.Reply{Kind: transcript.XML, ReplyOptions: transcript.ReplyOptions{Status: unusual(s), TimeLimit: s.recorded.TimeLimit}}
	if m.isFault() {
		freeFault(m)
	}
	if s.asked.door != "" {
		w.besideProvisioning(s, &r)
	} else {
		w.fields(s)
	}
	w.shape(s)
	w.types(m)
	if w.redact {
		hideOthers(m)
		hideReply(m)
	}
	r.Body = ended(readable(m.written()))
	return r
}

// fields puts into a reply what stands for its values.
func (w *replyWriter) fields(s traced) {
	m := s.reply
	for name, fields := range m.fields {
		for _, f := range fields {
			if with, ok := w.field(s, name, f, len(fields) == 1); ok {
				m.replace(f.index, with)
			}
		}
	}
	for _, item := range m.items {
		w.item(s, item.node)
	}
	freeAttributes(s)
}

// readable returns a reply that was sent in one line as people read it.
func readable(text string) string {
	doc := etree.NewDocument()
	if strings.Count(strings.TrimSpace(text), "\n") > 1 || doc.ReadFromString(text) != nil {
		return text
	}
	doc.WriteSettings.CanonicalText = true
	doc.Indent(2)
	written, err := doc.WriteToString()
	if err != nil {
		return text
	}
	return written
}

// unusual returns a status of HTTP that is not what a body goes with.
func unusual(s traced) int {
	usual := 200
	if s.reply.isFault() {
		usual = 500
	}
	if s.recorded.Status == usual {
		return 0
	}
	return s.recorded.Status
}

// hexadecimal returns a pattern of hex digits, as many as the value has where that
// is what the open profile has too.
func hexadecimal(value string, length int) string {
	if len(value) == length {
		return fmt.Sprintf("{{/[0-9A-Fa-f]{%d}/}}", length)
	}
	return "{{/[0-9A-Fa-f]+/}}"
}

// field returns what takes the place of a field.
func (w *replyWriter) field(s traced, name string, f field, once bool) (string, bool) {
	switch {
	case name == "errorDesc":
		return "{{any}}", f.text != "" // in the server's own words
	case (name == "userID" || name == "domain") && s.isAboutAnother():
		return "{{any}}", f.text != ""
	case f.text == "" || !once || !s.granted():
		return "", false
	}
	switch name {
	case "registrationID":
		if s.begins() {
			return "{{/[A-Za-z0-9]{4,40}/}}", true
		}
		return "{{" + s.of.capture(name) + "}}", s.of.knows(name)
	case "activationPassword":
		if isMessage1(f.text) {
			return hexadecimal(f.text, 88), true
		}
		return "{{/[A-Za-z0-9]{4,40}/}}", true
	case "serverEphemeralPublicKey":
		return hexadecimal(f.text, 512), true
	case "salt":
		return hexadecimal(f.text, 32), true
	case "serverEvidenceMessage":
		return "{{" + s.of.call("M2") + "}}", s.of.agreed()
	case "activationCode": // of PROVISIONCMD_REGISTER, in the clear
		return "{{any}}", true
	case "activationMessage":
		return hexadecimal(f.text, 88), true
	case "activationMessage2":
		return hexadecimal(f.text, 98), true
	case "serialNumber":
		return w.serialNumber(s, f.text)
	}
	return "{{/[0-9A-Fa-f]+/}}", matches(encryptedAttribute, name) && matches(hexText, f.text)
}

var (
	encryptedAttribute = whole(`PROVFLD_.*_(DATA|COUNTER|MAC)`)
	hexText            = whole(`[0-9A-Fa-f]+`)
	message1           = whole(`0101[0-9A-Fa-f]{84}`)
)

func isMessage1(text string) bool { return matches(message1, text) }

// isAboutAnother reports whether a reply is about somebody whom its request
// or registration does not name, as those of a stub are.
func (s traced) isAboutAnother() bool {
	id := s.reply.value("userID")
	return id != "" && !sameUser(cmp.Or(s.request.value("userID"), s.of.user), id)
}

// serialNumber returns one that the transcript has too; an instance is named by a
// sequence number that the server goes on counting.
func (w *replyWriter) serialNumber(s traced, text string) (string, bool) {
	switch serial := w.licence(text); {
	case serial != licence(text):
		return serial, true
	case !isInstance(text):
		return "", false
	case s.of.instance == text:
		return "{{" + s.of.capture("instance") + "}}", true
	default:
		return fmt.Sprintf("{{/%s-[0-9]{1,3}/}}", serial), true
	}
}

// item frees the encrypted parts of an item, and captures what is in it.
func (w *replyWriter) item(s traced, item *xmltree.Node) {
	inside := map[string]string{
		"activationCode":           `sealed /otpauth:.+|[0-9A-F]{21,41}/`,
		"eventReactivationCounter": `sealed /[0-9]{3,20}/`,
		"activationMessage":        `sealed /[0-9A-F]{88}/`,
	}[item.Name.Local]
	if inside == "" || !s.of.agreed() {
		inside = "/[0-9A-Fa-f]+/"
	} else {
		inside = s.of.call(inside)
	}
	for _, child := range item.Children {
		switch child.Name.Local {
		case "encryptedData":
			s.reply.replace(child.Index, "{{"+inside+"}}")
		case "encryptedCounter":
			s.reply.replace(child.Index, hexadecimal(child.Text, 16))
		case "mac":
			s.reply.replace(child.Index, hexadecimal(child.Text, 64))
		}
	}
}

// freeAttributes lets a server answer with attributes where none are known.
func freeAttributes(s traced) {
	if s.reply.isFault() {
		return
	}
	s.reply.root.Leaves(func(n *xmltree.Node) {
		if n.Name.Local == "resultAttribute" && s.granted() {
			s.reply.replace(n.Index, "{{...}}")
		}
	})
}

// freeFault keeps a Fault's code and frees its words.
func freeFault(m *message) {
	for _, part := range m.body.Children {
		switch part.Name.Local {
		case "faultstring", "faultactor":
			m.replace(part.Index, "{{any}}")
		case "detail":
			m.replace(part.Index, "{{...}}")
		}
	}
}

// asserted returns what is expected of a reply that nobody recorded: its outcome, as
// far as that was asserted, and all else free.
func (w *replyWriter) asserted(s traced) transcript.Reply {
	want := s.recorded.wanted
	r := transcript.Reply{ReplyOptions: transcript.ReplyOptions{
		Statuses: want.statuses, TimeLimit: s.recorded.TimeLimit, Contains: s.withCaptures(want.contains), Lacks: s.withCaptures(want.lacks),
	}}
	for path, value := range want.values {
		if r.Values == nil {
			r.Values = map[string]any{}
		}
		switch v := value.(type) {
		case string:
			r.Values[path] = s.withCaptured(v)
		case []any:
			var all []any
			for _, each := range v {
				all = append(all, s.withCaptured(each.(string)))
			}
			r.Values[path] = all
		}
	}
	if len(want.statuses) == 1 {
		r.Status, r.Statuses = want.statuses[0], nil
	}
	if body := want.body(s.reply); body != "" {
		r.Kind, r.Body = transcript.XML, body
	} else {
		want.hold(&r)
	}
	if want.outcome != nil && !slices.Contains(want.outcome, faulted) {
		w.anyTypes = true
	}
	return r
}

// withCaptured returns a text in which the ID that was presumed for a registration
// gives way to the one that is captured.
func (s traced) withCaptured(text string) string {
	if s.of.id == "" || !s.presumed() {
		return text
	}
	return strings.ReplaceAll(text, s.of.id, "{{"+s.of.capture("registrationID")+"}}")
}

func (s traced) withCaptures(texts []string) []string {
	var all []string
	for _, text := range texts {
		all = append(all, s.withCaptured(text))
	}
	return all
}
