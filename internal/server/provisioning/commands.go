package provisioning

import (
	"context"
	"slices"
	"strings"

	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/internal/server/operation"
)

// attributes lists all that commands have.
func attributes() []operation.Attribute {
	name, hex := `(?s).{1,255}`, func(length string) string { return `[0-9A-Fa-f]{` + length + `}` }
	return []operation.Attribute{
		{ID: "COMPONENT_TYPE", Type: operation.TypeString, Pattern: name, Takes: "1 to 255 characters"},
		{ID: "USERID", Type: operation.TypeString, Pattern: name, Takes: "1 to 255 characters"},
		{ID: "DOMAIN", Type: operation.TypeString, Pattern: name, Takes: "1 to 255 characters"},
		{ID: "ORGANIZATIONAL_UNIT", Type: operation.TypeString, Pattern: name, Takes: "1 to 255 characters"},
		{ID: "STATIC_PASSWORD", Type: operation.TypeString, Pattern: name, Takes: "1 to 255 characters", Masked: true},
		{ID: "SERIAL_NO", Type: operation.TypeString, Pattern: `[A-Z0-9]{3}[0-9]{7}(-[1-9][0-9]{0,2})?`, Takes: "three of A-Z 0-9 and seven digits, for an instance also a hyphen and its number"},
		{ID: "REGISTRATIONID", Type: operation.TypeString, Pattern: `(?s).{1,40}`, Takes: "1 to 40 characters"},
		{ID: "ACTIVATION_TYPE", Type: operation.TypeUnsignedInt, Takes: "0 for online data, 1 for offline data, another number for the authenticator's own"},
		{ID: "REQUEST_TYPE", Type: operation.TypeUnsignedInt, Pattern: `0`, Takes: "0, which is to bind"},
		{ID: "ACTIVATION_CODE", Type: operation.TypeString, Takes: "the activation data, in the clear", Masked: true},
		{ID: "DP_RESPONSE", Type: operation.TypeString, Pattern: `[0-9]{1,27}`, Takes: "1 to 27 digits", Masked: true},
		{ID: "DERIVATION_CODE", Type: operation.TypeString, Pattern: hex("1,27"), Takes: "1 to 27 decimal or hexadecimal characters", Masked: true},
		{ID: "ACTIVATION_PASSWORD", Type: operation.TypeString, Takes: "the activation password", Masked: true, Ours: true},
		{ID: "GATEWAY_ID", Type: operation.TypeString, Takes: "the gateway's ID", Ours: true},
		{ID: "CLIENT_EVIDENCE_MESSAGE", Type: operation.TypeString, Pattern: hex("64"), Takes: "64 hexadecimal characters", Ours: true},
		{ID: "SERVER_EVIDENCE_MESSAGE", Type: operation.TypeString, Takes: "64 hexadecimal characters", Ours: true},
		{ID: "ACTIVATION_CODE_DATA", Type: operation.TypeString, Takes: "encryptedData of the item activationCode", Ours: true},
		{ID: "ACTIVATION_CODE_COUNTER", Type: operation.TypeString, Takes: "encryptedCounter of the item activationCode", Ours: true},
		{ID: "ACTIVATION_CODE_MAC", Type: operation.TypeString, Takes: "mac of the item activationCode", Ours: true},
		{ID: "REACTIVATION_COUNTER_DATA", Type: operation.TypeString, Takes: "encryptedData of the item eventReactivationCounter", Ours: true},
		{ID: "REACTIVATION_COUNTER_COUNTER", Type: operation.TypeString, Takes: "encryptedCounter of the item eventReactivationCounter", Ours: true},
		{ID: "REACTIVATION_COUNTER_MAC", Type: operation.TypeString, Takes: "mac of the item eventReactivationCounter", Ours: true},
		{ID: "ACTIVATION_MESSAGE_DATA", Type: operation.TypeString, Takes: "encryptedData of the item activationMessage, which a licence has instead", Ours: true},
		{ID: "ACTIVATION_MESSAGE_COUNTER", Type: operation.TypeString, Takes: "encryptedCounter of the item activationMessage", Ours: true},
		{ID: "ACTIVATION_MESSAGE_MAC", Type: operation.TypeString, Takes: "mac of the item activationMessage", Ours: true},
		{ID: "ACTIVATION_MESSAGE", Type: operation.TypeString, Takes: "Activation Message 1, 88 hexadecimal characters", Masked: true, Ours: true},
		{ID: "DEVICE_CODE", Type: operation.TypeString, Pattern: `[0-9]{26}`, Takes: "26 digits", Masked: true, Ours: true},
		{ID: "ACTIVATION_MESSAGE2", Type: operation.TypeString, Takes: "Activation Message 2, 98 hexadecimal characters", Masked: true, Ours: true},
		{ID: "CUSTOM_ENCRYPT_PWD", Unsupported: "how the vendor encrypts under it is not public"},
		{ID: "SIGNATURE", Type: operation.TypeString, Pattern: `[0-9]{8}`, Takes: "8 digits", Masked: true},
	}
}

// command is one of provisioningExecute's. Its attributes are named without
// PROVFLD_.
type command struct {
	operation.Form
	about string
	run   func(*door, context.Context, provision.Caller, operation.Values) (operation.Values, error)
}

