// Code generated from the WSDLs, internal/generate; DO NOT EDIT.

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

// AppendLogon appends the element ADMIN-TYPES:logon.
// The error is a TextError.
func AppendLogon(dst []byte, v *Logon) ([]byte, error) {
	a := appender{buffer: dst}
	a.raw("<ADMIN-TYPES:logon>")
	a.appendCredentialAttributeSet("attributeSet", &v.AttributeSet)
	a.raw("</ADMIN-TYPES:logon>")
	return a.checked()
}

// AppendLogonResponse appends the element ADMIN-TYPES:logonResponse.
func AppendLogonResponse(dst []byte, v *LogonResponse) []byte {
	a := appender{buffer: dst}
	a.raw("<ADMIN-TYPES:logonResponse>")
	a.appendCredentialResults("results", &v.Results)
	a.raw("</ADMIN-TYPES:logonResponse>")
	return a.buffer
}

// AppendLogoff appends the element ADMIN-TYPES:logoff.
// The error is a TextError.
func AppendLogoff(dst []byte, v *Logoff) ([]byte, error) {
	a := appender{buffer: dst}
	a.raw("<ADMIN-TYPES:logoff>")
	a.appendCredentialAttributeSet("attributeSet", &v.AttributeSet)
	a.raw("</ADMIN-TYPES:logoff>")
	return a.checked()
}

// AppendLogoffResponse appends the element ADMIN-TYPES:logoffResponse.
func AppendLogoffResponse(dst []byte, v *LogoffResponse) []byte {
	a := appender{buffer: dst}
	a.raw("<ADMIN-TYPES:logoffResponse>")
	a.appendCredentialResults("results", &v.Results)
	a.raw("</ADMIN-TYPES:logoffResponse>")
	return a.buffer
}

// AppendSessionalive appends the element ADMIN-TYPES:sessionalive.
// The error is a TextError.
func AppendSessionalive(dst []byte, v *Sessionalive) ([]byte, error) {
	a := appender{buffer: dst}
	a.raw("<ADMIN-TYPES:sessionalive>")
	a.appendCredentialAttributeSet("attributeSet", &v.AttributeSet)
	a.raw("</ADMIN-TYPES:sessionalive>")
	return a.checked()
}

// AppendSessionaliveResponse appends the element ADMIN-TYPES:sessionaliveResponse.
func AppendSessionaliveResponse(dst []byte, v *SessionaliveResponse) []byte {
	a := appender{buffer: dst}
	a.raw("<ADMIN-TYPES:sessionaliveResponse>")
	a.appendCredentialResults("results", &v.Results)
	a.raw("</ADMIN-TYPES:sessionaliveResponse>")
	return a.buffer
}

// AppendAdminSessionQuery appends the element ADMIN-TYPES:adminSessionQuery.
// The error is a TextError.
func AppendAdminSessionQuery(dst []byte, v *AdminSessionQuery) ([]byte, error) {
	a := appender{buffer: dst}
	a.raw("<ADMIN-TYPES:adminSessionQuery>")
	if v.SessionID != nil {
		a.text("sessionID", *v.SessionID)
	}
	a.appendAdministrationAttributeSet("attributeSet", &v.AttributeSet)
	if v.FieldSet != nil {
		a.appendAdministrationFieldSet("fieldSet", v.FieldSet)
	}
	if v.QueryOptions != nil {
		a.appendAdministrationQueryOptions("queryOptions", v.QueryOptions)
	}
	a.raw("</ADMIN-TYPES:adminSessionQuery>")
	return a.checked()
}

// AppendAdminSessionQueryResponse appends the element ADMIN-TYPES:adminSessionQueryResponse.
func AppendAdminSessionQueryResponse(dst []byte, v *AdminSessionQueryResponse) []byte {
	a := appender{buffer: dst}
	a.raw("<ADMIN-TYPES:adminSessionQueryResponse>")
	a.appendAdministrationQueryResults("results", &v.Results)
	a.raw("</ADMIN-TYPES:adminSessionQueryResponse>")
	return a.buffer
}

