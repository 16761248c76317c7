package drafting

import (
	"cmp"
	"errors"
	"slices"
	"strings"

	"github.com/dsappd/dsappd/replay/internal/jsontree"
	"github.com/dsappd/dsappd/replay/internal/xmltree"
)

// message is an envelope that was recorded, with its fields and what takes
// their places.
type message struct {
	text    string
	root    *xmltree.Node
	found   []xmltree.Place // of the elements, once they are needed
	body    *xmltree.Node   // the element in the Body; nil: there is none
	command string
	fields  map[string][]field
	items   []item

	rest     *restCall         // nil: it is an envelope
	answered bool              // of REST, that it is a reply
	json     *jsontree.Value   // of REST; nil: it has no body
	scalars  []*jsontree.Value // of json, in the order of the text
	status   string            // of a reply of REST: the code that it comes to

	targets map[string]*xmltree.Node // that elements refer to, by id

	put     map[int]string // what stands in an element instead, by its index
	changes []xmltree.Change
}

// item is an encrypted item of activation data.
type item struct {
	name string        // what it is
	path string        // that a capture finds it by
	node *xmltree.Node // nil: it is JSON
}

// field is a value in a message: an element without elements, or the value of
// an attribute of provisioningExecute.
type field struct {
	index int // of the element, or the place of a value of REST
	text  string
	path  string // that a capture finds it by
}

// readMessage reads an envelope of SOAP.
func readMessage(text string) (*message, error) {
	_, root, err := xmltree.Read([]byte(text))
	if err != nil {
		return nil, err
	}
	m := &message{text: text, root: root, fields: map[string][]field{}, put: map[int]string{}}
	if root.Name.Local != "Envelope" {
		return nil, errNoEnvelope
	}
	for _, part := range root.Children {
		if part.Name.Local == "Body" && len(part.Children) > 0 {
			m.body = part.Children[0]
		}
	}
	if m.body == nil {
		return nil, errNoEnvelope
	}
	m.targets = root.Targets()
	m.collect(m.body, nil)
	if cmd := m.value("cmd"); strings.HasSuffix(m.body.Name.Local, "Execute") && matches(constantName, cmd) {
		m.command = cmd
	}
	return m, nil
}

var errNoEnvelope = errors.New("it is no SOAP envelope with an element in its Body")

// place returns where an element stands in the text.
func (m *message) place(n *xmltree.Node) xmltree.Place { return m.placeOf(n.Index) }

func (m *message) placeOf(index int) xmltree.Place {
	if m.found == nil {
		m.found = xmltree.Places(m.text)
	}
	return m.found[index]
}

// operation returns what is asked for, or what was: the element in the Body or the
// command in it.
func (m *message) operation() string {
	if m.command != "" || m.rest != nil {
		return m.command
	}
	return m.body.Name.Local
}

// answers reports whether a message is a reply.
func (m *message) answers() bool {
	return strings.HasSuffix(m.body.Name.Local, "Response") || m.isFault()
}

func (m *message) isFault() bool { return m != nil && m.body != nil && m.body.Name.Local == "Fault" }

// collect finds the fields under an element, and under those that it refers to
// in the encoding of SOAP 1.1; through holds the ids on the way.
func (m *message) collect(n *xmltree.Node, through []string) {
	name := n.Name.Local
	if id := n.RefersTo(); m.targets[id] != nil && !n.HoldsElements() && !slices.Contains(through, id) {
		n, through = m.targets[id], append(slices.Clone(through), id)
	}
	if name == "attributes" && m.attribute(n) {
		return
	}
	if !n.HoldsElements() {
		m.add(name, field{index: n.Index, text: n.Text, path: name})
		return
	}
	if isEncrypted(n) {
		m.items = append(m.items, item{name: n.Name.Local, path: n.Name.Local, node: n})
		return
	}
	for _, child := range n.Children {
		m.collect(child, through)
	}
}

// isEncrypted reports whether an element is an item of activation data.
func isEncrypted(n *xmltree.Node) bool {
	return slices.ContainsFunc(n.Children, func(part *xmltree.Node) bool {
		return part.Text != "" && slices.Contains([]string{"encryptedData", "encryptedCounter", "mac"}, part.Name.Local)
	})
}

// attribute collects an attribute of provisioningExecute under the name of the
// element that means the same.
func (m *message) attribute(n *xmltree.Node) bool {
	var id, value *xmltree.Node
	for _, child := range n.Children {
		switch child.Name.Local {
		case "attributeID":
			id = child
		case "value":
			value = child
		}
	}
	if id == nil || value == nil || value.HoldsElements() {
		return false
	}
	name, known := attributeFields[strings.TrimSpace(id.Text)]
	if !known {
		name = strings.TrimSpace(id.Text)
	}
	m.add(name, field{index: value.Index, text: value.Text, path: "attributes[attributeID='" + strings.TrimSpace(id.Text) + "']/value"})
	return true
}

// attributeFields are the elements that mean the same as an attribute.
var attributeFields = map[string]string{
	"CREDFLD_COMPONENT_TYPE":          "componentType",
	"CREDFLD_USERID":                  "userID",
	"CREDFLD_DOMAIN":                  "domain",
	"CREDFLD_ORGANIZATIONAL_UNIT":     "orgUnit",
	"CREDFLD_STATIC_PASSWORD":         "staticPassword",
	"CREDFLD_SERIAL_NO":               "serialNumber",
	"CREDFLD_DP_RESPONSE":             "response",
	"SIGNFLD_COMPONENT_TYPE":          "componentType",
	"SIGNFLD_USERID":                  "userID",
	"SIGNFLD_DOMAIN":                  "domain",
	"SIGNFLD_ORGANIZATIONAL_UNIT":     "orgUnit",
	"SIGNFLD_SERIAL_NO":               "serialNumber",
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

// value returns the text of a field that stands there once, and else empty.
func (m *message) value(name string) string {
	if m == nil || len(m.fields[name]) != 1 {
		return ""
	}
	return m.fields[name][0].text
}

// outcome returns the code of the status that a reply comes to.
func (m *message) outcome() string {
	if m != nil && m.rest != nil {
		return m.status
	}
	return m.value("statusCode")
}

// statusName returns the name of the status in a reply; empty: it says none.
func (m *message) statusName() string {
	switch {
	case m.isFault():
		return "Fault"
	case m != nil && m.rest != nil:
		return cmp.Or(m.value("statusCodeEnum"), m.value("error"))
	}
	return m.value("statusCodeEnum")
}
