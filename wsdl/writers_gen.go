// Code generated from provisioning.wsdl, internal/generate; DO NOT EDIT.

package wsdl

// AppendDsappSRPRegister appends the element PROV-TYPES:dsappSRPRegister.
// The error is a TextError.
func AppendDsappSRPRegister(dst []byte, v *DsappSRPRegister) ([]byte, error) {
	a := appender{buffer: dst}
	a.raw("<PROV-TYPES:dsappSRPRegister>")
	if v.ActivationType != nil {
		a.integer("activationType", *v.ActivationType)
	}
	a.text("componentType", v.ComponentType)
	a.appendUserInput("user", &v.User)
	a.appendRegisterCredentialInput("credential", &v.Credential)
	if v.SerialNumber != nil {
		a.text("serialNumber", *v.SerialNumber)
	}
	a.raw("</PROV-TYPES:dsappSRPRegister>")
	return a.checked()
}

// AppendDsappSRPRegisterResponse appends the element PROV-TYPES:dsappSRPRegisterResponse.
func AppendDsappSRPRegisterResponse(dst []byte, v *DsappSRPRegisterResponse) []byte {
	a := appender{buffer: dst}
	a.raw("<PROV-TYPES:dsappSRPRegisterResponse>")
	a.appendCommandStatusResponse("status", &v.Status)
	if v.Result != nil {
		a.appendDSAPPSRPRegisterResult2("result", v.Result)
	}
	a.raw("</PROV-TYPES:dsappSRPRegisterResponse>")
	return a.buffer
}

// AppendDsappSRPGenerateEphemeralKey appends the element PROV-TYPES:dsappSRPGenerateEphemeralKey.
// The error is a TextError.
func AppendDsappSRPGenerateEphemeralKey(dst []byte, v *DsappSRPGenerateEphemeralKey) ([]byte, error) {
	a := appender{buffer: dst}
	a.raw("<PROV-TYPES:dsappSRPGenerateEphemeralKey>")
	a.text("componentType", v.ComponentType)
	a.text("registrationID", v.RegistrationID)
	a.text("clientEphemeralPublicKey", v.ClientEphemeralPublicKey)
	a.raw("</PROV-TYPES:dsappSRPGenerateEphemeralKey>")
	return a.checked()
}

// AppendDsappSRPGenerateEphemeralKeyResponse appends the element PROV-TYPES:dsappSRPGenerateEphemeralKeyResponse.
func AppendDsappSRPGenerateEphemeralKeyResponse(dst []byte, v *DsappSRPGenerateEphemeralKeyResponse) []byte {
	a := appender{buffer: dst}
	a.raw("<PROV-TYPES:dsappSRPGenerateEphemeralKeyResponse>")
	a.appendCommandStatusResponse("status", &v.Status)
	if v.Result != nil {
		a.appendDSAPPSRPGenerateEphemeralKeyResult("result", v.Result)
	}
	a.raw("</PROV-TYPES:dsappSRPGenerateEphemeralKeyResponse>")
	return a.buffer
}

// AppendDsappSRPGenerateActivationData appends the element PROV-TYPES:dsappSRPGenerateActivationData.
// The error is a TextError.
func AppendDsappSRPGenerateActivationData(dst []byte, v *DsappSRPGenerateActivationData) ([]byte, error) {
	a := appender{buffer: dst}
	a.raw("<PROV-TYPES:dsappSRPGenerateActivationData>")
	a.text("componentType", v.ComponentType)
	a.text("registrationID", v.RegistrationID)
	a.text("clientEvidenceMessage", v.ClientEvidenceMessage)
	a.raw("</PROV-TYPES:dsappSRPGenerateActivationData>")
	return a.checked()
}