// AppendUserExecute appends the element ADMIN-TYPES:userExecute.
// The error is a TextError.
func AppendUserExecute(dst []byte, v *UserExecute) ([]byte, error) {
	a := appender{buffer: dst}
	a.raw("<ADMIN-TYPES:userExecute>")
	if v.SessionID != nil {
		a.text("sessionID", *v.SessionID)
	}
	a.text("cmd", v.Cmd)
	a.appendAdministrationAttributeSet("attributeSet", &v.AttributeSet)
	if v.AdminDomainInfoList != nil {
		a.appendAdminDomainInfoList("adminDomainInfoList", v.AdminDomainInfoList)
	}
	a.raw("</ADMIN-TYPES:userExecute>")
	return a.checked()
}

// AppendUserExecuteResponse appends the element ADMIN-TYPES:userExecuteResponse.
func AppendUserExecuteResponse(dst []byte, v *UserExecuteResponse) []byte {
	a := appender{buffer: dst}
	a.raw("<ADMIN-TYPES:userExecuteResponse>")
	a.appendAdministrationResults("results", &v.Results)
	a.raw("</ADMIN-TYPES:userExecuteResponse>")
	return a.buffer
}

// AppendUserQuery appends the element ADMIN-TYPES:userQuery.
// The error is a TextError.
func AppendUserQuery(dst []byte, v *UserQuery) ([]byte, error) {
	a := appender{buffer: dst}
	a.raw("<ADMIN-TYPES:userQuery>")
	if v.SessionID != nil {
		a.text("sessionID", *v.SessionID)
	}
	a.appendAdministrationAttributeSet("attributeSet", &v.AttributeSet)
	if v.FieldSet != nil {
		a.appendAdministrationFieldSet("fieldSet", v.FieldSet)
	}
	if v.QueryOptions != nil {
		a.appendAdministrationQueryOptions("queryOptions", v.QueryOptions)
	}
	a.raw("</ADMIN-TYPES:userQuery>")
	return a.checked()
}

// AppendUserQueryResponse appends the element ADMIN-TYPES:userQueryResponse.
func AppendUserQueryResponse(dst []byte, v *UserQueryResponse) []byte {
	a := appender{buffer: dst}
	a.raw("<ADMIN-TYPES:userQueryResponse>")
	a.appendAdministrationQueryResults("results", &v.Results)
	a.raw("</ADMIN-TYPES:userQueryResponse>")
	return a.buffer
}

// AppendUserattributeExecute appends the element ADMIN-TYPES:userattributeExecute.
// The error is a TextError.
func AppendUserattributeExecute(dst []byte, v *UserattributeExecute) ([]byte, error) {
	a := appender{buffer: dst}
	a.raw("<ADMIN-TYPES:userattributeExecute>")
	if v.SessionID != nil {
		a.text("sessionID", *v.SessionID)
	}
	a.text("cmd", v.Cmd)
	a.appendAdministrationAttributeSet("attributeSet", &v.AttributeSet)
	a.raw("</ADMIN-TYPES:userattributeExecute>")
	return a.checked()
}

// AppendUserattributeExecuteResponse appends the element ADMIN-TYPES:userattributeExecuteResponse.
func AppendUserattributeExecuteResponse(dst []byte, v *UserattributeExecuteResponse) []byte {
	a := appender{buffer: dst}
	a.raw("<ADMIN-TYPES:userattributeExecuteResponse>")
	a.appendAdministrationResults("results", &v.Results)
	a.raw("</ADMIN-TYPES:userattributeExecuteResponse>")
	return a.buffer
}

