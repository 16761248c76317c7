package admin_test

import (
	"encoding/hex"
	"encoding/json"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/dsappd/dsappd/internal/audit"

	"github.com/google/go-cmp/cmp"

	"github.com/dsappd/dsappd/dsapp"
	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/internal/server/admin"
	"github.com/dsappd/dsappd/oath"
	"github.com/dsappd/dsappd/store"
)

func hotp() oath.Parameters {
	return oath.Parameters{Type: oath.HOTP, Algorithm: "SHA1", Digits: 6}
}

// site is a component that may activate without the key exchange.
func (o *office) site(t *testing.T) provision.Caller {
	t.Helper()
	o.must(t)(o.service.AddPolicy(t.Context(), provision.Operator{Name: "alice"}, provision.AddPolicy{
		Name: "direct", Set: json.RawMessage(`{"KeyExchangeRequired":false,"MaximumActivations":0,"MinimumIntervalMinutes":0}`)}))
	o.must(t)(o.AddComponent(t.Context(), provision.AddComponent{ComponentType: "site", Location: "127.0.0.1", Policy: "direct"}))
	return provision.Caller{ComponentType: "site", Address: netip.MustParseAddr("127.0.0.1"), RequestID: "r"}
}

func (o *office) register(t *testing.T, caller provision.Caller) string {
	t.Helper()
	result, err := o.service.DSAPPSRPRegister(t.Context(), caller, provision.DSAPPSRPRegister{UserID: "user1", StaticPassword: password})
	if err != nil {
		t.Fatal(err)
	}
	return result.RegistrationID
}

// activate registers and activates by a one-time password.
func (o *office) activate(t *testing.T, caller provision.Caller, secret []byte, movingFactor uint64) error {
	t.Helper()
	otp, err := oath.OTP(secret, movingFactor, hotp())
	if err != nil {
		t.Fatal(err)
	}
	_, err = o.service.DSAPPSRPActivate(t.Context(), caller, provision.DSAPPSRPActivate{RegistrationID: o.register(t, caller), Response: otp})
	return err
}

// bind registers and activates by a derivation code, and returns the secret
// that both sides have then.
func (o *office) bind(t *testing.T, caller provision.Caller, secret []byte, movingFactor uint64) []byte {
	t.Helper()
	diversifier, err := dsapp.Diversifier(serial, []byte("a phone"))
	if err != nil {
		t.Fatal(err)
	}
	derived, err := dsapp.DeriveSecret(secret, diversifier, serial)
	if err != nil {
		t.Fatal(err)
	}
	code, err := dsapp.NewDerivationCode(diversifier, derived, movingFactor, hotp())
	if err != nil {
		t.Fatal(err)
	}
	o.must(t)(o.service.DSAPPSRPActivate(t.Context(), caller, provision.DSAPPSRPActivate{
		RegistrationID: o.register(t, caller), DerivationCode: code.String()}))
	return derived
}

