// Code generated from the WSDLs, internal/generate; DO NOT EDIT.

package wsdl

import "encoding/xml"

// ReadElement begins an element that holds elements, by its path below dsappSRPRegister.
func (v *DsappSRPRegister) ReadElement(path string) {
	switch path {
	case "":
		v.XMLName = xml.Name{Space: Provisioning, Local: "dsappSRPRegister"}
	}
}

// ReadText takes the text of a simple element, by its path below dsappSRPRegister.
func (v *DsappSRPRegister) ReadText(path, _, text string) {
	switch path {
	case "activationType":
		v.ActivationType = pointer(readInt(text))
	case "componentType":
		v.ComponentType = text
	case "user/userID":
		v.User.UserID = text
	case "user/domain":
		v.User.Domain = pointer(text)
	case "credential/staticPassword":
		v.Credential.StaticPassword = text
	case "serialNumber":
		v.SerialNumber = pointer(text)
	}
}

// ReadElement begins an element that holds elements, by its path below dsappSRPGenerateEphemeralKey.
func (v *DsappSRPGenerateEphemeralKey) ReadElement(path string) {
	switch path {
	case "":
		v.XMLName = xml.Name{Space: Provisioning, Local: "dsappSRPGenerateEphemeralKey"}
	}
}

// ReadText takes the text of a simple element, by its path below dsappSRPGenerateEphemeralKey.
func (v *DsappSRPGenerateEphemeralKey) ReadText(path, _, text string) {
	switch path {
	case "componentType":
		v.ComponentType = text
	case "registrationID":
		v.RegistrationID = text
	case "clientEphemeralPublicKey":
		v.ClientEphemeralPublicKey = text
	}
}

// ReadElement begins an element that holds elements, by its path below dsappSRPGenerateActivationData.
func (v *DsappSRPGenerateActivationData) ReadElement(path string) {
	switch path {
	case "":
		v.XMLName = xml.Name{Space: Provisioning, Local: "dsappSRPGenerateActivationData"}
	}
}

// ReadText takes the text of a simple element, by its path below dsappSRPGenerateActivationData.
func (v *DsappSRPGenerateActivationData) ReadText(path, _, text string) {
	switch path {
	case "componentType":
		v.ComponentType = text
	case "registrationID":
		v.RegistrationID = text
	case "clientEvidenceMessage":
		v.ClientEvidenceMessage = text
	}
}

// ReadElement begins an element that holds elements, by its path below dsappSRPActivate.
func (v *DsappSRPActivate) ReadElement(path string) {
	switch path {
	case "":
		v.XMLName = xml.Name{Space: Provisioning, Local: "dsappSRPActivate"}
	}
}

// ReadText takes the text of a simple element, by its path below dsappSRPActivate.
func (v *DsappSRPActivate) ReadText(path, _, text string) {
	switch path {
	case "componentType":
		v.ComponentType = text
	case "registrationID":
		v.RegistrationID = text
	case "credential/response":
		v.Credential.Response = pointer(text)
	case "credential/derivationCode":
		v.Credential.DerivationCode = pointer(text)
	}
}

// ReadElement begins an element that holds elements, by its path below getAppUpgradeInfo.
func (v *GetAppUpgradeInfo) ReadElement(path string) {
	switch path {
	case "":
		v.XMLName = xml.Name{Space: Provisioning, Local: "getAppUpgradeInfo"}
	}
}

// ReadText takes the text of a simple element, by its path below getAppUpgradeInfo.
func (v *GetAppUpgradeInfo) ReadText(path, _, text string) {
	switch path {
	case "componentType":
		v.ComponentType = text
	case "user/userID":
		v.User.UserID = text
	case "user/domain":
		v.User.Domain = pointer(text)
	case "serialNumber":
		v.SerialNumber = text
	}
}

// ReadElement begins an element that holds elements, by its path below updateDevicePNID.
func (v *UpdateDevicePNID) ReadElement(path string) {
	switch path {
	case "":
		v.XMLName = xml.Name{Space: Provisioning, Local: "updateDevicePNID"}
	}
}

// ReadText takes the text of a simple element, by its path below updateDevicePNID.
func (v *UpdateDevicePNID) ReadText(path, _, text string) {
	switch path {
	case "componentType":
		v.ComponentType = text
	case "user/userID":
		v.User.UserID = text
	case "user/domain":
		v.User.Domain = pointer(text)
	case "serialNumber":
		v.SerialNumber = text
	case "devicePNID":
		v.DevicePNID = text
	}
}

// ReadElement begins an element that holds elements, by its path below provisioningExecute.
func (v *ProvisioningExecute) ReadElement(path string) {
	switch path {
	case "":
		v.XMLName = xml.Name{Space: Provisioning, Local: "provisioningExecute"}
	case "attributeSet/attributes":
		v.AttributeSet.Attributes = append(v.AttributeSet.Attributes, ProvisioningAttribute{})
	case "attributeSet/attributes/attributeOptions":
		v.AttributeSet.Attributes[len(v.AttributeSet.Attributes)-1].AttributeOptions = pointer(ProvisioningAttributeOptions{})
	}
}

// ReadText takes the text of a simple element, by its path below provisioningExecute.
func (v *ProvisioningExecute) ReadText(path, xsiType, text string) {
	switch path {
	case "cmd":
		v.Cmd = text
	case "attributeSet/attributes/value":
		v.AttributeSet.Attributes[len(v.AttributeSet.Attributes)-1].Value = pointer(Value{Type: xsiType, Text: text})
	case "attributeSet/attributes/attributeID":
		v.AttributeSet.Attributes[len(v.AttributeSet.Attributes)-1].AttributeID = text
	case "attributeSet/attributes/attributeOptions/null":
		v.AttributeSet.Attributes[len(v.AttributeSet.Attributes)-1].AttributeOptions.Null = pointer(readBoolean(text))
	case "attributeSet/attributes/attributeOptions/negative":
		v.AttributeSet.Attributes[len(v.AttributeSet.Attributes)-1].AttributeOptions.Negative = pointer(readBoolean(text))
	case "attributeSet/attributes/attributeOptions/masked":
		v.AttributeSet.Attributes[len(v.AttributeSet.Attributes)-1].AttributeOptions.Masked = pointer(readBoolean(text))
	}
}

