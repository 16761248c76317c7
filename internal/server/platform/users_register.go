package platform

import (
	"net/http"
	"regexp"

	"github.com/dsappd/dsappd/internal/provision"
)

// The forms of members.
var (
	serialForm     = regexp.MustCompile(`^[A-Z0-9]{3}[0-9]{7}$`)
	deviceCodeForm = regexp.MustCompile(`^[0-9]{26}$`)
	emailForm      = regexp.MustCompile(`^[^@\s]+@[^@\s]+$`)
	phoneForm      = regexp.MustCompile(`^\+[1-9][0-9]{1,14}$`) // E.164
)

const (
	serialTakes     = "ten characters, such as VDS1000001"
	deviceCodeTakes = "26 digits"
	emailTakes      = "an address such as anna@example.com"
	phoneTakes      = "an E.164 number such as +3222345678"
)

// activationTypes are the vendor's two, ours for a single device, and one that
// is known and not served.
var activationTypes = []string{"onlineMDL", "offlineMDL", "onlineSDL", "offlineSDL", "fido"}

// enrolment is what /users/register and /registrations take.
type enrolment struct {
	provision.Enroll
	activationType string
}

// readEnrolment reads the members of an enrolment. The old names of one vendor
// page are aliases.
func readEnrolment(o *object) enrolment {
	e := enrolment{activationType: o.choice("activationType", false, activationTypes, "activationtype")}
	if e.activationType == "" {
		e.activationType = "onlineMDL"
	}
	e.UserID = o.text("userID", rule{required: true}, "login")
	e.Domain = o.text("domain", rule{})
	e.StaticPassword = o.text("staticPassword", rule{secret: true}, "passkey")
	e.SerialNumber = o.text("serialNumber", rule{form: serialForm, takes: serialTakes})
	e.DeviceCode = o.text("deviceCode", rule{form: deviceCodeForm, takes: deviceCodeTakes}, "devicecode")
	e.UserFields = readPerson(o.given)
	online, offline := provision.Online, provision.Offline
	switch e.activationType {
	case "onlineMDL":
		e.MDL, e.ActivationType = true, &online
	case "offlineMDL":
		e.MDL, e.ActivationType = true, &offline
	case "onlineSDL":
		e.ActivationType = &online
	case "offlineSDL":
		e.ActivationType = &offline
	}
	if e.DeviceCode != "" && e.activationType != "offlineMDL" {
		o.note("deviceCode", "is there", "it goes with the activationType offlineMDL only")
	}
	return e
}

// unserved refuses what this server cannot do for anybody.
func (e enrolment) unserved() error {
	if e.activationType == "fido" {
		return &fault{status: http.StatusUnprocessableEntity, refusal: provision.NotAllowed,
			message: "FIDO authenticators are not served: ask for onlineMDL, offlineMDL, onlineSDL or offlineSDL."}
	}
	return nil
}

// registered is UserRegisterOutputEx.
type registered struct {
	ActivationPassword string `json:"activationPassword,omitempty"`
	SerialNumber       string `json:"serialNumber"`
	RegistrationID     string `json:"registrationID"`
	ActivationMessage2 string `json:"activationMessage2,omitempty"`
	UserID             string `json:"userID"`
	Domain             string `json:"domain"`
	DigipassGatewayID  string `json:"digipassGatewayID"`
	RiskResponseCode   int    `json:"riskResponseCode"` // 0: no risk is looked at
}

// registerObjects are the kinds of a register's body.
var registerObjects = []string{"RegisterUserInputEx", "AdaptiveRegisterUserInput"}

// registerUser makes the user, finds an authenticator, assigns it and begins the
// activation.
func registerUser(c *call) (any, error) {
	o, err := c.object()
	if err != nil {
		return nil, err
	}
	o.choice("objectType", true, registerObjects)
	e := readEnrolment(o)
	if err := o.check(); err != nil {
		return nil, err
	}
	return decide(c, func() (provision.EnrollResult, error) { return c.enroll(e) }, func(r provision.EnrollResult) (any, error) {
		return registered{
			ActivationPassword: r.ActivationPassword, SerialNumber: r.SerialNumber, RegistrationID: r.RegistrationID,
			ActivationMessage2: r.ActivationMessage2, UserID: r.User.UserID, Domain: r.User.Domain, DigipassGatewayID: r.DigipassGatewayID,
		}, nil
	})
}

func (c *call) enroll(e enrolment) (provision.EnrollResult, error) {
	if err := e.unserved(); err != nil {
		return provision.EnrollResult{}, err
	}
	caller, err := c.caller()
	if err != nil {
		return provision.EnrollResult{}, err
	}
	return c.door.Service.Enroll(c.HTTP.Context(), caller, e.Enroll)
}
