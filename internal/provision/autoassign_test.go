package provision_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/dsappd/dsappd/dsapp"
	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/oath"
	"github.com/dsappd/dsappd/store"
)

// stocked is a play whose policy assigns, with the user bare, who has no
// authenticator.
func stocked(t *testing.T, settings string) *play {
	t.Helper()
	p := newPlay(t)
	p.policy("lab", `{"AutoAssign": true, "MaximumActivations": 0, "MinimumIntervalMinutes": 0, "GraceDays": 2`+settings+`}`)
	p.bare("bare")
	return p
}

func (p *play) bare(userID string) {
	p.t.Helper()
	must(p.AddUser(p.t.Context(), operator(), provision.AddUser{UserID: userID, StaticPassword: "Password2"}))(p.t)
}

// stock adds a free authenticator.
func (p *play) stock(in provision.AddAuthenticator) {
	p.t.Helper()
	must(p.AddAuthenticator(p.t.Context(), operator(), in))(p.t)
}

func totp() oath.Parameters {
	return oath.Parameters{Type: oath.TOTP, Algorithm: oath.SHA256, Digits: 8}
}

func TestRegisterAssignsAFreeAuthenticator(t *testing.T) {
	p := stocked(t, ``)
	_, err := p.register("bare")
	p.refused(err, -13) // none is free
	p.stock(provision.AddAuthenticator{SerialNumber: "VDS1000150", Parameters: hotp(), Secret: []byte(rfc4226Secret)})
	_, err = p.DSAPPSRPRegister(t.Context(), caller(), provision.DSAPPSRPRegister{UserID: "bare", StaticPassword: "wrong"})
	p.refused(err, 1000)
	_, err = p.DSAPPSRPRegister(t.Context(), caller(), provision.DSAPPSRPRegister{
		UserID: "bare", StaticPassword: "Password2", SerialNumber: "VDS1000150"})
	p.refused(err, -13) // a given serial number that is not the user's
	if a := p.device("VDS1000150"); a.State != provision.Unassigned {
		t.Fatalf("a refusal assigned it: %+v", a)
	}
	p.wait(time.Hour)
	r := p.mustRegister("bare")
	a := p.device("VDS1000150")
	if r.SerialNumber != "VDS1000150" || a.UserID != "bare" || a.State != provision.Assigned || a.OpenRegistration != r.RegistrationID ||
		!a.AssignedAt.Equal(p.clock()) || !a.GraceEndsAt.Equal(p.clock().Add(48*time.Hour)) {
		t.Errorf("registered %s, and %+v", r.SerialNumber, a)
	}
	if got := p.mustRegister("bare").SerialNumber; got != "VDS1000150" {
		t.Errorf("the next register took %s", got)
	}
	r = p.mustRegister("bare")
	p.deliver(r)
	if err := p.activate(r.RegistrationID, "755224"); err != nil {
		t.Error(err)
	}
}

func TestAutoAssignmentIsOffUnlessThePolicySaysSo(t *testing.T) {
	p := newPlay(t)
	p.bare("bare")
	p.stock(provision.AddAuthenticator{SerialNumber: "VDS1000150", Parameters: hotp()})
	_, err := p.register("bare")
	p.refused(err, -13)
	if a := p.device("VDS1000150"); a.State != provision.Unassigned {
		t.Errorf("%+v", a)
	}
}

func TestAutoAssignmentTakesTheRightOne(t *testing.T) {
	offline := 1
	for _, c := range []struct {
		settings string
		in       provision.DSAPPSRPRegister
		want     string
	}{
		{``, provision.DSAPPSRPRegister{}, "VDS1000151"}, // the first of its type, hotp before totp
		{`, "AutoAssignType": "totp"`, provision.DSAPPSRPRegister{}, "VDS1000150"},
		{`, "AutoAssignType": "hotp"`, provision.DSAPPSRPRegister{}, "VDS1000151"},
		{`, "AutoAssignType": "totp"`, provision.DSAPPSRPRegister{ActivationType: &offline}, "VDS1000152"}, // 150's secret is too long for it
	} {
		p := stocked(t, c.settings)
		must(p.AddDomain(t.Context(), operator(), provision.AddDomain{Name: "branch"}))(t)
		p.stock(provision.AddAuthenticator{SerialNumber: "VDS1000100", Domain: "branch", Parameters: hotp()})
		p.stock(provision.AddAuthenticator{SerialNumber: "VDS1000150", Parameters: totp(), SecretSize: 32})
		p.stock(provision.AddAuthenticator{SerialNumber: "VDS1000152", Parameters: totp()})
		p.stock(provision.AddAuthenticator{SerialNumber: "VDS1000151", Parameters: hotp()})
		c.in.UserID, c.in.StaticPassword = "bare", "Password2"
		if got := must(p.DSAPPSRPRegister(t.Context(), caller(), c.in))(t); got.SerialNumber != c.want {
			t.Errorf("%s: assigned %s, want %s", c.settings, got.SerialNumber, c.want)
		}
	}
}