// ReadElement begins an element that holds elements, by its path below logon.
func (v *Logon) ReadElement(path string) {
	switch path {
	case "":
		v.XMLName = xml.Name{Space: Administration, Local: "logon"}
	case "attributeSet/attributes":
		v.AttributeSet.Attributes = append(v.AttributeSet.Attributes, CredentialAttribute{})
	case "attributeSet/attributes/attributeOptions":
		v.AttributeSet.Attributes[len(v.AttributeSet.Attributes)-1].AttributeOptions = pointer(AttributeOptions{})
	}
}

// ReadText takes the text of a simple element, by its path below logon.
func (v *Logon) ReadText(path, xsiType, text string) {
	switch path {
	case "attributeSet/attributes/attributeOptions/null":
		v.AttributeSet.Attributes[len(v.AttributeSet.Attributes)-1].AttributeOptions.Null = pointer(readBoolean(text))
	case "attributeSet/attributes/attributeOptions/negative":
		v.AttributeSet.Attributes[len(v.AttributeSet.Attributes)-1].AttributeOptions.Negative = pointer(readBoolean(text))
	case "attributeSet/attributes/attributeOptions/masked":
		v.AttributeSet.Attributes[len(v.AttributeSet.Attributes)-1].AttributeOptions.Masked = pointer(readBoolean(text))
	case "attributeSet/attributes/value":
		v.AttributeSet.Attributes[len(v.AttributeSet.Attributes)-1].Value = pointer(Value{Type: xsiType, Text: text})
	case "attributeSet/attributes/attributeID":
		v.AttributeSet.Attributes[len(v.AttributeSet.Attributes)-1].AttributeID = text
	}
}

// ReadElement begins an element that holds elements, by its path below logoff.
func (v *Logoff) ReadElement(path string) {
	switch path {
	case "":
		v.XMLName = xml.Name{Space: Administration, Local: "logoff"}
	case "attributeSet/attributes":
		v.AttributeSet.Attributes = append(v.AttributeSet.Attributes, CredentialAttribute{})
	case "attributeSet/attributes/attributeOptions":
		v.AttributeSet.Attributes[len(v.AttributeSet.Attributes)-1].AttributeOptions = pointer(AttributeOptions{})
	}
}

// ReadText takes the text of a simple element, by its path below logoff.
func (v *Logoff) ReadText(path, xsiType, text string) {
	switch path {
	case "attributeSet/attributes/attributeOptions/null":
		v.AttributeSet.Attributes[len(v.AttributeSet.Attributes)-1].AttributeOptions.Null = pointer(readBoolean(text))
	case "attributeSet/attributes/attributeOptions/negative":
		v.AttributeSet.Attributes[len(v.AttributeSet.Attributes)-1].AttributeOptions.Negative = pointer(readBoolean(text))
	case "attributeSet/attributes/attributeOptions/masked":
		v.AttributeSet.Attributes[len(v.AttributeSet.Attributes)-1].AttributeOptions.Masked = pointer(readBoolean(text))
	case "attributeSet/attributes/value":
		v.AttributeSet.Attributes[len(v.AttributeSet.Attributes)-1].Value = pointer(Value{Type: xsiType, Text: text})
	case "attributeSet/attributes/attributeID":
		v.AttributeSet.Attributes[len(v.AttributeSet.Attributes)-1].AttributeID = text
	}
}

// ReadElement begins an element that holds elements, by its path below sessionalive.
func (v *Sessionalive) ReadElement(path string) {
	switch path {
	case "":
		v.XMLName = xml.Name{Space: Administration, Local: "sessionalive"}
	case "attributeSet/attributes":
		v.AttributeSet.Attributes = append(v.AttributeSet.Attributes, CredentialAttribute{})
	case "attributeSet/attributes/attributeOptions":
		v.AttributeSet.Attributes[len(v.AttributeSet.Attributes)-1].AttributeOptions = pointer(AttributeOptions{})
	}
}

// ReadText takes the text of a simple element, by its path below sessionalive.
func (v *Sessionalive) ReadText(path, xsiType, text string) {
	switch path {
	case "attributeSet/attributes/attributeOptions/null":
		v.AttributeSet.Attributes[len(v.AttributeSet.Attributes)-1].AttributeOptions.Null = pointer(readBoolean(text))
	case "attributeSet/attributes/attributeOptions/negative":
		v.AttributeSet.Attributes[len(v.AttributeSet.Attributes)-1].AttributeOptions.Negative = pointer(readBoolean(text))
	case "attributeSet/attributes/attributeOptions/masked":
		v.AttributeSet.Attributes[len(v.AttributeSet.Attributes)-1].AttributeOptions.Masked = pointer(readBoolean(text))
	case "attributeSet/attributes/value":
		v.AttributeSet.Attributes[len(v.AttributeSet.Attributes)-1].Value = pointer(Value{Type: xsiType, Text: text})
	case "attributeSet/attributes/attributeID":
		v.AttributeSet.Attributes[len(v.AttributeSet.Attributes)-1].AttributeID = text
	}
}

// ReadElement begins an element that holds elements, by its path below adminSessionQuery.
func (v *AdminSessionQuery) ReadElement(path string) {
	switch path {
	case "":
		v.XMLName = xml.Name{Space: Administration, Local: "adminSessionQuery"}
	case "attributeSet/attributes":
		v.AttributeSet.Attributes = append(v.AttributeSet.Attributes, AdministrationAttribute{})
	case "attributeSet/attributes/attributeOptions":
		v.AttributeSet.Attributes[len(v.AttributeSet.Attributes)-1].AttributeOptions = pointer(AttributeOptions{})
	case "fieldSet":
		v.FieldSet = pointer(AdministrationFieldSet{})
	case "queryOptions":
		v.QueryOptions = pointer(AdministrationQueryOptions{})
	}
}

// ReadText takes the text of a simple element, by its path below adminSessionQuery.
func (v *AdminSessionQuery) ReadText(path, xsiType, text string) {
	switch path {
	case "sessionID":
		v.SessionID = pointer(text)
	case "attributeSet/attributes/attributeOptions/null":
		v.AttributeSet.Attributes[len(v.AttributeSet.Attributes)-1].AttributeOptions.Null = pointer(readBoolean(text))
	case "attributeSet/attributes/attributeOptions/negative":
		v.AttributeSet.Attributes[len(v.AttributeSet.Attributes)-1].AttributeOptions.Negative = pointer(readBoolean(text))
	case "attributeSet/attributes/attributeOptions/masked":
		v.AttributeSet.Attributes[len(v.AttributeSet.Attributes)-1].AttributeOptions.Masked = pointer(readBoolean(text))
	case "attributeSet/attributes/value":
		v.AttributeSet.Attributes[len(v.AttributeSet.Attributes)-1].Value = pointer(Value{Type: xsiType, Text: text})
	case "attributeSet/attributes/attributeID":
		v.AttributeSet.Attributes[len(v.AttributeSet.Attributes)-1].AttributeID = text
	case "fieldSet/attributeID":
		v.FieldSet.AttributeID = append(v.FieldSet.AttributeID, text)
	case "queryOptions/distinct":
		v.QueryOptions.Distinct = pointer(readBoolean(text))
	case "queryOptions/rowoffset":
		v.QueryOptions.Rowoffset = pointer(readInt(text))
	case "queryOptions/rowcount":
		v.QueryOptions.Rowcount = pointer(readInt(text))
	case "queryOptions/count":
		v.QueryOptions.Count = pointer(readBoolean(text))
	case "queryOptions/sortorder":
		v.QueryOptions.Sortorder = pointer(text)
	}
}

