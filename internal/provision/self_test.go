package provision_test

import (
	"testing"
	"time"

	"github.com/dsappd/dsappd/internal/audit"

	"github.com/google/go-cmp/cmp"

	"github.com/dsappd/dsappd/dsapp"
	"github.com/dsappd/dsappd/internal/provision"
)

func (p *play) signIn(userID, password string) (provision.SignedIn, error) {
	return p.SelfSignIn(p.t.Context(), caller(), provision.SignIn{UserID: userID, StaticPassword: password})
}

func (p *play) progress(who provision.SignedIn, id string) provision.Progress {
	p.t.Helper()
	return must(p.SelfProgress(p.t.Context(), who, id))(p.t)
}

// TestSelfManagement goes through a single-device activation as the page's
// user sees it.
func TestSelfManagement(t *testing.T) {
	p := newPlay(t)
	who := must(p.signIn("user1@master", "Password2"))(t)
	if got, want := who.User(), (provision.UserKey{Domain: "master", UserID: "user1"}); got != want {
		t.Errorf("signed in is %v, want %v", got, want)
	}
	r := must(p.SelfRegister(t.Context(), caller(), who, ""))(t)
	begun := p.clock()
	p.wait(time.Minute)
	want := provision.Progress{State: provision.Registered, SerialNumber: "VDS1000140",
		ExpiresAt: begun.Add(10 * time.Minute), Remaining: 9 * time.Minute}
	if diff := cmp.Diff(want, p.progress(who, r.RegistrationID)); diff != "" {
		t.Error(diff)
	}
	p.deliver(r)
	must(0, p.activate(r.RegistrationID, p.hotp([]byte(rfc4226Secret), 0)))(t)
	want.State, want.EndedAt = provision.Activated, p.clock()
	got := p.progress(who, r.RegistrationID)
	if diff := cmp.Diff(want, got); diff != "" || !got.Ended() {
		t.Errorf("ended: %v; %s", got.Ended(), diff)
	}
	own := must(p.SelfAuthenticators(t.Context(), who))(t)
	if diff := cmp.Diff([]provision.OwnAuthenticator{{SerialNumber: "VDS1000140", Type: provision.EventBased,
		State: provision.Active, LastActivatedAt: p.clock()}}, own); diff != "" {
		t.Error(diff)
	}
}

// TestSelfSignInDecidesAsRegisterDoes compares the two over the same wrong
// ways in: what the peer hears, what the user's record keeps and what the
// audit says.
func TestSelfSignInDecidesAsRegisterDoes(t *testing.T) {
	for _, policy := range []string{`{"GenericStatusCodes": true}`, `{"GenericStatusCodes": false, "UnlockMinutes": 5}`} {
		register, page := newPlay(t), newPlay(t)
		for _, p := range []*play{register, page} {
			p.policy("lab", policy)
			must(p.DisableUser(t.Context(), operator(), provision.NameUser{UserID: "user2"}))(t)
		}
		for _, c := range []struct{ userID, password string }{
			{"nobody", "Password2"}, {"user2", "Password2"}, {"user1", "wrong"}, {"user1", "Password2"},
			{"user1", "wrong"}, {"user1", "wrong"}, {"user1", "wrong"}, {"user1", "Password2"},
		} {
			_, first := register.DSAPPSRPRegister(t.Context(), caller(), provision.DSAPPSRPRegister{UserID: c.userID, StaticPassword: c.password})
			_, second := page.signIn(c.userID, c.password)
			if (first == nil) != (second == nil) || first != nil && first.Error() != second.Error() {
				t.Errorf("%+v: register %v, sign-in %v", c, first, second)
			}
			register.wait(time.Second)
			page.wait(time.Second)
		}
		if a, b := register.account("user1"), page.account("user1"); a.WrongPasswords != b.WrongPasswords || a.Locks != b.Locks || !a.LockedAt.Equal(b.LockedAt) {
			t.Errorf("register left %+v, sign-in %+v", a, b)
		}
		if diff := cmp.Diff(decisions(register.events("dsappSRPRegister")), decisions(page.events("self-management sign-in"))); diff != "" {
			t.Error(diff)
		}
	}
}

