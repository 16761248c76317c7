package dsappd

import (
	"net/http"
	"slices"

	"github.com/dsappd/dsappd/internal/datafolder"
	"github.com/dsappd/dsappd/internal/server/console"
	"github.com/dsappd/dsappd/internal/server/operator"
	"github.com/dsappd/dsappd/internal/server/provisioning"
	"github.com/dsappd/dsappd/internal/server/timeline"
)

// startKeeper has requests remembered where somebody can look at them: at the
// operator's console, or in a lab.
func (s *Server) startKeeper() error {
	settings := s.folder.Settings.Operator
	if s.config.lab == nil && s.config.withAddresses(s.folder.Settings).OperatorAddr == "" {
		return nil
	}
	schema, err := provisioning.Schema()
	if err != nil {
		return err
	}
	redactJSON := timeline.RedactJSON(func(member string) bool { return slices.Contains(openMembers, member) })
	s.keeper = timeline.New(timeline.Config{
		Requests: settings.Requests, Bytes: settings.RequestsMiB << 20, Now: s.config.Now,
		Redact: map[string]func([]byte) (string, bool){"soap": schema.Redact, "gateway": redactJSON, "platform": redactJSON},
	})
	s.folder.Service.Observe = s.keeper.Observe
	if s.config.lab != nil {
		s.config.lab.Requests = s.keeper
	}
	return nil
}

// openMembers are the members of the gateway's and the Platform API's JSON whose
// values are no secret.
var openMembers = []string{
	"activationStatus", "activationType", "assigned", "authenticators", "authenticatorType", "clientEphemeralPublicKey", "command", "createdAt", "deliveryMethod",
	"description", "deviceStatus", "deviceType", "digipassGatewayID", "digipassInstanceID", "disabled", "domain", "error", "errorCode", "errorCount",
	"errorDesc", "eventType", "format", "lastAuthenticationRequestTime", "lastAuthenticationTime", "length", "locked", "message", "objectType",
	"orchestrationDelivery", "orgUnit", "pinSet", "registrationID", "registrationIdentifier", "returnCode", "returnCodeEnum", "riskResponseCode",
	"serialNumber", "serverEphemeralPublicKey", "sessionStatus", "status", "statusCode", "statusCodeEnum", "timeout", "timeoutSeconds", "total",
	"type", "userID", "userName", "validationErrors", "vdpDeliveryMethod",
}

// unremarkable has, by the names of doors, which requests say nothing about what is
// going on: a page's files, what a tail of the audit asks for again and again, and
// what operators only look at.
var unremarkable = map[string]func(*http.Request) bool{
	"console":   func(r *http.Request) bool { return r.URL.Path == "/console.css" || r.URL.Path == "/console.js" },
	"operators": func(r *http.Request) bool { return r.URL.Path == "/audit/list" },
	"operator":  func(r *http.Request) bool { return r.Method != http.MethodPost },
}

// operatorHandler makes the operator's console; where it is made again it keeps
// the sign-ins.
func (s *Server) operatorHandler(all datafolder.Settings) (http.Handler, error) {
	settings := all.Operator
	proxies, err := settings.TrustedProxies("operator")
	if err != nil {
		return nil, err
	}
	config := operator.Config{
		Service: s.folder.Service, Log: s.config.Logger, Requests: s.keeper, Journal: s.journal, Lab: s.config.lab,
		Proxies: proxies, Hosts: settings.AllowedHosts(), SecureCookies: settings.SecureCookies, Stylesheet: console.Stylesheet(),
		URL: func(door string) string { return s.doorURL(door) }, Health: s.health(),
		Now: s.config.system, Idle: settings.Idle, Absolute: settings.Session,
	}
	if s.operator != nil {
		return s.operator.With(config)
	}
	s.operator, err = operator.New(config)
	return s.operator, err
}

// doorURL returns the URL of a door by its name; empty: it is not open.
func (s *Server) doorURL(name string) string {
	for _, door := range s.doors {
		if door.name == name {
			return *door.url(&s.urls)
		}
	}
	return ""
}

// OperatorLink returns a link that signs whoever follows it in to the operator's
// console, once. It is a secret until then. Without a console it is empty.
func (s *Server) OperatorLink() (string, error) {
	if s.operator == nil {
		return "", nil
	}
	secret, err := s.operator.Invite()
	if err != nil {
		return "", err
	}
	return s.urls.Operator + "sign-in?once=" + secret, nil
}