// ReadElement begins an element that holds elements, by its path below userExecute.
func (v *UserExecute) ReadElement(path string) {
	switch path {
	case "":
		v.XMLName = xml.Name{Space: Administration, Local: "userExecute"}
	case "attributeSet/attributes":
		v.AttributeSet.Attributes = append(v.AttributeSet.Attributes, AdministrationAttribute{})
	case "attributeSet/attributes/attributeOptions":
		v.AttributeSet.Attributes[len(v.AttributeSet.Attributes)-1].AttributeOptions = pointer(AttributeOptions{})
	case "adminDomainInfoList":
		v.AdminDomainInfoList = pointer(AdminDomainInfoList{})
	case "adminDomainInfoList/adminDomains":
		v.AdminDomainInfoList.AdminDomains = append(v.AdminDomainInfoList.AdminDomains, AdminDomain{})
	}
}

// ReadText takes the text of a simple element, by its path below userExecute.
func (v *UserExecute) ReadText(path, xsiType, text string) {
	switch path {
	case "sessionID":
		v.SessionID = pointer(text)
	case "cmd":
		v.Cmd = text
	case "attributeSet/attributes/attributeOptions/null":
		v.AttributeSet.Attributes[len(v.AttributeSet.Attributes)-1].AttributeOptions.Null = pointer(readBoolean(text))
	case "attributeSet/attributes/attributeOptions/negative":
		v.AttributeSet.Attributes[len(v.AttributeSet.Attributes)-1].AttributeOptions.Negative = pointer(readBoolean(text))
	case "attributeSet/attributes/attributeOptions/masked":
		v.AttributeSet.Attributes[len(v.AttributeSet.Attributes)-1].AttributeOptions.Masked = pointer(readBoolean(text))
	case "attributeSet/attributes/value":
		v.AttributeSet.Attributes[len(v.AttributeSet.Attributes)-1].Value = pointer(Value{Type: xsiType, Text: text})
	case "attributeSet/attributes/attributeID":
		v.AttributeSet.Attributes[len(v.AttributeSet.Attributes)-1].AttributeID = text
	case "adminDomainInfoList/adminDomains/adminDomain":
		v.AdminDomainInfoList.AdminDomains[len(v.AdminDomainInfoList.AdminDomains)-1].AdminDomain = pointer(text)
	}
}

// ReadElement begins an element that holds elements, by its path below userQuery.
func (v *UserQuery) ReadElement(path string) {
	switch path {
	case "":
		v.XMLName = xml.Name{Space: Administration, Local: "userQuery"}
	case "attributeSet/attributes":
		v.AttributeSet.Attributes = append(v.AttributeSet.Attributes, AdministrationAttribute{})
	case "attributeSet/attributes/attributeOptions":
		v.AttributeSet.Attributes[len(v.AttributeSet.Attributes)-1].AttributeOptions = pointer(AttributeOptions{})
	case "fieldSet":
		v.FieldSet = pointer(AdministrationFieldSet{})
	case "queryOptions":
		v.QueryOptions = pointer(AdministrationQueryOptions{})
	}
}

// ReadText takes the text of a simple element, by its path below userQuery.
func (v *UserQuery) ReadText(path, xsiType, text string) {
	switch path {
	case "sessionID":
		v.SessionID = pointer(text)
	case "attributeSet/attributes/attributeOptions/null":
		v.AttributeSet.Attributes[len(v.AttributeSet.Attributes)-1].AttributeOptions.Null = pointer(readBoolean(text))
	case "attributeSet/attributes/attributeOptions/negative":
		v.AttributeSet.Attributes[len(v.AttributeSet.Attributes)-1].AttributeOptions.Negative = pointer(readBoolean(text))
	case "attributeSet/attributes/attributeOptions/masked":
		v.AttributeSet.Attributes[len(v.AttributeSet.Attributes)-1].AttributeOptions.Masked = pointer(readBoolean(text))
	case "attributeSet/attributes/value":
		v.AttributeSet.Attributes[len(v.AttributeSet.Attributes)-1].Value = pointer(Value{Type: xsiType, Text: text})
	case "attributeSet/attributes/attributeID":
		v.AttributeSet.Attributes[len(v.AttributeSet.Attributes)-1].AttributeID = text
	case "fieldSet/attributeID":
		v.FieldSet.AttributeID = append(v.FieldSet.AttributeID, text)
	case "queryOptions/distinct":
		v.QueryOptions.Distinct = pointer(readBoolean(text))
	case "queryOptions/rowoffset":
		v.QueryOptions.Rowoffset = pointer(readInt(text))
	case "queryOptions/rowcount":
		v.QueryOptions.Rowcount = pointer(readInt(text))
	case "queryOptions/count":
		v.QueryOptions.Count = pointer(readBoolean(text))
	case "queryOptions/sortorder":
		v.QueryOptions.Sortorder = pointer(text)
	}
}

// ReadElement begins an element that holds elements, by its path below userattributeExecute.
func (v *UserattributeExecute) ReadElement(path string) {
	switch path {
	case "":
		v.XMLName = xml.Name{Space: Administration, Local: "userattributeExecute"}
	case "attributeSet/attributes":
		v.AttributeSet.Attributes = append(v.AttributeSet.Attributes, AdministrationAttribute{})
	case "attributeSet/attributes/attributeOptions":
		v.AttributeSet.Attributes[len(v.AttributeSet.Attributes)-1].AttributeOptions = pointer(AttributeOptions{})
	}
}

