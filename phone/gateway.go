package phone

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/dsappd/dsappd/dsapp"
)

// maxReply is the size in bytes of the longest reply that is read.
const maxReply = 1 << 20

// Gateway is the transport of a gateway's REST services, version 2.
type Gateway struct {
	URL  string       // http://HOST:PORT/
	Key  string       // an API key of the front end
	HTTP *http.Client // whose roots decide which server certificates are taken
}

// gatewayReply is what every service answers with: result codes and, if they
// are those of a success, a result.
type gatewayReply struct {
	ResultCodes *ResultCodes    `json:"resultCodes"`
	Result      json.RawMessage `json:"result"`
	ErrorStack  struct {
		Errors []struct {
			ErrorDesc string `json:"errorDesc"`
		} `json:"errors"`
	} `json:"errorStack"`
}

// post asks a service and reads its result.
func (g *Gateway) post(ctx context.Context, service string, members map[string]string, result any) error {
	request, err := g.request(ctx, service, members)
	if err != nil {
		return fmt.Errorf("%s: %w", service, err)
	}
	response, err := g.HTTP.Do(request)
	if err != nil {
		return fmt.Errorf("%s: %w", service, err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, maxReply+1))
	if err != nil {
		return fmt.Errorf("%s: %w", service, err)
	}
	if len(body) > maxReply {
		return fmt.Errorf("%w: %s answered with more than %d bytes", ErrReply, service, maxReply)
	}
	return read(service, response.StatusCode, body, result)
}

