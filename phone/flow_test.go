package phone_test

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"testing"
	"time"

	"github.com/dsappd/dsappd/internal/labtest"
	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/internal/server/provisioning"
	"github.com/dsappd/dsappd/oath"
	"github.com/dsappd/dsappd/phone"
	"github.com/dsappd/dsappd/store"
	"github.com/dsappd/dsappd/store/memory"
)

// lab is the real server over HTTP, and a device beside it on the same clock.
type lab struct {
	t       *testing.T
	service *provision.Service
	soap    *phone.SOAP
	device  *phone.Device
	now     time.Time // moved between requests only
}

func must[T any](value T, err error) func(*testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return value
	}
}

func newLab(t *testing.T, parameters oath.Parameters) *lab {
	t.Helper()
	l := &lab{t: t, now: time.Unix(1790000000, 0)}
	clock := func() time.Time { return l.now }
	l.service = labtest.Service(t, store.New(new(memory.Engine), []byte("record key")), "lab", clock)
	handler := must(provisioning.NewHandler(provisioning.Config{Service: l.service, Strict: true, Log: slog.New(slog.DiscardHandler)}))(t)
	server := httptest.NewServer(handler)
	t.Cleanup(func() { server.Close(); l.service.Store.Close() })
	l.soap = &phone.SOAP{Client: must(phone.NewClient(server.URL, server.Client()))(t), ComponentType: "srp-component"}
	l.device = &phone.Device{Transport: l.soap, Rand: rand.Reader, Now: clock}
	l.furnish(parameters)
	return l
}

func (l *lab) furnish(parameters oath.Parameters) {
	l.t.Helper()
	ctx, by := l.t.Context(), provision.Operator{Name: "tester", RequestID: "test"}
	must(l.service.AddDomain(ctx, by, provision.AddDomain{Name: "master"}))(l.t)
	must(l.service.AddPolicy(ctx, by, provision.AddPolicy{Name: "lab", Set: json.RawMessage(`{"MaximumActivations":0,"MinimumIntervalMinutes":0}`)}))(l.t)
	must(l.service.AddComponent(ctx, by, provision.AddComponent{ComponentType: "srp-component", Location: "127.0.0.0/8", Policy: "lab"}))(l.t)
	must(l.service.AddUser(ctx, by, provision.AddUser{UserID: "Zoë 1", StaticPassword: "Password2"}))(l.t)
	must(l.service.AddAuthenticator(ctx, by, provision.AddAuthenticator{SerialNumber: "VDS1000140", Parameters: parameters, Secret: []byte("12345678901234567890")}))(l.t)
	must(l.service.AssignAuthenticator(ctx, by, provision.AssignAuthenticator{SerialNumber: "VDS1000140", UserID: "Zoë 1"}))(l.t)
}

// register does the site's part.
func (l *lab) register(activationType int) phone.Registration {
	l.t.Helper()
	caller := provision.Caller{ComponentType: "srp-component", Address: netip.MustParseAddr("127.0.0.1"), RequestID: "site"}
	result := must(l.service.DSAPPSRPRegister(l.t.Context(), caller, provision.DSAPPSRPRegister{
		ActivationType: &activationType, UserID: "Zoë 1", Domain: "master", StaticPassword: "Password2"}))(l.t)
	return phone.Registration{ID: result.RegistrationID, Password: result.ActivationPassword}
}

func (l *lab) active() bool {
	l.t.Helper()
	return must(l.service.ShowAuthenticator(l.t.Context(), "VDS1000140"))(l.t).State == provision.Active
}

func (l *lab) refused(err error, status int32) {
	l.t.Helper()
	refusal, ok := errors.AsType[*phone.Refusal](err)
	if !ok || refusal.ResultCodes.StatusCode != status {
		l.t.Errorf("%v, want a refusal with status %d", err, status)
	}
}