// ReadText takes the text of a simple element, by its path below userattributeExecute.
func (v *UserattributeExecute) ReadText(path, xsiType, text string) {
	switch path {
	case "sessionID":
		v.SessionID = pointer(text)
	case "cmd":
		v.Cmd = text
	case "attributeSet/attributes/attributeOptions/null":
		v.AttributeSet.Attributes[len(v.AttributeSet.Attributes)-1].AttributeOptions.Null = pointer(readBoolean(text))
	case "attributeSet/attributes/attributeOptions/negative":
		v.AttributeSet.Attributes[len(v.AttributeSet.Attributes)-1].AttributeOptions.Negative = pointer(readBoolean(text))
	case "attributeSet/attributes/attributeOptions/masked":
		v.AttributeSet.Attributes[len(v.AttributeSet.Attributes)-1].AttributeOptions.Masked = pointer(readBoolean(text))
	case "attributeSet/attributes/value":
		v.AttributeSet.Attributes[len(v.AttributeSet.Attributes)-1].Value = pointer(Value{Type: xsiType, Text: text})
	case "attributeSet/attributes/attributeID":
		v.AttributeSet.Attributes[len(v.AttributeSet.Attributes)-1].AttributeID = text
	}
}

// ReadElement begins an element that holds elements, by its path below userattributeQuery.
func (v *UserattributeQuery) ReadElement(path string) {
	switch path {
	case "":
		v.XMLName = xml.Name{Space: Administration, Local: "userattributeQuery"}
	case "attributeSet/attributes":
		v.AttributeSet.Attributes = append(v.AttributeSet.Attributes, AdministrationAttribute{})
	case "attributeSet/attributes/attributeOptions":
		v.AttributeSet.Attributes[len(v.AttributeSet.Attributes)-1].AttributeOptions = pointer(AttributeOptions{})
	case "fieldSet":
		v.FieldSet = pointer(AdministrationFieldSet{})
	case "queryOptions":
		v.QueryOptions = pointer(AdministrationQueryOptions{})
	}
}

// ReadText takes the text of a simple element, by its path below userattributeQuery.
func (v *UserattributeQuery) ReadText(path, xsiType, text string) {
	switch path {
	case "sessionID":
		v.SessionID = pointer(text)
	case "attributeSet/attributes/attributeOptions/null":
		v.AttributeSet.Attributes[len(v.AttributeSet.Attributes)-1].AttributeOptions.Null = pointer(readBoolean(text))
	case "attributeSet/attributes/attributeOptions/negative":
		v.AttributeSet.Attributes[len(v.AttributeSet.Attributes)-1].AttributeOptions.Negative = pointer(readBoolean(text))
	case "attributeSet/attributes/attributeOptions/masked":
		v.AttributeSet.Attributes[len(v.AttributeSet.Attributes)-1].AttributeOptions.Masked = pointer(readBoolean(text))
	case "attributeSet/attributes/value":
		v.AttributeSet.Attributes[len(v.AttributeSet.Attributes)-1].Value = pointer(Value{Type: xsiType, Text: text})
	case "attributeSet/attributes/attributeID":
		v.AttributeSet.Attributes[len(v.AttributeSet.Attributes)-1].AttributeID = text
	case "fieldSet/attributeID":
		v.FieldSet.AttributeID = append(v.FieldSet.AttributeID, text)
	case "queryOptions/distinct":
		v.QueryOptions.Distinct = pointer(readBoolean(text))
	case "queryOptions/rowoffset":
		v.QueryOptions.Rowoffset = pointer(readInt(text))
	case "queryOptions/rowcount":
		v.QueryOptions.Rowcount = pointer(readInt(text))
	case "queryOptions/count":
		v.QueryOptions.Count = pointer(readBoolean(text))
	case "queryOptions/sortorder":
		v.QueryOptions.Sortorder = pointer(text)
	}
}

// ReadElement begins an element that holds elements, by its path below digipassExecute.
func (v *DigipassExecute) ReadElement(path string) {
	switch path {
	case "":
		v.XMLName = xml.Name{Space: Administration, Local: "digipassExecute"}
	case "attributeSet/attributes":
		v.AttributeSet.Attributes = append(v.AttributeSet.Attributes, AdministrationAttribute{})
	case "attributeSet/attributes/attributeOptions":
		v.AttributeSet.Attributes[len(v.AttributeSet.Attributes)-1].AttributeOptions = pointer(AttributeOptions{})
	}
}

// ReadText takes the text of a simple element, by its path below digipassExecute.
func (v *DigipassExecute) ReadText(path, xsiType, text string) {
	switch path {
	case "sessionID":
		v.SessionID = pointer(text)
	case "cmd":
		v.Cmd = text
	case "attributeSet/attributes/attributeOptions/null":
		v.AttributeSet.Attributes[len(v.AttributeSet.Attributes)-1].AttributeOptions.Null = pointer(readBoolean(text))
	case "attributeSet/attributes/attributeOptions/negative":
		v.AttributeSet.Attributes[len(v.AttributeSet.Attributes)-1].AttributeOptions.Negative = pointer(readBoolean(text))
	case "attributeSet/attributes/attributeOptions/masked":
		v.AttributeSet.Attributes[len(v.AttributeSet.Attributes)-1].AttributeOptions.Masked = pointer(readBoolean(text))
	case "attributeSet/attributes/value":
		v.AttributeSet.Attributes[len(v.AttributeSet.Attributes)-1].Value = pointer(Value{Type: xsiType, Text: text})
	case "attributeSet/attributes/attributeID":
		v.AttributeSet.Attributes[len(v.AttributeSet.Attributes)-1].AttributeID = text
	}
}

// ReadElement begins an element that holds elements, by its path below digipassQuery.
func (v *DigipassQuery) ReadElement(path string) {
	switch path {
	case "":
		v.XMLName = xml.Name{Space: Administration, Local: "digipassQuery"}
	case "attributeSet/attributes":
		v.AttributeSet.Attributes = append(v.AttributeSet.Attributes, AdministrationAttribute{})
	case "attributeSet/attributes/attributeOptions":
		v.AttributeSet.Attributes[len(v.AttributeSet.Attributes)-1].AttributeOptions = pointer(AttributeOptions{})
	case "fieldSet":
		v.FieldSet = pointer(AdministrationFieldSet{})
	case "queryOptions":
		v.QueryOptions = pointer(AdministrationQueryOptions{})
	}
}