// AppendUserattributeQuery appends the element ADMIN-TYPES:userattributeQuery.
// The error is a TextError.
func AppendUserattributeQuery(dst []byte, v *UserattributeQuery) ([]byte, error) {
	a := appender{buffer: dst}
	a.raw("<ADMIN-TYPES:userattributeQuery>")
	if v.SessionID != nil {
		a.text("sessionID", *v.SessionID)
	}
	a.appendAdministrationAttributeSet("attributeSet", &v.AttributeSet)
	if v.FieldSet != nil {
		a.appendAdministrationFieldSet("fieldSet", v.FieldSet)
	}
	if v.QueryOptions != nil {
		a.appendAdministrationQueryOptions("queryOptions", v.QueryOptions)
	}
	a.raw("</ADMIN-TYPES:userattributeQuery>")
	return a.checked()
}

// AppendUserattributeQueryResponse appends the element ADMIN-TYPES:userattributeQueryResponse.
func AppendUserattributeQueryResponse(dst []byte, v *UserattributeQueryResponse) []byte {
	a := appender{buffer: dst}
	a.raw("<ADMIN-TYPES:userattributeQueryResponse>")
	a.appendAdministrationQueryResults("results", &v.Results)
	a.raw("</ADMIN-TYPES:userattributeQueryResponse>")
	return a.buffer
}

// AppendDigipassExecute appends the element ADMIN-TYPES:digipassExecute.
// The error is a TextError.
func AppendDigipassExecute(dst []byte, v *DigipassExecute) ([]byte, error) {
	a := appender{buffer: dst}
	a.raw("<ADMIN-TYPES:digipassExecute>")
	if v.SessionID != nil {
		a.text("sessionID", *v.SessionID)
	}
	a.text("cmd", v.Cmd)
	a.appendAdministrationAttributeSet("attributeSet", &v.AttributeSet)
	a.raw("</ADMIN-TYPES:digipassExecute>")
	return a.checked()
}

// AppendDigipassExecuteResponse appends the element ADMIN-TYPES:digipassExecuteResponse.
func AppendDigipassExecuteResponse(dst []byte, v *DigipassExecuteResponse) []byte {
	a := appender{buffer: dst}
	a.raw("<ADMIN-TYPES:digipassExecuteResponse>")
	a.appendAdministrationResults("results", &v.Results)
	a.raw("</ADMIN-TYPES:digipassExecuteResponse>")
	return a.buffer
}

// AppendDigipassQuery appends the element ADMIN-TYPES:digipassQuery.
// The error is a TextError.
func AppendDigipassQuery(dst []byte, v *DigipassQuery) ([]byte, error) {
	a := appender{buffer: dst}
	a.raw("<ADMIN-TYPES:digipassQuery>")
	if v.SessionID != nil {
		a.text("sessionID", *v.SessionID)
	}
	a.appendAdministrationAttributeSet("attributeSet", &v.AttributeSet)
	if v.FieldSet != nil {
		a.appendAdministrationFieldSet("fieldSet", v.FieldSet)
	}
	if v.QueryOptions != nil {
		a.appendAdministrationQueryOptions("queryOptions", v.QueryOptions)
	}
	a.raw("</ADMIN-TYPES:digipassQuery>")
	return a.checked()
}

// AppendDigipassQueryResponse appends the element ADMIN-TYPES:digipassQueryResponse.
func AppendDigipassQueryResponse(dst []byte, v *DigipassQueryResponse) []byte {
	a := appender{buffer: dst}
	a.raw("<ADMIN-TYPES:digipassQueryResponse>")
	a.appendAdministrationQueryResults("results", &v.Results)
	a.raw("</ADMIN-TYPES:digipassQueryResponse>")
	return a.buffer
}