// AppendDsappSRPGenerateActivationDataResponse appends the element PROV-TYPES:dsappSRPGenerateActivationDataResponse.
func AppendDsappSRPGenerateActivationDataResponse(dst []byte, v *DsappSRPGenerateActivationDataResponse) []byte {
	a := appender{buffer: dst}
	a.raw("<PROV-TYPES:dsappSRPGenerateActivationDataResponse>")
	a.appendCommandStatusResponse("status", &v.Status)
	if v.Result != nil {
		a.appendDSAPPSRPGenerateActivationDataResult("result", v.Result)
	}
	a.raw("</PROV-TYPES:dsappSRPGenerateActivationDataResponse>")
	return a.buffer
}

// AppendDsappSRPActivate appends the element PROV-TYPES:dsappSRPActivate.
// The error is a TextError.
func AppendDsappSRPActivate(dst []byte, v *DsappSRPActivate) ([]byte, error) {
	a := appender{buffer: dst}
	a.raw("<PROV-TYPES:dsappSRPActivate>")
	a.text("componentType", v.ComponentType)
	a.text("registrationID", v.RegistrationID)
	a.appendActivateCredentialInput("credential", &v.Credential)
	a.raw("</PROV-TYPES:dsappSRPActivate>")
	return a.checked()
}

// AppendDsappSRPActivateResponse appends the element PROV-TYPES:dsappSRPActivateResponse.
func AppendDsappSRPActivateResponse(dst []byte, v *DsappSRPActivateResponse) []byte {
	a := appender{buffer: dst}
	a.raw("<PROV-TYPES:dsappSRPActivateResponse>")
	a.appendCommandStatusResponse("status", &v.Status)
	if v.Result != nil {
		a.appendDSAPPSRPActivateResult("result", v.Result)
	}
	a.raw("</PROV-TYPES:dsappSRPActivateResponse>")
	return a.buffer
}

// AppendGetAppUpgradeInfo appends the element PROV-TYPES:getAppUpgradeInfo.
// The error is a TextError.
func AppendGetAppUpgradeInfo(dst []byte, v *GetAppUpgradeInfo) ([]byte, error) {
	a := appender{buffer: dst}
	a.raw("<PROV-TYPES:getAppUpgradeInfo>")
	a.text("componentType", v.ComponentType)
	a.appendUserInput("user", &v.User)
	a.text("serialNumber", v.SerialNumber)
	a.raw("</PROV-TYPES:getAppUpgradeInfo>")
	return a.checked()
}

// AppendGetAppUpgradeInfoResponse appends the element PROV-TYPES:getAppUpgradeInfoResponse.
func AppendGetAppUpgradeInfoResponse(dst []byte, v *GetAppUpgradeInfoResponse) []byte {
	a := appender{buffer: dst}
	a.raw("<PROV-TYPES:getAppUpgradeInfoResponse>")
	a.appendCommandStatusResponse("status", &v.Status)
	if v.Result != nil {
		a.appendGetAppUpgradeInfoResult("result", v.Result)
	}
	a.raw("</PROV-TYPES:getAppUpgradeInfoResponse>")
	return a.buffer
}

// AppendUpdateDevicePNID appends the element PROV-TYPES:updateDevicePNID.
// The error is a TextError.
func AppendUpdateDevicePNID(dst []byte, v *UpdateDevicePNID) ([]byte, error) {
	a := appender{buffer: dst}
	a.raw("<PROV-TYPES:updateDevicePNID>")
	a.text("componentType", v.ComponentType)
	a.appendUserInput("user", &v.User)
	a.text("serialNumber", v.SerialNumber)
	a.text("devicePNID", v.DevicePNID)
	a.raw("</PROV-TYPES:updateDevicePNID>")
	return a.checked()
}

// AppendUpdateDevicePNIDResponse appends the element PROV-TYPES:updateDevicePNIDResponse.
func AppendUpdateDevicePNIDResponse(dst []byte, v *UpdateDevicePNIDResponse) []byte {
	a := appender{buffer: dst}
	a.raw("<PROV-TYPES:updateDevicePNIDResponse>")
	a.appendCommandStatusResponse("status", &v.Status)
	a.raw("</PROV-TYPES:updateDevicePNIDResponse>")
	return a.buffer
}