// TestFlow takes a device through two activations: bound by a derivation code,
// then once more with what the server has by then, by a response. In between
// the reply is lost, and the old secret is tried.
func TestFlow(t *testing.T) {
	for _, parameters := range []oath.Parameters{
		{Type: oath.HOTP, Algorithm: oath.SHA1, Digits: 6}, {Type: oath.TOTP, Algorithm: oath.SHA256, Digits: 8},
	} {
		t.Run(string(parameters.Type), func(t *testing.T) { flow(t, newLab(t, parameters)) })
	}
}

func flow(t *testing.T, l *lab) {
	first := must(l.device.Exchange(t.Context(), l.register(0)))(t)
	code, bound, err := l.device.DerivationCode(first, []byte("a device"))
	bound = must(bound, err)(t)
	lost := bound
	bound = must(l.device.Activate(t.Context(), bound, phone.Credential{DerivationCode: code}))(t)
	if !l.active() || !bound.Activated || bound.UserID != "Zoë 1" || bound.Domain != "master" {
		t.Errorf("after the derivation code: active %v, %+v", l.active(), bound)
	}
	again := must(l.device.Activate(t.Context(), lost, phone.Credential{DerivationCode: code}))(t)
	if string(again.Secret) != string(bound.Secret) {
		t.Error("the repeated derivation code left another secret")
	}

	l.now = l.now.Add(time.Minute)
	second := must(l.device.Exchange(t.Context(), l.register(0)))(t)
	if string(second.Secret) != string(bound.Secret) || second.MovingFactor != bound.MovingFactor {
		t.Errorf("re-activation delivered another secret, or moving factor %d for %d", second.MovingFactor, bound.MovingFactor)
	}
	old := first
	old.RegistrationID, old.MovingFactor = second.RegistrationID, second.MovingFactor
	otp, _, err := l.device.OTP(old)
	_, err = l.device.Activate(t.Context(), old, phone.Credential{Response: must(otp, err)(t)})
	l.refused(err, 1000)
	otp, second, err = l.device.OTP(second)
	must(l.device.Activate(t.Context(), second, phone.Credential{Response: must(otp, err)(t)}))(t)
}

func TestFlowOffline(t *testing.T) {
	parameters := oath.Parameters{Type: oath.HOTP, Algorithm: oath.SHA1, Digits: 6}
	l := newLab(t, parameters)
	r := l.register(1)
	if _, err := l.device.Exchange(t.Context(), r); !errors.Is(err, phone.ErrForm) {
		t.Errorf("offline data where online data were expected: %v, want %v", err, phone.ErrForm)
	}
	r = l.register(1)
	r.Offline = &phone.BuiltIn{Parameters: parameters, SerialNumber: "VDS1000140"}
	s := must(l.device.Exchange(t.Context(), r))(t)
	otp, s, err := l.device.OTP(s)
	if err != nil || otp != "755224" {
		t.Fatalf("OTP = %s, %v", otp, err)
	}
	if s = must(l.device.Activate(t.Context(), s, phone.Credential{Response: otp}))(t); s.UserID != "Zoë 1" || !l.active() {
		t.Errorf("%+v", s)
	}
}

func TestFlowRefusals(t *testing.T) {
	l := newLab(t, oath.Parameters{Type: oath.HOTP, Algorithm: oath.SHA1, Digits: 6})
	r := l.register(0)
	wrong := r
	wrong.Password = "wrong"
	_, err := l.device.Exchange(t.Context(), wrong)
	l.refused(err, 1000)
	s := must(l.device.Exchange(t.Context(), r))(t)
	_, err = l.device.Activate(t.Context(), s, phone.Credential{Response: "000000"})
	l.refused(err, 1000)
	l.soap.ComponentType = "unheard of"
	_, err = l.device.Activate(t.Context(), s, phone.Credential{Response: "755224"})
	l.refused(err, 1005)
	l.soap.Client.HTTP = &http.Client{Timeout: time.Nanosecond}
	if _, err = l.device.Activate(t.Context(), s, phone.Credential{Response: "755224"}); err == nil {
		t.Error("activated within a nanosecond")
	}
}