// AppendDigipassapplExecute appends the element ADMIN-TYPES:digipassapplExecute.
// The error is a TextError.
func AppendDigipassapplExecute(dst []byte, v *DigipassapplExecute) ([]byte, error) {
	a := appender{buffer: dst}
	a.raw("<ADMIN-TYPES:digipassapplExecute>")
	if v.SessionID != nil {
		a.text("sessionID", *v.SessionID)
	}
	a.text("cmd", v.Cmd)
	a.appendAdministrationAttributeSet("attributeSet", &v.AttributeSet)
	a.raw("</ADMIN-TYPES:digipassapplExecute>")
	return a.checked()
}

// AppendDigipassapplExecuteResponse appends the element ADMIN-TYPES:digipassapplExecuteResponse.
func AppendDigipassapplExecuteResponse(dst []byte, v *DigipassapplExecuteResponse) []byte {
	a := appender{buffer: dst}
	a.raw("<ADMIN-TYPES:digipassapplExecuteResponse>")
	a.appendAdministrationResults("results", &v.Results)
	a.raw("</ADMIN-TYPES:digipassapplExecuteResponse>")
	return a.buffer
}

// AppendDomainExecute appends the element ADMIN-TYPES:domainExecute.
// The error is a TextError.
func AppendDomainExecute(dst []byte, v *DomainExecute) ([]byte, error) {
	a := appender{buffer: dst}
	a.raw("<ADMIN-TYPES:domainExecute>")
	if v.SessionID != nil {
		a.text("sessionID", *v.SessionID)
	}
	a.text("cmd", v.Cmd)
	a.appendAdministrationAttributeSet("attributeSet", &v.AttributeSet)
	a.raw("</ADMIN-TYPES:domainExecute>")
	return a.checked()
}

// AppendDomainExecuteResponse appends the element ADMIN-TYPES:domainExecuteResponse.
func AppendDomainExecuteResponse(dst []byte, v *DomainExecuteResponse) []byte {
	a := appender{buffer: dst}
	a.raw("<ADMIN-TYPES:domainExecuteResponse>")
	a.appendAdministrationResults("results", &v.Results)
	a.raw("</ADMIN-TYPES:domainExecuteResponse>")
	return a.buffer
}

// AppendDomainQuery appends the element ADMIN-TYPES:domainQuery.
// The error is a TextError.
func AppendDomainQuery(dst []byte, v *DomainQuery) ([]byte, error) {
	a := appender{buffer: dst}
	a.raw("<ADMIN-TYPES:domainQuery>")
	if v.SessionID != nil {
		a.text("sessionID", *v.SessionID)
	}
	a.appendAdministrationAttributeSet("attributeSet", &v.AttributeSet)
	if v.FieldSet != nil {
		a.appendAdministrationFieldSet("fieldSet", v.FieldSet)
	}
	if v.QueryOptions != nil {
		a.appendAdministrationQueryOptions("queryOptions", v.QueryOptions)
	}
	a.raw("</ADMIN-TYPES:domainQuery>")
	return a.checked()
}

// AppendDomainQueryResponse appends the element ADMIN-TYPES:domainQueryResponse.
func AppendDomainQueryResponse(dst []byte, v *DomainQueryResponse) []byte {
	a := appender{buffer: dst}
	a.raw("<ADMIN-TYPES:domainQueryResponse>")
	a.appendAdministrationQueryResults("results", &v.Results)
	a.raw("</ADMIN-TYPES:domainQueryResponse>")
	return a.buffer
}

// AppendOrgunitExecute appends the element ADMIN-TYPES:orgunitExecute.
// The error is a TextError.
func AppendOrgunitExecute(dst []byte, v *OrgunitExecute) ([]byte, error) {
	a := appender{buffer: dst}
	a.raw("<ADMIN-TYPES:orgunitExecute>")
	if v.SessionID != nil {
		a.text("sessionID", *v.SessionID)
	}
	a.text("cmd", v.Cmd)
	a.appendAdministrationAttributeSet("attributeSet", &v.AttributeSet)
	a.raw("</ADMIN-TYPES:orgunitExecute>")
	return a.checked()
}

