package phone

import (
	"context"
	"encoding/xml"
	"fmt"
	"net/http"
	"strings"

	"github.com/dsappd/dsappd/soap"
	"github.com/dsappd/dsappd/wsdl"
)

// NewClient is a client of the provisioning interface at a URL. It holds
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

// Refusal is a reply that says no, with the status as it came.
type Refusal struct {
	Operation string
	Status    wsdl.CommandStatusResponse
}

func (r *Refusal) Error() string {
	codes := r.Status.ResultCodes
	words := []string{fmt.Sprintf("%s was refused: %s (%d)", r.Operation, codes.StatusCodeEnum, codes.StatusCode)}
	for _, e := range r.Status.ErrorStack.Errors {
		words = append(words, e.ErrorDesc)
	}
	return strings.Join(words, ": ")
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
	if codes := r.Status.ResultCodes; codes.ReturnCode != 0 || codes.StatusCode != 0 {
		return none, &Refusal{Operation: operation, Status: r.Status}
	}
	if r.Result == nil {
		return none, fmt.Errorf("%w: %s succeeded without a result", ErrReply, operation)
	}
	return *r.Result, nil
}

func (d *Device) generateEphemeralKey(ctx context.Context, registrationID, clientKey string) (wsdl.DSAPPSRPGenerateEphemeralKeyResult, error) {
	element, err := wsdl.AppendDsappSRPGenerateEphemeralKey(nil, &wsdl.DsappSRPGenerateEphemeralKey{
		ComponentType: d.ComponentType, RegistrationID: registrationID, ClientEphemeralPublicKey: clientKey,
	})
	return call[wsdl.DSAPPSRPGenerateEphemeralKeyResult](ctx, d.Client, "dsappSRPGenerateEphemeralKey", element, err)
}

func (d *Device) generateActivationData(ctx context.Context, registrationID, evidence string) (wsdl.DSAPPSRPGenerateActivationDataResult, error) {
	element, err := wsdl.AppendDsappSRPGenerateActivationData(nil, &wsdl.DsappSRPGenerateActivationData{
		ComponentType: d.ComponentType, RegistrationID: registrationID, ClientEvidenceMessage: evidence,
	})
	return call[wsdl.DSAPPSRPGenerateActivationDataResult](ctx, d.Client, "dsappSRPGenerateActivationData", element, err)
}

func (d *Device) activate(ctx context.Context, registrationID string, credential wsdl.ActivateCredentialInput) (wsdl.DSAPPSRPActivateResult, error) {
	element, err := wsdl.AppendDsappSRPActivate(nil, &wsdl.DsappSRPActivate{
		ComponentType: d.ComponentType, RegistrationID: registrationID, Credential: credential,
	})
	return call[wsdl.DSAPPSRPActivateResult](ctx, d.Client, "dsappSRPActivate", element, err)
}
