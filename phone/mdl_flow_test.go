package phone_test

import (
	"encoding/json"
	"errors"
	"net/netip"
	"testing"
	"time"

	"github.com/dsappd/dsappd/dsapp"
	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/oath"
	"github.com/dsappd/dsappd/phone"
)

// newLicensedLab has a user with a licence for two devices, and beside
// srp-component the component mdl, which takes offline activations and
// one-time passwords in place of signatures.
func newLicensedLab(t *testing.T) *lab {
	t.Helper()
	l := newLab(t, oath.Parameters{Type: oath.TOTP, Algorithm: oath.SHA256, Digits: 6})
	ctx, by := t.Context(), provision.Operator{Name: "tester", RequestID: "test"}
	must(l.service.AddPolicy(ctx, by, provision.AddPolicy{Name: "mdl", Parent: "lab", Set: json.RawMessage(`{"OfflineMDL":true,"OTPInsteadOfSignature":true}`)}))(t)
	must(l.service.AddComponent(ctx, by, provision.AddComponent{ComponentType: "mdl", Location: "127.0.0.0/8", Policy: "mdl"}))(t)
	must(l.service.AddAuthenticator(ctx, by, provision.AddAuthenticator{SerialNumber: "VDM1000001", Parameters: dsapp.InstanceParameters(), Limit: 2}))(t)
	must(l.service.AssignAuthenticator(ctx, by, provision.AssignAuthenticator{SerialNumber: "VDM1000001", UserID: "Zoë 1"}))(t)
	l.soap.ComponentType = "mdl"
	return l
}

// registerMDL does the site's part.
func (l *lab) registerMDL(activationType int) phone.Registration {
	l.t.Helper()
	caller := provision.Caller{ComponentType: "mdl", Address: netip.MustParseAddr("127.0.0.1"), RequestID: "site"}
	result := must(l.service.DSAPPSRPRegister(l.t.Context(), caller, provision.DSAPPSRPRegister{
		ActivationType: &activationType, UserID: "Zoë 1", Domain: "master", StaticPassword: "Password2", SerialNumber: "VDM1000001"}))(l.t)
	return phone.Registration{ID: result.RegistrationID, Password: result.ActivationPassword}
}

// added takes a device from a registration to Activation Message 2, online.
func (l *lab) added(s phone.State, r phone.Registration) phone.State {
	l.t.Helper()
	s = must(l.device.ExchangeMDL(l.t.Context(), s, r))(l.t)
	_, s, err := l.device.DeviceCode(s, dsapp.IOS)
	return must(l.device.AddDevice(l.t.Context(), must(s, err)(l.t)))(l.t)
}

func (l *lab) places() int {
	l.t.Helper()
	return must(l.service.ShowAuthenticator(l.t.Context(), "VDM1000001"))(l.t).Licence.Places(l.now)
}

// TestFlowMDL activates two devices of one phone on a licence for two, the
// second by a one-time password; a third finds no place.
func TestFlowMDL(t *testing.T) {
	l := newLicensedLab(t)
	s := l.added(phone.State{}, l.registerMDL(0))
	s = must(l.device.ActivateInstance(t.Context(), s, "", ""))(t)
	s = l.added(s, l.registerMDL(0))
	s = must(l.device.ActivateInstance(t.Context(), s, "VDM1000001-2", must(l.device.InstanceOTP(s, "VDM1000001-2"))(t)))(t)
	for _, name := range []string{"VDM1000001-1", "VDM1000001-2"} {
		if i := must(s.Instance(name))(t); !i.Activated || i.UserID != "Zoë 1" || i.Domain != "master" {
			t.Errorf("%s: %+v", name, i)
		}
	}
	if one, other := must(l.device.InstanceOTP(s, "VDM1000001-1"))(t), must(l.device.InstanceOTP(s, "VDM1000001-2"))(t); one == other {
		t.Errorf("both instances show %s", one)
	}
	caller := provision.Caller{ComponentType: "mdl", Address: netip.MustParseAddr("127.0.0.1"), RequestID: "site"}
	_, err := l.service.DSAPPSRPRegister(t.Context(), caller, provision.DSAPPSRPRegister{
		UserID: "Zoë 1", Domain: "master", StaticPassword: "Password2", SerialNumber: "VDM1000001"})
	if refusal, ok := errors.AsType[*provision.Error](err); !ok || refusal.Refusal != provision.LicenceFull {
		t.Errorf("a third device: %v, want a full licence", err)
	}
}

// TestFlowMDLOffline: the site carries everything, and the device sends
// nothing.
func TestFlowMDLOffline(t *testing.T) {
	l := newLicensedLab(t)
	site := l.soap
	l.device.Transport = nil
	r := l.registerMDL(1)
	s := must(l.device.TakeMessage1(phone.State{}, "", r.Password))(t)
	code, s, err := l.device.DeviceCode(s, dsapp.Hardware)
	s = must(s, err)(t)
	message2 := must(site.AddDevice(t.Context(), r.ID, code))(t)
	again := must(site.AddDevice(t.Context(), r.ID, code))(t)
	if message2 != again {
		t.Error("the same device code got another message 2")
	}
	s = must(l.device.TakeMessage2(s, message2))(t)
	result := must(site.ActivateInstance(t.Context(), r.ID, phone.InstanceCredential{Signature: must(s.Signature(""))(t)}))(t)
	if want := (phone.ActivateResult{UserID: "Zoë 1", Domain: "master", SerialNumber: "VDM1000001-1"}); result != want {
		t.Errorf("activated %+v, want %+v", result, want)
	}
	if i := must(must(s.Confirm(result.SerialNumber))(t).Instance(result.SerialNumber))(t); !i.Activated {
		t.Errorf("confirmed: %+v", i)
	}
}

