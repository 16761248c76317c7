package drafting

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/dsappd/dsappd/replay/transcript"
)

// restCall is a call of a door that is REST.
type restCall struct {
	door  string // one of transcript.DoorNames
	name  string // its method and the path with its variables in braces, such as GET users/{user}
	path  string // behind the URL of the server, as it was sent, with its query
	parts []pathPart
	query []queryPart
}

// pathPart is a segment of a path; name is that of a variable, or empty.
type pathPart struct{ name, text string }

// queryPart is a parameter of a query.
type queryPart struct{ name, value string }

// method returns that of HTTP.
func (c restCall) method() string { method, _, _ := strings.Cut(c.name, " "); return method }

// restDoors are the doors with the beginning of their paths and what is asked
// there. Variables stand in braces.
var restDoors = []struct {
	door, below string
	calls       []string
}{
	{transcript.Platform, "/v1/", []string{
		"POST users/register", "POST users/{user}/unregister",
		"POST registrations", "POST registrations/check-status",
		"POST registrations/{registrationID}/add-device", "POST registrations/{registrationID}/activate",
		"GET users", "PUT users/{user}", "PATCH users/{user}", "GET users/{user}", "DELETE users/{user}",
		"POST users/{user}/unlock", "POST users/{user}/reset-password", "POST users/{user}/reset-last-authentication-time", "POST users/{user}/assign",
		"GET authenticators", "GET authenticators/{serialNumber}", "DELETE authenticators/{serialNumber}",
		"POST authenticators/{serialNumber}/assign", "POST authenticators/{serialNumber}/unassign",
		"POST authenticators/{serialNumber}/generate-activation-data", "POST authenticators/{serialNumber}/generate-activation-message",
		"PATCH authenticators/{serialNumber}/applications/{application}", "POST authenticators/{serialNumber}/applications/{application}/generate-votp",
		"GET visualcodes/render", "POST visualcodes/render",
		"POST users/{user}/generate-challenge", "POST users/{user}/login", "POST users/{user}/events/validate",
		"POST users/{user}/transactions/validate", "POST users/{user}/generate-virtual-signature", "GET sessions/{requestID}",
	}},
	{transcript.Gateway, "/rest/v2/", []string{
		"POST provisioning/DSAPPSRPGenerateEphemeralKey", "POST provisioning/DSAPPSRPGenerateActivationData", "POST provisioning/DSAPPSRPActivate",
		"POST provisioning/MdlRegister", "POST provisioning/MdlAddDevice", "POST provisioning/MdlActivate", "POST provisioning/getServerTime",
		"POST authentication/authUser", "POST notification/push/updateNotificationID",
	}},
}

// restCallOf returns the call that a method and a URL, or the target of a
// request line, are.
func restCallOf(method, target string) (restCall, bool) {
	target, _, _ = strings.Cut(target, "#")
	path, query, _ := strings.Cut(target, "?")
	for _, door := range restDoors {
		at := strings.LastIndex(path, door.below)
		if at < 0 {
			continue
		}
		segments := strings.Split(path[at+len(door.below):], "/")
		for _, name := range door.calls {
			if parts, fits := fit(name, cmp.Or(strings.ToUpper(method), http.MethodPost), segments); fits {
				return restCall{door: door.door, name: name, path: strings.TrimPrefix(target[at:], "/"), parts: parts, query: queryOf(query)}, true
			}
		}
	}
	return restCall{}, false
}

// fit returns the segments of a path by a call's name. The names with the fewest
// variables come first in the table.
func fit(name, method string, segments []string) ([]pathPart, bool) {
	asked, path, _ := strings.Cut(name, " ")
	wanted := strings.Split(path, "/")
	if asked != method || len(wanted) != len(segments) {
		return nil, false
	}
	var parts []pathPart
	for i, want := range wanted {
		variable := strings.TrimSuffix(strings.TrimPrefix(want, "{"), "}")
		if variable == want && want != segments[i] || segments[i] == "" {
			return nil, false
		}
		part := pathPart{text: segments[i]}
		if variable != want {
			part.name = variable
		}
		parts = append(parts, part)
	}
	return parts, true
}

func queryOf(query string) []queryPart {
	var all []queryPart
	for pair := range strings.SplitSeq(query, "&") {
		name, value, _ := strings.Cut(pair, "=")
		plain, err := url.QueryUnescape(value)
		if name != "" && err == nil {
			all = append(all, queryPart{name, plain})
		}
	}
	return all
}

// call returns the call that an exchange is, if it is one of a door that is REST.
func (r Recorded) call() (restCall, bool) {
	if r.Target == "" {
		return restCall{}, false
	}
	return restCallOf(r.Method, r.Target)
}

// fieldNames are the fields that members of JSON are by other names.
var fieldNames = map[string]string{
	"login": "userID", "passkey": "staticPassword", "passKey": "staticPassword", "devicecode": "deviceCode", "activationtype": "activationType",
	"OTP": "response", "registrationIdentifier": "registrationID", "instanceActivationMessage": "activationMessage2",
	"activationMessageImage": "activationMessage", "digipassInstanceID": "serialNumber", "encryptedNotificationID": "devicePNID", "serialNo": "serialNumber",
}

// fieldName returns the field that a member of a call is.
func (c restCall) fieldName(member string) string {
	switch {
	case member == "password" && c.name == "POST provisioning/MdlRegister":
		return "staticPassword"
	case member == "password" && c.name == "POST authentication/authUser":
		return "response" // most often
	}
	return cmp.Or(fieldNames[member], member)
}

// is reports whether a call is one of some names.
func (c *restCall) is(names ...string) bool { return c != nil && slices.Contains(names, c.name) }

// isLogin reports whether a call authenticates a user.
func (c *restCall) isLogin() bool {
	return c.is("POST users/{user}/login", "POST users/{user}/events/validate", "POST authentication/authUser")
}

// usesAuthenticator reports whether a one-time password or a signature was
// accepted, or a device was asked.
func (e *exchanged) usesAuthenticator() bool {
	if !e.granted() {
		return false
	}
	otp := e.request.rest.isLogin() && matches(oneTimePassword, e.request.value("response"))
	return otp || e.request.rest.is("POST users/{user}/transactions/validate", "POST users/{user}/generate-challenge")
}

// lists reports whether a reply tells of more than the call names.
func (c *restCall) lists() bool { return c.is("GET users", "GET authenticators") } // also of nil

// isRESTActivation reports whether a call would activate by a one-time password
// or a derivation code.
func (e *exchanged) isRESTActivation() bool {
	proof := e.request.value("response") != "" || e.request.value("derivationCode") != ""
	return proof && e.request.rest.is("POST registrations/{registrationID}/activate", "POST provisioning/DSAPPSRPActivate")
}