// More free ones than are looked at in one View, of which only the last will
// do, and an index that lists what it should not.
func TestAutoAssignmentLooksFurther(t *testing.T) {
	p := stocked(t, ``)
	for n := range 65 {
		p.stock(provision.AddAuthenticator{SerialNumber: fmt.Sprintf("VDS10002%02d", n), Parameters: hotp(), SecretSize: 32})
	}
	offline := 1
	in := provision.DSAPPSRPRegister{UserID: "bare", StaticPassword: "Password2", ActivationType: &offline}
	_, err := p.DSAPPSRPRegister(t.Context(), caller(), in)
	p.refused(err, -13)
	p.stock(provision.AddAuthenticator{SerialNumber: "VDS1000300", Parameters: hotp()})
	ghost := provision.FreeAuthenticator{FreeKey: provision.FreeKey{Domain: "master", Type: provision.EventBased, SerialNumber: "VDS1000001"}}
	must(0, p.Store.Update(t.Context(), func(tx *store.Tx) error { return store.Put(tx, provision.FreeAuthenticators, ghost) }))(t)
	if got := must(p.DSAPPSRPRegister(t.Context(), caller(), in))(t); got.SerialNumber != "VDS1000300" {
		t.Errorf("assigned %s", got.SerialNumber)
	}
	must(0, p.Store.Update(t.Context(), func(tx *store.Tx) error { return store.Delete(tx, provision.FreeAuthenticators, ghost.Key()) }))(t)
}

// Everybody at once: nobody gets another's, and while there are any, somebody
// gets one.
func TestAutoAssignmentsAtOnce(t *testing.T) {
	for _, c := range []struct{ users, free int }{{24, 24}, {24, 5}} {
		p := stocked(t, ``)
		for n := range c.users {
			p.bare(fmt.Sprintf("bare%d", n))
		}
		for n := range c.free {
			p.stock(provision.AddAuthenticator{SerialNumber: fmt.Sprintf("VDS10002%02d", n), Parameters: hotp()})
		}
		taken := make([]string, c.users)
		granted := atOnce(c.users, func(n int) error {
			r, err := p.register(fmt.Sprintf("bare%d", n))
			taken[n] = r.SerialNumber
			if _, refused := errors.AsType[*provision.Error](err); err != nil && !refused {
				t.Errorf("user %d: %v", n, err)
			}
			return err
		})
		owners := make(map[string]bool)
		for n, serialNumber := range taken {
			if serialNumber == "" {
				continue
			}
			if owners[serialNumber] || p.device(serialNumber).UserID != fmt.Sprintf("bare%d", n) {
				t.Errorf("%s was given twice", serialNumber)
			}
			owners[serialNumber] = true
		}
		if granted != c.free || len(p.free()) != 0 {
			t.Errorf("%d users and %d free: %d were granted, %v are left", c.users, c.free, granted, p.free())
		}
	}
}

// One user at once: one authenticator, not one for each request.
func TestAutoAssignmentsOfOneUserAtOnce(t *testing.T) {
	p := stocked(t, ``)
	for n := range 20 {
		p.stock(provision.AddAuthenticator{SerialNumber: fmt.Sprintf("VDS10002%02d", n), Parameters: hotp()})
	}
	granted := atOnce(12, func(int) error { _, err := p.register("bare"); return err })
	if u := p.account("bare"); granted == 0 || len(u.SerialNumbers) != 1 || len(p.free()) != 19 {
		t.Errorf("%d granted: %v, and %d are free", granted, u.SerialNumbers, len(p.free()))
	}
}

func TestAuthenticatorLimitIsPerUserAndType(t *testing.T) {
	p := newPlay(t) // user1 has a hotp one
	p.policy("two", `{"AuthenticatorLimit": 2}`)
	assign := func(serialNumber string, parameters oath.Parameters) error {
		p.stock(provision.AddAuthenticator{SerialNumber: serialNumber, Parameters: parameters})
		_, err := p.AssignAuthenticator(t.Context(), operator(), provision.AssignAuthenticator{SerialNumber: serialNumber, UserID: "user1", Policy: "two"})
		return err
	}
	must(0, assign("VDS1000150", hotp()))(t)
	refusal := p.refused(assign("VDS1000151", hotp()), 1005)
	if refusal.Refusal != provision.AuthenticatorLimit || !strings.Contains(refusal.Desc, "2 of type hotp") {
		t.Errorf("%+v", refusal)
	}
	must(0, assign("VDS1000152", totp()))(t)
	must(0, assign("VDS1000153", totp()))(t)
	p.refused(assign("VDS1000154", totp()), 1005)
	p.stock(provision.AddAuthenticator{SerialNumber: licenceSerial, Parameters: dsapp.InstanceParameters(), Limit: 2})
	must(p.AssignAuthenticator(t.Context(), operator(), provision.AssignAuthenticator{SerialNumber: licenceSerial, UserID: "user1", Policy: "two"}))(t)
	must(p.UnassignAuthenticator(t.Context(), operator(), "VDS1000150"))(t)
	must(p.AssignAuthenticator(t.Context(), operator(), provision.AssignAuthenticator{SerialNumber: "VDS1000151", UserID: "user1", Policy: "two"}))(t)
}

