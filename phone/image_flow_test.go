package phone_test

import (
	"context"
	"errors"
	"log/slog"
	"net/http/httptest"
	"net/netip"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/dsappd/dsappd/dsapp"
	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/internal/server/gateway"
	"github.com/dsappd/dsappd/phone"
)

// The authenticators of the user in an imageLab.
const (
	single  = "VDS1000140"
	licence = "VDM1000001"
)

// imageLab is the real server behind two doors, the SOAP interface and the
// gateway.
type imageLab struct {
	*lab
	gateway *phone.Gateway
	kept    phone.State // what the phone's file would hold
}

func newImageLab(t *testing.T) *imageLab {
	t.Helper()
	l := &imageLab{lab: newLicensedLab(t)}
	ctx, by := t.Context(), provision.Operator{Name: "tester", RequestID: "test"}
	must(l.service.AddComponent(ctx, by, provision.AddComponent{ComponentType: "gateway", Location: "0.0.0.0", Policy: "lab"}))(t)
	must(l.service.AddGatewayKey(ctx, by, provision.AddGatewayKey{Name: "phones", Side: provision.FrontEnd, Key: "the key of the phones"}))(t)
	handler := must(gateway.NewHandler(gateway.Config{Service: l.service, ComponentType: "gateway", Log: slog.New(slog.DiscardHandler)}))(t)
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	l.gateway = &phone.Gateway{URL: server.URL, Key: "the key of the phones", HTTP: server.Client()}
	t.Cleanup(l.check)
	return l
}

// check finds what a test has left broken in the store.
func (l *imageLab) check() {
	l.t.Helper()
	problems, err := provision.CheckRecords(context.Background(), l.service.Store, l.now)
	if err != nil || len(problems) > 0 {
		l.t.Errorf("the records after the test: %v %v", problems, err)
	}
}

func (l *imageLab) transports() map[string]phone.Transport {
	return map[string]phone.Transport{"SOAP": l.soap, "gateway": l.gateway}
}

// image is what the site shows to activate an authenticator.
func (l *imageLab) image(serialNumber string) dsapp.Image {
	l.t.Helper()
	caller := provision.Caller{ComponentType: "mdl", Address: netip.MustParseAddr("127.0.0.1"), RequestID: "site"}
	result := must(l.service.DSAPPSRPRegister(l.t.Context(), caller, provision.DSAPPSRPRegister{
		UserID: "Zoë 1", Domain: "master", StaticPassword: "Password2", SerialNumber: serialNumber}))(l.t)
	return dsapp.Image{UserID: result.User.UserID, Domain: result.User.Domain, RegistrationID: result.RegistrationID,
		ActivationPassword: result.ActivationPassword, DigipassGatewayID: result.DigipassGatewayID}
}

func (l *imageLab) activation(image dsapp.Image) phone.Activation {
	return phone.Activation{
		Registration: phone.RegistrationOf(image), Fingerprint: []byte("a device"), DeviceType: dsapp.Android,
		Keep: func(s phone.State) error { l.kept = s; return nil },
	}
}

// TestActivateImage: both kinds, by either way, and what the progress tells.
func TestActivateImage(t *testing.T) {
	calls := map[string][]phone.Call{
		single:  {phone.CallGenerateEphemeralKey, phone.CallGenerateActivationData, phone.CallActivate},
		licence: {phone.CallGenerateEphemeralKey, phone.CallGenerateActivationData, phone.CallAddDevice, phone.CallActivateInstance},
	}
	l := newImageLab(t)
	for name, transport := range l.transports() {
		for serialNumber, want := range calls {
			t.Run(name+" "+serialNumber, func(t *testing.T) {
				l.now = l.now.Add(time.Minute)
				device := *l.device
				device.Transport = transport
				a := l.activation(l.image(serialNumber))
				var told []phone.Call
				a.Progress = func(c phone.Connection) {
					if told = append(told, c.Call); c.Number != len(told) {
						t.Errorf("connection %d is told as number %d", len(told), c.Number)
					}
				}
				s := must(device.ActivateImage(t.Context(), l.kept, a))(t)
				if diff := cmp.Diff(want, told); diff != "" {
					t.Error(diff)
				}
				if s.String() != l.kept.String() {
					t.Errorf("kept %v, returned %v", l.kept, s)
				}
			})
		}
	}
	if !l.kept.Activated || len(l.kept.MDL.Instances) != 2 || !l.kept.MDL.Instances[0].Activated || !l.kept.MDL.Instances[1].Activated {
		t.Errorf("the device has %v", l.kept)
	}
	if !l.active() || l.places() != 2 {
		t.Errorf("active %v, %d places", l.active(), l.places())
	}
}

