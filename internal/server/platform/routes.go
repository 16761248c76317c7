package platform

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/dsappd/dsappd/internal/provision"
)

// endpoint is a method and a path, and who may ask it. A segment of the path in
// braces stands for any text.
type endpoint struct {
	method string
	path   string
	scope  provision.PlatformScope // empty: it is open to all
	answer func(*call) (any, error)

	segments []string // of the path
}

// endpoints returns the table of endpoints.
func endpoints() []endpoint {
	const register, administer, render, authenticate = provision.ScopeRegister, provision.ScopeAdminister, provision.ScopeRender, provision.ScopeLogin
	return []endpoint{
		{method: http.MethodGet, path: "/", scope: "", answer: showViewer},
		{method: http.MethodGet, path: "/viewer/{file}", scope: "", answer: viewerFile},
		{method: http.MethodGet, path: "/v1/openapi.json", scope: "", answer: describe},

		{method: http.MethodPost, path: "/v1/users/register", scope: register, answer: registerUser},
		{method: http.MethodPost, path: "/v1/users/{user}/unregister", scope: register, answer: unregisterUser},
		{method: http.MethodPost, path: "/v1/registrations", scope: register, answer: addRegistration},
		{method: http.MethodPost, path: "/v1/registrations/check-status", scope: register, answer: checkStatus},
		{method: http.MethodPost, path: "/v1/registrations/{registrationID}/add-device", scope: register, answer: addDevice},
		{method: http.MethodPost, path: "/v1/registrations/{registrationID}/activate", scope: register, answer: activate},

		{method: http.MethodGet, path: "/v1/users", scope: administer, answer: listUsers},
		{method: http.MethodPut, path: "/v1/users/{user}", scope: administer, answer: putUser},
		{method: http.MethodPatch, path: "/v1/users/{user}", scope: administer, answer: patchUser},
		{method: http.MethodGet, path: "/v1/users/{user}", scope: administer, answer: getUser},
		{method: http.MethodDelete, path: "/v1/users/{user}", scope: administer, answer: deleteUser},
		{method: http.MethodPost, path: "/v1/users/{user}/unlock", scope: administer, answer: unlockUser},
		{method: http.MethodPost, path: "/v1/users/{user}/reset-password", scope: administer, answer: resetPassword},
		{method: http.MethodPost, path: "/v1/users/{user}/reset-last-authentication-time", scope: administer, answer: resetLastAuthentication},
		{method: http.MethodPost, path: "/v1/users/{user}/assign", scope: administer, answer: assignToUser},

		{method: http.MethodGet, path: "/v1/authenticators", scope: administer, answer: listAuthenticators},
		{method: http.MethodGet, path: "/v1/authenticators/{serialNumber}", scope: administer, answer: getAuthenticator},
		{method: http.MethodDelete, path: "/v1/authenticators/{serialNumber}", scope: administer, answer: deleteAuthenticator},
		{method: http.MethodPost, path: "/v1/authenticators/{serialNumber}/assign", scope: administer, answer: assignAuthenticator},
		{method: http.MethodPost, path: "/v1/authenticators/{serialNumber}/unassign", scope: administer, answer: unassignAuthenticator},
		{method: http.MethodPost, path: "/v1/authenticators/{serialNumber}/generate-activation-data", scope: register, answer: generateActivationData},
		{method: http.MethodPost, path: "/v1/authenticators/{serialNumber}/generate-activation-message", scope: register, answer: generateActivationMessage},

		{method: http.MethodPatch, path: "/v1/authenticators/{serialNumber}/applications/{application}", scope: administer, answer: patchApplication},
		{method: http.MethodPost, path: "/v1/authenticators/{serialNumber}/applications/{application}/generate-votp", scope: administer, answer: generateVirtualOTP},

		{method: http.MethodGet, path: "/v1/visualcodes/render", scope: render, answer: renderQuery},
		{method: http.MethodPost, path: "/v1/visualcodes/render", scope: render, answer: renderBody},

		{method: http.MethodPost, path: "/v1/users/{user}/generate-challenge", scope: authenticate, answer: generateChallenge},
		{method: http.MethodPost, path: "/v1/users/{user}/login", scope: authenticate, answer: login},
		{method: http.MethodPost, path: "/v1/users/{user}/events/validate", scope: authenticate, answer: validateEvent},
		{method: http.MethodPost, path: "/v1/users/{user}/transactions/validate", scope: authenticate, answer: validateTransaction},
		{method: http.MethodPost, path: "/v1/users/{user}/generate-virtual-signature", scope: authenticate, answer: withoutVirtualSignatures},
		{method: http.MethodGet, path: "/v1/sessions/{requestID}", scope: authenticate, answer: getSession},

		{method: http.MethodPost, path: "/v1/orchestration-commands", scope: register, answer: orchestrate},
		{method: http.MethodPost, path: "/v1/orchestration-commands-v2", scope: register, answer: orchestrate},
	}
}

// table is what requests are looked up in. It never changes.
var table = parted(endpoints())

// parted makes each path ready to be compared.
func parted(all []endpoint) []endpoint {
	for i := range all {
		all[i].segments = strings.Split(strings.TrimPrefix(all[i].path, "/"), "/")
	}
	return all
}

// route finds the endpoint of a method and an escaped path, with the texts of its
// segments in braces. Of several paths that fit, the first one in the table is
// asked. Without an endpoint it returns the methods that the path takes.
func route(method, escaped string) (found endpoint, segments map[string]string, allow []string) {
	parts, ok := split(escaped)
	if !ok {
		return endpoint{}, nil, nil
	}
	asked := ""
	for i := range table {
		e := &table[i]
		if asked != "" && e.path != asked {
			continue
		}
		if !e.fits(parts) {
			continue
		}
		if e.method == method || method == http.MethodHead && e.method == http.MethodGet {
			return *e, e.values(parts), nil
		}
		asked, allow = e.path, append(allow, e.method)
	}
	return endpoint{}, nil, allow
}

// split parts a path at its slashes. A slash in a name is escaped.
func split(escaped string) ([]string, bool) {
	if escaped == "/" {
		return []string{""}, true
	}
	parts := strings.Split(strings.TrimPrefix(escaped, "/"), "/")
	for i, part := range parts {
		text, err := url.PathUnescape(part)
		if err != nil || text == "" {
			return nil, false
		}
		parts[i] = text
	}
	return parts, true
}

// fits reports whether the endpoint has a path of these parts.
func (e *endpoint) fits(parts []string) bool {
	if len(e.segments) != len(parts) {
		return false
	}
	for i, segment := range e.segments {
		if segment != parts[i] && !inBraces(segment) {
			return false
		}
	}
	return true
}

// values returns the parts in the place of the segments in braces.
func (e *endpoint) values(parts []string) map[string]string {
	values := make(map[string]string)
	for i, segment := range e.segments {
		if inBraces(segment) {
			values[strings.Trim(segment, "{}")] = parts[i]
		}
	}
	return values
}

func inBraces(segment string) bool { return strings.HasPrefix(segment, "{") }