// ReadText takes the text of a simple element, by its path below digipassQuery.
func (v *DigipassQuery) ReadText(path, xsiType, text string) {
	switch path {
	case "sessionID":
		v.SessionID = pointer(text)
	case "attributeSet/attributes/attributeOptions/null":
		v.AttributeSet.Attributes[len(v.AttributeSet.Attributes)-1].AttributeOptions.Null = pointer(readBoolean(text))
	case "attributeSet/attributes/attributeOptions/negative":
		v.AttributeSet.Attributes[len(v.AttributeSet.Attributes)-1].AttributeOptions.Negative = pointer(readBoolean(text))
	case "attributeSet/attributes/attributeOptions/masked":
		v.AttributeSet.Attributes[len(v.AttributeSet.Attributes)-1].AttributeOptions.Masked = pointer(readBoolean(text))
	case "attributeSet/attributes/value":
		v.AttributeSet.Attributes[len(v.AttributeSet.Attributes)-1].Value = pointer(Value{Type: xsiType, Text: text})
	case "attributeSet/attributes/attributeID":
		v.AttributeSet.Attributes[len(v.AttributeSet.Attributes)-1].AttributeID = text
	case "fieldSet/attributeID":
		v.FieldSet.AttributeID = append(v.FieldSet.AttributeID, text)
	case "queryOptions/distinct":
		v.QueryOptions.Distinct = pointer(readBoolean(text))
	case "queryOptions/rowoffset":
		v.QueryOptions.Rowoffset = pointer(readInt(text))
	case "queryOptions/rowcount":
		v.QueryOptions.Rowcount = pointer(readInt(text))
	case "queryOptions/count":
		v.QueryOptions.Count = pointer(readBoolean(text))
	case "queryOptions/sortorder":
		v.QueryOptions.Sortorder = pointer(text)
	}
}

// ReadElement begins an element that holds elements, by its path below digipassapplExecute.
func (v *DigipassapplExecute) ReadElement(path string) {
	switch path {
	case "":
		v.XMLName = xml.Name{Space: Administration, Local: "digipassapplExecute"}
	case "attributeSet/attributes":
		v.AttributeSet.Attributes = append(v.AttributeSet.Attributes, AdministrationAttribute{})
	case "attributeSet/attributes/attributeOptions":
		v.AttributeSet.Attributes[len(v.AttributeSet.Attributes)-1].AttributeOptions = pointer(AttributeOptions{})
	}
}

// ReadText takes the text of a simple element, by its path below digipassapplExecute.
func (v *DigipassapplExecute) ReadText(path, xsiType, text string) {
	switch path {
	case "sessionID":
		v.SessionID = pointer(text)
	case "cmd":
		v.Cmd = text
	case "attributeSet/attributes/attributeOptions/null":
		v.AttributeSet.Attributes[len(v.AttributeSet.Attributes)-1].AttributeOptions.Null = pointer(readBoolean(text))
	case "attributeSet/attributes/attributeOptions/negative":
		v.AttributeSet.Attributes[len(v.AttributeSet.Attributes)-1].AttributeOptions.Negative = pointer(readBoolean(text))
	case "attributeSet/attributes/attributeOptions/masked":
		v.AttributeSet.Attributes[len(v.AttributeSet.Attributes)-1].AttributeOptions.Masked = pointer(readBoolean(text))
	case "attributeSet/attributes/value":
		v.AttributeSet.Attributes[len(v.AttributeSet.Attributes)-1].Value = pointer(Value{Type: xsiType, Text: text})
	case "attributeSet/attributes/attributeID":
		v.AttributeSet.Attributes[len(v.AttributeSet.Attributes)-1].AttributeID = text
	}
}

// ReadElement begins an element that holds elements, by its path below domainExecute.
func (v *DomainExecute) ReadElement(path string) {
	switch path {
	case "":
		v.XMLName = xml.Name{Space: Administration, Local: "domainExecute"}
	case "attributeSet/attributes":
		v.AttributeSet.Attributes = append(v.AttributeSet.Attributes, AdministrationAttribute{})
	case "attributeSet/attributes/attributeOptions":
		v.AttributeSet.Attributes[len(v.AttributeSet.Attributes)-1].AttributeOptions = pointer(AttributeOptions{})
	}
}

// ReadText takes the text of a simple element, by its path below domainExecute.
func (v *DomainExecute) ReadText(path, xsiType, text string) {
	switch path {
	case "sessionID":
		v.SessionID = pointer(text)
	case "cmd":
		v.Cmd = text
	case "attributeSet/attributes/attributeOptions/null":
		v.AttributeSet.Attributes[len(v.AttributeSet.Attributes)-1].AttributeOptions.Null = pointer(readBoolean(text))
	case "attributeSet/attributes/attributeOptions/negative":
		v.AttributeSet.Attributes[len(v.AttributeSet.Attributes)-1].AttributeOptions.Negative = pointer(readBoolean(text))
	case "attributeSet/attributes/attributeOptions/masked":
		v.AttributeSet.Attributes[len(v.AttributeSet.Attributes)-1].AttributeOptions.Masked = pointer(readBoolean(text))
	case "attributeSet/attributes/value":
		v.AttributeSet.Attributes[len(v.AttributeSet.Attributes)-1].Value = pointer(Value{Type: xsiType, Text: text})
	case "attributeSet/attributes/attributeID":
		v.AttributeSet.Attributes[len(v.AttributeSet.Attributes)-1].AttributeID = text
	}
}

// ReadElement begins an element that holds elements, by its path below domainQuery.
func (v *DomainQuery) ReadElement(path string) {
	switch path {
	case "":
		v.XMLName = xml.Name{Space: Administration, Local: "domainQuery"}
	case "attributeSet/attributes":
		v.AttributeSet.Attributes = append(v.AttributeSet.Attributes, AdministrationAttribute{})
	case "attributeSet/attributes/attributeOptions":
		v.AttributeSet.Attributes[len(v.AttributeSet.Attributes)-1].AttributeOptions = pointer(AttributeOptions{})
	case "fieldSet":
		v.FieldSet = pointer(AdministrationFieldSet{})
	case "queryOptions":
		v.QueryOptions = pointer(AdministrationQueryOptions{})
	}
}