// TestActivateImageStartsOver: interrupted at each connection, by a context
// that ends or by a reply that never comes, the same scan activates.
func TestActivateImageStartsOver(t *testing.T) {
	l := newImageLab(t)
	for name, transport := range l.transports() {
		for serialNumber, connections := range map[string]int{single: 3, licence: 4} {
			for n := range connections {
				t.Run(name+" "+serialNumber+" "+string(rune('1'+n)), func(t *testing.T) { l.startsOver(t, transport, serialNumber, n+1) })
			}
		}
	}
}

func (l *imageLab) startsOver(t *testing.T, transport phone.Transport, serialNumber string, at int) {
	l.now, l.kept = l.now.Add(time.Minute), phone.State{}
	device := *l.device
	device.Transport = transport
	image := l.image(serialNumber)
	a := l.activation(image)

	ctx, cancel := context.WithCancel(t.Context())
	a.Progress = func(c phone.Connection) {
		if c.Number == at-1 {
			cancel()
		}
	}
	if at > 1 {
		if _, err := device.ActivateImage(ctx, l.kept, a); !errors.Is(err, context.Canceled) {
			t.Fatalf("interrupted before connection %d: %v", at, err)
		}
	}
	cancel()
	a.Progress = nil
	fault := must(phone.FaultNamed("drop-after-" + string(rune('0'+at))))(t)
	if trial, _, err := device.Try(t.Context(), l.kept, a, fault); err != nil || trial.Got != phone.ReplyLost {
		t.Fatalf("dropped after connection %d: %+v, %v", at, trial, err)
	}
	s, err := device.ActivateImage(t.Context(), l.kept, a)
	if serialNumber == licence && at == 4 {
		// The server activated it, and no step may be repeated.
		l.refused(err, -13)
		s = must(l.kept.Confirm(""))(t)
		l.free(s)
		return
	}
	if err != nil {
		t.Fatalf("started over after connection %d: %v", at, err)
	}
	if serialNumber == licence {
		l.free(s)
	}
}

// free gives the places of a device's instances back.
func (l *imageLab) free(s phone.State) {
	l.t.Helper()
	for _, i := range s.MDL.Instances {
		must(l.service.DeactivateInstance(l.t.Context(), provision.Operator{Name: "tester", RequestID: "test"}, i.Name()))(l.t)
	}
}

// TestGatewayKey: a key that the gateway does not know, and none.
func TestGatewayKey(t *testing.T) {
	l := newImageLab(t)
	a := l.activation(l.image(single))
	for _, key := range []string{"a guess", ""} {
		device := *l.device
		device.Transport = &phone.Gateway{URL: l.gateway.URL, Key: key, HTTP: l.gateway.HTTP}
		if _, err := device.ActivateImage(t.Context(), l.kept, a); !errors.Is(err, phone.ErrGatewayKey) {
			t.Errorf("key %q: %v, want %v", key, err, phone.ErrGatewayKey)
		}
	}
}

// TestActivateImageKeeps: a state that cannot be kept ends the activation
// before the server is told what the device would forget.
func TestActivateImageKeeps(t *testing.T) {
	l := newImageLab(t)
	full := errors.New("no space left")
	for _, serialNumber := range []string{single, licence} {
		a := l.activation(l.image(serialNumber))
		a.Keep = func(phone.State) error { return full }
		if _, err := l.device.ActivateImage(t.Context(), l.kept, a); !errors.Is(err, full) {
			t.Errorf("%s: %v, want %v", serialNumber, err, full)
		}
	}
	if l.active() || l.places() != 0 {
		t.Errorf("active %v, %d places", l.active(), l.places())
	}
}

// TestActivateImageExpired: the clock moved between any two connections.
func TestActivateImageExpired(t *testing.T) {
	l := newImageLab(t)
	for name, transport := range l.transports() {
		for serialNumber, connections := range map[string]int{single: 3, licence: 4} {
			for n := range connections {
				l.now, l.kept = l.now.Add(time.Minute), phone.State{}
				device := *l.device
				device.Transport = transport
				a := l.activation(l.image(serialNumber))
				if n == 0 {
					l.now = l.now.Add(time.Hour)
				}
				a.Progress = func(c phone.Connection) {
					if c.Number == n {
						l.now = l.now.Add(time.Hour)
					}
				}
				_, err := device.ActivateImage(t.Context(), l.kept, a)
				if n == 2 && serialNumber == licence {
					// The device's own clock finds Activation Message 1 over first.
					if !errors.Is(err, phone.ErrExpired) {
						t.Errorf("%s %s: %v, want %v", name, serialNumber, err, phone.ErrExpired)
					}
					continue
				}
				l.refused(err, -13)
				l.kept = phone.State{}
				if _, err := device.ActivateImage(t.Context(), l.kept, l.activation(l.image(serialNumber))); err != nil {
					t.Errorf("%s %s: after a new scan: %v", name, serialNumber, err)
				}
				l.free(l.kept)
			}
		}
	}
}
