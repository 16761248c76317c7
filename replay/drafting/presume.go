package drafting

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/dsappd/dsappd/replay/internal/xmltree"

	"github.com/dsappd/dsappd/dsapp"
	"github.com/dsappd/dsappd/wsdl"
)

// presumer makes up replies that nobody recorded, so that drafts are made of
// them as of what was. What they hand out is expected of no server.
type presumer struct {
	serials map[string]string // of users whose requests name none
	opened  map[string]subject
	last    subject
}

// subject is whom a registration is about.
type subject struct{ userID, domain, serial string }

// presume returns the reply to a request with the verdict that is wanted.
func (p *presumer) presume(m *message, w *wanted) *presumedValues {
	v := p.values(m, w, w.presumed() == successes[0])
	v.verdict = w.presumed()
	return &v
}

// read returns the presumed reply to a request; nil: the request asks for nothing
// that dsappd knows.
func (v *presumedValues) read(request *message) (*message, error) {
	if v.verdict == faulted {
		return readMessage(string(inEnvelope([]byte(faultBody))))
	}
	if request == nil {
		return nil, nil
	}
	status := wsdl.CommandStatusResponse{ResultCodes: v.verdict.resultCodes()}
	granted := v.verdict == successes[0]
	if !granted {
		status.ErrorStack.Errors = []wsdl.ErrorStackEntry{{ErrorCode: status.ResultCodes.StatusCode, ErrorDesc: "any"}}
	}
	body := v.reply(request, status, granted)
	if body == nil {
		return nil, nil
	}
	return readMessage(string(inEnvelope(body)))
}

// faultBody is a Fault of which nothing more is known.
const faultBody = `<SOAP-ENV:Fault><faultcode>SOAP-ENV:Client</faultcode><faultstring>any</faultstring></SOAP-ENV:Fault>`

func inEnvelope(body []byte) []byte {
	var out strings.Builder
	fmt.Fprintf(&out, `<SOAP-ENV:Envelope xmlns:SOAP-ENV="%s" xmlns:xsi="%s" xmlns:xsd="http://www.w3.org/2001/XMLSchema"`, soapNamespace, xmltree.XSI)
	for _, n := range wsdl.Namespaces() {
		fmt.Fprintf(&out, ` xmlns:%s="%s"`, n.Prefix, n.URI)
	}
	fmt.Fprintf(&out, `><SOAP-ENV:Body>%s</SOAP-ENV:Body></SOAP-ENV:Envelope>`, body)
	return []byte(out.String())
}

// presumedValues are those that a granted reply holds.
type presumedValues struct {
	subject
	verdict        verdict
	registrationID string
	password       string
	orgUnit        string
	gatewayID      string
}

// presumedGateway is the gateway of presumed replies.
const presumedGateway = "0123456789"

func (p *presumer) values(m *message, w *wanted, granted bool) presumedValues {
	if p.opened == nil {
		p.serials, p.opened = map[string]string{}, map[string]subject{}
	}
	v := presumedValues{
		subject:        cmp.Or(p.opened[m.value("registrationID")], p.last), // of a step: whom its registration is about
		registrationID: m.value("registrationID"), password: "password",
		orgUnit: w.asserted("orgUnit"), gatewayID: cmp.Or(w.asserted("digipassGatewayID"), presumedGateway),
	}
	if userID := m.value("userID"); userID != "" {
		v.subject = subject{userID: userID, domain: cmp.Or(m.value("domain"), w.asserted("domain"), "master"), serial: p.serial(m, w)}
	}
	if slices.Contains(beginning, m.operation()) && granted {
		v.registrationID = fmt.Sprintf("presumed%06d", len(p.opened)+1)
		p.opened[v.registrationID], p.last = v.subject, v.subject
	}
	if m.value("activationType") == "1" && m.operation() == "PROVISIONCMD_MDL_REGISTER" {
		v.password = presumedHex(88)
	}
	return v
}

// serial returns the serial number of whom a request names: its own, or the one
// that was asserted first for the user, or one of our own.
func (p *presumer) serial(m *message, w *wanted) string {
	if serial := m.value("serialNumber"); serial != "" {
		return serial
	}
	user := strings.ToLower(m.value("userID"))
	if p.serials[user] == "" {
		p.serials[user] = cmp.Or(w.asserted("serialNumber"), fmt.Sprintf("AAA%07d", len(p.serials)+1))
	}
	return p.serials[user]
}

// presumedHex returns a hex text of a length, which means nothing.
func presumedHex(length int) string { return "0101" + strings.Repeat("AB", (length-4)/2) }

