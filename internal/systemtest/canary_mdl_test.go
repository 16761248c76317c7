package systemtest_test

import (
	"net/http"

	"github.com/dsappd/dsappd/dsapp"
	"github.com/dsappd/dsappd/phone"
)

// licence puts two devices on the licence of user6: one over SRP that signs,
// and one that was given Activation Message 1 offline and proves itself by a
// one-time password. Whatever passes between a device and the server is
// secret.
func (r *canaryRun) licence() {
	r.t.Helper()
	r.secret("12345678901234567890123456789012") // the licence's
	client, err := phone.NewClient(r.server.URLs().SOAP, &http.Client{Transport: r})
	if err != nil {
		r.t.Fatal(err)
	}
	device := &phone.Device{Transport: &phone.SOAP{Client: client, ComponentType: "mdl-component"}, Rand: r.phoneRand, Now: r.clock}
	state, err := device.ExchangeMDL(r.t.Context(), phone.State{}, r.registerMDL("0"))
	if err != nil {
		r.t.Fatal(err)
	}
	r.activateInstance(device, state, false)
	registration := r.registerMDL("1")
	if state, err = device.TakeMessage1(phone.State{}, registration.ID, registration.Password); err != nil {
		r.t.Fatal(err)
	}
	r.activateInstance(device, state, true)
}

func (r *canaryRun) registerMDL(activationType string) phone.Registration {
	r.t.Helper()
	reply := r.post("<p:dsappSRPRegister><activationType>" + activationType + "</activationType><componentType>mdl-component</componentType>" +
		"<user><userID>user6</userID></user><credential><staticPassword>Password2</staticPassword></credential></p:dsappSRPRegister>")
	registration := phone.Registration{ID: element(reply, "registrationID"), Password: element(reply, "activationPassword")}
	r.secret(registration.Password)
	return registration
}

// activateInstance takes a device from Activation Message 1 to its end.
func (r *canaryRun) activateInstance(device *phone.Device, s phone.State, byResponse bool) {
	r.t.Helper()
	message1, err := dsapp.ParseActivationMessage1(s.MDL.Opening.Message1)
	if err != nil {
		r.t.Fatal(err)
	}
	code, s, err := device.DeviceCode(s, dsapp.IOS)
	if err != nil {
		r.t.Fatal(err)
	}
	if s, err = device.AddDevice(r.t.Context(), s); err != nil {
		r.t.Fatal(err)
	}
	instance := s.MDL.Instances[0]
	otp, err := device.InstanceOTP(s, instance.Name())
	if err != nil {
		r.t.Fatal(err)
	}
	r.secret(message1.String(), code, instance.Signature)
	r.secrets = append(r.secrets, message1.MessageKey[:], instance.Secret)
	if !byResponse {
		otp = ""
	}
	if _, err := device.ActivateInstance(r.t.Context(), s, "", otp); err != nil {
		r.t.Fatal(err)
	}
}