func (o *office) authenticator(t *testing.T) admin.Authenticator {
	t.Helper()
	a, err := o.ShowAuthenticator(t.Context(), admin.NameAuthenticator{SerialNumber: serial})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// furnish gives user1 the authenticator.
func (o *office) furnish(t *testing.T) (caller provision.Caller, secret []byte) {
	t.Helper()
	o.addUser(t, "user1")
	o.addAuthenticator(t, serial)
	o.assign(t, serial, "user1")
	secret, err := hex.DecodeString(secretHex)
	if err != nil {
		t.Fatal(err)
	}
	return o.site(t), secret
}

func TestAssignStartsGrace(t *testing.T) {
	o := openOffice(t)
	o.furnish(t)
	got := o.authenticator(t)
	want := admin.Authenticator{
		SerialNumber: serial, Domain: "master", State: provision.Assigned, UserID: "user1",
		Type: "hotp", Algorithm: "SHA1", Digits: 6, ActivationType: admin.Online,
		AssignedAt: o.now, GraceEndsAt: o.now.Add(7 * 24 * time.Hour), CreatedAt: o.now,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	user, err := o.ShowUser(t.Context(), provision.NameUser{UserID: "user1@master"})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{serial}, user.SerialNumbers); diff != "" {
		t.Error(diff)
	}
}

func TestResetReturnsToTheAssignment(t *testing.T) {
	o := openOffice(t)
	caller, secret := o.furnish(t)
	derived := o.bind(t, caller, secret, 0)
	if err := o.activate(t, caller, derived, 4); err != nil {
		t.Fatal(err)
	}
	open := o.register(t, caller)
	o.pass(48 * time.Hour)
	o.must(t)(o.ResetAuthenticator(t.Context(), provision.ResetAuthenticator{SerialNumber: serial}))

	got := o.authenticator(t)
	if got.State != provision.Assigned || got.Bound || got.NextMovingFactor != 0 || got.Activations != 0 || !got.LastActivatedAt.IsZero() ||
		!got.GraceEndsAt.Equal(o.now.Add(7*24*time.Hour)) || !got.AssignedAt.Equal(o.now.Add(-48*time.Hour)) {
		t.Errorf("after reset: %+v", got)
	}
	closed, err := o.ShowRegistration(t.Context(), admin.NameRegistration{ID: open})
	if err != nil || closed.State != provision.Closed {
		t.Errorf("open registration: %+v, %v", closed, err)
	}
	if err := o.activate(t, caller, derived, 5); err == nil {
		t.Error("the secret of before the reset still activates")
	}
	if err := o.activate(t, caller, secret, 0); err != nil {
		t.Errorf("the initial secret at the first moving factor: %v", err)
	}
}

func TestUnassignKeepsTheMovingFactor(t *testing.T) {
	o := openOffice(t)
	caller, secret := o.furnish(t)
	o.bind(t, caller, secret, 3)
	open := o.register(t, caller)
	o.must(t)(o.UnassignAuthenticator(t.Context(), admin.NameAuthenticator{SerialNumber: serial}))

	want := admin.Authenticator{
		SerialNumber: serial, Domain: "master", State: provision.Unassigned,
		Type: "hotp", Algorithm: "SHA1", Digits: 6, ActivationType: admin.Online, NextMovingFactor: 4, CreatedAt: o.now,
	}
	if diff := cmp.Diff(want, o.authenticator(t)); diff != "" {
		t.Error(diff)
	}
	closed, err := o.ShowRegistration(t.Context(), admin.NameRegistration{ID: open})
	if err != nil || closed.State != provision.Closed {
		t.Errorf("open registration: %+v, %v", closed, err)
	}
	o.assign(t, serial, "user1")
	if got := o.authenticator(t).AssignedMovingFactor; got != 4 {
		t.Errorf("assigned moving factor %d, want 4", got)
	}
	if err := o.activate(t, caller, secret, 3); err == nil {
		t.Error("a spent one-time password is accepted after a new assignment")
	}
	if err := o.activate(t, caller, secret, 4); err != nil {
		t.Errorf("the next one-time password of the initial secret: %v", err)
	}
}

func TestDeleteUserTakesAllAlong(t *testing.T) {
	o := openOffice(t)
	caller, _ := o.furnish(t)
	open := o.register(t, caller)
	o.must(t)(o.DeleteUser(t.Context(), provision.NameUser{UserID: "user1"}))
	if _, err := o.ShowUser(t.Context(), provision.NameUser{UserID: "user1"}); refusal(err) != provision.NotFound {
		t.Errorf("deleted user: %v", err)
	}
	if got := o.authenticator(t); got.State != provision.Unassigned || got.UserID != "" {
		t.Errorf("authenticator of the deleted user: %+v", got)
	}
	closed, err := o.ShowRegistration(t.Context(), admin.NameRegistration{ID: open})
	if err != nil || closed.State != provision.Closed || closed.ClosedBecause != "the user was deleted" {
		t.Errorf("registration of the deleted user: %+v, %v", closed, err)
	}
}

func TestUnlockDisableAndPassword(t *testing.T) {
	o := openOffice(t)
	caller, _ := o.furnish(t)
	user := provision.NameUser{UserID: "user1"}
	wrong := provision.DSAPPSRPRegister{UserID: "user1", StaticPassword: "wrong"}
	for range 3 {
		o.service.DSAPPSRPRegister(t.Context(), caller, wrong)
	}
	locked, err := o.ShowUser(t.Context(), user)
	if err != nil || locked.LockedAt.IsZero() || locked.WrongPasswords != 3 || locked.Locks != 1 || len(locked.LockedFor) != 1 || locked.LockedUntil.Sub(locked.LockedAt) != 15*time.Minute {
		t.Errorf("after three wrong passwords: %+v, %v", locked, err)
	}
	unlocked, err := o.UnlockUser(t.Context(), user)
	if err != nil || !unlocked.LockedAt.IsZero() || unlocked.WrongPasswords != 0 || unlocked.Locks != 0 {
		t.Errorf("unlocked: %+v, %v", unlocked, err)
	}
	o.register(t, caller)
	o.must(t)(o.DisableUser(t.Context(), user))
	right := provision.DSAPPSRPRegister{UserID: "user1", StaticPassword: password}
	if _, err := o.service.DSAPPSRPRegister(t.Context(), caller, right); err == nil {
		t.Error("a disabled user registers")
	}
	o.must(t)(o.EnableUser(t.Context(), user))
	o.must(t)(o.SetUserPassword(t.Context(), provision.SetUserPassword{NameUser: user, StaticPassword: "another"}))
	if _, err := o.service.DSAPPSRPRegister(t.Context(), caller, right); err == nil {
		t.Error("the old password registers")
	}
	right.StaticPassword = "another"
	if _, err := o.service.DSAPPSRPRegister(t.Context(), caller, right); err != nil {
		t.Errorf("the new password: %v", err)
	}
}

func TestCloseRegistration(t *testing.T) {
	o := openOffice(t)
	caller, _ := o.furnish(t)
	open := o.register(t, caller)
	closed, err := o.CloseRegistration(t.Context(), provision.CloseRegistration{RegistrationID: open, Reason: "lost phone."})
	if err != nil || closed.State != provision.Closed || closed.ClosedBecause != "lost phone" || !closed.EndedAt.Equal(o.now) {
		t.Errorf("closed: %+v, %v", closed, err)
	}
	if got := o.authenticator(t).OpenRegistration; got != "" {
		t.Errorf("the authenticator still has open registration %q", got)
	}
	if _, err := o.CloseRegistration(t.Context(), provision.CloseRegistration{RegistrationID: open}); refusal(err) != provision.OutOfOrder {
		t.Errorf("closed twice: %v", err)
	}
	late := o.register(t, caller)
	o.pass(time.Hour)
	shown, err := o.ShowRegistration(t.Context(), admin.NameRegistration{ID: late})
	if err != nil || !shown.Expired || shown.State != provision.Registered {
		t.Errorf("after its lifetime: %+v, %v", shown, err)
	}
}

// Whatever an operator gives, the audit says who gave it and what came of it,
// and nothing that is secret.
func TestAuditAndLogOfOperators(t *testing.T) {
	o := openOffice(t)
	o.furnish(t)
	o.AddUser(t.Context(), provision.AddUser{UserID: "user1", StaticPassword: password})
	var events []audit.Event
	err := o.service.Store.View(t.Context(), func(v *store.View) error {
		for event, err := range store.Scan(v, audit.Events, audit.EventKey{}, audit.EventKey{}) {
			if err != nil {
				return err
			}
			events = append(events, event)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	status := make(map[string]int)
	text, err := json.Marshal(events)
	if err != nil {
		t.Fatal(err)
	}
	for _, event := range events {
		if event.Operator != "alice" {
			t.Errorf("event without its operator: %+v", event)
		}
		status[event.Operation+" "+event.UserID+" "+event.Status.StatusCodeEnum]++
	}
	want := map[string]int{
		"domain add  STAT_SUCCESS": 1, "user add user1 STAT_SUCCESS": 1, "user add user1 STAT_EXISTS": 1,
		"authenticator add  STAT_SUCCESS": 1, "authenticator assign user1 STAT_SUCCESS": 1,
		"policy add  STAT_SUCCESS": 1, "component add  STAT_SUCCESS": 1,
	}
	if diff := cmp.Diff(want, status); diff != "" {
		t.Error(diff)
	}
	for _, secret := range []string{"Password2", secretHex, "12345678901234567890"} {
		if strings.Contains(string(text), secret) || strings.Contains(o.log.String(), secret) {
			t.Errorf("the audit or the log holds %q", secret)
		}
	}
}
