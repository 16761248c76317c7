package replay

import (
	"errors"
	"slices"
	"strings"
)

// message is an envelope that was recorded, with its fields and what takes
// their places.
type message struct {
	text    string
	root    *node
	found   []place // of the elements, once they are needed
	body    *node   // the element in the Body; nil: there is none
	command string
	fields  map[string][]field
	items   []*node // encrypted items

	targets map[string]*node // that elements refer to, by id

	put     map[int]string // what stands in an element instead, by its index
	changes []change
}

// field is a value in a message: an element without elements, or the value of
// an attribute of provisioningExecute.
type field struct {
	index int
	text  string
	path  string // that a capture finds it by
}

// readMessage reads an envelope of SOAP.
func readMessage(text string) (*message, error) {
	_, root, err := readDocument([]byte(text))
	if err != nil {
		return nil, err
	}
	m := &message{text: text, root: root, fields: map[string][]field{}, put: map[int]string{}}
	if root.name.Local != "Envelope" {
		return nil, errNoEnvelope
	}
	for _, part := range root.children {
		if part.name.Local == "Body" && len(part.children) > 0 {
			m.body = part.children[0]
		}
	}
	if m.body == nil {
		return nil, errNoEnvelope
	}
	m.targets = root.targets()
	m.collect(m.body, nil)
	if cmd := m.value("cmd"); m.body.name.Local == "provisioningExecute" && matches(constantName, cmd) {
		m.command = cmd
	}
	return m, nil
}

var errNoEnvelope = errors.New("it is no SOAP envelope with an element in its Body")

// place is where an element stands in the text.
func (m *message) place(n *node) place { return m.placeOf(n.index) }

func (m *message) placeOf(index int) place {
	if m.found == nil {
		m.found = places(m.text)
	}
	return m.found[index]
}

// operation is what is asked for, or what was: the element in the Body or the
// command in it.
func (m *message) operation() string {
	if m.command != "" {
		return m.command
	}
	return m.body.name.Local
}

// answers says that a message is a reply.
func (m *message) answers() bool {
	return strings.HasSuffix(m.body.name.Local, "Response") || m.isFault()
}

func (m *message) isFault() bool { return m != nil && m.body.name.Local == "Fault" }

// collect finds the fields under an element, and under those that it refers to
// in the encoding of SOAP 1.1; through holds the ids on the way.
func (m *message) collect(n *node, through []string) {
	name := n.name.Local
	if id := n.refersTo(); m.targets[id] != nil && !n.holdsElements() && !slices.Contains(through, id) {
		n, through = m.targets[id], append(slices.Clone(through), id)
	}
	if name == "attributes" && m.attribute(n) {
		return
	}
	if !n.holdsElements() {
		m.add(name, field{index: n.index, text: n.text, path: name})
		return
	}
	if isEncrypted(n) {
		m.items = append(m.items, n)
		return
	}
	for _, child := range n.children {
		m.collect(child, through)
	}
}

// isEncrypted reports whether an element is an item of activation data.
func isEncrypted(n *node) bool {
	return slices.ContainsFunc(n.children, func(part *node) bool {
		return part.text != "" && slices.Contains([]string{"encryptedData", "encryptedCounter", "mac"}, part.name.Local)
	})
}

// attribute collects an attribute of provisioningExecute under the name of the
// element that means the same.
func (m *message) attribute(n *node) bool {
	var id, value *node
	for _, child := range n.children {
		switch child.name.Local {
		case "attributeID":
			id = child
		case "value":
			value = child
		}
	}
	if id == nil || value == nil || value.holdsElements() {
		return false
	}
	name, known := attributeFields[strings.TrimSpace(id.text)]
	if !known {
		name = strings.TrimSpace(id.text)
	}
	m.add(name, field{index: value.index, text: value.text, path: "attributes[attributeID='" + strings.TrimSpace(id.text) + "']/value"})
	return true
}

// attributeFields are the elements that mean the same as an attribute.
var attributeFields = map[string]string{
	"PROVFLD_COMPONENT_TYPE":          "componentType",
	"PROVFLD_USERID":                  "userID",
	"PROVFLD_DOMAIN":                  "domain",
	"PROVFLD_ORGANIZATIONAL_UNIT":     "orgUnit",
	"PROVFLD_STATIC_PASSWORD":         "staticPassword",
	"PROVFLD_SERIAL_NO":               "serialNumber",
	"PROVFLD_REGISTRATIONID":          "registrationID",
	"PROVFLD_ACTIVATION_TYPE":         "activationType",
	"PROVFLD_ACTIVATION_PASSWORD":     "activationPassword",
	"PROVFLD_GATEWAY_ID":              "digipassGatewayID",
	"PROVFLD_CLIENT_EVIDENCE_MESSAGE": "clientEvidenceMessage",
	"PROVFLD_SERVER_EVIDENCE_MESSAGE": "serverEvidenceMessage",
	"PROVFLD_DP_RESPONSE":             "response",
	"PROVFLD_DERIVATION_CODE":         "derivationCode",
	"PROVFLD_DEVICE_CODE":             "deviceCode",
	"PROVFLD_SIGNATURE":               "signature",
	"PROVFLD_ACTIVATION_CODE":         "activationCode",
	"PROVFLD_ACTIVATION_MESSAGE":      "activationMessage",
	"PROVFLD_ACTIVATION_MESSAGE2":     "activationMessage2",
}

func (m *message) add(name string, f field) { m.fields[name] = append(m.fields[name], f) }

// value is the text of a field that stands there once, and else empty.
func (m *message) value(name string) string {
	if m == nil || len(m.fields[name]) != 1 {
		return ""
	}
	return m.fields[name][0].text
}
