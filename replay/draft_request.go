package replay

import (
	"cmp"
	"encoding/base64"
	"fmt"
	"maps"
	"mime"
	"regexp"
	"slices"
	"strings"

	"github.com/dsappd/dsappd/dsapp"
)

// request is what is sent, with what was captured and what a phone computes in
// place of the values that will not come again.
func (d *draft) request(e *exchanged) Request {
	r := Request{RequestOptions: headersOf(e.recorded), Kind: XML}
	if e.request == nil {
		r.Body = ended(Literal(e.sent))
		return r
	}
	m := e.request
	for _, name := range slices.Sorted(maps.Keys(m.fields)) {
		for _, f := range m.fields[name] {
			if f.text == "" && (name != "response" || !e.granted()) {
				continue
			}
			if len(m.fields[name]) > 1 { // which one counts is not known
				d.hide(m, name, f)
			} else if with, ok := d.sent(e, name, f.text); ok {
				m.replace(f.index, with)
			}
		}
	}
	d.hideUnknown(m)
	d.hideOthers(m)
	r.Body = ended(m.written())
	return r
}

// headersOf are the headers that say something about a client.
func headersOf(r Recorded) RequestOptions {
	headers := map[string]string{}
	if action := r.Request.Header.Get("SOAPAction"); action != "" && action != `""` {
		headers["SOAPAction"] = Literal(action)
	}
	kind, _, err := mime.ParseMediaType(r.Request.Header.Get("Content-Type"))
	if err == nil && kind != "text/xml" {
		headers["Content-Type"] = kind + "; charset=utf-8"
	}
	if len(headers) == 0 {
		return RequestOptions{}
	}
	return RequestOptions{Headers: headers}
}

// ended is a body that ends with its line.
func ended(text string) string { return strings.TrimRight(text, "\r\n") + "\n" }

// sent is what takes the place of a field of a request.
func (d *draft) sent(e *exchanged, name, value string) (string, bool) {
	switch name {
	case "registrationID":
		return d.sentRegistration(e, value)
	case "userID":
		return d.sentUser(e, value)
	case "domain":
		id, domain := resolved(e)
		return Literal(domain), id != "" && domain != value && strings.EqualFold(domain, value)
	case "serialNumber":
		if !e.granted() {
			return "", false // its form may be why
		}
		serial := d.licence(value)
		return serial, licence(value) != serial
	case "staticPassword":
		return Literal(d.password(value)), d.redact
	case "clientEphemeralPublicKey":
		return "{{A}}", matches(`[0-9A-Fa-f]{1,512}`, value) && (e.granted() || e.status() == "")
	case "clientEvidenceMessage":
		return d.computed(e, "M1", value, matches(`[0-9A-Fa-f]{64}`, value) &&
			d.has("registrationID", "activationPassword", "serverEphemeralPublicKey", "salt"))
	case "response":
		call, known := d.otp(e)
		return d.computed(e, call, value, known && (e.granted() || matches(`[0-9]{6,8}`, value)))
	case "derivationCode":
		return d.computed(e, "derivation-code "+d.serial, value, d.serial != "" && matches(`[0-9A-Fa-f]{16}[0-9]{6,8}`, value))
	case "deviceCode":
		return d.computed(e, "device-code"+deviceType(value), value, matches(`[0-9]{26}`, value) &&
			(d.has("activationMessage") || d.has("activationPassword")))
	case "signature":
		return d.computed(e, "signature", value, matches(`[0-9]{8}`, value) && d.has("activationMessage2"))
	}
	return masked(value), d.redact && secret(name)
}

func matches(expr, text string) bool {
	return regexp.MustCompile(`^(?:` + expr + `)$`).MatchString(text)
}

// sentRegistration is a registration ID that was handed out before.
func (d *draft) sentRegistration(e *exchanged, value string) (string, bool) {
	if d.has("registrationID") && (value == d.registration || e.granted()) {
		return "{{registrationID}}", true
	}
	if e.granted() {
		d.leaveOut(e.recorded.Request.Source, "the registration was opened before what was recorded, so that its steps cannot be played")
	}
	return "", false
}

// sentUser is a user by the name that the reply has: servers know theirs by
// others too.
func (d *draft) sentUser(e *exchanged, value string) (string, bool) {
	id := e.reply.value("userID")
	typed, err := base64.StdEncoding.DecodeString(value) // as SOAP::Lite sends what is not ASCII
	if id == "" || id == value || strings.HasPrefix(value, id+"@") || err == nil && string(typed) == id {
		return "", false
	}
	if !strings.EqualFold(id, value) {
		d.leaveOut(e.recorded.Reply.Source, "the reply is about the user %q, who stands in the request now in place of %q", id, value)
	}
	return Literal(id), true
}

// otp is the call for the one-time password that a request proves something
// with.
func (d *draft) otp(e *exchanged) (string, bool) {
	if e.operation() == "PROVISIONCMD_MDL_ACTIVATE" || d.has("instance") {
		return "otp instance", d.has("instance", "activationMessage2")
	}
	return "otp " + d.serial, d.serial != ""
}

