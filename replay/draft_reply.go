package replay

import (
	"fmt"
	"strings"

	"github.com/beevik/etree"
)

// reply is what is expected: what was recorded, with freedoms where a value is
// drawn anew or worded by a server as it likes.
func (d *draft) reply(n int, e *exchanged) Reply {
	if e.reply == nil {
		return Reply{Kind: XML, Body: anyReply}
	}
	m := e.reply
	r := Reply{Kind: XML, ReplyOptions: ReplyOptions{Status: unusual(e), TimeLimit: e.recorded.TimeLimit}}
	if m.isFault() {
		d.fault(m)
	}
	for name, fields := range m.fields {
		for _, f := range fields {
			if with, ok := d.received(n, e, name, f, len(fields) == 1); ok {
				m.replace(f.index, with)
			}
		}
	}
	for _, item := range m.items {
		d.item(n, e, item)
	}
	d.free(e)
	d.shape(e)
	d.types(m)
	d.hideOthers(m)
	r.Body = ended(readable(m.written()))
	return r
}

// readable is a reply that was sent in one line as people read it.
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

// anyReply is expected where no reply is known.
const anyReply = `<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/">
  <soapenv:Body>{{...}}</soapenv:Body>
</soapenv:Envelope>
`

// unusual is a status of HTTP that is not what a body goes with.
func unusual(e *exchanged) int {
	usual := 200
	if e.reply.isFault() {
		usual = 500
	}
	if e.recorded.Status == usual || e.recorded.Status == 0 {
		return 0
	}
	return e.recorded.Status
}

// hexadecimal is a pattern of hex digits, as many as the value has where that
// is what the open profile has too.
func hexadecimal(value string, length int) string {
	if len(value) == length {
		return fmt.Sprintf("{{/[0-9A-Fa-f]{%d}/}}", length)
	}
	return "{{/[0-9A-Fa-f]+/}}"
}

// received is what takes the place of a field of a reply.
func (d *draft) received(n int, e *exchanged, name string, f field, once bool) (string, bool) {
	if name == "errorDesc" {
		return "{{any}}", f.text != "" // in the server's own words
	}
	if f.text == "" || !once || !e.granted() {
		return "", false
	}
	switch name {
	case "registrationID":
		return d.receivedRegistration(n, e, f)
	case "activationPassword":
		d.capture(name, n, f.path)
		if isMessage1(f.text) {
			return hexadecimal(f.text, 88), true
		}
		return "{{/[A-Za-z0-9]{4,40}/}}", true
	case "serverEphemeralPublicKey":
		d.capture(name, n, f.path)
		return hexadecimal(f.text, 512), true
	case "salt":
		d.capture(name, n, f.path)
		return hexadecimal(f.text, 32), true
	case "serverEvidenceMessage":
		d.proved = true
		return "{{M2}}", d.has("registrationID", "activationPassword", "serverEphemeralPublicKey", "salt")
	case "activationCode": // of PROVISIONCMD_REGISTER, in the clear
		d.capture(name, n, f.path)
		return "{{any}}", true
	case "activationMessage":
		d.capture(name, n, f.path)
		return hexadecimal(f.text, 88), true
	case "activationMessage2":
		d.capture(name, n, f.path)
		return hexadecimal(f.text, 98), true
	case "serialNumber":
		if serial := d.licence(f.text); serial != licence(f.text) {
			return serial, true
		}
		return d.receivedSerial(n, f)
	}
	encrypted := matches(`PROVFLD_.*_(DATA|COUNTER|MAC)`, name) && matches(`[0-9A-Fa-f]+`, f.text)
	return "{{/[0-9A-Fa-f]+/}}", encrypted
}

func isMessage1(text string) bool { return matches(`0101[0-9A-Fa-f]{84}`, text) }

func (d *draft) receivedRegistration(n int, e *exchanged, f field) (string, bool) {
	if !e.begins() {
		return "{{registrationID}}", d.has("registrationID")
	}
	d.registration = f.text
	d.capture("registrationID", n, f.path)
	return "{{/[A-Za-z0-9]{4,40}/}}", true
}

// receivedSerial leaves a serial number as it is; an instance is named by a
// sequence number that the server goes on counting.
func (d *draft) receivedSerial(n int, f field) (string, bool) {
	serial, _, isInstance := strings.Cut(f.text, "-")
	if !isInstance {
		return "", false
	}
	if d.instance == f.text {
		return "{{instance}}", true
	}
	d.instance = f.text
	d.capture("instance", n, f.path)
	return fmt.Sprintf("{{/%s-[0-9]{1,3}/}}", serial), true
}

// item frees the encrypted parts of an item, and captures what is in it.
func (d *draft) item(n int, e *exchanged, item *node) {
	name := item.name.Local
	inside := map[string]string{
		"activationCode":           `sealed /otpauth:.+|[0-9A-F]{21,41}/`,
		"eventReactivationCounter": `sealed /[0-9]{3,20}/`,
		"activationMessage":        `sealed /[0-9A-F]{88}/`,
	}[name]
	if inside == "" || !d.has("registrationID", "activationPassword", "serverEphemeralPublicKey", "salt") {
		inside = "/[0-9A-Fa-f]+/"
	} else if name != "eventReactivationCounter" {
		d.capture(name, n, name)
	}
	for _, child := range item.children {
		switch child.name.Local {
		case "encryptedData":
			e.reply.replace(child.index, "{{"+inside+"}}")
		case "encryptedCounter":
			e.reply.replace(child.index, hexadecimal(child.text, 16))
		case "mac":
			e.reply.replace(child.index, hexadecimal(child.text, 64))
		}
	}
}

// free lets a server answer with attributes where none are known.
func (d *draft) free(e *exchanged) {
	if e.reply.isFault() {
		return
	}
	e.reply.root.leaves(func(n *node) {
		if n.name.Local == "resultAttribute" && e.granted() {
			e.reply.replace(n.index, "{{...}}")
		}
	})
}

// fault keeps a fault's code and frees its words.
func (d *draft) fault(m *message) {
	for _, part := range m.body.children {
		switch part.name.Local {
		case "faultstring", "faultactor":
			m.replace(part.index, "{{any}}")
		case "detail":
			m.replace(part.index, "{{...}}")
		}
	}
}
