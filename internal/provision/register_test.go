package provision_test

import (
	"math"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/dsappd/dsappd/dsapp"
	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/oath"
)

func TestRegisterHandsOutWhatTheDocumentSays(t *testing.T) {
	p := newPlay(t)
	got := p.mustRegister("user1")
	if len(got.RegistrationID) != 8 || len(got.ActivationPassword) != 8 {
		t.Errorf("ID %q and password %q: 8 characters each by default", got.RegistrationID, got.ActivationPassword)
	}
	got.RegistrationID, got.ActivationPassword = "", ""
	want := provision.DSAPPSRPRegisterResult{
		User:         provision.UserOutput{UserID: "user1", Domain: "master"},
		SerialNumber: "VDS1000140", DigipassGatewayID: "0123456789",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestRegisterFindsUserAndDomain(t *testing.T) {
	p := newPlay(t)
	must(p.AddDomain(t.Context(), operator(), provision.AddDomain{Name: "branch"}))(t)
	must(p.AddUser(t.Context(), operator(), provision.AddUser{Domain: "branch", UserID: "user1", StaticPassword: "Password3"}))(t)
	must(p.AddUser(t.Context(), operator(), provision.AddUser{Domain: "master", UserID: "user@mail.example", StaticPassword: "Password4"}))(t)
	for _, c := range []struct {
		userID, domain, password string
		status                   int
	}{
		{"user1", "", "Password2", 0},
		{"user1@master", "", "Password2", 0},
		{"user1@branch", "", "Password3", -13}, // right password, no authenticator
		{"user1", "branch", "Password3", -13},
		{"user1@branch", "", "Password2", 1000},
		{"user@mail.example", "", "Password4", -13}, // no such domain: the whole is the user ID
		{"user1", "nowhere", "Password2", 1000},
		{"USER1", "", "Password2", 1000},
		{"@master", "", "Password2", 1000},
		{"user1@", "", "Password2", 1000},
	} {
		_, err := p.DSAPPSRPRegister(t.Context(), caller(), provision.DSAPPSRPRegister{
			UserID: c.userID, Domain: c.domain, StaticPassword: c.password})
		if c.status == 0 {
			if err != nil {
				t.Errorf("%s of %q: %v", c.userID, c.domain, err)
			}
			continue
		}
		p.refused(err, c.status)
	}
}

func TestUnknownUserLooksLikeWrongPassword(t *testing.T) {
	p := newPlay(t)
	attempt := func(userID, domain, password string) *provision.Error {
		_, err := p.DSAPPSRPRegister(t.Context(), caller(), provision.DSAPPSRPRegister{
			UserID: userID, Domain: domain, StaticPassword: password})
		return p.refused(err, 1000)
	}
	wrong := attempt("user1", "master", "password2")
	must(p.DisableUser(t.Context(), operator(), provision.NameUser{UserID: "user2"}))(t)
	for name, got := range map[string]*provision.Error{
		"unknown user":   attempt("nobody", "master", "Password2"),
		"unknown domain": attempt("user1", "nowhere", "Password2"),
		"disabled":       attempt("user2", "master", "Password2"),
	} {
		if got.Desc != wrong.Desc || got.Status != wrong.Status || got.Refusal != wrong.Refusal {
			t.Errorf("%s: %+v, but a wrong password: %+v", name, got, wrong)
		}
	}
	reasons := make(map[string]int)
	for _, event := range p.events("dsappSRPRegister") {
		reasons[event.Reason]++
	}
	want := map[string]int{"wrong password": 1, "unknown user or domain": 2, "The user is disabled.": 1}
	if diff := cmp.Diff(want, reasons); diff != "" {
		t.Errorf("the audit has to know better: %s", diff)
	}
}

func TestThreeWrongPasswordsLock(t *testing.T) {
	for _, c := range []struct {
		policy string
		locked int
	}{
		{`{"GenericStatusCodes": true}`, 1000},
		{`{"GenericStatusCodes": false}`, 1007},
	} {
		p := newPlay(t)
		p.policy("lab", c.policy)
		wrong := provision.DSAPPSRPRegister{UserID: "user1", StaticPassword: "wrong"}
		for range 3 { // the one that reaches the threshold answers 1000 too
			_, err := p.DSAPPSRPRegister(t.Context(), caller(), wrong)
			p.refused(err, 1000)
		}
		p.wait(time.Second) // orders the events
		_, err := p.register("user1")
		p.refused(err, c.locked)
		p.wait(time.Second)
		_, err = p.DSAPPSRPRegister(t.Context(), caller(), wrong)
		p.refused(err, c.locked)
		events := p.events("dsappSRPRegister")
		if got := events[len(events)-2]; got.Status.StatusCode != 1007 || got.Wire.StatusCode != c.locked {
			t.Errorf("audit: %d on the wire %d, want 1007 and %d", got.Status.StatusCode, got.Wire.StatusCode, c.locked)
		}
		must(p.UnlockUser(t.Context(), operator(), provision.NameUser{UserID: "user1"}))(t)
		p.mustRegister("user1")
	}
}

// A policy that says who is locked does not say which password would have been
// right. A disabled user's wrong password is counted, until the lock holds.
func TestLockedUsersHideThePassword(t *testing.T) {
	for _, policy := range []string{`{"GenericStatusCodes": true}`, `{"GenericStatusCodes": false}`} {
		p := newPlay(t)
		p.policy("lab", policy)
		must(p.DisableUser(t.Context(), operator(), provision.NameUser{UserID: "user2"}))(t)
		for range 3 {
			for _, userID := range []string{"user1", "user2"} {
				_, err := p.signIn(userID, "wrong")
				p.refused(err, 1000)
			}
		}
		for _, userID := range []string{"user1", "user2"} {
			before := p.account(userID)
			for operation, answer := range map[string]func(password string) error{
				"register": func(password string) error {
					_, err := p.DSAPPSRPRegister(t.Context(), caller(), provision.DSAPPSRPRegister{UserID: userID, StaticPassword: password})
					return err
				},
				"sign-in": func(password string) error { _, err := p.signIn(userID, password); return err },
				"assign": func(password string) error {
					_, err := p.Assign(t.Context(), caller(), provision.Assign{UserID: userID, StaticPassword: password, SerialNumber: "VDS1000140"})
					return err
				},
			} {
				right, wrong := answer("Password2"), answer("wrong")
				if right == nil || wrong == nil || right.Error() != wrong.Error() {
					t.Errorf("%s %s: with the right password %v, with a wrong one %v", operation, userID, right, wrong)
				}
			}
			after := p.account(userID)
			after.Revision = before.Revision
			if diff := cmp.Diff(before, after, cmpopts.EquateComparable(netip.Prefix{})); diff != "" {
				t.Errorf("%s counts on: %s", userID, diff)
			}
		}
	}
}

func TestRightPasswordClearsTheCount(t *testing.T) {
	p := newPlay(t)
	for range 4 {
		for range 2 {
			_, err := p.DSAPPSRPRegister(t.Context(), caller(), provision.DSAPPSRPRegister{UserID: "user1", StaticPassword: "wrong"})
			p.refused(err, 1000)
		}
		p.mustRegister("user1")
	}
}

func TestLockOpensByItselfAndLastsLongerEachTime(t *testing.T) {
	p := newPlay(t)
	p.policy("lab", `{"UnlockMinutes": 10, "UnlockBackOff": 3, "GenericStatusCodes": false}`)
	lock := func() {
		for range 3 {
			_, err := p.DSAPPSRPRegister(t.Context(), caller(), provision.DSAPPSRPRegister{UserID: "user1", StaticPassword: "wrong"})
			p.refused(err, 1000)
		}
	}
	lock()
	p.wait(10*time.Minute - time.Second)
	_, err := p.register("user1")
	p.refused(err, 1007)
	p.wait(time.Second)
	lock()
	p.wait(29 * time.Minute)
	_, err = p.register("user1")
	p.refused(err, 1007)
	p.wait(time.Minute)
	p.mustRegister("user1")
	if u := p.account("user1"); u.Locks != 0 || u.WrongPasswords != 0 || !u.LockedAt.IsZero() {
		t.Errorf("a right password leaves nothing: %+v", u)
	}
}

func TestComponentMatchesTypeAndNarrowestAddress(t *testing.T) {
	p := newPlay(t)
	p.policy("narrow", `{"RegistrationIDLength": 12}`)
	p.component("srp-component", "127.0.0.9", "narrow")
	p.component("srp-component", "::1", "lab")
	for address, length := range map[string]int{"127.0.0.1": 8, "127.0.0.9": 12, "::1": 8} {
		from := caller()
		from.Address = netip.MustParseAddr(address)
		got := must(p.DSAPPSRPRegister(t.Context(), from, provision.DSAPPSRPRegister{UserID: "user1", StaticPassword: "Password2"}))(t)
		if len(got.RegistrationID) != length {
			t.Errorf("from %s: ID of %d characters, want %d", address, len(got.RegistrationID), length)
		}
	}
	for _, from := range []provision.Caller{
		{ComponentType: "srp-component", Address: netip.MustParseAddr("192.0.2.1")},
		{ComponentType: "SRP-Component", Address: netip.MustParseAddr("127.0.0.1")},
		{ComponentType: "srp", Address: netip.MustParseAddr("127.0.0.1")},
	} {
		_, err := p.DSAPPSRPRegister(t.Context(), from, provision.DSAPPSRPRegister{UserID: "user1", StaticPassword: "Password2"})
		refusal := p.refused(err, 1005)
		if !strings.Contains(refusal.Desc, from.ComponentType) || !strings.Contains(refusal.Desc, from.Address.String()) {
			t.Errorf("errorDesc names neither type nor address: %s", refusal.Desc)
		}
	}
}

func TestSerialNumberRules(t *testing.T) {
	p := newPlay(t)
	register := func(serialNumber string) (provision.DSAPPSRPRegisterResult, error) {
		return p.DSAPPSRPRegister(t.Context(), caller(), provision.DSAPPSRPRegister{
			UserID: "user1", StaticPassword: "Password2", SerialNumber: serialNumber})
	}
	must(register("VDS1000140"))(t)
	_, err := register("VDS1000141") // user2's
	p.refused(err, -13)
	_, err = register("VDS9999999")
	p.refused(err, -13)
	p.authenticator("user1", provision.AddAuthenticator{SerialNumber: "VDS1000150", Parameters: hotp()})
	_, err = register("")
	p.refused(err, -2)
	if got := must(register("VDS1000150"))(t); got.SerialNumber != "VDS1000150" {
		t.Errorf("registered %s", got.SerialNumber)
	}
	must(p.AddUser(t.Context(), operator(), provision.AddUser{UserID: "bare", StaticPassword: "Password2"}))(t)
	_, err = p.register("bare")
	p.refused(err, -13)
}

func TestActivationTypeOnlineOfflineOrItsOwn(t *testing.T) {
	number := func(n int) *int { return &n }
	for _, c := range []struct {
		own     provision.ActivationType
		asked   *int
		offline bool
	}{
		{provision.Online, nil, false}, {provision.Offline, nil, true},
		{provision.Online, number(0), false}, {provision.Offline, number(0), false},
		{provision.Online, number(1), true}, {provision.Offline, number(1), true},
		{provision.Online, number(2), false}, {provision.Offline, number(-7), true},
		{provision.Offline, number(math.MaxInt32), true},
	} {
		p := newPlay(t)
		must(p.AddUser(t.Context(), operator(), provision.AddUser{UserID: "user3", StaticPassword: "Password2"}))(t)
		p.authenticator("user3", provision.AddAuthenticator{SerialNumber: "VDS1000142", Parameters: hotp(),
			Secret: []byte(rfc4226Secret), ActivationType: c.own, MovingFactor: 7})
		r := must(p.DSAPPSRPRegister(t.Context(), caller(), provision.DSAPPSRPRegister{
			UserID: "user3", StaticPassword: "Password2", ActivationType: c.asked}))(t)
		code, counter := p.deliver(r)
		if counter != "007" {
			t.Errorf("event reactivation counter %q, want 007", counter)
		}
		if !c.offline {
			data := must(dsapp.ParseActivationData(code))(t)
			if string(data.Secret) != rfc4226Secret || data.MovingFactor != 7 || data.UserID != "user3" {
				t.Errorf("activation data %+v", data)
			}
			continue
		}
		if secret := must(dsapp.ParseActivationCode(code))(t); string(secret) != rfc4226Secret {
			t.Errorf("activation code of %q", secret)
		}
	}
}

func TestOfflineDataOfALongSecretIsRefusedAtRegister(t *testing.T) {
	p := newPlay(t)
	must(p.AddUser(t.Context(), operator(), provision.AddUser{UserID: "user3", StaticPassword: "Password2"}))(t)
	p.authenticator("user3", provision.AddAuthenticator{SerialNumber: "VDS1000142",
		Parameters: oath.Parameters{Type: oath.TOTP, Algorithm: oath.SHA256, Digits: 8}, Secret: []byte(strings.Repeat("s", 32))})
	offline := 1
	_, err := p.DSAPPSRPRegister(t.Context(), caller(), provision.DSAPPSRPRegister{
		UserID: "user3", StaticPassword: "Password2", ActivationType: &offline})
	p.refused(err, -2)
	p.mustRegister("user3")
}

func TestNewerRegistrationSupersedes(t *testing.T) {
	p := newPlay(t)
	first := p.mustRegister("user1")
	h := p.exchange(first)
	second := p.mustRegister("user1")
	_, err := p.prove(h, h.M1)
	p.refused(err, -13)
	if r := p.registration(first.RegistrationID); r.State != provision.Closed || r.Salt != nil || r.Verifier != nil || r.ServerSecret != nil {
		t.Errorf("superseded, but %+v", r)
	}
	p.deliver(second)
}

func TestRegistrationsAtOnceLeaveOneOpen(t *testing.T) {
	p := newPlay(t)
	ids := make([]string, 12)
	granted := atOnce(len(ids), func(i int) error {
		r, err := p.register("user1")
		ids[i] = r.RegistrationID
		return err
	})
	if granted == 0 {
		t.Fatal("none was granted")
	}
	open := 0
	for _, id := range ids {
		if id != "" && p.registration(id).State == provision.Registered {
			open++
		}
	}
	if open != 1 {
		t.Errorf("%d registrations are open, want 1", open)
	}
}

func TestRegistrationExpires(t *testing.T) {
	p := newPlay(t)
	r := p.mustRegister("user1")
	p.exchange(r)
	p.wait(10*time.Minute - time.Second)
	h := p.exchange(r) // no step extends it
	p.wait(time.Second)
	_, err := p.prove(h, h.M1)
	p.refused(err, -13)
	if got := p.registration(r.RegistrationID); got.State != provision.KeyExchanged || got.Attempts != 0 {
		t.Errorf("expired is derived, never stored: %+v", got)
	}
}

func TestRegistrationsAreListedByUserAtDomain(t *testing.T) {
	p := newPlay(t)
	p.mustRegister("user1")
	p.mustRegister("user2")
	for userID, want := range map[string]int{"user1": 1, "user1@master": 1, "user1@nowhere": 0, "": 2} {
		page := must(p.ListRegistrations(t.Context(), provision.ListRegistrations{UserID: userID}))(t)
		if len(page.Records) != want {
			t.Errorf("%q: %d registrations, want %d", userID, len(page.Records), want)
		}
	}
}
