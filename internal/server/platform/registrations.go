package platform

import (
	"net/http"
	"regexp"
	"time"

	"github.com/dsappd/dsappd/dsapp"
	"github.com/dsappd/dsappd/internal/provision"
)

var (
	digits     = regexp.MustCompile(`^[0-9]{1,27}$`)
	derivation = regexp.MustCompile(`^[0-9A-Fa-f]{1,27}$`)
)

// device is what add-device answers, all of it texts.
type device struct {
	RegistrationID     string `json:"registrationID"`
	ActivationMessage2 string `json:"activationMessage2,omitempty"`
	ActivationPassword string `json:"activationPassword,omitempty"`
	ActivationType     string `json:"activationType"`
	DeviceStatus       string `json:"deviceStatus"`
	DeviceType         string `json:"deviceType"`
	Domain             string `json:"domain"`
	SerialNumber       string `json:"serialNumber"`
	UserID             string `json:"userID"`
}

// deviceTypes are the vendor's names for phones.
var deviceTypes = map[dsapp.DeviceType]string{dsapp.IOS: "TYP03", dsapp.Android: "TYP07", dsapp.Hardware: "TYP11"}

// deviceTypeOf names the type in a device code.
func deviceTypeOf(code string) string {
	parsed, err := dsapp.ParseDeviceCode(code)
	if err != nil {
		return ""
	}
	return deviceTypes[parsed.Type]
}

// addRegistration opens a registration for a user who is there.
func addRegistration(c *call) (any, error) {
	o, err := c.object()
	if err != nil {
		return nil, err
	}
	e := readEnrolment(o)
	e.Existing = true
	if err := o.check(); err != nil {
		return nil, err
	}
	return decide(c, func() (provision.EnrollResult, error) { return c.enroll(e) }, func(r provision.EnrollResult) (any, error) {
		out := device{
			RegistrationID: r.RegistrationID, ActivationPassword: r.ActivationPassword, ActivationMessage2: r.ActivationMessage2,
			ActivationType: e.activationType, DeviceType: deviceTypeOf(e.DeviceCode),
			Domain: r.User.Domain, SerialNumber: r.SerialNumber, UserID: r.User.UserID,
		}
		if e.DeviceCode != "" {
			out.DeviceStatus = string(provision.InstancePending)
		}
		return out, nil
	})
}

// addDevice takes a device's answer to Activation Message 1.
func addDevice(c *call) (any, error) {
	o, err := c.object()
	if err != nil {
		return nil, err
	}
	in := provision.AddDevice{
		RegistrationID: c.segments["registrationID"],
		DeviceCode:     o.text("deviceCode", rule{required: true, form: deviceCodeForm, takes: deviceCodeTakes}, "devicecode"),
		Description:    o.text("description", rule{}),
	}
	if err := o.check(); err != nil {
		return nil, err
	}
	caller, err := c.caller()
	if err != nil {
		return nil, err
	}
	ask := func() (provision.AddDeviceResult, error) {
		return c.door.Service.AddDevice(c.HTTP.Context(), caller, in)
	}
	return decide(c, ask, func(r provision.AddDeviceResult) (any, error) {
		registration, err := c.door.Service.ShowRegistration(c.HTTP.Context(), in.RegistrationID)
		if err != nil {
			return nil, err
		}
		activationType := "onlineMDL"
		if registration.ActivationType == provision.Offline {
			activationType = "offlineMDL"
		}
		return device{
			RegistrationID: in.RegistrationID, ActivationMessage2: r.ActivationMessage2,
			ActivationType: activationType, DeviceStatus: string(provision.InstancePending), DeviceType: deviceTypeOf(in.DeviceCode),
			Domain: r.User.Domain, SerialNumber: r.SerialNumber, UserID: r.User.UserID,
		}, nil
	})
}

// activated says who was activated on what.
type activated struct {
	UserID       string `json:"userID"`
	Domain       string `json:"domain"`
	SerialNumber string `json:"serialNumber"`
}

// activate ends a registration: a licence's by a signature, that of a single
// device by a one-time password or a derivation code.
func activate(c *call) (any, error) {
	o, err := c.object()
	if err != nil {
		return nil, err
	}
	signature := o.text("signature", rule{form: digits, takes: "8 digits"})
	response := o.text("response", rule{form: digits, takes: "1 to 27 digits"})
	code := o.text("derivationCode", rule{form: derivation, takes: "1 to 27 decimal or hexadecimal characters"})
	if !one(signature != "", response != "", code != "") && len(*o.wrong) == 0 {
		o.note("signature", "is missing or not alone", "send one of signature, response and derivationCode")
	}
	if err := o.check(); err != nil {
		return nil, err
	}
	caller, err := c.caller()
	if err != nil {
		return nil, err
	}
	id, service, ctx := c.segments["registrationID"], c.door.Service, c.HTTP.Context()
	ask := func() (provision.DSAPPSRPActivateResult, error) {
		if signature != "" {
			return service.ActivateInstance(ctx, caller, provision.ActivateInstance{RegistrationID: id, Signature: signature})
		}
		return service.DSAPPSRPActivate(ctx, caller, provision.DSAPPSRPActivate{RegistrationID: id, Response: response, DerivationCode: code})
	}
	return decide(c, ask, func(r provision.DSAPPSRPActivateResult) (any, error) {
		return activated{UserID: r.User.UserID, Domain: r.User.Domain, SerialNumber: r.SerialNumber}, nil
	})
}

// standing is what check-status answers.
type standing struct {
	ActivationStatus provision.ActivationStatus `json:"activationStatus"`
}

// checkStatus says how far a user has come, and waits for that to change for as
// long as the request says.
func checkStatus(c *call) (any, error) {
	o, err := c.object()
	if err != nil {
		return nil, err
	}
	who := provision.NameUser{UserID: o.text("login", rule{required: true}, "userID"), Domain: o.text("domain", rule{})}
	wait := time.Duration(o.number("timeoutSeconds", 0, int(maxWait/time.Second))) * time.Second
	if err := o.check(); err != nil {
		return nil, err
	}
	now, err := c.awaitStatus(who, wait)
	return standing{now.Status}, err
}

// awaitStatus answers as soon as nothing is pending, or when the time is over.
func (c *call) awaitStatus(who provision.NameUser, wait time.Duration) (provision.Standing, error) {
	ctx, service := c.HTTP.Context(), c.door.Service
	now, err := service.CheckStatus(ctx, who)
	if err != nil || wait == 0 || now.Status != provision.ActivationPending {
		return now, err
	}
	_ = http.NewResponseController(c.writer).SetWriteDeadline(time.Now().Add(wait + 30*time.Second))
	over := time.NewTimer(wait)
	defer over.Stop()
	for err == nil && now.Status == provision.ActivationPending {
		id := now.RegistrationID
		shared := c.door.waits.join(who, id)
		told := c.told(shared.over, over.C)
		c.door.waits.leave(shared, id)
		if !told {
			break
		}
		now, err = shared.now, shared.err
	}
	return now, err
}

// told reports whether something happens before the time is over, the server
// ends or nobody waits any more.
func (c *call) told(happens <-chan struct{}, over <-chan time.Time) bool {
	select {
	case <-happens:
		return true
	case <-over:
	case <-c.door.ending:
	case <-c.HTTP.Context().Done():
	}
	return false
}