// commands returns the table of commands.
func commands() []command {
	user := []string{"COMPONENT_TYPE", "USERID", "STATIC_PASSWORD"}
	holder := []string{"USERID", "DOMAIN", "ORGANIZATIONAL_UNIT", "SERIAL_NO"}
	step := []string{"COMPONENT_TYPE", "REGISTRATIONID"}
	credential := []string{"DP_RESPONSE", "DERIVATION_CODE"}
	return []command{
		{
			run:   (*door).commandRegister,
			about: "Opens a registration without a key exchange and answers with the activation data in the clear. Only where the policy says ActivationCodeOutsideSRP, and over TLS or from the server's own machine.",
			Form: operation.Form{Name: commandPrefix + "REGISTER",
				Required: user, Optional: []string{"DOMAIN", "SERIAL_NO", "ACTIVATION_TYPE", "REQUEST_TYPE"},
				Out: append([]string{"ACTIVATION_CODE"}, holder...)},
		},
		{
			run:   (*door).commandActivate,
			about: "Ends the open registration of the user and serial number. The derivation code that did so gets the same answer again within the registration's lifetime. It is allowed where REGISTER is.",
			Form: operation.Form{Name: commandPrefix + "ACTIVATE",
				Required: []string{"COMPONENT_TYPE", "USERID"}, OneOf: credential, Optional: []string{"DOMAIN", "SERIAL_NO"},
				Out: holder},
		},
		{
			run:   (*door).commandAssign,
			about: "Assigns an authenticator that nobody has to the user, who proves to be it by the static password.",
			Form: operation.Form{Name: commandPrefix + "ASSIGN",
				Required: append(slices.Clone(user), "SERIAL_NO"), Optional: []string{"DOMAIN"},
				Out: holder},
		},
		{
			run:   (*door).commandDSAPPRegister,
			about: "dsappSRPRegister in the form of attributes. How the vendor's command of this name answers is not public; this form is ours.",
			Form: operation.Form{Name: commandPrefix + "DSAPPREGISTER",
				Required: user, Optional: []string{"DOMAIN", "SERIAL_NO", "ACTIVATION_TYPE", "REQUEST_TYPE"},
				Out: append([]string{"REGISTRATIONID", "ACTIVATION_PASSWORD", "GATEWAY_ID"}, holder...)},
		},
		{
			run:   (*door).commandDSAPPGenerateActivationData,
			about: "dsappSRPGenerateActivationData in the form of attributes, after dsappSRPGenerateEphemeralKey, which has no command. This form is ours.",
			Form: operation.Form{Name: commandPrefix + "DSAPPGENERATEACTIVATIONDATA",
				Required: append(slices.Clone(step), "CLIENT_EVIDENCE_MESSAGE"),
				Out: []string{"SERVER_EVIDENCE_MESSAGE", "ACTIVATION_CODE_DATA", "ACTIVATION_CODE_COUNTER", "ACTIVATION_CODE_MAC",
					"REACTIVATION_COUNTER_DATA", "REACTIVATION_COUNTER_COUNTER", "REACTIVATION_COUNTER_MAC",
					"ACTIVATION_MESSAGE_DATA", "ACTIVATION_MESSAGE_COUNTER", "ACTIVATION_MESSAGE_MAC"}},
		},
		{
			run:   (*door).commandDSAPPActivate,
			about: "dsappSRPActivate in the form of attributes. This form is ours.",
			Form: operation.Form{Name: commandPrefix + "DSAPPACTIVATE",
				Required: step, OneOf: credential,
				Out: holder},
		},
		{
			run:   (*door).commandMDLRegister,
			about: "Opens the offline activation of a device on a licence, and answers with its Activation Message 1. Only where the policy says OfflineMDL: the message holds its key in the clear.",
			Form: operation.Form{Name: commandPrefix + "MDL_REGISTER",
				Required: user, Optional: []string{"DOMAIN", "SERIAL_NO", "REQUEST_TYPE"},
				Out: append([]string{"REGISTRATIONID", "ACTIVATION_MESSAGE"}, holder...)},
		},
		{
			run:   (*door).commandMDLAddDevice,
			about: "Takes a device's code, also of an activation over SRP, and a place on the licence, and answers with Activation Message 2 and the name of the instance. The same code gets the same message, another one a new instance instead of the one that waits. 1004 says that Activation Message 1 has expired, -11 that no place is left.",
			Form: operation.Form{Name: commandPrefix + "MDL_ADD_DEVICE",
				Required: append(slices.Clone(step), "DEVICE_CODE"),
				Out:      append([]string{"ACTIVATION_MESSAGE2"}, holder...)},
		},
		{
			run:   (*door).commandMDLActivate,
			about: "Activates the instance by the device's signature or, where the policy says OTPInsteadOfSignature, by a one-time password of the instance.",
			Form: operation.Form{Name: commandPrefix + "MDL_ACTIVATE",
				Required: step, OneOf: []string{"SIGNATURE", "DP_RESPONSE"},
				Out: holder},
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
	*operation.Table
	commands map[string]command
}

func newCommandTable() (*commandTable, error) {
	attributes, err := operation.NewTable(attributePrefix, false, attributes())
	if err != nil {
		return nil, err
	}
	t := &commandTable{Table: attributes, commands: map[string]command{}}
	for _, c := range commands() {
		t.commands[c.Name] = c
		if err := t.Check(c.Form); err != nil {
			return nil, err
		}
	}
	return t, nil
}

// names lists the commands in words.
func (t *commandTable) names() string {
	var names []string
	for _, c := range commands() {
		names = append(names, c.Name)
	}
	return strings.Join(names, ", ")
}

// Commands lists the names of the provisioning commands.
func Commands() []string {
	var names []string
	for _, c := range commands() {
		names = append(names, c.Name)
	}
	return names
}