func (v presumedValues) reply(m *message, status wsdl.CommandStatusResponse, granted bool) []byte {
	user := wsdl.UserOutput{UserID: v.userID, Domain: v.domain}
	if v.orgUnit != "" {
		user.OrgUnit = &v.orgUnit
	}
	switch m.body.Name.Local {
	case "dsappSRPRegister":
		r := &wsdl.DSAPPSRPRegisterResult2{RegistrationID: v.registrationID, ActivationPassword: v.password,
			User: user, SerialNumber: v.serial, DigipassGatewayID: v.gatewayID}
		return wsdl.AppendDsappSRPRegisterResponse(nil, &wsdl.DsappSRPRegisterResponse{Status: status, Result: only(granted, r)})
	case "dsappSRPGenerateEphemeralKey":
		r := &wsdl.DSAPPSRPGenerateEphemeralKeyResult{ServerEphemeralPublicKey: presumedHex(512), Salt: presumedHex(32)}
		return wsdl.AppendDsappSRPGenerateEphemeralKeyResponse(nil, &wsdl.DsappSRPGenerateEphemeralKeyResponse{Status: status, Result: only(granted, r)})
	case "dsappSRPGenerateActivationData":
		item := wsdl.DSAPPSRPEncryptedData{EncryptedData: presumedHex(64), EncryptedCounter: presumedHex(16), Mac: presumedHex(64)}
		r := &wsdl.DSAPPSRPGenerateActivationDataResult{ServerEvidenceMessage: presumedHex(64),
			Standard: &wsdl.DSAPPSRPStandardActivationData{ActivationCode: item, EventReactivationCounter: item}}
		return wsdl.AppendDsappSRPGenerateActivationDataResponse(nil, &wsdl.DsappSRPGenerateActivationDataResponse{Status: status, Result: only(granted, r)})
	case "dsappSRPActivate":
		r := &wsdl.DSAPPSRPActivateResult{User: user, SerialNumber: v.serial}
		return wsdl.AppendDsappSRPActivateResponse(nil, &wsdl.DsappSRPActivateResponse{Status: status, Result: only(granted, r)})
	case "getAppUpgradeInfo":
		message, err := dsapp.Upgrade{UserID: v.userID, Domain: v.domain, DigipassGatewayID: v.gatewayID}.Hex()
		r := &wsdl.GetAppUpgradeInfoResult{UpgradeMessage: message}
		return wsdl.AppendGetAppUpgradeInfoResponse(nil, &wsdl.GetAppUpgradeInfoResponse{Status: status, Result: only(granted && err == nil, r)})
	case "updateDevicePNID":
		return wsdl.AppendUpdateDevicePNIDResponse(nil, &wsdl.UpdateDevicePNIDResponse{Status: status})
	case "provisioningExecute":
		r := wsdl.ProvisioningResults{ResultCodes: status.ResultCodes, ErrorStack: status.ErrorStack}
		if granted {
			r.ResultAttribute.Attributes = v.attributes(m.command)
		}
		return wsdl.AppendProvisioningExecuteResponse(nil, &wsdl.ProvisioningExecuteResponse{Results: r})
	}
	return nil
}

// attributes returns those of the reply to a command of provisioningExecute.
func (v presumedValues) attributes(command string) []wsdl.ProvisioningAttribute {
	values := [][2]string{{"PROVFLD_USERID", v.userID}, {"PROVFLD_DOMAIN", v.domain}, {"PROVFLD_SERIAL_NO", v.serial}}
	switch command {
	case "PROVISIONCMD_REGISTER":
		values = append(values, [2]string{"PROVFLD_ACTIVATION_CODE", "any"})
	case "PROVISIONCMD_DSAPPREGISTER":
		values = append(values, [2]string{"PROVFLD_REGISTRATIONID", v.registrationID}, [2]string{"PROVFLD_ACTIVATION_PASSWORD", v.password})
	case "PROVISIONCMD_DSAPPGENERATEACTIVATIONDATA":
		values = [][2]string{{"PROVFLD_SERVER_EVIDENCE_MESSAGE", presumedHex(64)}}
	case "PROVISIONCMD_MDL_REGISTER":
		values = append(values, [2]string{"PROVFLD_REGISTRATIONID", v.registrationID}, [2]string{"PROVFLD_ACTIVATION_MESSAGE", presumedHex(88)})
	case "PROVISIONCMD_MDL_ADD_DEVICE":
		values[2][1] += "-1"
		values = append(values, [2]string{"PROVFLD_ACTIVATION_MESSAGE2", presumedHex(98)})
	case "PROVISIONCMD_MDL_ACTIVATE":
		values[2][1] += "-1"
	}
	var all []wsdl.ProvisioningAttribute
	for _, each := range values {
		if each[1] != "" {
			all = append(all, wsdl.ProvisioningAttribute{AttributeID: each[0], Value: &wsdl.Value{Type: "string", Text: each[1]}})
		}
	}
	return all
}

// only returns a result where there is one.
func only[R any](granted bool, result *R) *R {
	if !granted {
		return nil
	}
	return result
}
