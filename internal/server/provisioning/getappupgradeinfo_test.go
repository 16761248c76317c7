package provisioning_test

import (
	"strings"
	"testing"

	"github.com/dsappd/dsappd/dsapp"
	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/store"
)

func TestGetAppUpgradeInfo(t *testing.T) {
	l := newLab(t, true)
	reply := l.ask("0", envelope(t, "getappupgradeinfo"))
	if want := dsapp.EncodeHex([]byte("01;02;user1;master;0123456789")); text(reply, "//result/upgradeMessage") != want {
		t.Errorf("%s", must(reply.WriteToString())(t))
	}
}

func TestUpdateDevicePNID(t *testing.T) {
	l := newLab(t, true)
	reply := l.ask("0", envelope(t, "updatedevicepnid"))
	if reply.FindElement("//result") != nil {
		t.Errorf("there is a result: %s", must(reply.WriteToString())(t))
	}
	var a provision.Authenticator
	err := l.service.Store.View(t.Context(), func(v *store.View) error {
		var err error
		a, err = store.Get(v, provision.Authenticators, "VDS1000140")
		return err
	})
	if err != nil || len(a.DevicePNID) == 0 || strings.Contains(string(a.DevicePNID), "0A0bFF") {
		t.Errorf("%q %v", a.DevicePNID, err)
	}
	if problems, err := provision.CheckSealed(t.Context(), l.service.Store, l.service.Sealer); err != nil || len(problems) != 0 {
		t.Errorf("%v %v", problems, err)
	}
	if strings.Contains(l.trace.String()+l.log.String(), "0A0bFF") {
		t.Error("the notification ID is shown")
	}
	must(l.service.UnassignAuthenticator(t.Context(), provision.Operator{Name: "tester"}, "VDS1000140"))(t)
	if err := l.service.Store.View(t.Context(), func(v *store.View) (err error) {
		a, err = store.Get(v, provision.Authenticators, "VDS1000140")
		return err
	}); err != nil || len(a.DevicePNID) != 0 {
		t.Errorf("after unassignment: %q %v", a.DevicePNID, err)
	}
}

// The operations that ask for no proof refuse alike.
func TestPossessionRefusals(t *testing.T) {
	l := newLab(t, false)
	long := strings.Repeat("u", 250)
	by := provision.Operator{Name: "tester"}
	must(l.service.AddUser(t.Context(), by, provision.AddUser{UserID: "a;b", StaticPassword: "Password2"}))(t)
	for _, operation := range []string{"getappupgradeinfo", "updatedevicepnid"} {
		for name, c := range map[string]struct{ status, old, replaced string }{
			"unknown user":       {"1000", "user1", long},
			"unknown domain":     {"1000", "master", "nowhere"},
			"no component":       {"1005", "srp-component", "far"},
			"another's serial":   {"-13", "VDS1000140", "VDS1000149"},
			"no such instance":   {"-13", "VDS1000140", "VDS1000140-1"},
			"malformed serial":   {"-2", "VDS1000140", "VDS"},
			"no user":            {"-2", "<userID>user1</userID>", ""},
			"two serial numbers": {"-2", "<serialNumber>", "<serialNumber>VDS1000140</serialNumber><serialNumber>"},
		} {
			reply := l.ask(c.status, envelope(t, operation, c.old, c.replaced))
			if text(reply, "//errorStack/errors/errorCode") != c.status {
				t.Errorf("%s, %s: %s", operation, name, must(reply.WriteToString())(t))
			}
		}
	}
	for _, pnid := range []string{"", "0", "xy", strings.Repeat("0", 1072)} {
		l.ask("-2", envelope(t, "updatedevicepnid", "0A0bFF", pnid))
	}
	must(l.service.UnassignAuthenticator(t.Context(), by, "VDS1000140"))(t)
	must(l.service.AssignAuthenticator(t.Context(), by, provision.AssignAuthenticator{SerialNumber: "VDS1000140", UserID: "a;b"}))(t)
	reply := l.ask("-2", envelope(t, "getappupgradeinfo", "user1", "a;b"))
	if !strings.Contains(text(reply, "//errorDesc"), "semicolon") {
		t.Errorf("%s", must(reply.WriteToString())(t))
	}
}