// AppendOrgunitExecuteResponse appends the element ADMIN-TYPES:orgunitExecuteResponse.
func AppendOrgunitExecuteResponse(dst []byte, v *OrgunitExecuteResponse) []byte {
	a := appender{buffer: dst}
	a.raw("<ADMIN-TYPES:orgunitExecuteResponse>")
	a.appendAdministrationResults("results", &v.Results)
	a.raw("</ADMIN-TYPES:orgunitExecuteResponse>")
	return a.buffer
}

// AppendOrgunitQuery appends the element ADMIN-TYPES:orgunitQuery.
// The error is a TextError.
func AppendOrgunitQuery(dst []byte, v *OrgunitQuery) ([]byte, error) {
	a := appender{buffer: dst}
	a.raw("<ADMIN-TYPES:orgunitQuery>")
	if v.SessionID != nil {
		a.text("sessionID", *v.SessionID)
	}
	a.appendAdministrationAttributeSet("attributeSet", &v.AttributeSet)
	if v.FieldSet != nil {
		a.appendAdministrationFieldSet("fieldSet", v.FieldSet)
	}
	if v.QueryOptions != nil {
		a.appendAdministrationQueryOptions("queryOptions", v.QueryOptions)
	}
	a.raw("</ADMIN-TYPES:orgunitQuery>")
	return a.checked()
}

// AppendOrgunitQueryResponse appends the element ADMIN-TYPES:orgunitQueryResponse.
func AppendOrgunitQueryResponse(dst []byte, v *OrgunitQueryResponse) []byte {
	a := appender{buffer: dst}
	a.raw("<ADMIN-TYPES:orgunitQueryResponse>")
	a.appendAdministrationQueryResults("results", &v.Results)
	a.raw("</ADMIN-TYPES:orgunitQueryResponse>")
	return a.buffer
}

// AppendAuthUser appends the element AUTH-TYPES:authUser.
// The error is a TextError.
func AppendAuthUser(dst []byte, v *AuthUser) ([]byte, error) {
	a := appender{buffer: dst}
	a.raw("<AUTH-TYPES:authUser>")
	a.appendCredentialAttributeSet("credentialAttributeSet", &v.CredentialAttributeSet)
	a.raw("</AUTH-TYPES:authUser>")
	return a.checked()
}

// AppendAuthUserResponse appends the element AUTH-TYPES:authUserResponse.
func AppendAuthUserResponse(dst []byte, v *AuthUserResponse) []byte {
	a := appender{buffer: dst}
	a.raw("<AUTH-TYPES:authUserResponse>")
	a.appendAuthUserResults("authUserResults", &v.AuthUserResults)
	a.raw("</AUTH-TYPES:authUserResponse>")
	return a.buffer
}

// AppendGetChallenge appends the element AUTH-TYPES:getChallenge.
// The error is a TextError.
func AppendGetChallenge(dst []byte, v *GetChallenge) ([]byte, error) {
	a := appender{buffer: dst}
	a.raw("<AUTH-TYPES:getChallenge>")
	a.appendCredentialAttributeSet("credentialAttributeSet", &v.CredentialAttributeSet)
	a.raw("</AUTH-TYPES:getChallenge>")
	return a.checked()
}

// AppendGetChallengeResponse appends the element AUTH-TYPES:getChallengeResponse.
func AppendGetChallengeResponse(dst []byte, v *GetChallengeResponse) []byte {
	a := appender{buffer: dst}
	a.raw("<AUTH-TYPES:getChallengeResponse>")
	a.appendCredentialResults("results", &v.Results)
	a.raw("</AUTH-TYPES:getChallengeResponse>")
	return a.buffer
}

// AppendUpdatePassword appends the element AUTH-TYPES:updatePassword.
// The error is a TextError.
func AppendUpdatePassword(dst []byte, v *UpdatePassword) ([]byte, error) {
	a := appender{buffer: dst}
	a.raw("<AUTH-TYPES:updatePassword>")
	a.appendCredentialAttributeSet("credentialAttributeSet", &v.CredentialAttributeSet)
	a.raw("</AUTH-TYPES:updatePassword>")
	return a.checked()
}

