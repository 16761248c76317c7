package gateway_test

import (
	"encoding/json"
	"testing"

	"github.com/dsappd/dsappd/dsapp"
	"github.com/dsappd/dsappd/internal/provision"
)

// A one-time password logs its user in, once.
func TestAuthUser(t *testing.T) {
	l := newLab(t)
	login := func(status int, password string) answer {
		return l.ask(status, frontKey, servicesPath+"authentication/authUser", map[string]any{"userID": "user1", "password": password})
	}
	a := login(0, "755224")
	for name, want := range map[string]string{"userID": "user1", "domain": "master", "serialNo": "VDS1000140"} {
		if got := a.text(t, name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	login(1000, "755224")
	login(1000, "Password2") // the one-time password has ended the grace period
	l.ask(1000, frontKey, servicesPath+"authentication/authUser", map[string]any{"userID": "nobody", "domain": "master", "password": "755224"})
}

// The site begins an offline activation, where the policy allows one.
func TestMdlRegister(t *testing.T) {
	l := newLab(t)
	register := func(status int, password string) answer {
		return l.ask(status, backKey, provisioning+"MdlRegister", map[string]any{"userID": "user3", "domain": "master", "password": password})
	}
	register(1005, "Password2")
	must(l.service.SetPolicy(t.Context(), operator(), provision.SetPolicy{Name: "lab", Set: json.RawMessage(`{"OfflineMDL": true}`)}))(t)
	register(1000, "wrong")
	a := register(0, "Password2")
	message1 := must(dsapp.ParseActivationMessage1(a.text(t, "activationMessageImage")))(t)
	code := must(dsapp.NewDeviceCode(message1, dsapp.Android, [6]byte{1, 2, 3, 4, 5, 6}))(t)
	id := a.text(t, "registrationIdentifier")
	message2 := must(dsapp.ParseActivationMessage2(must(calls{l}.AddDevice(t.Context(), id, code.String()))(t)))(t)
	signature := must(message2.Signature(must(message2.Open(message1, code))(t)))(t)
	l.ask(0, backKey, provisioning+"MdlActivate", map[string]any{"registrationIdentifier": id, "signature": signature})
}