// decision is what the audit says of a call in the end.
type decision struct {
	User         string
	Status, Wire int
	Reason       string
}

func decisions(events []audit.Event) (all []decision) {
	for _, e := range events {
		all = append(all, decision{e.UserID, e.Status.StatusCode, e.Wire.StatusCode, e.Reason})
	}
	return all
}

// TestSignInHoldsAsLongAsThePassword holds that a page which was left open
// is of no use once its user has another password, is disabled or gone.
func TestSignInHoldsAsLongAsThePassword(t *testing.T) {
	user := provision.NameUser{UserID: "user1"}
	for name, end := range map[string]func(p *play) error{
		"another password": func(p *play) error {
			_, err := p.SetUserPassword(t.Context(), operator(), provision.SetUserPassword{NameUser: user, StaticPassword: "Password3"})
			return err
		},
		"disabled": func(p *play) error { _, err := p.DisableUser(t.Context(), operator(), user); return err },
	} {
		p := newPlay(t)
		who := must(p.signIn("user1", "Password2"))(t)
		r := must(p.SelfRegister(t.Context(), caller(), who, "VDS1000140"))(t)
		must(0, end(p))(t)
		_, registered := p.SelfRegister(t.Context(), caller(), who, "VDS1000140")
		_, read := p.SelfProgress(t.Context(), who, r.RegistrationID)
		_, listed := p.SelfAuthenticators(t.Context(), who)
		cancelled := p.SelfCancel(t.Context(), caller(), who, provision.SelfCancel{RegistrationID: r.RegistrationID, Reason: "x"})
		for _, err := range []error{registered, read, listed, cancelled} {
			if refusal := p.refused(err, 1000); refusal.Refusal != provision.InvalidCredentials {
				t.Errorf("%s: %v", name, refusal)
			}
		}
	}
}

// TestSignInOfNobody holds the zero value, which no password stands behind.
func TestSignInOfNobody(t *testing.T) {
	p := newPlay(t)
	_, err := p.SelfRegister(t.Context(), caller(), provision.SignedIn{}, "VDS1000140")
	p.refused(err, 1000)
	_, err = p.SelfAuthenticators(t.Context(), provision.SignedIn{})
	p.refused(err, 1000)
}

func TestSelfRegisterIsRefusedToALockedUser(t *testing.T) {
	p := newPlay(t)
	p.policy("lab", `{"GenericStatusCodes": false}`)
	who := must(p.signIn("user1", "Password2"))(t)
	for range 3 {
		_, err := p.signIn("user1", "wrong")
		p.refused(err, 1000)
	}
	_, err := p.SelfRegister(t.Context(), caller(), who, "VDS1000140")
	p.refused(err, 1007)
}

func TestSelfSignInChecksItsFields(t *testing.T) {
	p := newPlay(t)
	for _, in := range []provision.SignIn{
		{UserID: "", StaticPassword: "x"}, {UserID: "user1", StaticPassword: ""},
		{UserID: " \n", StaticPassword: "x"}, {UserID: "user\x00", StaticPassword: "x"},
		{UserID: "user1", Domain: "a@b", StaticPassword: "x"}, {UserID: "user1", StaticPassword: "\xff"},
	} {
		_, err := p.SelfSignIn(t.Context(), caller(), in)
		p.refused(err, -2)
	}
}

