package replay

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"

	"github.com/dsappd/dsappd/dsapp"
	"github.com/dsappd/dsappd/wsdl"
)

// invented is a reply to a request as its assertions want it. Drawn values are
// made up, as a draft frees them.
func (p *soapProject) invented(m *message, wanted assertions) (string, error) {
	if wanted.fault {
		return inEnvelope([]byte(`<SOAP-ENV:Fault><faultcode>SOAP-ENV:Client</faultcode><faultstring>any</faultstring><detail>any</detail></SOAP-ENV:Fault>`)), nil
	}
	status := wsdl.CommandStatusResponse{ResultCodes: wsdl.ResultCodes{ReturnCodeEnum: "RET_SUCCESS", StatusCodeEnum: "STAT_SUCCESS"}}
	if code := cmp.Or(wanted.status, "0"); code != "0" {
		number, _ := strconv.ParseInt(code, 10, 32)
		status.ResultCodes = wsdl.ResultCodes{ReturnCodeEnum: "RET_FAILURE", StatusCodeEnum: published()[code], ReturnCode: -1, StatusCode: int32(number)}
		status.ErrorStack.Errors = []wsdl.ErrorStackEntry{{ErrorCode: int32(number), ErrorDesc: "any"}}
	}
	v := p.values(m, wanted)
	body := v.reply(m, status)
	if body == nil {
		return "", fmt.Errorf("%q is no operation or command that dsappd knows", m.operation())
	}
	return inEnvelope(body), nil
}

func inEnvelope(body []byte) string {
	var out strings.Builder
	out.WriteString(`<SOAP-ENV:Envelope xmlns:SOAP-ENV="http://schemas.xmlsoap.org/soap/envelope/"`)
	out.WriteString(` xmlns:xsi="` + xsiNamespace + `" xmlns:xsd="http://www.w3.org/2001/XMLSchema"`)
	for _, n := range wsdl.Namespaces() {
		fmt.Fprintf(&out, ` xmlns:%s="%s"`, n.Prefix, n.URI)
	}
	fmt.Fprintf(&out, `><SOAP-ENV:Body>%s</SOAP-ENV:Body></SOAP-ENV:Envelope>`, body)
	return out.String()
}

// inventedValues are those that a granted reply holds.
type inventedValues struct {
	user           wsdl.UserOutput
	serial         string
	registrationID string
	password       string
	gatewayID      string
}

func (p *soapProject) values(m *message, wanted assertions) inventedValues {
	p.made++
	id, domain := m.value("userID"), cmp.Or(m.value("domain"), "master")
	v := inventedValues{
		serial:         cmp.Or(wanted.values["serialNumber"], p.serial(m)),
		registrationID: cmp.Or(m.value("registrationID"), wanted.values["registrationID"], fmt.Sprintf("soapUI%02d", p.made)),
		password:       "password",
		gatewayID:      cmp.Or(wanted.values["digipassGatewayID"], "0123456789"),
	}
	if id == "" { // a step: the user of the last registration
		id, domain, v.serial = p.registered(v)
	}
	if m.value("activationType") == "1" && m.operation() == "PROVISIONCMD_MDL_REGISTER" {
		v.password = made(88)
	}
	v.user = wsdl.UserOutput{UserID: cmp.Or(wanted.values["userID"], id), Domain: cmp.Or(wanted.values["domain"], domain)}
	if unit := wanted.values["orgUnit"]; unit != "" {
		v.user.OrgUnit = &unit
	}
	return v
}

// registered is who opened a registration before, in this test case.
func (p *soapProject) registered(v inventedValues) (userID, domain, serial string) {
	for i := len(p.recorded) - 1; i >= 0; i-- {
		reply, err := readMessage(string(p.recorded[i].Reply.Body))
		if err == nil && reply.value("userID") != "" {
			return reply.value("userID"), reply.value("domain"), reply.value("serialNumber")
		}
	}
	return "", "master", v.serial
}

// made is a hex text of a length, which means nothing.
func made(length int) string { return "0101" + strings.Repeat("AB", (length-4)/2) }

func (v inventedValues) reply(m *message, status wsdl.CommandStatusResponse) []byte {
	granted := status.ResultCodes.StatusCode == 0
	switch m.body.name.Local {
	case "dsappSRPRegister":
		r := &wsdl.DSAPPSRPRegisterResult2{RegistrationID: v.registrationID, ActivationPassword: v.password,
			User: v.user, SerialNumber: v.serial, DigipassGatewayID: v.gatewayID}
		return wsdl.AppendDsappSRPRegisterResponse(nil, &wsdl.DsappSRPRegisterResponse{Status: status, Result: only(granted, r)})
	case "dsappSRPGenerateEphemeralKey":
		r := &wsdl.DSAPPSRPGenerateEphemeralKeyResult{ServerEphemeralPublicKey: made(512), Salt: made(32)}
		return wsdl.AppendDsappSRPGenerateEphemeralKeyResponse(nil, &wsdl.DsappSRPGenerateEphemeralKeyResponse{Status: status, Result: only(granted, r)})
	case "dsappSRPGenerateActivationData":
		item := wsdl.DSAPPSRPEncryptedData{EncryptedData: made(64), EncryptedCounter: made(16), Mac: made(64)}
		r := &wsdl.DSAPPSRPGenerateActivationDataResult{ServerEvidenceMessage: made(64),
			Standard: &wsdl.DSAPPSRPStandardActivationData{ActivationCode: item, EventReactivationCounter: item}}
		return wsdl.AppendDsappSRPGenerateActivationDataResponse(nil, &wsdl.DsappSRPGenerateActivationDataResponse{Status: status, Result: only(granted, r)})
	case "dsappSRPActivate":
		r := &wsdl.DSAPPSRPActivateResult{User: v.user, SerialNumber: v.serial}
		return wsdl.AppendDsappSRPActivateResponse(nil, &wsdl.DsappSRPActivateResponse{Status: status, Result: only(granted, r)})
	case "getAppUpgradeInfo":
		message, err := dsapp.Upgrade{UserID: v.user.UserID, Domain: v.user.Domain, DigipassGatewayID: v.gatewayID}.Hex()
		r := &wsdl.GetAppUpgradeInfoResult{UpgradeMessage: message}
		return wsdl.AppendGetAppUpgradeInfoResponse(nil, &wsdl.GetAppUpgradeInfoResponse{Status: status, Result: only(granted && err == nil, r)})
	case "updateDevicePNID":
		return wsdl.AppendUpdateDevicePNIDResponse(nil, &wsdl.UpdateDevicePNIDResponse{Status: status})
	case "provisioningExecute": // a draft leaves an empty set of attributes free
		return wsdl.AppendProvisioningExecuteResponse(nil, &wsdl.ProvisioningExecuteResponse{
			Results: wsdl.ProvisioningResults{ResultCodes: status.ResultCodes, ErrorStack: status.ErrorStack}})
	}
	return nil
}

// only is a result where there is one.
func only[R any](granted bool, result *R) *R {
	if !granted {
		return nil
	}
	return result
}
