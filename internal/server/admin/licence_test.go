package admin_test

import (
	"encoding/json"
	"errors"
	"net/netip"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dsappd/dsappd/dsapp"
	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/internal/server/admin"
	"github.com/dsappd/dsappd/oath"
)

const licence = "VDM1000001"

// licensed adds a licence, made out to user1, and a component for it.
func (o *office) licensed(t *testing.T, limit int) provision.Caller {
	t.Helper()
	o.furnish(t)
	o.must(t)(o.UnassignAuthenticator(t.Context(), admin.NameAuthenticator{SerialNumber: serial}))
	o.must(t)(o.AddAuthenticator(t.Context(), admin.AddAuthenticator{SerialNumber: licence, Type: oath.TOTP, Algorithm: oath.SHA256, Digits: 6, Limit: limit}))
	o.must(t)(o.AssignAuthenticator(t.Context(), provision.AssignAuthenticator{SerialNumber: licence, UserID: "user1"}))
	o.must(t)(o.AddPolicy(t.Context(), provision.AddPolicy{Name: "offline", Set: json.RawMessage(`{"OfflineMDL":true}`)}))
	o.must(t)(o.AddComponent(t.Context(), provision.AddComponent{ComponentType: "mdl", Location: "127.0.0.1", Policy: "offline"}))
	return provision.Caller{ComponentType: "mdl", Address: netip.MustParseAddr("127.0.0.1"), RequestID: "r"}
}

// addDevice goes from register to Activation Message 2, and returns the
// registration and the device's signature.
func (o *office) addDevice(t *testing.T, caller provision.Caller) (id, signature string) {
	t.Helper()
	offline := 1
	r, err := o.service.DSAPPSRPRegister(t.Context(), caller, provision.DSAPPSRPRegister{UserID: "user1", StaticPassword: password, ActivationType: &offline})
	o.must(t)(r, err)
	m, err := dsapp.ParseActivationMessage1(r.ActivationPassword)
	o.must(t)(m, err)
	c, err := dsapp.NewDeviceCode(m, dsapp.Android, [6]byte{1})
	o.must(t)(c, err)
	added, err := o.service.AddDevice(t.Context(), caller, provision.AddDevice{RegistrationID: r.RegistrationID, DeviceCode: c.String()})
	o.must(t)(added, err)
	m2, err := dsapp.ParseActivationMessage2(added.ActivationMessage2)
	o.must(t)(m2, err)
	secret, err := m2.Open(m, c)
	o.must(t)(secret, err)
	signature, err = m2.Signature(secret)
	o.must(t)(signature, err)
	return r.RegistrationID, signature
}

func (o *office) instances(t *testing.T) *admin.Licence {
	t.Helper()
	a, err := o.ShowAuthenticator(t.Context(), admin.NameAuthenticator{SerialNumber: licence})
	if err != nil || a.Licence == nil {
		t.Fatalf("%+v %v", a, err)
	}
	return a.Licence
}

// An instance is shown in every state it comes to, and the list counts it.
func TestLicence(t *testing.T) {
	o := openOffice(t)
	caller := o.licensed(t, 3)
	if l := o.instances(t); l.Limit != 3 || l.Places != 0 || l.Instances == nil || len(l.Instances) != 0 {
		t.Errorf("%+v", l)
	}
	id, signature := o.addDevice(t, caller)
	want := admin.Instance{SerialNumber: licence + "-1", State: provision.InstancePending, DeviceType: "Android", RegistrationID: id, HoldsPlace: true}
	check := func(places int) {
		t.Helper()
		l := o.instances(t)
		if len(l.Instances) != 1 || l.Places != places {
			t.Fatalf("%+v", l)
		}
		want.ExpiresAt, want.ActivatedAt = l.Instances[0].ExpiresAt, l.Instances[0].ActivatedAt
		if diff := cmp.Diff(want, l.Instances[0]); diff != "" || want.ActivatedAt.IsZero() != (want.State == provision.InstancePending) {
			t.Errorf("the instance (-want +got):\n%s", diff)
		}
	}
	check(1)
	o.must(t)(o.service.ActivateInstance(t.Context(), caller, provision.ActivateInstance{RegistrationID: id, Signature: signature}))
	want.State = provision.InstanceActive
	check(1)
	err := o.service.UpdateDevicePNID(t.Context(), caller, provision.UpdateDevicePNID{
		Possession: provision.Possession{UserID: "user1", SerialNumber: licence + "-1"}, DevicePNID: "0A0B"})
	o.must(t)(nil, err)
	want.NotificationID = true
	check(1)
	page, err := o.ListAuthenticators(t.Context(), provision.ListAuthenticators{Type: provision.MDL})
	o.must(t)(page, err)
	if len(page.Items) != 1 || page.Items[0].Licence.Places != 1 || page.Items[0].Licence.Instances != nil {
		t.Errorf("listed as %+v", page.Items)
	}
	o.must(t)(o.DeactivateInstance(t.Context(), admin.NameAuthenticator{SerialNumber: licence + "-1"}))
	want.State, want.HoldsPlace, want.NotificationID = provision.InstanceDeactivated, false, false
	check(0)
}

func TestDeactivateRefuses(t *testing.T) {
	o := openOffice(t)
	o.addDevice(t, o.licensed(t, 3))
	for name, want := range map[string]provision.Refusal{
		"VDM1000001-1": provision.NotFound, // it is pending
		"VDM1000009-1": provision.NotFound, "VDS1000140-1": provision.NotFound,
		"VDM1000001": provision.InvalidParameter, "VDM1000001-256": provision.InvalidParameter, "VDM1000001-01": provision.InvalidParameter,
	} {
		_, err := o.DeactivateInstance(t.Context(), admin.NameAuthenticator{SerialNumber: name})
		if refused, ok := errors.AsType[*admin.Error](err); !ok || refused.Refusal != want {
			t.Errorf("%s: %v, want %s", name, err, want)
		}
	}
}

func TestSetLimit(t *testing.T) {
	o := openOffice(t)
	caller := o.licensed(t, 1)
	o.addDevice(t, caller)
	a, err := o.SetAuthenticator(t.Context(), provision.SetAuthenticator{SerialNumber: licence, Limit: 2})
	if err != nil || a.Licence.Limit != 2 || len(a.Licence.Instances) != 1 {
		t.Errorf("%+v %v", a, err)
	}
	o.addDevice(t, caller)
	_, err = o.SetAuthenticator(t.Context(), provision.SetAuthenticator{SerialNumber: licence, Limit: 1})
	if refused, ok := errors.AsType[*admin.Error](err); !ok || refused.Desc !=
		"The limit is 1, and 2 instances have a place: deactivate some first, or wait for those that are pending." {
		t.Errorf("%v", err)
	}
	if l := o.instances(t); l.Limit != 2 || l.Places != 2 {
		t.Errorf("%+v", l)
	}
}
