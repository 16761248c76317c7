package drafting

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/dsappd/dsappd/replay/internal/xmltree"
	"github.com/dsappd/dsappd/replay/transcript"
)

// secret reports whether the values of a field are.
func secret(name string) bool {
	return slices.Contains(secretFields, name) ||
		matches(secretName, name) && name != "clientEphemeralPublicKey" && name != "serverEphemeralPublicKey"
}

var (
	secretFields = []string{
		"staticPassword", "activationPassword", "response", "derivationCode", "deviceCode", "signature",
		"clientEvidenceMessage", "serverEvidenceMessage", "activationCode", "activationMessage", "activationMessage2", "devicePNID",
	}
	constantName = whole(`[A-Z]+_[A-Z0-9_]+`)
	secretName   = whole(`(?i).*(password|passwd|pwd|passcode|passphrase|secret|pin|pnid|token|key|nonce|otp|session|signature|dp_response).*`)
)

// open reports whether the values of a field are no secret.
func open(name string) bool { return slices.Contains(openFields, name) }

// openElement reports whether the text of an element that is no field is no secret.
func openElement(n *xmltree.Node) bool {
	if n.Name.Local == "attributeID" || n.Name.Local == "cmd" {
		return matches(constantName, strings.TrimSpace(n.Text))
	}
	return open(n.Name.Local)
}

var openFields = []string{
	"componentType", "userID", "domain", "orgUnit", "serialNumber", "cmd", "attributeID", "activationType", "registrationID",
	"digipassGatewayID", "clientEphemeralPublicKey", "masked", "null", "negative",
}

// openAttributes are attributes whose values are no secret.
var openAttributes = []string{"type", "nil", "mustUnderstand", "actor", "encodingStyle"}

// masked returns a value of the same form that says nothing.
func masked(value string) string {
	return transcript.Literal(strings.Map(func(r rune) rune {
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

// hideUnknown masks what a request holds besides the fields that are known to
// be no secret: other elements, in its header too, text that stands beside
// elements, and attributes.
func hideUnknown(m *message) {
	kept := m.fieldsThat(open)
	m.root.Visit(func(n *xmltree.Node) {
		_, put := m.put[n.Index]
		switch {
		case put || n.Text == "":
		case n.HoldsElements():
			m.maskBeside(n)
		case !kept[n.Index] && !openElement(n), n.Name.Local == "cmd" && !openElement(n):
			m.replace(n.Index, masked(n.Text))
		}
		m.attributes(n, func(name, value string) (string, bool) {
			if id, _ := strings.CutPrefix(value, "#"); m.targets[id] != nil && (name == "id" || name == "href" && id != value) {
				return strings.Replace(value, id, fmt.Sprintf("element-%d", m.targets[id].Index), 1), true
			}
			_, local, _ := strings.Cut(name, ":")
			if slices.Contains(openAttributes, local) {
				return value, true
			}
			return masked(value), true
		})
	})
}

// hideOthers masks secrets by their names outside the operation, as in the
// headers of WS-Security, and where elements or several values stand in what
// would be one.
func hideOthers(m *message) {
	var walk func(n *xmltree.Node, inside bool)
	walk = func(n *xmltree.Node, inside bool) {
		if _, done := m.put[n.Index]; done || slices.ContainsFunc(m.items, func(i item) bool { return i.node == n }) {
			return
		}
		inside = inside || n != m.body && secret(n.Name.Local)
		if inside && n.Text != "" {
			m.replace(n.Index, masked(n.Text))
			return
		}
		values := secretAttribute(n)
		for _, child := range n.Children {
			walk(child, inside || values && child.Name.Local == "value")
		}
	}
	walk(m.root, false)
}

// secretAttribute reports whether an element is an attribute of provisioningExecute
// whose values are secrets.
func secretAttribute(n *xmltree.Node) bool {
	return n.Name.Local == "attributes" && slices.ContainsFunc(n.All("attributeID"), func(id *xmltree.Node) bool {
		name := strings.TrimSpace(id.Text)
		return secret(cmp.Or(attributeFields[name], name))
	})
}

// hideReply frees what a reply holds besides the fields that are known to be
// no secret, and the text beside elements.
func hideReply(m *message) {
	kept := m.fieldsThat(openInReply)
	m.root.Visit(func(n *xmltree.Node) {
		_, put := m.put[n.Index]
		switch {
		case put || n.Text == "":
		case n.HoldsElements():
			m.freeBeside(n)
		case (!kept[n.Index] || n.Name.Local == "cmd") && !openElement(n) && n.Name.Local != "faultcode":
			m.replace(n.Index, "{{any}}")
		}
		m.attributes(n, func(name, value string) (string, bool) {
			_, local, _ := strings.Cut(name, ":")
			if slices.Contains(openAttributes, local) {
				return value, true
			}
			return "{{any}}", true
		})
	})
}

// fieldsThat returns the elements that hold fields whose names are of a kind, by
// their index.
func (m *message) fieldsThat(of func(name string) bool) map[int]bool {
	found := map[int]bool{}
	for name, fields := range m.fields {
		for _, f := range fields {
			found[f.index] = of(name)
		}
	}
	return found
}

// openInReply reports whether the values of a field of a reply are no secret.
func openInReply(name string) bool {
	return open(name) || slices.Contains(openReplies, name) || meaningOf(name) == openText
}

// openReplies are the fields of replies that are no secret.
var openReplies = []string{
	"returnCodeEnum", "returnCode", "statusCodeEnum", "statusCode", "errorCode", "upgradeMessage",
}

// hideHeaders masks the headers of a request, but for what says which kind of
// client it is.
func hideHeaders(headers map[string]string) {
	for _, name := range slices.Collect(maps.Keys(headers)) {
		kind, _, _ := strings.Cut(headers[name], ";")
		switch {
		case name == "Content-Type" && slices.Contains(openTypes, kind):
		case name == "Content-Type":
			headers[name] = "application/x-masked"
		case name == "SOAPAction" && isOpenAction(strings.Trim(headers[name], `"`)):
		default:
			headers[name] = masked(headers[name])
		}
	}
}

// isOpenAction reports whether a SOAPAction is one of the operations.
func isOpenAction(action string) bool {
	return matches(openAction, action) || doors[strings.TrimPrefix(action, "urn:")] != ""
}

var (
	openTypes = []string{"text/xml", "application/xml", "application/soap+xml", "multipart/related", "application/xop+xml", "text/plain",
		"text/html", "application/json", "application/octet-stream", "application/x-www-form-urlencoded", "multipart/form-data"}
	openAction = whole(`(?:urn:)?(?:dsappSRP(?:Register|GenerateEphemeralKey|GenerateActivationData|Activate)|provisioningExecute|getAppUpgradeInfo|updateDevicePNID)`)
)