// deviceType is the argument of device-code for a code's type.
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

// wrongProof is the status of credentials that were not right.
const wrongProof = "1000"

// computed is a call in place of a value: what it made before where the value
// came before, and a wrong one where it was refused.
func (d *draft) computed(e *exchanged, call, value string, possible bool) (string, bool) {
	switch {
	case !possible:
		return masked(value), d.redact
	case d.made[value] == call:
		return fmt.Sprintf("{{again %s}}", call), true
	case e.status() == wrongProof && strings.HasPrefix(call, "device-code") && slices.Contains(slices.Collect(maps.Values(d.made)), call):
		return fmt.Sprintf("{{wrong again %s}}", call), true // a new one would make the phone forget the right one
	case e.status() == wrongProof:
		return fmt.Sprintf("{{wrong %s}}", call), true
	}
	d.made[value] = call
	return fmt.Sprintf("{{%s}}", call), true
}

// password is a password or, where it is redacted, what stands in for it: the
// same one for the same password.
func (d *draft) password(value string) string {
	if !d.redact {
		return value
	}
	if d.standIns[value] == "" {
		d.standIns[value] = fmt.Sprintf("redacted-%d", len(d.standIns)+1)
	}
	return d.standIns[value]
}

// secret says that the values of a field are.
func secret(name string) bool {
	return slices.Contains([]string{
		"staticPassword", "activationPassword", "response", "derivationCode", "deviceCode", "signature",
		"clientEvidenceMessage", "serverEvidenceMessage", "activationCode", "activationMessage", "activationMessage2", "devicePNID",
	}, name) || matches(`(?i).*(password|passwd|pwd|passcode|passphrase|secret|pin|pnid|token|key|nonce|otp|session|signature|dp_response).*`, name) && name != "clientEphemeralPublicKey" && name != "serverEphemeralPublicKey"
}

// masked is a value of the same form that says nothing.
func masked(value string) string {
	return Literal(strings.Map(func(r rune) rune {
		switch {
		case r >= '0' && r <= '9':
			return '0'
		case r >= 'A' && r <= 'F' || r >= 'a' && r <= 'f':
			return 'A'
		case r > ' ' && r != '<' && r != '&' && r != '>':
			return 'X'
		}
		return ' '
	}, value))
}

// hide masks a field that is not understood.
func (d *draft) hide(m *message, name string, f field) {
	if d.redact && secret(name) {
		m.replace(f.index, masked(f.text))
	}
}

// hideUnknown masks what a request holds besides the fields that are known to
// be no secret: other elements, in its header too, and attributes.
func (d *draft) hideUnknown(m *message) {
	if !d.redact {
		return
	}
	kept := map[int]bool{}
	for name, fields := range m.fields {
		for _, f := range fields {
			kept[f.index] = open(name)
		}
	}
	m.root.visit(func(n *node) {
		if _, put := m.put[n.index]; !put && !kept[n.index] && !open(n.name.Local) && !n.holdsElements() && n.text != "" {
			m.replace(n.index, masked(n.text))
		}
		m.attributes(n, func(name, value string) (string, bool) {
			if id, _ := strings.CutPrefix(value, "#"); m.targets[id] != nil && (name == "id" || name == "href" && id != value) {
				return strings.Replace(value, id, fmt.Sprintf("element-%d", m.targets[id].index), 1), true
			}
			_, local, _ := strings.Cut(name, ":")
			if slices.Contains([]string{"type", "nil", "mustUnderstand", "actor", "encodingStyle"}, local) {
				return value, true
			}
			return masked(value), true
		})
	})
}

// open says that the values of a field are no secret.
func open(name string) bool {
	return slices.Contains([]string{
		"componentType", "userID", "domain", "orgUnit", "serialNumber", "cmd", "attributeID", "activationType", "registrationID",
		"digipassGatewayID", "clientEphemeralPublicKey", "masked", "null",
	}, name)
}

// hideOthers masks secrets by their names outside the operation, as in the
// headers of WS-Security, and where elements or several values stand in what
// would be one.
func (d *draft) hideOthers(m *message) {
	if !d.redact {
		return
	}
	var walk func(n *node, inside bool)
	walk = func(n *node, inside bool) {
		if _, done := m.put[n.index]; done || slices.Contains(m.items, n) {
			return
		}
		inside = inside || n != m.body && secret(n.name.Local)
		if inside && n.text != "" {
			m.replace(n.index, masked(n.text))
			return
		}
		values := n.secretAttribute()
		for _, child := range n.children {
			walk(child, inside || values && child.name.Local == "value")
		}
	}
	walk(m.root, false)
}

// secretAttribute says that an element is an attribute of provisioningExecute
// whose values are secrets.
func (n *node) secretAttribute() bool {
	return n.name.Local == "attributes" && slices.ContainsFunc(n.all("attributeID"), func(id *node) bool {
		name := strings.TrimSpace(id.text)
		return secret(cmp.Or(attributeFields()[name], name))
	})
}