// AppendUpdatePasswordResponse appends the element AUTH-TYPES:updatePasswordResponse.
func AppendUpdatePasswordResponse(dst []byte, v *UpdatePasswordResponse) []byte {
	a := appender{buffer: dst}
	a.raw("<AUTH-TYPES:updatePasswordResponse>")
	a.appendCredentialResults("results", &v.Results)
	a.raw("</AUTH-TYPES:updatePasswordResponse>")
	return a.buffer
}

// AppendGetSecureChallenge appends the element AUTH-TYPES:getSecureChallenge.
// The error is a TextError.
func AppendGetSecureChallenge(dst []byte, v *GetSecureChallenge) ([]byte, error) {
	a := appender{buffer: dst}
	a.raw("<AUTH-TYPES:getSecureChallenge>")
	a.appendCredentialAttributeSet("credentialAttributeSet", &v.CredentialAttributeSet)
	a.raw("</AUTH-TYPES:getSecureChallenge>")
	return a.checked()
}

// AppendGetSecureChallengeResponse appends the element AUTH-TYPES:getSecureChallengeResponse.
func AppendGetSecureChallengeResponse(dst []byte, v *GetSecureChallengeResponse) []byte {
	a := appender{buffer: dst}
	a.raw("<AUTH-TYPES:getSecureChallengeResponse>")
	a.appendCredentialResults("results", &v.Results)
	a.raw("</AUTH-TYPES:getSecureChallengeResponse>")
	return a.buffer
}

// AppendCancelAuthUser appends the element AUTH-TYPES:cancelAuthUser.
// The error is a TextError.
func AppendCancelAuthUser(dst []byte, v *CancelAuthUser) ([]byte, error) {
	a := appender{buffer: dst}
	a.raw("<AUTH-TYPES:cancelAuthUser>")
	a.appendCredentialAttributeSet("credentialAttributeSet", &v.CredentialAttributeSet)
	a.raw("</AUTH-TYPES:cancelAuthUser>")
	return a.checked()
}

// AppendCancelAuthUserResponse appends the element AUTH-TYPES:cancelAuthUserResponse.
func AppendCancelAuthUserResponse(dst []byte, v *CancelAuthUserResponse) []byte {
	a := appender{buffer: dst}
	a.raw("<AUTH-TYPES:cancelAuthUserResponse>")
	a.appendCredentialResults("results", &v.Results)
	a.raw("</AUTH-TYPES:cancelAuthUserResponse>")
	return a.buffer
}

// AppendAuthSignature appends the element SIGN-TYPES:authSignature.
// The error is a TextError.
func AppendAuthSignature(dst []byte, v *AuthSignature) ([]byte, error) {
	a := appender{buffer: dst}
	a.raw("<SIGN-TYPES:authSignature>")
	a.appendSignatureAttributeSet("attributeSet", &v.AttributeSet)
	if v.DataFieldList != nil {
		a.appendDataFieldList("dataFieldList", v.DataFieldList)
	}
	a.raw("</SIGN-TYPES:authSignature>")
	return a.checked()
}

// AppendAuthSignatureResponse appends the element SIGN-TYPES:authSignatureResponse.
func AppendAuthSignatureResponse(dst []byte, v *AuthSignatureResponse) []byte {
	a := appender{buffer: dst}
	a.raw("<SIGN-TYPES:authSignatureResponse>")
	a.appendSignatureResults("results", &v.Results)
	a.raw("</SIGN-TYPES:authSignatureResponse>")
	return a.buffer
}

