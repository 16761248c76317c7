package administration

import (
	"context"
	"time"

	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/internal/server/operation"
	"github.com/dsappd/dsappd/soap"
	"github.com/dsappd/dsappd/wsdl"
)

// The codes of a test: what is right, and everything else.
const (
	resultRight = "0"
	resultWrong = "1"
)

// applicationFields returns the attributes of an authenticator's application.
func applicationFields() []field[provision.Authenticator] {
	type digipass = provision.Authenticator
	said := func(id, takes string, get func(digipass) string) field[digipass] {
		return field[digipass]{operation.Attribute{ID: id, Type: text, Takes: takes}, func(a digipass, _ time.Time) string { return get(a) }}
	}
	sent := func(a operation.Attribute) field[digipass] { return field[digipass]{Attribute: a} }
	return []field[digipass]{
		said("SERNO", "three of A-Z 0-9 and seven digits", func(a digipass) string { return a.SerialNumber }),
		said("APPL_NAME", applicationName, func(digipass) string { return applicationName }),
		said("APPL_TYPE", applicationType, func(digipass) string { return applicationType }),
		{operation.Attribute{ID: "ERROR_COUNT", Type: integer, Takes: "a number"}, func(a digipass, _ time.Time) string { return number(a.Errors) }},
		{operation.Attribute{ID: "PIN_SUPPORTED", Type: boolean, Takes: "true or false"}, func(digipass, time.Time) string { return truth(true) }},
		{operation.Attribute{ID: "PIN_SET", Type: boolean, Takes: "true or false", Ours: true}, func(a digipass, _ time.Time) string { return truth(a.HasPIN()) }},
		sent(operation.Attribute{ID: "DOMAIN", Type: text, Takes: letters}),
		sent(operation.Attribute{ID: "RESPONSE", Type: text, Takes: "the PIN and the one-time password in one text", Masked: true}),
		sent(operation.Attribute{ID: "NEW_PIN", Type: text, Takes: "up to 8 digits, or nothing for no PIN", Masked: true}),
		sent(operation.Attribute{ID: "NEW_PIN_CONF", Type: text, Takes: "the new PIN again", Masked: true}),
		sent(operation.Attribute{ID: "RESULT_CODE", Type: text}),
		sent(operation.Attribute{ID: "FULL_ACTIVATION_DATA", Type: text, Masked: true, Ours: true}),
		sent(operation.Attribute{ID: "QR_CODE", Type: text, Masked: true, Ours: true}),
		sent(operation.Attribute{ID: "RESULT_MESSAGE", Type: text, Ours: true}),
		sent(operation.Attribute{ID: "VIRTUAL_OTP", Type: text, Masked: true, Ours: true}),
	}
}

func applicationCommands() []command {
	serial, which := []string{"SERNO"}, []string{"APPL_NAME", "DOMAIN"}
	ordered := func(cmd string, run func(context.Context, *provision.Service, provision.Operator, string) (provision.Authenticator, error)) command {
		return command{operation.Form{Name: cmd, Required: serial, Optional: which},
			func(ctx context.Context, d *door, o provision.Operator, in request) (operation.Values, error) {
				if err := in.application(); err != nil {
					return nil, err
				}
				a, err := run(ctx, d.Service, o, in.Values["SERNO"])
				return d.applications.values(a, d.Service.Now()), err
			}}
	}
	return []command{
		{operation.Form{Name: "TEST_OTP", Required: []string{"SERNO", "RESPONSE"}, Optional: which,
			Out: []string{"SERNO", "APPL_NAME", "RESULT_CODE", "RESULT_MESSAGE"}}, testOTP},
		{operation.Form{Name: "SET_PIN", Required: serial, Optional: append([]string{"NEW_PIN", "NEW_PIN_CONF"}, which...)}, setPIN},
		ordered("RESET_PIN", func(ctx context.Context, s *provision.Service, o provision.Operator, serial string) (provision.Authenticator, error) {
			return s.ResetPIN(ctx, o, serial)
		}),
		ordered("RESET_ERROR_COUNT", func(ctx context.Context, s *provision.Service, o provision.Operator, serial string) (provision.Authenticator, error) {
			return s.ResetErrorCount(ctx, o, serial)
		}),
		ordered("RESET_APPL", func(ctx context.Context, s *provision.Service, o provision.Operator, serial string) (provision.Authenticator, error) {
			return s.ResetAuthenticator(ctx, o, provision.ResetAuthenticator{SerialNumber: serial})
		}),
		ordered("GETINFO", func(ctx context.Context, s *provision.Service, o provision.Operator, serial string) (provision.Authenticator, error) {
			a, err := s.ViewAuthenticator(ctx, o, serial)
			return a.Authenticator, err
		}),
		{operation.Form{Name: "GEN_VOTP", Required: serial, Optional: which, Out: []string{"SERNO", "APPL_NAME", "VIRTUAL_OTP"}}, generateVirtualOTP},
		{operation.Form{Name: "GENERATE_ACTIVATION_DATA", Required: serial, Optional: which,
			Out: []string{"SERNO", "APPL_NAME", "FULL_ACTIVATION_DATA", "QR_CODE"}}, generateActivationData},
	}
}

