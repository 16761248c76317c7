package provision_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/dsappd/dsappd/internal/passwords"

	"github.com/dsappd/dsappd/dsapp"
	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/store"
)

// spellings are what people send who all mean the user anna Müller of lab.
func spellings() []provision.DSAPPSRPRegister {
	return []provision.DSAPPSRPRegister{
		{UserID: "anna M\u00fcller", Domain: "lab"},
		{UserID: "anna Mu\u0308ller", Domain: "lab"},
		{UserID: " anna M\u00fcller\r\n", Domain: "\n\tlab "},
		{UserID: "anna\u00a0M\u00fcller", Domain: "lab"},
		{UserID: "\ufeffanna M\u00fcller\u200b", Domain: "lab"},
		{UserID: "\uff41nna M\u00fcller", Domain: "lab"},
		{UserID: "anna M\u00fcller", Domain: "LAB"},
		{UserID: "anna M\u00fcller", Domain: "La\uff22"},
		{UserID: "anna M\u00fcller@lab"},
		{UserID: "anna Mu\u0308ller@LAB", Domain: "master"},
		{UserID: "LAB\\anna M\u00fcller"},
		{UserID: "lab\\anna Mu\u0308ller\n", Domain: "master"},
	}
}

// newNames is a play with that user, as an operator added it in another
// spelling.
func newNames(t *testing.T) *play {
	t.Helper()
	p := newPage(t)
	must(p.AddDomain(t.Context(), operator(), provision.AddDomain{Name: " Lab"}))(t)
	must(p.AddUser(t.Context(), operator(), provision.AddUser{UserID: "anna Mu\u0308ller ", Domain: "LAB", StaticPassword: "Password2"}))(t)
	must(p.AddAuthenticator(t.Context(), operator(), provision.AddAuthenticator{SerialNumber: "VDS1000160", Domain: "laB", Parameters: hotp()}))(t)
	must(p.AssignAuthenticator(t.Context(), operator(), provision.AssignAuthenticator{SerialNumber: "VDS1000160", UserID: "anna Mu\u0308ller"}))(t)
	return p
}

// Every door knows a user by every spelling of the name, and answers with one.
func TestNamesAtEveryDoor(t *testing.T) {
	p := newNames(t)
	p.allowOutside()
	want := provision.UserOutput{UserID: "anna M\u00fcller", Domain: "lab"}
	for _, in := range spellings() {
		what := fmt.Sprintf("%q of %q", in.UserID, in.Domain)
		in.StaticPassword = "Password2"
		r, err := p.DSAPPSRPRegister(t.Context(), caller(), in)
		if err != nil || r.User != want {
			t.Errorf("register %s: %+v, %v", what, r.User, err)
		}
		o, err := p.RegisterOutsideSRP(t.Context(), outside(), in)
		if err != nil || o.User != want {
			t.Errorf("register outside SRP %s: %+v, %v", what, o.User, err)
		}
		who, err := p.SelfSignIn(t.Context(), caller(), provision.SignIn{UserID: in.UserID, Domain: in.Domain, StaticPassword: in.StaticPassword})
		if err != nil || who.User() != (provision.UserKey{Domain: "lab", UserID: want.UserID}) {
			t.Errorf("sign in %s: %+v, %v", what, who.User(), err)
		}
		possession := provision.Possession{UserID: in.UserID, Domain: in.Domain, SerialNumber: "VDS1000160"}
		if _, err := p.GetAppUpgradeInfo(t.Context(), caller(), possession); err != nil {
			t.Errorf("getAppUpgradeInfo %s: %v", what, err)
		}
		if err := p.UpdateDevicePNID(t.Context(), caller(), provision.UpdateDevicePNID{Possession: possession, DevicePNID: "AB"}); err != nil {
			t.Errorf("updateDevicePNID %s: %v", what, err)
		}
		if _, err := p.Assign(t.Context(), caller(), provision.Assign{UserID: in.UserID, Domain: in.Domain, StaticPassword: in.StaticPassword, SerialNumber: "VDS1000160"}); err == nil {
			t.Errorf("assign %s: the user has it already", what)
		} else {
			p.refused(err, -14)
		}
		p.namedByOperators(what, provision.NameUser{UserID: in.UserID, Domain: in.Domain}, want)
	}
}