// AppendGenRequest appends the element SIGN-TYPES:genRequest.
// The error is a TextError.
func AppendGenRequest(dst []byte, v *GenRequest) ([]byte, error) {
	a := appender{buffer: dst}
	a.raw("<SIGN-TYPES:genRequest>")
	a.appendSignatureAttributeSet("attributeSet", &v.AttributeSet)
	if v.DataFieldList != nil {
		a.appendDataFieldList("dataFieldList", v.DataFieldList)
	}
	a.raw("</SIGN-TYPES:genRequest>")
	return a.checked()
}

// AppendGenRequestResponse appends the element SIGN-TYPES:genRequestResponse.
func AppendGenRequestResponse(dst []byte, v *GenRequestResponse) []byte {
	a := appender{buffer: dst}
	a.raw("<SIGN-TYPES:genRequestResponse>")
	a.appendSignatureResults("results", &v.Results)
	a.raw("</SIGN-TYPES:genRequestResponse>")
	return a.buffer
}

func (a *appender) appendAdminDomain(name string, v *AdminDomain) {
	a.open(name, " xsi:type=\"ADMINISTRATION-TYPES:AdminDomain\"")
	if v.AdminDomain != nil {
		a.text("adminDomain", *v.AdminDomain)
	}
	a.close(name)
}

func (a *appender) appendAdminDomainInfoList(name string, v *AdminDomainInfoList) {
	a.open(name, " xsi:type=\"ADMINISTRATION-TYPES:AdminDomainInfoList\"")
	for i := range v.AdminDomains {
		a.appendAdminDomain("adminDomains", &v.AdminDomains[i])
	}
	a.close(name)
}

func (a *appender) appendAdministrationAttribute(name string, v *AdministrationAttribute) {
	a.open(name, "")
	if v.AttributeOptions != nil {
		a.appendAttributeOptions("attributeOptions", v.AttributeOptions)
	}
	if v.Value != nil {
		a.value("value", *v.Value)
	}
	a.text("attributeID", v.AttributeID)
	a.close(name)
}

func (a *appender) appendAdministrationAttributeList(name string, v *AdministrationAttributeList) {
	a.open(name, " xsi:type=\"ADMINISTRATION-TYPES:AdministrationAttributeList\"")
	for i := range v.AttributeList {
		a.appendAdministrationAttributeSet("attributeList", &v.AttributeList[i])
	}
	a.close(name)
}

func (a *appender) appendAdministrationAttributeSet(name string, v *AdministrationAttributeSet) {
	a.open(name, " xsi:type=\"ADMINISTRATION-TYPES:AdministrationAttributeSet\"")
	for i := range v.Attributes {
		a.appendAdministrationAttribute("attributes", &v.Attributes[i])
	}
	a.close(name)
}

func (a *appender) appendAdministrationFieldSet(name string, v *AdministrationFieldSet) {
	a.open(name, " xsi:type=\"ADMINISTRATION-TYPES:AdministrationFieldSet\"")
	for i := range v.AttributeID {
		a.text("attributeID", v.AttributeID[i])
	}
	a.close(name)
}

func (a *appender) appendAdministrationQueryOptions(name string, v *AdministrationQueryOptions) {
	a.open(name, " xsi:type=\"ADMINISTRATION-TYPES:AdministrationQueryOptions\"")
	if v.Distinct != nil {
		a.boolean("distinct", *v.Distinct)
	}
	if v.Rowoffset != nil {
		a.integer("rowoffset", *v.Rowoffset)
	}
	if v.Rowcount != nil {
		a.integer("rowcount", *v.Rowcount)
	}
	if v.Count != nil {
		a.boolean("count", *v.Count)
	}
	if v.Sortorder != nil {
		a.text("sortorder", *v.Sortorder)
	}
	a.close(name)
}

func (a *appender) appendAdministrationQueryResults(name string, v *AdministrationQueryResults) {
	a.open(name, "")
	a.appendResultCodes("resultCodes", &v.ResultCodes)
	a.appendAdministrationAttributeList("resultAttribute", &v.ResultAttribute)
	a.appendErrorStack("errorStack", &v.ErrorStack)
	if v.ResultCount != nil {
		a.integer("resultCount", *v.ResultCount)
	}
	a.close(name)
}

