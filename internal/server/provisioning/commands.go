package provisioning

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/dsappd/dsappd/internal/provision"
)

// The types of XML Schema that attributes have.
const (
	typeString      = "string"
	typeUnsignedInt = "unsignedInt"
)

// attribute is what an attributeID stands for, wherever it is used.
type attribute struct {
	id      string // below PROVFLD_
	xsdType string
	pattern string // of the whole value; empty: the type says it all
	takes   string // the same in words
	masked  bool
	ours    bool // no documented name
}

// attributes are all that commands have.
func attributes() []attribute {
	name, hex := `(?s).{1,255}`, func(length string) string { return `[0-9A-Fa-f]{` + length + `}` }
	return []attribute{
		{id: "COMPONENT_TYPE", xsdType: typeString, pattern: name, takes: "1 to 255 characters"},
		{id: "USERID", xsdType: typeString, pattern: name, takes: "1 to 255 characters"},
		{id: "DOMAIN", xsdType: typeString, pattern: name, takes: "1 to 255 characters"},
		{id: "ORGANIZATIONAL_UNIT", xsdType: typeString, pattern: name, takes: "1 to 255 characters"},
		{id: "STATIC_PASSWORD", xsdType: typeString, pattern: name, takes: "1 to 255 characters", masked: true},
		{id: "SERIAL_NO", xsdType: typeString, pattern: `[A-Z0-9]{3}[0-9]{7}(-[1-9][0-9]{0,2})?`, takes: "three of A-Z 0-9 and seven digits, for an instance also a hyphen and its number"},
		{id: "REGISTRATIONID", xsdType: typeString, pattern: `(?s).{1,40}`, takes: "1 to 40 characters"},
		{id: "ACTIVATION_TYPE", xsdType: typeUnsignedInt, takes: "0 for online data, 1 for offline data, another number for the authenticator's own"},
		{id: "REQUEST_TYPE", xsdType: typeUnsignedInt, pattern: `0`, takes: "0, which is to bind"},
		{id: "ACTIVATION_CODE", xsdType: typeString, takes: "the activation data, in the clear", masked: true},
		{id: "DP_RESPONSE", xsdType: typeString, pattern: `[0-9]{1,27}`, takes: "1 to 27 digits", masked: true},
		{id: "DERIVATION_CODE", xsdType: typeString, pattern: hex("1,27"), takes: "1 to 27 decimal or hexadecimal characters", masked: true},
		{id: "ACTIVATION_PASSWORD", xsdType: typeString, takes: "the activation password", masked: true, ours: true},
		{id: "GATEWAY_ID", xsdType: typeString, takes: "the gateway's ID", ours: true},
		{id: "CLIENT_EVIDENCE_MESSAGE", xsdType: typeString, pattern: hex("64"), takes: "64 hexadecimal characters", ours: true},
		{id: "SERVER_EVIDENCE_MESSAGE", xsdType: typeString, takes: "64 hexadecimal characters", ours: true},
		{id: "ACTIVATION_CODE_DATA", xsdType: typeString, takes: "encryptedData of the item activationCode", ours: true},
		{id: "ACTIVATION_CODE_COUNTER", xsdType: typeString, takes: "encryptedCounter of the item activationCode", ours: true},
		{id: "ACTIVATION_CODE_MAC", xsdType: typeString, takes: "mac of the item activationCode", ours: true},
		{id: "REACTIVATION_COUNTER_DATA", xsdType: typeString, takes: "encryptedData of the item eventReactivationCounter", ours: true},
		{id: "REACTIVATION_COUNTER_COUNTER", xsdType: typeString, takes: "encryptedCounter of the item eventReactivationCounter", ours: true},
		{id: "REACTIVATION_COUNTER_MAC", xsdType: typeString, takes: "mac of the item eventReactivationCounter", ours: true},
		{id: "ACTIVATION_MESSAGE_DATA", xsdType: typeString, takes: "encryptedData of the item activationMessage, which a licence has instead", ours: true},
		{id: "ACTIVATION_MESSAGE_COUNTER", xsdType: typeString, takes: "encryptedCounter of the item activationMessage", ours: true},
		{id: "ACTIVATION_MESSAGE_MAC", xsdType: typeString, takes: "mac of the item activationMessage", ours: true},
		{id: "ACTIVATION_MESSAGE", xsdType: typeString, takes: "Activation Message 1, 88 hexadecimal characters", masked: true, ours: true},
		{id: "DEVICE_CODE", xsdType: typeString, pattern: `[0-9]{26}`, takes: "26 digits", masked: true, ours: true},
		{id: "ACTIVATION_MESSAGE2", xsdType: typeString, takes: "Activation Message 2, 98 hexadecimal characters", masked: true, ours: true},
		{id: "SIGNATURE", xsdType: typeString, pattern: `[0-9]{8}`, takes: "8 digits", masked: true},
	}
}

// command is one of provisioningExecute's. Its attributes are named without
// PROVFLD_.
type command struct {
	name     string // below PROVISIONCMD_
	about    string
	required []string // in
	oneOf    []string // in: exactly one of them, or none to choose from
	optional []string // in
	out      []string // those with a value are in the reply, in this order
	run      func(*door, context.Context, provision.Caller, values) (values, error)
}

// in are the attributes that the command takes.
func (c command) in() []string { return slices.Concat(c.required, c.oneOf, c.optional) }