// AppendProvisioningExecute appends the element PROV-TYPES:provisioningExecute.
// The error is a TextError.
func AppendProvisioningExecute(dst []byte, v *ProvisioningExecute) ([]byte, error) {
	a := appender{buffer: dst}
	a.raw("<PROV-TYPES:provisioningExecute>")
	a.text("cmd", v.Cmd)
	a.appendAttributeSet("attributeSet", &v.AttributeSet)
	a.raw("</PROV-TYPES:provisioningExecute>")
	return a.checked()
}

// AppendProvisioningExecuteResponse appends the element PROV-TYPES:provisioningExecuteResponse.
func AppendProvisioningExecuteResponse(dst []byte, v *ProvisioningExecuteResponse) []byte {
	a := appender{buffer: dst}
	a.raw("<PROV-TYPES:provisioningExecuteResponse>")
	a.appendProvisioningResults("results", &v.Results)
	a.raw("</PROV-TYPES:provisioningExecuteResponse>")
	return a.buffer
}

// AppendProvisioningFault appends the element PROV-TYPES:provisioningFault.
func AppendProvisioningFault(dst []byte, v *ProvisioningFault) []byte {
	a := appender{buffer: dst}
	a.raw("<PROV-TYPES:provisioningFault>")
	a.text("reason", v.Reason)
	a.text("requestID", v.RequestID)
	if v.Line != nil {
		a.integer("line", *v.Line)
	}
	if v.Column != nil {
		a.integer("column", *v.Column)
	}
	a.raw("</PROV-TYPES:provisioningFault>")
	return a.buffer
}

func (a *appender) appendCommandStatusResponse(name string, v *CommandStatusResponse) {
	a.open(name, "")
	a.appendResultCodes("resultCodes", &v.ResultCodes)
	a.appendErrorStack("errorStack", &v.ErrorStack)
	a.close(name)
}

func (a *appender) appendErrorStack(name string, v *ErrorStack) {
	a.open(name, " xsi:type=\"BASIC-TYPES:ErrorStack\"")
	for i := range v.Errors {
		a.appendErrorStackEntry("errors", &v.Errors[i])
	}
	a.close(name)
}

func (a *appender) appendErrorStackEntry(name string, v *ErrorStackEntry) {
	a.open(name, "")
	a.integer("errorCode", v.ErrorCode)
	a.text("errorDesc", v.ErrorDesc)
	a.close(name)
}

func (a *appender) appendResultCodes(name string, v *ResultCodes) {
	a.open(name, "")
	a.text("returnCodeEnum", v.ReturnCodeEnum)
	a.text("statusCodeEnum", v.StatusCodeEnum)
	a.integer("returnCode", v.ReturnCode)
	a.integer("statusCode", v.StatusCode)
	a.close(name)
}

func (a *appender) appendActivateCredentialInput(name string, v *ActivateCredentialInput) {
	a.open(name, "")
	if v.Response != nil {
		a.text("response", *v.Response)
	}
	if v.DerivationCode != nil {
		a.text("derivationCode", *v.DerivationCode)
	}
	a.close(name)
}

func (a *appender) appendAttributeOptions(name string, v *AttributeOptions) {
	a.open(name, " xsi:type=\"PROVISIONING-TYPES:AttributeOptions\"")
	if v.Null != nil {
		a.boolean("null", *v.Null)
	}
	if v.Negative != nil {
		a.boolean("negative", *v.Negative)
	}
	if v.Masked != nil {
		a.boolean("masked", *v.Masked)
	}
	a.close(name)
}

func (a *appender) appendAttributeSet(name string, v *AttributeSet) {
	a.open(name, " xsi:type=\"PROVISIONING-TYPES:AttributeSet\"")
	for i := range v.Attributes {
		a.appendProvisioningAttribute("attributes", &v.Attributes[i])
	}
	a.close(name)
}

func (a *appender) appendDSAPPSRPActivateResult(name string, v *DSAPPSRPActivateResult) {
	a.open(name, "")
	a.appendUserOutput("user", &v.User)
	a.text("serialNumber", v.SerialNumber)
	a.close(name)
}