func TestAuthenticatorLimitAtOnce(t *testing.T) {
	p := newPlay(t)
	must(p.AddPolicy(t.Context(), operator(), provision.AddPolicy{Name: "three", Set: json.RawMessage(`{"AuthenticatorLimit": 3}`)}))(t)
	for n := range 8 {
		p.stock(provision.AddAuthenticator{SerialNumber: fmt.Sprintf("VDS10002%02d", n), Parameters: hotp()})
	}
	granted := atOnce(8, func(n int) error {
		_, err := p.AssignAuthenticator(t.Context(), operator(), provision.AssignAuthenticator{
			SerialNumber: fmt.Sprintf("VDS10002%02d", n), UserID: "user1", Policy: "three"})
		return err
	})
	if u := p.account("user1"); granted != 2 || len(u.SerialNumbers) != 3 {
		t.Errorf("%d granted, user has %v", granted, u.SerialNumbers)
	}
}

// A licence goes to whom it can serve, and one device's authenticator too.
func TestAutoAssignmentTellsLicences(t *testing.T) {
	licence := provision.AddAuthenticator{SerialNumber: licenceSerial, Parameters: dsapp.InstanceParameters(), Limit: 2}
	single := provision.AddAuthenticator{SerialNumber: "VDS1000150", Parameters: hotp(), Secret: []byte(rfc4226Secret)}
	srp, mdl, direct := "dsappSRPRegister", "PROVISIONCMD_MDL_REGISTER", "PROVISIONCMD_REGISTER"
	for _, c := range []struct{ operation, setting, want string }{
		{srp, ``, single.SerialNumber}, {srp, `hotp`, single.SerialNumber}, {srp, `mdl`, licenceSerial}, {srp, `totp`, ""},
		{mdl, ``, licenceSerial}, {mdl, `mdl`, licenceSerial}, {mdl, `hotp`, ""},
		{direct, ``, single.SerialNumber}, {direct, `hotp`, single.SerialNumber}, {direct, `mdl`, ""},
	} {
		p := stocked(t, `, "OfflineMDL": true, "ActivationCodeOutsideSRP": true, "AutoAssignType": "`+c.setting+`"`)
		p.stock(licence)
		p.stock(single)
		in := provision.DSAPPSRPRegister{UserID: "bare", StaticPassword: "Password2", MDL: c.operation == mdl}
		var got string
		var err error
		if c.operation == direct {
			var r provision.RegisterOutsideSRPResult
			local := caller()
			local.Confidential = true
			r, err = p.RegisterOutsideSRP(t.Context(), local, in)
			got = r.SerialNumber
		} else {
			var r provision.DSAPPSRPRegisterResult
			r, err = p.DSAPPSRPRegister(t.Context(), caller(), in)
			got = r.SerialNumber
		}
		if c.want == "" {
			p.refused(err, -13)
		}
		if got != c.want || len(p.account("bare").SerialNumbers) != min(len(c.want), 1) {
			t.Errorf("%s under type %q: assigned %q, want %q; the user has %v", c.operation, c.setting, got, c.want, p.account("bare").SerialNumbers)
		}
	}
}

func TestAutoAssignmentPassesAUsedUpLicenceOver(t *testing.T) {
	p := stocked(t, `, "AutoAssignType": "mdl"`)
	p.stock(provision.AddAuthenticator{SerialNumber: licenceSerial, Parameters: dsapp.InstanceParameters(), Limit: 2})
	usedUp := p.device(licenceSerial)
	usedUp.Licence.NextSequenceNumber = 256
	must(0, p.Store.Update(t.Context(), func(tx *store.Tx) error { return provision.PutAuthenticator(tx, usedUp) }))(t)
	_, err := p.register("bare")
	p.refused(err, -13)
	p.stock(provision.AddAuthenticator{SerialNumber: "VDM1000002", Parameters: dsapp.InstanceParameters(), Limit: 2})
	if got := p.mustRegister("bare").SerialNumber; got != "VDM1000002" {
		t.Errorf("assigned %s", got)
	}
}
