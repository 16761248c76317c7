package phone

import (
	"context"
	"encoding/xml"
	"fmt"
	"net/http"

	"github.com/dsappd/dsappd/dsapp"
	"github.com/dsappd/dsappd/soap"
	"github.com/dsappd/dsappd/wsdl"
)

// NewClient returns a client of the provisioning interface at a URL. It holds
// replies to the schema to the letter: a device opens nothing that it did not
// ask for.
func NewClient(url string, client *http.Client) (*soap.Client, error) {
	var elements []soap.Element
	for _, e := range wsdl.Elements() {
		elements = append(elements, soap.Element(e))
	}
	schema, err := soap.NewSchema(elements)
	if err != nil {
		return nil, err
	}
	var namespaces []soap.Namespace
	for _, n := range wsdl.Namespaces() {
		namespaces = append(namespaces, soap.Namespace(n))
	}
	return &soap.Client{URL: url, HTTP: client, Schema: schema, Namespaces: namespaces, Strict: true}, nil
}

// SOAP is the transport of the SOAP provisioning interface.
type SOAP struct {
	Client        *soap.Client // as NewClient makes it
	ComponentType string       // by which the server knows the caller
}

// reply is what every operation answers with: a status and, if that is a
// success, a result.
type reply[T any] struct {
	Status wsdl.CommandStatusResponse `xml:"status"`
	Result *T                         `xml:"result"`
}

// call sends the element of an operation and takes the result from its reply.
// It is given what an Append function of wsdl returned.
func call[T any](ctx context.Context, client *soap.Client, operation string, element []byte, err error) (T, error) {
	var none T
	if err != nil {
		return none, fmt.Errorf("%s: %w", operation, err)
	}
	var r reply[T]
	if err := client.Call(ctx, element, xml.Name{Space: wsdl.Provisioning, Local: operation + "Response"}, &r); err != nil {
		return none, fmt.Errorf("%s: %w", operation, err)
	}
	if err := refused(operation, r.Status.ResultCodes, r.Status.ErrorStack); err != nil {
		return none, err
	}
	if r.Result == nil {
		return none, fmt.Errorf("%w: %s succeeded without a result", ErrReply, operation)
	}
	return *r.Result, nil
}

// refused returns nil if the codes are those of a success.
func refused(operation string, codes wsdl.ResultCodes, stack wsdl.ErrorStack) error {
	if codes.ReturnCode == 0 && codes.StatusCode == 0 {
		return nil
	}
	r := &Refusal{Operation: operation, ResultCodes: ResultCodes(codes)}
	for _, e := range stack.Errors {
		r.Words = append(r.Words, e.ErrorDesc)
	}
	return r
}

// GenerateEphemeralKey calls dsappSRPGenerateEphemeralKey.
func (s *SOAP) GenerateEphemeralKey(ctx context.Context, registrationID, clientEphemeralPublicKey string) (EphemeralKeyResult, error) {
	element, err := wsdl.AppendDsappSRPGenerateEphemeralKey(nil, &wsdl.DsappSRPGenerateEphemeralKey{
		ComponentType: s.ComponentType, RegistrationID: registrationID, ClientEphemeralPublicKey: clientEphemeralPublicKey,
	})
	result, err := call[wsdl.DSAPPSRPGenerateEphemeralKeyResult](ctx, s.Client, "dsappSRPGenerateEphemeralKey", element, err)
	return EphemeralKeyResult(result), err
}

// GenerateActivationData calls dsappSRPGenerateActivationData.
func (s *SOAP) GenerateActivationData(ctx context.Context, registrationID, clientEvidenceMessage string) (ActivationDataResult, error) {
	element, err := wsdl.AppendDsappSRPGenerateActivationData(nil, &wsdl.DsappSRPGenerateActivationData{
		ComponentType: s.ComponentType, RegistrationID: registrationID, ClientEvidenceMessage: clientEvidenceMessage,
	})
	result, err := call[wsdl.DSAPPSRPGenerateActivationDataResult](ctx, s.Client, "dsappSRPGenerateActivationData", element, err)
	if err != nil {
		return ActivationDataResult{}, err
	}
	out := ActivationDataResult{ServerEvidenceMessage: result.ServerEvidenceMessage}
	if result.Standard != nil {
		out.ActivationCode = encryptedData(result.Standard.ActivationCode)
		out.EventReactivationCounter = encryptedData(result.Standard.EventReactivationCounter)
	}
	if result.Mdl != nil {
		out.ActivationMessage = encryptedData(result.Mdl.ActivationMessage)
	}
	return out, nil
}

func encryptedData(e wsdl.DSAPPSRPEncryptedData) *dsapp.EncryptedData {
	return &dsapp.EncryptedData{EncryptedData: e.EncryptedData, EncryptedCounter: e.EncryptedCounter, MAC: e.Mac}
}

// Activate calls dsappSRPActivate.
func (s *SOAP) Activate(ctx context.Context, registrationID string, c Credential) (ActivateResult, error) {
	in := wsdl.DsappSRPActivate{ComponentType: s.ComponentType, RegistrationID: registrationID}
	if c.Response != "" {
		in.Credential.Response = &c.Response
	}
	if c.DerivationCode != "" {
		in.Credential.DerivationCode = &c.DerivationCode
	}
	element, err := wsdl.AppendDsappSRPActivate(nil, &in)
	result, err := call[wsdl.DSAPPSRPActivateResult](ctx, s.Client, "dsappSRPActivate", element, err)
	return ActivateResult{UserID: result.User.UserID, Domain: result.User.Domain, SerialNumber: result.SerialNumber}, err
}