// ReadText takes the text of a simple element, by its path below domainQuery.
func (v *DomainQuery) ReadText(path, xsiType, text string) {
	switch path {
	case "sessionID":
		v.SessionID = pointer(text)
	case "attributeSet/attributes/attributeOptions/null":
		v.AttributeSet.Attributes[len(v.AttributeSet.Attributes)-1].AttributeOptions.Null = pointer(readBoolean(text))
	case "attributeSet/attributes/attributeOptions/negative":
		v.AttributeSet.Attributes[len(v.AttributeSet.Attributes)-1].AttributeOptions.Negative = pointer(readBoolean(text))
	case "attributeSet/attributes/attributeOptions/masked":
		v.AttributeSet.Attributes[len(v.AttributeSet.Attributes)-1].AttributeOptions.Masked = pointer(readBoolean(text))
	case "attributeSet/attributes/value":
		v.AttributeSet.Attributes[len(v.AttributeSet.Attributes)-1].Value = pointer(Value{Type: xsiType, Text: text})
	case "attributeSet/attributes/attributeID":
		v.AttributeSet.Attributes[len(v.AttributeSet.Attributes)-1].AttributeID = text
	case "fieldSet/attributeID":
		v.FieldSet.AttributeID = append(v.FieldSet.AttributeID, text)
	case "queryOptions/distinct":
		v.QueryOptions.Distinct = pointer(readBoolean(text))
	case "queryOptions/rowoffset":
		v.QueryOptions.Rowoffset = pointer(readInt(text))
	case "queryOptions/rowcount":
		v.QueryOptions.Rowcount = pointer(readInt(text))
	case "queryOptions/count":
		v.QueryOptions.Count = pointer(readBoolean(text))
	case "queryOptions/sortorder":
		v.QueryOptions.Sortorder = pointer(text)
	}
}

// ReadElement begins an element that holds elements, by its path below orgunitExecute.
func (v *OrgunitExecute) ReadElement(path string) {
	switch path {
	case "":
		v.XMLName = xml.Name{Space: Administration, Local: "orgunitExecute"}
	case "attributeSet/attributes":
		v.AttributeSet.Attributes = append(v.AttributeSet.Attributes, AdministrationAttribute{})
	case "attributeSet/attributes/attributeOptions":
		v.AttributeSet.Attributes[len(v.AttributeSet.Attributes)-1].AttributeOptions = pointer(AttributeOptions{})
	}
}

// ReadText takes the text of a simple element, by its path below orgunitExecute.
func (v *OrgunitExecute) ReadText(path, xsiType, text string) {
	switch path {
	case "sessionID":
		v.SessionID = pointer(text)
	case "cmd":
		v.Cmd = text
	case "attributeSet/attributes/attributeOptions/null":
		v.AttributeSet.Attributes[len(v.AttributeSet.Attributes)-1].AttributeOptions.Null = pointer(readBoolean(text))
	case "attributeSet/attributes/attributeOptions/negative":
		v.AttributeSet.Attributes[len(v.AttributeSet.Attributes)-1].AttributeOptions.Negative = pointer(readBoolean(text))
	case "attributeSet/attributes/attributeOptions/masked":
		v.AttributeSet.Attributes[len(v.AttributeSet.Attributes)-1].AttributeOptions.Masked = pointer(readBoolean(text))
	case "attributeSet/attributes/value":
		v.AttributeSet.Attributes[len(v.AttributeSet.Attributes)-1].Value = pointer(Value{Type: xsiType, Text: text})
	case "attributeSet/attributes/attributeID":
		v.AttributeSet.Attributes[len(v.AttributeSet.Attributes)-1].AttributeID = text
	}
}

// ReadElement begins an element that holds elements, by its path below orgunitQuery.
func (v *OrgunitQuery) ReadElement(path string) {
	switch path {
	case "":
		v.XMLName = xml.Name{Space: Administration, Local: "orgunitQuery"}
	case "attributeSet/attributes":
		v.AttributeSet.Attributes = append(v.AttributeSet.Attributes, AdministrationAttribute{})
	case "attributeSet/attributes/attributeOptions":
		v.AttributeSet.Attributes[len(v.AttributeSet.Attributes)-1].AttributeOptions = pointer(AttributeOptions{})
	case "fieldSet":
		v.FieldSet = pointer(AdministrationFieldSet{})
	case "queryOptions":
		v.QueryOptions = pointer(AdministrationQueryOptions{})
	}
}

// ReadText takes the text of a simple element, by its path below orgunitQuery.
func (v *OrgunitQuery) ReadText(path, xsiType, text string) {
	switch path {
	case "sessionID":
		v.SessionID = pointer(text)
	case "attributeSet/attributes/attributeOptions/null":
		v.AttributeSet.Attributes[len(v.AttributeSet.Attributes)-1].AttributeOptions.Null = pointer(readBoolean(text))
	case "attributeSet/attributes/attributeOptions/negative":
		v.AttributeSet.Attributes[len(v.AttributeSet.Attributes)-1].AttributeOptions.Negative = pointer(readBoolean(text))
	case "attributeSet/attributes/attributeOptions/masked":
		v.AttributeSet.Attributes[len(v.AttributeSet.Attributes)-1].AttributeOptions.Masked = pointer(readBoolean(text))
	case "attributeSet/attributes/value":
		v.AttributeSet.Attributes[len(v.AttributeSet.Attributes)-1].Value = pointer(Value{Type: xsiType, Text: text})
	case "attributeSet/attributes/attributeID":
		v.AttributeSet.Attributes[len(v.AttributeSet.Attributes)-1].AttributeID = text
	case "fieldSet/attributeID":
		v.FieldSet.AttributeID = append(v.FieldSet.AttributeID, text)
	case "queryOptions/distinct":
		v.QueryOptions.Distinct = pointer(readBoolean(text))
	case "queryOptions/rowoffset":
		v.QueryOptions.Rowoffset = pointer(readInt(text))
	case "queryOptions/rowcount":
		v.QueryOptions.Rowcount = pointer(readInt(text))
	case "queryOptions/count":
		v.QueryOptions.Count = pointer(readBoolean(text))
	case "queryOptions/sortorder":
		v.QueryOptions.Sortorder = pointer(text)
	}
}

// ReadElement begins an element that holds elements, by its path below authUser.
func (v *AuthUser) ReadElement(path string) {
	switch path {
	case "":
		v.XMLName = xml.Name{Space: Authentication, Local: "authUser"}
	case "credentialAttributeSet/attributes":
		v.CredentialAttributeSet.Attributes = append(v.CredentialAttributeSet.Attributes, CredentialAttribute{})
	case "credentialAttributeSet/attributes/attributeOptions":
		v.CredentialAttributeSet.Attributes[len(v.CredentialAttributeSet.Attributes)-1].AttributeOptions = pointer(AttributeOptions{})
	}
}