func (g *Gateway) request(ctx context.Context, service string, members map[string]string) (*http.Request, error) {
	at, err := url.JoinPath(g.URL, "rest/v2/provisioning", service)
	if err != nil {
		return nil, err
	}
	body, err := json.Marshal(members)
	if err != nil {
		return nil, err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, at, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	request.Header.Set("Content-Type", "application/json")
	request.SetBasicAuth("phone", g.Key)
	return request, nil
}

func read(service string, httpStatus int, body []byte, result any) error {
	var reply gatewayReply
	err := json.Unmarshal(body, &reply)
	refusal := &Refusal{Operation: service}
	for _, e := range reply.ErrorStack.Errors {
		refusal.Words = append(refusal.Words, e.ErrorDesc)
	}
	words := strings.TrimSuffix(strings.Join(refusal.Words, " "), ".")
	switch {
	case httpStatus == http.StatusUnauthorized || httpStatus == http.StatusForbidden:
		return fmt.Errorf("%w: %s answered with HTTP %d: %s", ErrGatewayKey, service, httpStatus, words)
	case reply.ResultCodes == nil:
		return fmt.Errorf("%w: %s answered with HTTP %d and without result codes: it is no gateway", ErrReply, service, httpStatus)
	case httpStatus != http.StatusOK:
		return fmt.Errorf("%w: %s answered with HTTP %d: %s", ErrReply, service, httpStatus, words)
	case err != nil:
		return fmt.Errorf("%w: %s answered with a malformed member", ErrReply, service)
	case reply.ResultCodes.ReturnCode != 0 || reply.ResultCodes.StatusCode != 0:
		refusal.ResultCodes = *reply.ResultCodes
		return refusal
	}
	if err := json.Unmarshal(reply.Result, result); err != nil {
		return fmt.Errorf("%w: %s succeeded without a result that can be read", ErrReply, service)
	}
	return nil
}

// there returns an error that names the first of the given members that is missing.
func there(service string, members ...[2]string) error {
	for _, m := range members {
		if m[1] == "" {
			return fmt.Errorf("%w: %s succeeded without %s", ErrReply, service, m[0])
		}
	}
	return nil
}

// GenerateEphemeralKey calls DSAPPSRPGenerateEphemeralKey.
func (g *Gateway) GenerateEphemeralKey(ctx context.Context, registrationID, clientEphemeralPublicKey string) (EphemeralKeyResult, error) {
	const service = "DSAPPSRPGenerateEphemeralKey"
	var result struct {
		ServerEphemeralPublicKey string `json:"serverEphemeralPublicKey"`
		Salt                     string `json:"salt"`
	}
	members := map[string]string{"registrationIdentifier": registrationID, "clientEphemeralPublicKey": clientEphemeralPublicKey}
	if err := g.post(ctx, service, members, &result); err != nil {
		return EphemeralKeyResult{}, err
	}
	return EphemeralKeyResult(result), there(service,
		[2]string{"serverEphemeralPublicKey", result.ServerEphemeralPublicKey}, [2]string{"salt", result.Salt})
}

// GenerateActivationData calls DSAPPSRPGenerateActivationData. The message of a
// licence stands in the result itself, the items of a single device each in an
// object of its own.
func (g *Gateway) GenerateActivationData(ctx context.Context, registrationID, clientEvidenceMessage string) (ActivationDataResult, error) {
	const service = "DSAPPSRPGenerateActivationData"
	type item struct {
		EncryptedData    string `json:"encryptedData"`
		EncryptedCounter string `json:"encryptedCounter"`
		MAC              string `json:"mac"`
	}
	var result struct {
		ServerEvidenceMessage             string `json:"serverEvidenceMessage"`
		EncryptedLicenseActivationMessage string `json:"encryptedLicenseActivationMessage"`
		EncryptedCounter                  string `json:"encryptedCounter"`
		MAC                               string `json:"mac"`
		ActivationCode                    *item  `json:"activationCode"`
		EventReactivationCounter          *item  `json:"eventReactivationCounter"`
	}
	members := map[string]string{"registrationIdentifier": registrationID, "clientEvidenceMessage": clientEvidenceMessage}
	if err := g.post(ctx, service, members, &result); err != nil {
		return ActivationDataResult{}, err
	}
	out := ActivationDataResult{
		ServerEvidenceMessage:    result.ServerEvidenceMessage,
		ActivationCode:           (*dsapp.EncryptedData)(result.ActivationCode),
		EventReactivationCounter: (*dsapp.EncryptedData)(result.EventReactivationCounter),
	}
	if result.EncryptedLicenseActivationMessage != "" {
		out.ActivationMessage = &dsapp.EncryptedData{
			EncryptedData: result.EncryptedLicenseActivationMessage, EncryptedCounter: result.EncryptedCounter, MAC: result.MAC,
		}
	}
	return out, there(service, [2]string{"serverEvidenceMessage", out.ServerEvidenceMessage})
}

// Activate calls DSAPPSRPActivate.
func (g *Gateway) Activate(ctx context.Context, registrationID string, c Credential) (ActivateResult, error) {
	members := map[string]string{"registrationIdentifier": registrationID}
	if c.Response != "" {
		members["response"] = c.Response
	}
	if c.DerivationCode != "" {
		members["derivationCode"] = c.DerivationCode
	}
	return g.activate(ctx, "DSAPPSRPActivate", members)
}

// AddDevice calls MdlAddDevice.
func (g *Gateway) AddDevice(ctx context.Context, registrationID, deviceCode string) (activationMessage2 string, err error) {
	const service = "MdlAddDevice"
	var result struct {
		InstanceActivationMessage string `json:"instanceActivationMessage"`
	}
	members := map[string]string{"registrationIdentifier": registrationID, "deviceCode": deviceCode}
	if err := g.post(ctx, service, members, &result); err != nil {
		return "", err
	}
	return result.InstanceActivationMessage, there(service, [2]string{"instanceActivationMessage", result.InstanceActivationMessage})
}

// ActivateInstance calls MdlActivate. A gateway documents no response in place
// of the signature, and so answers that the signature is missing.
func (g *Gateway) ActivateInstance(ctx context.Context, registrationID string, c InstanceCredential) (ActivateResult, error) {
	members := map[string]string{"registrationIdentifier": registrationID}
	if c.Signature != "" {
		members["signature"] = c.Signature
	}
	if c.Response != "" {
		members["response"] = c.Response
	}
	return g.activate(ctx, "MdlActivate", members)
}

func (g *Gateway) activate(ctx context.Context, service string, members map[string]string) (ActivateResult, error) {
	var result struct {
		UserID       string `json:"userID"`
		Domain       string `json:"domain"`
		SerialNumber string `json:"serialNumber"`
	}
	if err := g.post(ctx, service, members, &result); err != nil {
		return ActivateResult{}, err
	}
	return ActivateResult(result), there(service,
		[2]string{"userID", result.UserID}, [2]string{"domain", result.Domain}, [2]string{"serialNumber", result.SerialNumber})
}
