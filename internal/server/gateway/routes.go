package gateway

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"github.com/dsappd/dsappd/internal/provision"
)

// The paths beside the services.
const (
	servicePath     = "/rest/v2/"
	imagePath       = "/image"
	descriptionPath = "/openapi.yaml"
)

// route is a path and what answers there.
type route struct {
	path    string
	methods []string
	sides   []provision.GatewaySide // whose keys open it; none: it is open to all
	answer  func(*call) (reply, error)
}

func (r route) takes(method string) bool { return slices.Contains(r.methods, method) }

func (r route) allow() string { return strings.Join(r.methods, ", ") }

// service is one of the REST services.
type service struct {
	path     string // below servicePath
	sides    []provision.GatewaySide
	required []string // members of its request
	optional []string
	run      func(*door, context.Context, provision.Caller, values) (any, error)
}

// services returns the table of services; each is in the file of its name.
func services() []service {
	front, both := []provision.GatewaySide{provision.FrontEnd}, []provision.GatewaySide{provision.FrontEnd, provision.BackEnd}
	site := []provision.GatewaySide{provision.BackEnd}
	return []service{
		{
			path: "provisioning/DSAPPSRPGenerateEphemeralKey", sides: front, run: (*door).dsappSRPGenerateEphemeralKey,
			required: []string{"registrationIdentifier", "clientEphemeralPublicKey"},
		},
		{
			path: "provisioning/DSAPPSRPGenerateActivationData", sides: front, run: (*door).dsappSRPGenerateActivationData,
			required: []string{"registrationIdentifier", "clientEvidenceMessage"},
		},
		{
			path: "provisioning/DSAPPSRPActivate", sides: front, run: (*door).dsappSRPActivate,
			required: []string{"registrationIdentifier"}, optional: []string{"response", "derivationCode"},
		},
		{
			path: "provisioning/MdlRegister", sides: site, run: (*door).mdlRegister,
			required: []string{"userID", "password"}, optional: []string{"domain"},
		},
		{
			path: "provisioning/MdlAddDevice", sides: both, run: (*door).mdlAddDevice,
			required: []string{"registrationIdentifier", "deviceCode"}, optional: []string{"description"},
		},
		{
			path: "provisioning/MdlActivate", sides: both, run: (*door).mdlActivate,
			required: []string{"registrationIdentifier", "signature"},
		},
		{
			path: "provisioning/getServerTime", sides: front, run: (*door).getServerTime,
		},
		{
			path: "authentication/authUser", sides: front, run: (*door).authUser,
			required: []string{"userID", "password"}, optional: []string{"domain"},
		},
		{
			path: "notification/push/updateNotificationID", sides: front, run: (*door).updateNotificationID,
			required: []string{"userID", "domain", "digipassInstanceID", "encryptedNotificationID"},
		},
	}
}

// routes lists the services and what stands beside them.
func routes() []route {
	all := []route{
		{path: descriptionPath, methods: []string{http.MethodGet, http.MethodHead}, answer: describe},
		{path: imagePath, methods: []string{http.MethodPost}, sides: []provision.GatewaySide{provision.BackEnd}, answer: image},
	}
	for _, s := range services() {
		all = append(all, route{path: servicePath + s.path, methods: []string{http.MethodPost}, sides: s.sides, answer: s.answer})
	}
	return all
}

// answer takes a request through a service: it decodes, decides and answers.
func (s service) answer(c *call) (reply, error) {
	in, err := c.read(s.required, s.optional)
	if err != nil {
		return reply{}, err
	}
	caller, err := c.caller()
	if err != nil {
		return reply{}, err
	}
	result, err := s.run(c.door, c.HTTP.Context(), caller, in)
	if err != nil {
		return reply{}, err
	}
	return c.success(result)
}