// commands are all of them.
func commands() []command {
	user := []string{"COMPONENT_TYPE", "USERID", "STATIC_PASSWORD"}
	holder := []string{"USERID", "DOMAIN", "ORGANIZATIONAL_UNIT", "SERIAL_NO"}
	step := []string{"COMPONENT_TYPE", "REGISTRATIONID"}
	credential := []string{"DP_RESPONSE", "DERIVATION_CODE"}
	return []command{
		{
			name: "REGISTER", run: (*door).commandRegister,
			about:    "Opens a registration without a key exchange and answers with the activation data in the clear. Only where the policy says ActivationCodeOutsideSRP, and over TLS or from the server's own machine.",
			required: user, optional: []string{"DOMAIN", "SERIAL_NO", "ACTIVATION_TYPE", "REQUEST_TYPE"},
			out: append([]string{"ACTIVATION_CODE"}, holder...),
		},
		{
			name: "ACTIVATE", run: (*door).commandActivate,
			about:    "Ends the open registration of the user and serial number. The derivation code that did so gets the same answer again within the registration's lifetime. It is allowed where REGISTER is.",
			required: []string{"COMPONENT_TYPE", "USERID"}, oneOf: credential, optional: []string{"DOMAIN", "SERIAL_NO"},
			out: holder,
		},
		{
			name: "ASSIGN", run: (*door).commandAssign,
			about:    "Assigns an authenticator that nobody has to the user, who proves to be it by the static password.",
			required: append(slices.Clone(user), "SERIAL_NO"), optional: []string{"DOMAIN"},
			out: holder,
		},
		{
			name: "DSAPPREGISTER", run: (*door).commandDSAPPRegister,
			about:    "dsappSRPRegister in the form of attributes. How the vendor's command of this name answers is not public; this form is ours.",
			required: user, optional: []string{"DOMAIN", "SERIAL_NO", "ACTIVATION_TYPE", "REQUEST_TYPE"},
			out: append([]string{"REGISTRATIONID", "ACTIVATION_PASSWORD", "GATEWAY_ID"}, holder...),
		},
		{
			name: "DSAPPGENERATEACTIVATIONDATA", run: (*door).commandDSAPPGenerateActivationData,
			about:    "dsappSRPGenerateActivationData in the form of attributes, after dsappSRPGenerateEphemeralKey, which has no command. This form is ours.",
			required: append(slices.Clone(step), "CLIENT_EVIDENCE_MESSAGE"),
			out: []string{"SERVER_EVIDENCE_MESSAGE", "ACTIVATION_CODE_DATA", "ACTIVATION_CODE_COUNTER", "ACTIVATION_CODE_MAC",
				"REACTIVATION_COUNTER_DATA", "REACTIVATION_COUNTER_COUNTER", "REACTIVATION_COUNTER_MAC",
				"ACTIVATION_MESSAGE_DATA", "ACTIVATION_MESSAGE_COUNTER", "ACTIVATION_MESSAGE_MAC"},
		},
		{
			name: "DSAPPACTIVATE", run: (*door).commandDSAPPActivate,
			about:    "dsappSRPActivate in the form of attributes. This form is ours.",
			required: step, oneOf: credential,
			out: holder,
		},
		{
			name: "MDL_REGISTER", run: (*door).commandMDLRegister,
			about:    "Opens the offline activation of a device on a licence, and answers with its Activation Message 1. Only where the policy says OfflineMDL: the message holds its key in the clear.",
			required: user, optional: []string{"DOMAIN", "SERIAL_NO", "REQUEST_TYPE"},
			out: append([]string{"REGISTRATIONID", "ACTIVATION_MESSAGE"}, holder...),
		},
		{
			name: "MDL_ADD_DEVICE", run: (*door).commandMDLAddDevice,
			about:    "Takes a device's code, also of an activation over SRP, and a place on the licence, and answers with Activation Message 2 and the name of the instance. The same code gets the same message, another one a new instance instead of the one that waits. 1004 says that Activation Message 1 has expired, -11 that no place is left.",
			required: append(slices.Clone(step), "DEVICE_CODE"),
			out:      append([]string{"ACTIVATION_MESSAGE2"}, holder...),
		},
		{
			name: "MDL_ACTIVATE", run: (*door).commandMDLActivate,
			about:    "Activates the instance by the device's signature or, where the policy says OTPInsteadOfSignature, by a one-time password of the instance.",
			required: step, oneOf: []string{"SIGNATURE", "DP_RESPONSE"},
			out: holder,
		},
	}
}

// The prefixes of the names on the wire.
const (
	commandPrefix   = "PROVISIONCMD_"
	attributePrefix = "PROVFLD_"
)

// commandTable is the commands and attributes by their names on the wire.
type commandTable struct {
	commands   map[string]command
	attributes map[string]attribute
	patterns   map[string]*regexp.Regexp
}

func newCommandTable() (*commandTable, error) {
	t := &commandTable{commands: map[string]command{}, attributes: map[string]attribute{}, patterns: map[string]*regexp.Regexp{}}
	for _, a := range attributes() {
		t.attributes[attributePrefix+a.id] = a
		pattern, err := regexp.Compile("^(?:" + a.pattern + ")$")
		if err != nil {
			return nil, fmt.Errorf("attribute %s: %w", a.id, err)
		}
		t.patterns[a.id] = pattern
	}
	for _, c := range commands() {
		t.commands[commandPrefix+c.name] = c
		for _, id := range slices.Concat(c.in(), c.out) {
			if _, ok := t.attributes[attributePrefix+id]; !ok {
				return nil, fmt.Errorf("command %s: there is no attribute %s", c.name, id)
			}
		}
	}
	return t, nil
}

// names lists the commands in words.
func (t *commandTable) names() string {
	var names []string
	for _, c := range commands() {
		names = append(names, commandPrefix+c.name)
	}
	return strings.Join(names, ", ")
}

// attributeIDs are all attributes' names without PROVFLD_.
func (t *commandTable) attributeIDs() []string {
	var ids []string
	for _, a := range attributes() {
		ids = append(ids, a.id)
	}
	return ids
}