func (a *appender) appendAdministrationResults(name string, v *AdministrationResults) {
	a.open(name, "")
	a.appendResultCodes("resultCodes", &v.ResultCodes)
	a.appendAdministrationAttributeSet("resultAttribute", &v.ResultAttribute)
	a.appendErrorStack("errorStack", &v.ErrorStack)
	a.close(name)
}

func (a *appender) appendAuthUserResults(name string, v *AuthUserResults) {
	a.open(name, "")
	a.appendCredentialResults("results", &v.Results)
	if v.Userattributelist != nil {
		a.appendCredentialAttributeSet("userattributelist", v.Userattributelist)
	}
	a.close(name)
}

func (a *appender) appendAttributeOptions(name string, v *AttributeOptions) {
	a.open(name, " xsi:type=\"BASIC-TYPES:AttributeOptions\"")
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

func (a *appender) appendCredentialAttribute(name string, v *CredentialAttribute) {
	a.open(name, "")
	if v.AttributeOptions != nil {
		a.appendAttributeOptions("attributeOptions", v.AttributeOptions)
	}
	if v.Value != nil {
		a.value("value", *v.Value)
	}
	a.text("attributeID", v.AttributeID)
	a.close(name)
}

func (a *appender) appendCredentialAttributeSet(name string, v *CredentialAttributeSet) {
	a.open(name, " xsi:type=\"CREDENTIAL-TYPES:CredentialAttributeSet\"")
	for i := range v.Attributes {
		a.appendCredentialAttribute("attributes", &v.Attributes[i])
	}
	a.close(name)
}

func (a *appender) appendCredentialResults(name string, v *CredentialResults) {
	a.open(name, "")
	a.appendResultCodes("resultCodes", &v.ResultCodes)
	a.appendCredentialAttributeSet("resultAttribute", &v.ResultAttribute)
	a.appendErrorStack("errorStack", &v.ErrorStack)
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

func (a *appender) appendProvisioningAttributeOptions(name string, v *ProvisioningAttributeOptions) {
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
		a.appendProvisioningAttributeOptions("attributeOptions", v.AttributeOptions)
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

func (a *appender) appendDataField(name string, v *DataField) {
	a.open(name, "")
	if v.Key != nil {
		a.text("key", *v.Key)
	}
	a.text("value", v.Value)
	a.close(name)
}

func (a *appender) appendDataFieldList(name string, v *DataFieldList) {
	a.open(name, " xsi:type=\"SIGNATURE-TYPES:DataFieldList\"")
	for i := range v.DataField {
		a.appendDataField("dataField", &v.DataField[i])
	}
	a.close(name)
}

func (a *appender) appendSignatureAttribute(name string, v *SignatureAttribute) {
	a.open(name, "")
	if v.AttributeOptions != nil {
		a.appendAttributeOptions("attributeOptions", v.AttributeOptions)
	}
	if v.Value != nil {
		a.value("value", *v.Value)
	}
	a.text("attributeID", v.AttributeID)
	a.close(name)
}

func (a *appender) appendSignatureAttributeSet(name string, v *SignatureAttributeSet) {
	a.open(name, " xsi:type=\"SIGNATURE-TYPES:SignatureAttributeSet\"")
	for i := range v.Attributes {
		a.appendSignatureAttribute("attributes", &v.Attributes[i])
	}
	a.close(name)
}

func (a *appender) appendSignatureResults(name string, v *SignatureResults) {
	a.open(name, "")
	a.appendResultCodes("resultCodes", &v.ResultCodes)
	a.appendSignatureAttributeSet("resultAttribute", &v.ResultAttribute)
	a.appendErrorStack("errorStack", &v.ErrorStack)
	a.close(name)
}