func (a *appender) appendDSAPPSRPEncryptedData(name string, v *DSAPPSRPEncryptedData) {
	a.open(name, "")
	a.text("encryptedData", v.EncryptedData)
	a.text("encryptedCounter", v.EncryptedCounter)
	a.text("mac", v.Mac)
	a.close(name)
}

func (a *appender) appendDSAPPSRPGenerateActivationDataResult(name string, v *DSAPPSRPGenerateActivationDataResult) {
	a.open(name, "")
	if v.Standard != nil {
		a.appendDSAPPSRPStandardActivationData("standard", v.Standard)
	}
	if v.Mdl != nil {
		a.appendDSAPPSRPMDLActivationData("mdl", v.Mdl)
	}
	a.text("serverEvidenceMessage", v.ServerEvidenceMessage)
	a.close(name)
}

func (a *appender) appendDSAPPSRPGenerateEphemeralKeyResult(name string, v *DSAPPSRPGenerateEphemeralKeyResult) {
	a.open(name, "")
	a.text("serverEphemeralPublicKey", v.ServerEphemeralPublicKey)
	a.text("salt", v.Salt)
	a.close(name)
}

func (a *appender) appendDSAPPSRPMDLActivationData(name string, v *DSAPPSRPMDLActivationData) {
	a.open(name, "")
	a.appendDSAPPSRPEncryptedData("activationMessage", &v.ActivationMessage)
	a.close(name)
}

func (a *appender) appendDSAPPSRPRegisterResult2(name string, v *DSAPPSRPRegisterResult2) {
	a.open(name, " xsi:type=\"PROVISIONING-TYPES:DSAPPSRPRegisterResult2\"")
	a.text("registrationID", v.RegistrationID)
	a.text("activationPassword", v.ActivationPassword)
	a.appendUserOutput("user", &v.User)
	a.text("serialNumber", v.SerialNumber)
	a.text("digipassGatewayID", v.DigipassGatewayID)
	a.close(name)
}

func (a *appender) appendDSAPPSRPStandardActivationData(name string, v *DSAPPSRPStandardActivationData) {
	a.open(name, "")
	a.appendDSAPPSRPEncryptedData("activationCode", &v.ActivationCode)
	a.appendDSAPPSRPEncryptedData("eventReactivationCounter", &v.EventReactivationCounter)
	a.close(name)
}

func (a *appender) appendGetAppUpgradeInfoResult(name string, v *GetAppUpgradeInfoResult) {
	a.open(name, "")
	a.text("upgradeMessage", v.UpgradeMessage)
	a.close(name)
}

func (a *appender) appendProvisioningAttribute(name string, v *ProvisioningAttribute) {
	a.open(name, "")
	if v.Value != nil {
		a.value("value", *v.Value)
	}
	a.text("attributeID", v.AttributeID)
	if v.AttributeOptions != nil {
		a.appendAttributeOptions("attributeOptions", v.AttributeOptions)
	}
	a.close(name)
}

func (a *appender) appendProvisioningResults(name string, v *ProvisioningResults) {
	a.open(name, "")
	a.appendResultCodes("resultCodes", &v.ResultCodes)
	a.appendAttributeSet("resultAttribute", &v.ResultAttribute)
	a.appendErrorStack("errorStack", &v.ErrorStack)
	a.close(name)
}

func (a *appender) appendRegisterCredentialInput(name string, v *RegisterCredentialInput) {
	a.open(name, "")
	a.text("staticPassword", v.StaticPassword)
	a.close(name)
}

func (a *appender) appendUserInput(name string, v *UserInput) {
	a.open(name, "")
	a.text("userID", v.UserID)
	if v.Domain != nil {
		a.text("domain", *v.Domain)
	}
	a.close(name)
}

func (a *appender) appendUserOutput(name string, v *UserOutput) {
	a.open(name, "")
	a.text("userID", v.UserID)
	a.text("domain", v.Domain)
	if v.OrgUnit != nil {
		a.text("orgUnit", *v.OrgUnit)
	}
	a.close(name)
}