// TestFlowMDLLostReply: a device that never saw its message 2 asks again, with
// the same code, and takes the same place.
func TestFlowMDLLostReply(t *testing.T) {
	l := newLicensedLab(t)
	s := must(l.device.ExchangeMDL(t.Context(), phone.State{}, l.registerMDL(0)))(t)
	_, s, err := l.device.DeviceCode(s, dsapp.Android)
	must(l.device.AddDevice(t.Context(), must(s, err)(t)))(t) // and the state after it is lost
	s = must(l.device.AddDevice(t.Context(), s))(t)
	must(l.device.ActivateInstance(t.Context(), s, "VDM1000001-1", ""))(t)
	if l.places() != 1 {
		t.Errorf("%d places are taken, want 1", l.places())
	}
}

// TestFlowMDLBeginsAgain: another code while one is pending, and the whole
// activation from its beginning, each on the one place.
func TestFlowMDLBeginsAgain(t *testing.T) {
	l := newLicensedLab(t)
	r := l.registerMDL(0)
	s := must(l.device.ExchangeMDL(t.Context(), phone.State{}, r))(t)
	_, s, err := l.device.DeviceCode(s, dsapp.Android)
	old := must(l.device.AddDevice(t.Context(), must(s, err)(t)))(t)
	_, s, err = l.device.DeviceCode(s, dsapp.Android)
	s = must(l.device.AddDevice(t.Context(), must(s, err)(t)))(t)
	if _, err := l.device.ActivateInstance(t.Context(), old, "", ""); err == nil {
		t.Error("the signature of the replaced instance is taken")
	} else {
		l.refused(err, 1000)
	}
	s = l.added(s, r)
	if got := s.String(); got != "VDM1000001-3" {
		t.Errorf("after a new beginning the device has %s, want VDM1000001-3", got)
	}
	must(l.device.ActivateInstance(t.Context(), s, "", ""))(t)
	if l.places() != 1 {
		t.Errorf("%d places are taken, want 1", l.places())
	}
}

func TestFlowMDLRefusals(t *testing.T) {
	l := newLicensedLab(t)
	s := must(l.device.ExchangeMDL(t.Context(), phone.State{}, l.registerMDL(0)))(t)
	code, s, err := l.device.DeviceCode(s, dsapp.IOS)
	s = must(s, err)(t)

	// Another registration's device code, and another device's message 2.
	other := must(l.device.ExchangeMDL(t.Context(), phone.State{}, l.registerMDL(0)))(t)
	_, err = l.soap.AddDevice(t.Context(), other.MDL.Opening.RegistrationID, code)
	l.refused(err, 1000)
	_, other, err = l.device.DeviceCode(other, dsapp.IOS)
	other = must(other, err)(t)
	theirs := must(l.soap.AddDevice(t.Context(), other.MDL.Opening.RegistrationID, other.MDL.Opening.DeviceCode))(t)
	if _, err := l.device.TakeMessage2(s, theirs); !errors.Is(err, dsapp.ErrAuthentication) {
		t.Errorf("another device's message 2: %v, want %v", err, dsapp.ErrAuthentication)
	}

	// A signature and a one-time password of another instance.
	s, other = must(l.device.AddDevice(t.Context(), s))(t), must(l.device.TakeMessage2(other, theirs))(t)
	mine := must(s.Instance("VDM1000001-2"))(t)
	_, err = l.soap.ActivateInstance(t.Context(), mine.RegistrationID, phone.InstanceCredential{Signature: must(other.Signature(""))(t)})
	l.refused(err, 1000)
	_, err = l.device.ActivateInstance(t.Context(), s, "", must(l.device.InstanceOTP(other, "VDM1000001-1"))(t))
	l.refused(err, 1000)
	must(l.device.ActivateInstance(t.Context(), s, "", ""))(t)

	// What the policy does not allow, and what has expired.
	l.soap.ComponentType = "unheard of"
	_, err = l.device.ActivateInstance(t.Context(), other, "", "")
	l.refused(err, 1005)
	l.soap.ComponentType = "mdl"
	l.now = l.now.Add(time.Hour)
	_, err = l.device.ActivateInstance(t.Context(), other, "", "")
	l.refused(err, -13)
}

// TestFlowMDLExpires: the server keeps its own time of message 1.
func TestFlowMDLExpires(t *testing.T) {
	l := newLicensedLab(t)
	by := provision.Operator{Name: "tester", RequestID: "test"}
	must(l.service.SetPolicy(t.Context(), by, provision.SetPolicy{Name: "mdl", Set: json.RawMessage(`{"MessageMinutes":5}`)}))(t)
	s := must(l.device.ExchangeMDL(t.Context(), phone.State{}, l.registerMDL(0)))(t)
	_, s, err := l.device.DeviceCode(s, dsapp.IOS)
	s = must(s, err)(t)
	l.now = l.now.Add(5 * time.Minute)
	if _, _, err := l.device.DeviceCode(s, dsapp.IOS); !errors.Is(err, phone.ErrExpired) {
		t.Errorf("%v, want %v", err, phone.ErrExpired)
	}
	_, err = l.device.AddDevice(t.Context(), s)
	l.refused(err, 1004)
}
