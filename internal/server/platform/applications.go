package platform

import (
	"net/http"
	"regexp"
	"strings"

	"github.com/dsappd/dsappd/dsapp"
	"github.com/dsappd/dsappd/internal/provision"
)

// application is what an authenticator does.
type application struct {
	Name string `json:"name"`
	Type string `json:"type"` // RO: one-time passwords, SG: signatures

	// Of the application that makes one-time passwords.
	PINSet     *bool `json:"pinSet,omitempty"`
	ErrorCount *int  `json:"errorCount,omitempty"`
}

// otpApplication is the one that has a PIN and counts errors.
const otpApplication = "OTP"

// responseOnly makes one-time passwords, which clients look for by its type.
// All instances of a licence share its PIN and its errors.
func responseOnly(a provision.Authenticator) application {
	return application{Name: otpApplication, Type: "RO", PINSet: new(a.HasPIN()), ErrorCount: new(a.Errors)}
}

// pinForm is that of a server PIN; the policy says how many digits it has at
// least.
var pinForm = regexp.MustCompile(`^[0-9]{1,8}$`)

// holder returns the serial number of the authenticator with the application in
// the path; of an instance, that of its licence.
func (c *call) holder() (string, error) {
	if !strings.EqualFold(c.segments["application"], otpApplication) {
		return "", &fault{status: http.StatusNotFound, refusal: provision.NotFound,
			message: "The authenticator has no such application: one-time passwords are of the application " + otpApplication + "."}
	}
	if licence, _, err := dsapp.ParseInstanceName(c.serialNumber()); err == nil {
		return licence, nil
	}
	return c.serialNumber(), nil
}

// patchApplication sets the server PIN, forgets the errors or resets the
// authenticator: one of them.
func patchApplication(c *call) (any, error) {
	o, err := c.object()
	if err != nil {
		return nil, err
	}
	pin := o.change("pin", rule{form: pinForm, takes: "1 to 8 digits, or null for no PIN", secret: true})
	forget, reset := o.has("errorCount"), o.flag("reset")
	o.number("errorCount", 0, 0)
	if !one(pin != nil, forget, reset) && len(*o.wrong) == 0 {
		o.note("pin", "is missing or not alone", "send one of pin, errorCount with 0, and reset with true")
	}
	if err := o.check(); err != nil {
		return nil, err
	}
	serialNumber, err := c.holder()
	if err != nil {
		return nil, err
	}
	policy, err := c.ownPolicy()
	if err != nil {
		return nil, err
	}
	service, ctx := c.door.Service, c.HTTP.Context()
	var changed provision.Authenticator
	switch {
	case pin != nil:
		changed, err = service.SetPIN(ctx, c.operator(), provision.SetPIN{SerialNumber: serialNumber, PIN: *pin, Confirmation: *pin, Policy: policy})
	case forget:
		changed, err = service.ResetErrorCount(ctx, c.operator(), serialNumber)
	default:
		changed, err = service.ResetAuthenticator(ctx, c.operator(), provision.ResetAuthenticator{SerialNumber: serialNumber, Policy: policy})
	}
	if err != nil {
		return nil, err
	}
	return responseOnly(changed), nil
}

// one reports whether exactly one of the conditions holds.
func one(conditions ...bool) bool {
	n := 0
	for _, holds := range conditions {
		if holds {
			n++
		}
	}
	return n == 1
}

// virtualOTP is what generate-votp answers.
type virtualOTP struct {
	OTP string `json:"otp"`
}

// generateVirtualOTP makes a one-time password in the place of the device. It is
// handed out in the answer only: nothing here sends messages.
func generateVirtualOTP(c *call) (any, error) {
	o, err := c.object()
	if err != nil {
		return nil, err
	}
	delivery := o.choice("deliveryMethod", true, append([]string{"Response"}, provision.VirtualDeliveries...))
	if err := o.check(); err != nil {
		return nil, err
	}
	if delivery != "Response" {
		return nil, unserved("One-time passwords are not sent by message: ask for the deliveryMethod Response.")
	}
	if _, err := c.holder(); err != nil {
		return nil, err
	}
	caller, err := c.caller()
	if err != nil {
		return nil, err
	}
	policy, err := c.ownPolicy()
	if err != nil {
		return nil, err
	}
	ask := func() (string, error) {
		return c.door.Service.GenerateVirtualOTP(c.HTTP.Context(), c.operator(), provision.GenerateVirtualOTP{
			SerialNumber: c.serialNumber(), Policy: policy, Confidential: caller.Confidential})
	}
	return decide(c, ask, func(otp string) (any, error) { return virtualOTP{otp}, nil })
}
