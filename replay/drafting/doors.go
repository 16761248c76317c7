package drafting

import (
	"regexp"
	"strings"
)

// door is an interface beside provisioning: its users log in, sign and administer
// without a registration.
type door string

const (
	authentication door = "authentication"
	administration door = "administration"
	signing        door = "signature"
)

// doorOf returns the interface of an element in a Body; empty: that of
// provisioning, or none that is known. Clients without a WSDL leave namespaces
// out, so the name decides.
func doorOf(element string) door { return doors[strings.TrimSuffix(element, "Response")] }

var doors = map[string]door{
	"authUser": authentication, "getChallenge": authentication, "getSecureChallenge": authentication,
	"cancelAuthUser": authentication, "updatePassword": authentication,
	"genRequest": signing, "authSignature": signing,
	"logon": administration, "logoff": administration, "sessionalive": administration, "adminSessionQuery": administration,
	"userExecute": administration, "userQuery": administration,
	"userattributeExecute": administration, "userattributeQuery": administration,
	"digipassExecute": administration, "digipassQuery": administration, "digipassapplExecute": administration,
	"domainExecute": administration, "domainQuery": administration,
	"orgunitExecute": administration, "orgunitQuery": administration,
}

// meaning says what a value of these interfaces is, and so what stands for it in a
// transcript.
type meaning int

const (
	someText   meaning = iota // masked where secrets are
	openText                  // stays as it is
	password                  // has a stand-in
	pin                       // has a stand-in of its length
	otp                       // is computed
	combined                  // is a password, a PIN and a one-time password in one text
	handedOut                 // was handed out, and is captured
	signedText                // is the signature of the others
)

// meaningOf returns what the value of a field is.
func meaningOf(name string) meaning {
	if known, ok := meanings[name]; ok {
		return known
	}
	if matches(openDoorFields, name) {
		return openText
	}
	return someText
}

var meanings = map[string]meaning{
	"staticPassword":                      password,
	"CREDFLD_NEW_STATIC_PASSWORD":         password,
	"CREDFLD_CONFIRM_STATIC_PASSWORD":     password,
	"CREDFLD_CONFIRM_NEW_STATIC_PASSWORD": password,
	"USERFLD_PASSWORD":                    password,
	"USERFLD_NEW_PASSWORD":                password,
	"USERFLD_CONFIRM_NEW_PASSWORD":        password,
	"CREDFLD_CURRENT_PIN":                 pin,
	"CREDFLD_NEW_PIN":                     pin,
	"CREDFLD_CONFIRM_NEW_PIN":             pin,
	"DIGIPASSAPPLFLD_NEW_PIN":             pin,
	"DIGIPASSAPPLFLD_NEW_PIN_CONF":        pin,
	"response":                            otp,
	"CREDFLD_PASSWORD":                    combined,
	"DIGIPASSAPPLFLD_RESPONSE":            combined,
	"sessionID":                           handedOut,
	"CREDFLD_SESSION_ID":                  handedOut,
	"CREDFLD_CHALLENGE_KEY":               handedOut,
	"SIGNFLD_REQUEST_KEY":                 handedOut,
	"SIGNFLD_SIGNATURE":                   signedText,
}

// openDoorFields are the fields of these interfaces that hold no secret and say
// little about a person. What is not among them is masked.
var openDoorFields = whole(strings.Join([]string{
	`componentType|userID|domain|orgUnit|serialNumber|cmd|null|negative|masked`,
	`rowoffset|rowcount|distinct|count|sortorder|adminDomain|resultCount`,
	`CREDFLD_(PASSWORD_FORMAT|CHALLENGE|USER_ATTRIBUTE_GROUP|AUTH_TYPE|REQUEST_HOST_CODE|LAST_LOGON_TIME)`,
	`SIGNFLD_(DEFERRED_DATETIME|DEFERRED_EVENT_VALUE|REQUEST_CONFIRM_CODE|AUTH_TYPE|CRYPTO_APP_INDEX|CRYPTO_APP_NAME)`,
	`USERFLD_(USERID|DOMAIN|LOCAL_AUTH|BACKEND_AUTH|DISABLED|LOCKED|LOCK_COUNT|HAS_DP|ASSIGNED_DIGIPASS|ORGANIZATIONAL_UNIT|` +
		`OFFLINE_AUTH_ENABLED|EXPIRATION_TIME|EXPIRED|CREATE_TIME|MODIFY_TIME|STATUS|ADMIN_LEVEL|VDP_DELIVERY_METHOD|VDP_SIGN_DELIVERY_METHOD)`,
	`UATTFLD_(USERID|DOMAIN|ATTR_GROUP|NAME|USAGE_QUALIFIER|OPTIONS)`,
	`DIGIPASSFLD_(SERNO|DOMAIN|ORGANIZATIONAL_UNIT|DPTYPE|ACTIVE_APPL_NAMES|ACTIVE_APPL_TYPES|ASSIGN_STATUS|ASSIGNED_USERID|` +
		`ASSIGNED_USER_ORG_UNIT|GRACE_PERIOD_DAYS|GRACE_PERIOD_EXPIRED|EXPIRED|EXPIRATION_TIME|BIND_STATUS|MAX_ACTIVATIONS|` +
		`DEVICE_TYPE|DIRECT_ASSIGN_ONLY|LICENSE_SERNO)`,
	`DIGIPASSAPPLFLD_(SERNO|APPL_NAME|APPL_TYPE|RESULT_CODE|ERROR_COUNT|PIN_SUPPORTED|PIN_SET)`,
	`DOMAINFLD_(DOMAIN|MASTERDOMAIN)`,
	`ORGUNITFLD_(DOMAIN|ORGANIZATIONAL_UNIT|PARENT_ORGANIZATIONAL_UNIT)`,
	`ADMINSESSIONFLD_(LOGIN_NAME|DOMAIN)`,
}, "|"))

// attribute returns the value of an attribute, also where it stands there several
// times with the same text.
func (m *message) attributeValue(name string) string {
	if m == nil || len(m.fields[name]) == 0 {
		return ""
	}
	for _, f := range m.fields[name][1:] {
		if f.text != m.fields[name][0].text {
			return ""
		}
	}
	return m.fields[name][0].text
}

// apiKey reads what a service user sends in the place of a session.
func apiKey(session string) (userID, domain, key string, ok bool) {
	found := apiKeyForm.FindStringSubmatch(session)
	if found == nil {
		return "", "", "", false
	}
	userID, domain = found[1], "master"
	if at := strings.LastIndex(userID, "@"); at > 0 {
		userID, domain = userID[:at], userID[at+1:]
	}
	return userID, domain, found[2], true
}

var apiKeyForm = regexp.MustCompile(`^(?i:apikey)\s+([^:]+):(.+)$`)