func (p *play) namedByOperators(what string, name provision.NameUser, want provision.UserOutput) {
	p.t.Helper()
	if strings.ContainsAny(name.UserID, `@\`) {
		name.Domain = "" // with a domain, the name is taken as it is
	}
	u, err := p.ShowUser(p.t.Context(), name)
	if err != nil || u.UserID != want.UserID || u.Domain != want.Domain {
		p.t.Errorf("show %s: %+v, %v", what, u, err)
	}
	_, err = p.AddUser(p.t.Context(), operator(), provision.AddUser{UserID: name.UserID, Domain: name.Domain, StaticPassword: "Password2"})
	p.refused(err, -14)
	listed := must(p.ListRegistrations(p.t.Context(), provision.ListRegistrations{UserID: name.UserID, Domain: name.Domain}))(p.t)
	if len(listed.Records) == 0 {
		p.t.Errorf("no registrations of %s are listed", what)
	}
	if name.Domain != "" {
		users := must(p.ListUsers(p.t.Context(), provision.ListUsers{Domain: name.Domain}))(p.t)
		authenticators := must(p.ListAuthenticators(p.t.Context(), provision.ListAuthenticators{Domain: name.Domain}))(p.t)
		if len(users.Records) != 1 || len(authenticators.Records) != 1 {
			p.t.Errorf("%q has %d users and %d authenticators", name.Domain, len(users.Records), len(authenticators.Records))
		}
	}
}

func TestNamesThatAreNot(t *testing.T) {
	p := newNames(t)
	for name, in := range map[string]provision.DSAPPSRPRegister{
		"another case":      {UserID: "Anna M\u00fcller", Domain: "lab"},
		"another letter":    {UserID: "anna Muller", Domain: "lab"},
		"no width within":   {UserID: "anna M\u200b\u00fcller", Domain: "lab"},
		"another domain":    {UserID: "anna M\u00fcller", Domain: "lap"},
		"an unknown domain": {UserID: "NOWHERE\\anna M\u00fcller", Domain: "lab"},
	} {
		in.StaticPassword = "Password2"
		_, err := p.DSAPPSRPRegister(t.Context(), caller(), in)
		if refusal := p.refused(err, 1000); refusal.Refusal != provision.InvalidCredentials {
			t.Errorf("%s: %v", name, refusal)
		}
	}
	_, err := p.DSAPPSRPRegister(t.Context(), caller(), provision.DSAPPSRPRegister{UserID: " \u00a0", StaticPassword: "Password2"})
	p.refused(err, -2)
	for _, name := range []string{"la\u200bb", "a@b", `a\b`, "\u00ad", "  "} {
		_, err := p.AddDomain(t.Context(), operator(), provision.AddDomain{Name: name})
		p.refused(err, -2)
	}
	_, err = p.AddDomain(t.Context(), operator(), provision.AddDomain{Name: "LA\u0042"})
	p.refused(err, -14)
}

// A user ID that reads as another's of another domain is refused in either
// form.
func TestUserIDOutOfReach(t *testing.T) {
	p := newNames(t)
	for _, userID := range []string{"bob@LAB", `Lab\bob`} {
		_, err := p.AddUser(t.Context(), operator(), provision.AddUser{UserID: userID, Domain: "master", StaticPassword: "Password2"})
		p.refused(err, -2)
	}
	if u := must(p.AddUser(t.Context(), operator(), provision.AddUser{UserID: `LAB\bob`, StaticPassword: "Password2"}))(t); u.UserID != "bob" || u.Domain != "lab" {
		t.Errorf("%+v", u)
	}
	must(p.AddUser(t.Context(), operator(), provision.AddUser{UserID: `CORP\carl`, StaticPassword: "Password2"}))(t)
	must(p.SelfSignIn(t.Context(), caller(), provision.SignIn{UserID: `CORP\carl`, StaticPassword: "Password2"}))(t)
}

// Passwords are the same in every form of Unicode and with every space, and
// not in another case or with white space around.
func TestPasswordsAreNormalized(t *testing.T) {
	p := newPlay(t)
	set := provision.SetUserPassword{NameUser: provision.NameUser{UserID: "user1"}, StaticPassword: "sch\u00f6n und gut"}
	for _, form := range []string{"sch\u00f6n und gut", "scho\u0308n\u00a0und\u3000gut"} {
		set.StaticPassword = form
		must(p.SetUserPassword(t.Context(), operator(), set))(t)
		for _, typed := range []string{"sch\u00f6n und gut", "scho\u0308n und gut", "sch\u00f6n\u00a0und gut"} {
			must(p.signIn("user1", typed))(t)
		}
		for _, wrong := range []string{"Sch\u00f6n und gut", "schon und gut"} {
			_, err := p.signIn("user1", wrong)
			p.refused(err, 1000)
		}
		must(p.signIn("user1", form))(t)
	}
}

// A hash that an older program made of a password as it was given verifies,
// counts no wrong password, and becomes one of the prepared password.
func TestHashOfAPasswordAsItWasGiven(t *testing.T) {
	p := newPlay(t)
	u := p.account("user1")
	raw := "scho\u0308n"
	u.PasswordHash = must(p.Passwords.Hash(t.Context(), passwords.Share{}, raw))(t)
	must(0, p.Store.Update(t.Context(), func(tx *store.Tx) error { return provision.PutUser(tx, u) }))(t)
	_, err := p.signIn("user1", "sch\u00f6n") // which the old program did not take either
	p.refused(err, 1000)
	must(p.signIn("user1", raw))(t)
	if u := p.account("user1"); u.WrongPasswords != 0 {
		t.Errorf("%d wrong passwords are counted", u.WrongPasswords)
	}
	must(p.signIn("user1", "sch\u00f6n"))(t)

	_, err = p.signIn("user1", "wro\u0308ng") // two hashes, one wrong password
	p.refused(err, 1000)
	if u := p.account("user1"); u.WrongPasswords != 1 {
		t.Errorf("%d wrong passwords are counted, want 1", u.WrongPasswords)
	}
}

// A record that an older program kept under a name that is not prepared is found
// by the very words. No user is lost.
func TestNamesOfOlderPrograms(t *testing.T) {
	p := newNames(t)
	u := p.account("user1")
	u.SerialNumbers, u.Domain = nil, "lab"
	for _, name := range []string{"anna Mu\u0308ller", "us\u200ber"} {
		u.UserID = name
		must(0, p.Store.Update(t.Context(), func(tx *store.Tx) error { return provision.PutUser(tx, u) }))(t)
		who := must(p.SelfSignIn(t.Context(), caller(), provision.SignIn{UserID: name, Domain: "LAB", StaticPassword: "Password2"}))(t)
		if who.User().UserID != name {
			t.Errorf("%q signed in as %q", name, who.User().UserID)
		}
		must(p.DeleteUser(t.Context(), operator(), provision.NameUser{UserID: name, Domain: "lab"}))(t)
	}
	who := must(p.SelfSignIn(t.Context(), caller(), provision.SignIn{UserID: "anna Mu\u0308ller", Domain: "LAB", StaticPassword: "Password2"}))(t)
	if who.User().UserID != "anna M\u00fcller" {
		t.Errorf("signed in as %q", who.User().UserID)
	}
}

// The activation data name the user as the store does.
func TestActivationDataOfANormalizedName(t *testing.T) {
	p := newNames(t)
	r := must(p.DSAPPSRPRegister(t.Context(), caller(), provision.DSAPPSRPRegister{
		UserID: "LAB\\anna Mu\u0308ller", StaticPassword: "Password2"}))(t)
	code, _ := p.deliver(r)
	data := must(dsapp.ParseActivationData(code))(t)
	if data.UserID != "anna M\u00fcller" || data.Domain != "lab" {
		t.Errorf("%+v", data)
	}
}
