package platform

import (
	"net/http"
	"net/url"
	"slices"
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
}

// endpoints is the table of them.
func endpoints() []endpoint {
	const register, administer, render, authenticate = provision.ScopeRegister, provision.ScopeAdminister, provision.ScopeRender, provision.ScopeLogin
	return []endpoint{
		{http.MethodGet, "/v1/openapi.json", "", describe},

		{http.MethodPost, "/v1/users/register", register, registerUser},
		{http.MethodPost, "/v1/users/{user}/unregister", register, unregisterUser},
		{http.MethodPost, "/v1/registrations", register, addRegistration},
		{http.MethodPost, "/v1/registrations/check-status", register, checkStatus},
		{http.MethodPost, "/v1/registrations/{registrationID}/add-device", register, addDevice},
		{http.MethodPost, "/v1/registrations/{registrationID}/activate", register, activate},

		{http.MethodGet, "/v1/users", administer, listUsers},
		{http.MethodPut, "/v1/users/{user}", administer, putUser},
		{http.MethodPatch, "/v1/users/{user}", administer, patchUser},
		{http.MethodGet, "/v1/users/{user}", administer, getUser},
		{http.MethodDelete, "/v1/users/{user}", administer, deleteUser},
		{http.MethodPost, "/v1/users/{user}/unlock", administer, unlockUser},
		{http.MethodPost, "/v1/users/{user}/reset-password", administer, resetPassword},
		{http.MethodPost, "/v1/users/{user}/assign", administer, assignToUser},

		{http.MethodGet, "/v1/authenticators", administer, listAuthenticators},
		{http.MethodGet, "/v1/authenticators/{serialNumber}", administer, getAuthenticator},
		{http.MethodDelete, "/v1/authenticators/{serialNumber}", administer, deleteAuthenticator},
		{http.MethodPost, "/v1/authenticators/{serialNumber}/assign", administer, assignAuthenticator},
		{http.MethodPost, "/v1/authenticators/{serialNumber}/unassign", administer, unassignAuthenticator},
		{http.MethodPost, "/v1/authenticators/{serialNumber}/generate-activation-data", register, generateActivationData},
		{http.MethodPost, "/v1/authenticators/{serialNumber}/generate-activation-message", register, generateActivationMessage},

		{http.MethodGet, "/v1/visualcodes/render", render, renderQuery},
		{http.MethodPost, "/v1/visualcodes/render", render, renderBody},

		{http.MethodPost, "/v1/users/{user}/generate-challenge", authenticate, generateChallenge},
		{http.MethodPost, "/v1/users/{user}/login", authenticate, login},
		{http.MethodPost, "/v1/users/{user}/events/validate", authenticate, validateEvent},
		{http.MethodPost, "/v1/users/{user}/transactions/validate", authenticate, withoutSignatures},
		{http.MethodPost, "/v1/users/{user}/generate-virtual-signature", authenticate, withoutSignatures},
		{http.MethodGet, "/v1/sessions/{requestID}", authenticate, getSession},

		{http.MethodPost, "/v1/orchestration-commands", register, orchestrate},
		{http.MethodPost, "/v1/orchestration-commands-v2", register, orchestrate},
	}
}

// table is what requests are looked up in.
var table = endpoints() // never changes

// route finds the endpoint of a method and an escaped path, with the texts of its
// segments in braces. Without one it returns the methods that the path takes.
func route(method, escaped string) (found endpoint, segments map[string]string, allow []string) {
	parts, ok := split(escaped)
	if !ok {
		return endpoint{}, nil, nil
	}
	for _, e := range table {
		values, fits := e.match(parts)
		if !fits || len(allow) > 0 && len(values) > len(segments) {
			continue // a path without braces goes before one with them
		}
		if len(values) < len(segments) {
			allow = nil
		}
		segments = values
		if allow = append(allow, e.method); e.method == method || method == http.MethodHead && e.method == http.MethodGet {
			found = e
		}
	}
	if found.answer == nil || !slices.Contains(allow, found.method) {
		return endpoint{}, nil, allow
	}
	return found, segments, nil
}

// split parts a path at its slashes. A slash in a name is escaped.
func split(escaped string) ([]string, bool) {
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

func (e endpoint) match(parts []string) (map[string]string, bool) {
	own := strings.Split(strings.TrimPrefix(e.path, "/"), "/")
	if len(own) != len(parts) {
		return nil, false
	}
	values := make(map[string]string)
	for i, name := range own {
		if inner, braces := strings.CutPrefix(name, "{"); braces {
			values[strings.TrimSuffix(inner, "}")] = parts[i]
		} else if name != parts[i] {
			return nil, false
		}
	}
	return values, true
}