// TestSelfCancel closes what is the user's own and still open, and nothing
// else.
func TestSelfCancel(t *testing.T) {
	p := newPlay(t)
	who, other := must(p.signIn("user1", "Password2"))(t), must(p.signIn("user2", "Password2"))(t)
	r := must(p.SelfRegister(t.Context(), caller(), who, ""))(t)
	cancel := provision.SelfCancel{RegistrationID: r.RegistrationID, Reason: "the user cancelled it."}
	foreign := p.refused(p.SelfCancel(t.Context(), caller(), other, cancel), -13)
	none := p.refused(p.SelfCancel(t.Context(), caller(), other, provision.SelfCancel{RegistrationID: "none", Reason: "x"}), -13)
	if foreign.Desc != none.Desc {
		t.Errorf("another's: %q, none at all: %q", foreign.Desc, none.Desc)
	}
	_, err := p.SelfProgress(t.Context(), other, r.RegistrationID)
	p.refused(err, -13)
	p.refused(p.SelfCancel(t.Context(), caller(), who, provision.SelfCancel{RegistrationID: r.RegistrationID}), -2)

	must(0, p.SelfCancel(t.Context(), caller(), who, cancel))(t)
	got := p.progress(who, r.RegistrationID)
	if got.State != provision.Closed || got.ClosedBecause != "the user cancelled it" || p.device("VDS1000140").OpenRegistration != "" {
		t.Errorf("cancelled: %+v", got)
	}
	p.refused(p.SelfCancel(t.Context(), caller(), who, cancel), -1)
}

func TestSelfProgressExpires(t *testing.T) {
	p := newPlay(t)
	who := must(p.signIn("user1", "Password2"))(t)
	r := must(p.SelfRegister(t.Context(), caller(), who, ""))(t)
	p.wait(10*time.Minute - 1)
	if got := p.progress(who, r.RegistrationID); got.Ended() || got.Remaining != 1 {
		t.Errorf("a moment before: %+v", got)
	}
	p.wait(1)
	if got := p.progress(who, r.RegistrationID); !got.Ended() || !got.Expired || got.Remaining != 0 {
		t.Errorf("at the end: %+v", got)
	}
}

// TestSelfRegisterOfALicence asks for online data although the licence begins
// offline, and shows the instance that a device becomes.
func TestSelfRegisterOfALicence(t *testing.T) {
	p := newLicencePlay(t, 1)
	p.authenticator("user3", provision.AddAuthenticator{SerialNumber: "VDM1000002", Limit: 2,
		ActivationType: provision.Offline, Parameters: dsapp.InstanceParameters()})
	who := must(p.signIn("user3", "Password2"))(t)
	_, err := p.SelfRegister(t.Context(), caller(), who, "")
	p.refused(err, -2)
	r := must(p.SelfRegister(t.Context(), caller(), who, "VDM1000002"))(t)
	h := p.exchange(r)
	m := p.deliverMessage(h)
	if got := p.progress(who, h.id); got.State != provision.DataIssued || got.SerialNumber != "VDM1000002" || !got.MDL {
		t.Errorf("before a device was added: %+v", got)
	}
	c := p.deviceCode(m)
	added := must(p.addDevice(h.id, c.String()))(t)
	if got := p.progress(who, h.id); got.State != provision.DeviceAdded || got.SerialNumber != added.SerialNumber {
		t.Errorf("with a device: %+v", got)
	}
	own := must(p.SelfAuthenticators(t.Context(), who))(t)
	if diff := cmp.Diff([]provision.OwnAuthenticator{
		{SerialNumber: licenceSerial, Type: provision.MDL, State: provision.Assigned, Limit: 1},
		{SerialNumber: "VDM1000002", Type: provision.MDL, State: provision.Assigned, Devices: 1, Limit: 2},
	}, own); diff != "" {
		t.Error(diff)
	}
	must(0, p.SelfCancel(t.Context(), caller(), who, provision.SelfCancel{RegistrationID: h.id, Reason: "x"}))(t)
	if own := must(p.SelfAuthenticators(t.Context(), who))(t); own[1].Devices != 0 {
		t.Errorf("after the cancel %d devices hold a place", own[1].Devices)
	}
}