// application refuses one that no authenticator has.
func (in request) application() error {
	if sent, there := in.Values["APPL_NAME"]; there && sent != applicationName {
		return &operation.AttributeError{
			FieldError: soap.FieldError{Path: in.prefix + "APPL_NAME", Problem: "is no application of the authenticator", Mend: "send " + applicationName + ", or leave it out"},
			Refusal:    provision.NotFound,
		}
	}
	return nil
}

// testOTP says whether a one-time password is right by the result code: the
// status is that of the test.
func testOTP(ctx context.Context, d *door, o provision.Operator, in request) (operation.Values, error) {
	if err := in.application(); err != nil {
		return nil, err
	}
	right, err := d.Service.TestOTP(ctx, o, provision.TestOTP{SerialNumber: in.Values["SERNO"], Response: in.Values["RESPONSE"]})
	result, words := resultWrong, "The one-time password or the PIN is wrong, or was used before."
	if right {
		result, words = resultRight, "The one-time password is right."
	}
	return operation.Values{"SERNO": in.Values["SERNO"], "APPL_NAME": applicationName, "RESULT_CODE": result, "RESULT_MESSAGE": words}, err
}

// setPIN takes an empty new PIN for none, and refuses a request without one.
func setPIN(ctx context.Context, d *door, o provision.Operator, in request) (operation.Values, error) {
	if err := in.application(); err != nil {
		return nil, err
	}
	for _, id := range []string{"NEW_PIN", "NEW_PIN_CONF"} {
		if !in.was(id) {
			return nil, &operation.AttributeError{
				FieldError: soap.FieldError{Path: in.prefix + id, Problem: "is missing", Mend: "send it, without a value for no PIN"},
				Refusal:    provision.MissingField,
			}
		}
	}
	a, err := d.Service.SetPIN(ctx, o, provision.SetPIN{
		SerialNumber: in.Values["SERNO"], PIN: in.Values["NEW_PIN"], Confirmation: in.Values["NEW_PIN_CONF"],
	})
	return d.applications.values(a, d.Service.Now()), err
}

// generateVirtualOTP makes a one-time password for the user of an authenticator,
// where the policy allows it.
func generateVirtualOTP(ctx context.Context, d *door, o provision.Operator, in request) (operation.Values, error) {
	if err := in.application(); err != nil {
		return nil, err
	}
	otp, err := d.Service.GenerateVirtualOTP(ctx, o, provision.GenerateVirtualOTP{
		SerialNumber: in.Values["SERNO"], Confidential: o.Access != nil && o.Access.Confidential,
	})
	return operation.Values{"SERNO": in.Values["SERNO"], "APPL_NAME": applicationName, "VIRTUAL_OTP": otp}, err
}

func (d *door) digipassapplExecute(ctx context.Context, r *soap.Request, in *wsdl.DigipassapplExecute) (*wsdl.AdministrationAttributeSet, error) {
	return execute(ctx, d, r, d.applications, in.SessionID, in.Cmd, in.AttributeSet)
}

func replyDigipassapplExecute(dst []byte, status wsdl.CommandStatusResponse, result *wsdl.AdministrationAttributeSet) []byte {
	return wsdl.AppendDigipassapplExecuteResponse(dst, &wsdl.DigipassapplExecuteResponse{Results: results(status, result)})
}