// ReadText takes the text of a simple element, by its path below authUser.
func (v *AuthUser) ReadText(path, xsiType, text string) {
	switch path {
	case "credentialAttributeSet/attributes/attributeOptions/null":
		v.CredentialAttributeSet.Attributes[len(v.CredentialAttributeSet.Attributes)-1].AttributeOptions.Null = pointer(readBoolean(text))
	case "credentialAttributeSet/attributes/attributeOptions/negative":
		v.CredentialAttributeSet.Attributes[len(v.CredentialAttributeSet.Attributes)-1].AttributeOptions.Negative = pointer(readBoolean(text))
	case "credentialAttributeSet/attributes/attributeOptions/masked":
		v.CredentialAttributeSet.Attributes[len(v.CredentialAttributeSet.Attributes)-1].AttributeOptions.Masked = pointer(readBoolean(text))
	case "credentialAttributeSet/attributes/value":
		v.CredentialAttributeSet.Attributes[len(v.CredentialAttributeSet.Attributes)-1].Value = pointer(Value{Type: xsiType, Text: text})
	case "credentialAttributeSet/attributes/attributeID":
		v.CredentialAttributeSet.Attributes[len(v.CredentialAttributeSet.Attributes)-1].AttributeID = text
	}
}

// ReadElement begins an element that holds elements, by its path below getChallenge.
func (v *GetChallenge) ReadElement(path string) {
	switch path {
	case "":
		v.XMLName = xml.Name{Space: Authentication, Local: "getChallenge"}
	case "credentialAttributeSet/attributes":
		v.CredentialAttributeSet.Attributes = append(v.CredentialAttributeSet.Attributes, CredentialAttribute{})
	case "credentialAttributeSet/attributes/attributeOptions":
		v.CredentialAttributeSet.Attributes[len(v.CredentialAttributeSet.Attributes)-1].AttributeOptions = pointer(AttributeOptions{})
	}
}

// ReadText takes the text of a simple element, by its path below getChallenge.
func (v *GetChallenge) ReadText(path, xsiType, text string) {
	switch path {
	case "credentialAttributeSet/attributes/attributeOptions/null":
		v.CredentialAttributeSet.Attributes[len(v.CredentialAttributeSet.Attributes)-1].AttributeOptions.Null = pointer(readBoolean(text))
	case "credentialAttributeSet/attributes/attributeOptions/negative":
		v.CredentialAttributeSet.Attributes[len(v.CredentialAttributeSet.Attributes)-1].AttributeOptions.Negative = pointer(readBoolean(text))
	case "credentialAttributeSet/attributes/attributeOptions/masked":
		v.CredentialAttributeSet.Attributes[len(v.CredentialAttributeSet.Attributes)-1].AttributeOptions.Masked = pointer(readBoolean(text))
	case "credentialAttributeSet/attributes/value":
		v.CredentialAttributeSet.Attributes[len(v.CredentialAttributeSet.Attributes)-1].Value = pointer(Value{Type: xsiType, Text: text})
	case "credentialAttributeSet/attributes/attributeID":
		v.CredentialAttributeSet.Attributes[len(v.CredentialAttributeSet.Attributes)-1].AttributeID = text
	}
}

// ReadElement begins an element that holds elements, by its path below updatePassword.
func (v *UpdatePassword) ReadElement(path string) {
	switch path {
	case "":
		v.XMLName = xml.Name{Space: Authentication, Local: "updatePassword"}
	case "credentialAttributeSet/attributes":
		v.CredentialAttributeSet.Attributes = append(v.CredentialAttributeSet.Attributes, CredentialAttribute{})
	case "credentialAttributeSet/attributes/attributeOptions":
		v.CredentialAttributeSet.Attributes[len(v.CredentialAttributeSet.Attributes)-1].AttributeOptions = pointer(AttributeOptions{})
	}
}

// ReadText takes the text of a simple element, by its path below updatePassword.
func (v *UpdatePassword) ReadText(path, xsiType, text string) {
	switch path {
	case "credentialAttributeSet/attributes/attributeOptions/null":
		v.CredentialAttributeSet.Attributes[len(v.CredentialAttributeSet.Attributes)-1].AttributeOptions.Null = pointer(readBoolean(text))
	case "credentialAttributeSet/attributes/attributeOptions/negative":
		v.CredentialAttributeSet.Attributes[len(v.CredentialAttributeSet.Attributes)-1].AttributeOptions.Negative = pointer(readBoolean(text))
	case "credentialAttributeSet/attributes/attributeOptions/masked":
		v.CredentialAttributeSet.Attributes[len(v.CredentialAttributeSet.Attributes)-1].AttributeOptions.Masked = pointer(readBoolean(text))
	case "credentialAttributeSet/attributes/value":
		v.CredentialAttributeSet.Attributes[len(v.CredentialAttributeSet.Attributes)-1].Value = pointer(Value{Type: xsiType, Text: text})
	case "credentialAttributeSet/attributes/attributeID":
		v.CredentialAttributeSet.Attributes[len(v.CredentialAttributeSet.Attributes)-1].AttributeID = text
	}
}

// ReadElement begins an element that holds elements, by its path below getSecureChallenge.
func (v *GetSecureChallenge) ReadElement(path string) {
	switch path {
	case "":
		v.XMLName = xml.Name{Space: Authentication, Local: "getSecureChallenge"}
	case "credentialAttributeSet/attributes":
		v.CredentialAttributeSet.Attributes = append(v.CredentialAttributeSet.Attributes, CredentialAttribute{})
	case "credentialAttributeSet/attributes/attributeOptions":
		v.CredentialAttributeSet.Attributes[len(v.CredentialAttributeSet.Attributes)-1].AttributeOptions = pointer(AttributeOptions{})
	}
}

// ReadText takes the text of a simple element, by its path below getSecureChallenge.
func (v *GetSecureChallenge) ReadText(path, xsiType, text string) {
	switch path {
	case "credentialAttributeSet/attributes/attributeOptions/null":
		v.CredentialAttributeSet.Attributes[len(v.CredentialAttributeSet.Attributes)-1].AttributeOptions.Null = pointer(readBoolean(text))
	case "credentialAttributeSet/attributes/attributeOptions/negative":
		v.CredentialAttributeSet.Attributes[len(v.CredentialAttributeSet.Attributes)-1].AttributeOptions.Negative = pointer(readBoolean(text))
	case "credentialAttributeSet/attributes/attributeOptions/masked":
		v.CredentialAttributeSet.Attributes[len(v.CredentialAttributeSet.Attributes)-1].AttributeOptions.Masked = pointer(readBoolean(text))
	case "credentialAttributeSet/attributes/value":
		v.CredentialAttributeSet.Attributes[len(v.CredentialAttributeSet.Attributes)-1].Value = pointer(Value{Type: xsiType, Text: text})
	case "credentialAttributeSet/attributes/attributeID":
		v.CredentialAttributeSet.Attributes[len(v.CredentialAttributeSet.Attributes)-1].AttributeID = text
	}
}

// ReadElement begins an element that holds elements, by its path below cancelAuthUser.
func (v *CancelAuthUser) ReadElement(path string) {
	switch path {
	case "":
		v.XMLName = xml.Name{Space: Authentication, Local: "cancelAuthUser"}
	case "credentialAttributeSet/attributes":
		v.CredentialAttributeSet.Attributes = append(v.CredentialAttributeSet.Attributes, CredentialAttribute{})
	case "credentialAttributeSet/attributes/attributeOptions":
		v.CredentialAttributeSet.Attributes[len(v.CredentialAttributeSet.Attributes)-1].AttributeOptions = pointer(AttributeOptions{})
	}
}

// ReadText takes the text of a simple element, by its path below cancelAuthUser.
func (v *CancelAuthUser) ReadText(path, xsiType, text string) {
	switch path {
	case "credentialAttributeSet/attributes/attributeOptions/null":
		v.CredentialAttributeSet.Attributes[len(v.CredentialAttributeSet.Attributes)-1].AttributeOptions.Null = pointer(readBoolean(text))
	case "credentialAttributeSet/attributes/attributeOptions/negative":
		v.CredentialAttributeSet.Attributes[len(v.CredentialAttributeSet.Attributes)-1].AttributeOptions.Negative = pointer(readBoolean(text))
	case "credentialAttributeSet/attributes/attributeOptions/masked":
		v.CredentialAttributeSet.Attributes[len(v.CredentialAttributeSet.Attributes)-1].AttributeOptions.Masked = pointer(readBoolean(text))
	case "credentialAttributeSet/attributes/value":
		v.CredentialAttributeSet.Attributes[len(v.CredentialAttributeSet.Attributes)-1].Value = pointer(Value{Type: xsiType, Text: text})
	case "credentialAttributeSet/attributes/attributeID":
		v.CredentialAttributeSet.Attributes[len(v.CredentialAttributeSet.Attributes)-1].AttributeID = text
	}
}

// ReadElement begins an element that holds elements, by its path below authSignature.
func (v *AuthSignature) ReadElement(path string) {
	switch path {
	case "":
		v.XMLName = xml.Name{Space: Signature, Local: "authSignature"}
	case "attributeSet/attributes":
		v.AttributeSet.Attributes = append(v.AttributeSet.Attributes, SignatureAttribute{})
	case "attributeSet/attributes/attributeOptions":
		v.AttributeSet.Attributes[len(v.AttributeSet.Attributes)-1].AttributeOptions = pointer(AttributeOptions{})
	case "dataFieldList":
		v.DataFieldList = pointer(DataFieldList{})
	case "dataFieldList/dataField":
		v.DataFieldList.DataField = append(v.DataFieldList.DataField, DataField{})
	}
}

// ReadText takes the text of a simple element, by its path below authSignature.
func (v *AuthSignature) ReadText(path, xsiType, text string) {
	switch path {
	case "attributeSet/attributes/attributeOptions/null":
		v.AttributeSet.Attributes[len(v.AttributeSet.Attributes)-1].AttributeOptions.Null = pointer(readBoolean(text))
	case "attributeSet/attributes/attributeOptions/negative":
		v.AttributeSet.Attributes[len(v.AttributeSet.Attributes)-1].AttributeOptions.Negative = pointer(readBoolean(text))
	case "attributeSet/attributes/attributeOptions/masked":
		v.AttributeSet.Attributes[len(v.AttributeSet.Attributes)-1].AttributeOptions.Masked = pointer(readBoolean(text))
	case "attributeSet/attributes/value":
		v.AttributeSet.Attributes[len(v.AttributeSet.Attributes)-1].Value = pointer(Value{Type: xsiType, Text: text})
	case "attributeSet/attributes/attributeID":
		v.AttributeSet.Attributes[len(v.AttributeSet.Attributes)-1].AttributeID = text
	case "dataFieldList/dataField/key":
		v.DataFieldList.DataField[len(v.DataFieldList.DataField)-1].Key = pointer(text)
	case "dataFieldList/dataField/value":
		v.DataFieldList.DataField[len(v.DataFieldList.DataField)-1].Value = text
	}
}

// ReadElement begins an element that holds elements, by its path below genRequest.
func (v *GenRequest) ReadElement(path string) {
	switch path {
	case "":
		v.XMLName = xml.Name{Space: Signature, Local: "genRequest"}
	case "attributeSet/attributes":
		v.AttributeSet.Attributes = append(v.AttributeSet.Attributes, SignatureAttribute{})
	case "attributeSet/attributes/attributeOptions":
		v.AttributeSet.Attributes[len(v.AttributeSet.Attributes)-1].AttributeOptions = pointer(AttributeOptions{})
	case "dataFieldList":
		v.DataFieldList = pointer(DataFieldList{})
	case "dataFieldList/dataField":
		v.DataFieldList.DataField = append(v.DataFieldList.DataField, DataField{})
	}
}

// ReadText takes the text of a simple element, by its path below genRequest.
func (v *GenRequest) ReadText(path, xsiType, text string) {
	switch path {
	case "attributeSet/attributes/attributeOptions/null":
		v.AttributeSet.Attributes[len(v.AttributeSet.Attributes)-1].AttributeOptions.Null = pointer(readBoolean(text))
	case "attributeSet/attributes/attributeOptions/negative":
		v.AttributeSet.Attributes[len(v.AttributeSet.Attributes)-1].AttributeOptions.Negative = pointer(readBoolean(text))
	case "attributeSet/attributes/attributeOptions/masked":
		v.AttributeSet.Attributes[len(v.AttributeSet.Attributes)-1].AttributeOptions.Masked = pointer(readBoolean(text))
	case "attributeSet/attributes/value":
		v.AttributeSet.Attributes[len(v.AttributeSet.Attributes)-1].Value = pointer(Value{Type: xsiType, Text: text})
	case "attributeSet/attributes/attributeID":
		v.AttributeSet.Attributes[len(v.AttributeSet.Attributes)-1].AttributeID = text
	case "dataFieldList/dataField/key":
		v.DataFieldList.DataField[len(v.DataFieldList.DataField)-1].Key = pointer(text)
	case "dataFieldList/dataField/value":
		v.DataFieldList.DataField[len(v.DataFieldList.DataField)-1].Value = text
	}
}
