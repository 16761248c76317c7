package provision_test

import (
	"errors"
	"net/netip"
	"testing"
	"time"

	"github.com/dsappd/dsappd/internal/provision"
)

// office is a play with an administrator at an address.
type office struct{ *play }

const adminPassword = "Password2"

func newOffice(t *testing.T) *office {
	p := newPlay(t)
	must(p.AddComponent(t.Context(), operator(), provision.AddComponent{ComponentType: "Administration Program", Location: "192.0.2.0/24"}))(t)
	o := &office{p}
	o.appoint("admin", "master", "all")
	return o
}

// appoint makes a user an administrator.
func (o *office) appoint(userID, domain string, privileges ...string) {
	o.t.Helper()
	must(o.AddUser(o.t.Context(), operator(), provision.AddUser{UserID: userID, Domain: domain, StaticPassword: adminPassword}))(o.t)
	must(o.AddAdministrator(o.t.Context(), operator(), provision.NameAdministrator{
		NameUser: provision.NameUser{UserID: userID, Domain: domain}, Privileges: privileges}))(o.t)
}

func desk(address string) provision.Caller {
	return provision.Caller{Address: netip.MustParseAddr(address), RequestID: "request"}
}

// logon opens a session at 192.0.2.1.
func (o *office) logon(userID, domain string) string {
	o.t.Helper()
	return must(o.tryLogon(userID, domain, adminPassword))(o.t).SessionID
}

func (o *office) tryLogon(userID, domain, password string) (provision.LogonResult, error) {
	return o.Logon(o.t.Context(), desk("192.0.2.1"), provision.Logon{UserID: userID, Domain: domain, Credential: provision.Credential{Combined: password}})
}

// with is the operator that a session stands for.
func with(sessionID string) provision.Operator { return at("192.0.2.1", sessionID) }

func at(address, sessionID string) provision.Operator {
	access := provision.ReadAccess(desk(address), sessionID, "")
	return provision.Operator{RequestID: "request", Access: &access}
}

func (o *office) view(operator provision.Operator, userID, domain string) error {
	_, err := o.ViewUser(o.t.Context(), operator, provision.NameUser{UserID: userID, Domain: domain})
	return err
}

func TestSession(t *testing.T) {
	o := newOffice(t)
	first := must(o.tryLogon("admin", "", adminPassword))(t)
	if len(first.SessionID) != 32 || !first.LastLogonAt.IsZero() || first.Location != "192.0.2.1" {
		t.Errorf("logon: %+v", first)
	}
	second := must(o.tryLogon("admin", "", adminPassword))(t)
	if !second.LastLogonAt.Equal(o.clock()) {
		t.Errorf("the second logon: last at %v", second.LastLogonAt)
	}
	must(0, o.view(with(first.SessionID), "user1", "master"))(t)
	if all := must(o.ListSessions(t.Context(), with(first.SessionID), anySession, provision.SearchOptions{}))(t); all.Count != 2 {
		t.Errorf("%d sessions", all.Count)
	}
	wantRefusal(t, o.view(at("192.0.2.2", first.SessionID), "user1", "master"), provision.SessionStopped)
	must(0, o.Logoff(t.Context(), desk("192.0.2.1"), first.SessionID))(t)
	wantRefusal(t, o.Logoff(t.Context(), desk("192.0.2.1"), first.SessionID), provision.SessionStopped)
	wantRefusal(t, o.view(with(first.SessionID), "user1", "master"), provision.SessionStopped)
	wantRefusal(t, o.SessionAlive(t.Context(), desk("192.0.2.1"), first.SessionID), provision.SessionStopped)
	must(0, o.SessionAlive(t.Context(), desk("192.0.2.1"), second.SessionID))(t)
	wantRefusal(t, o.view(with(""), "user1", "master"), provision.SessionStopped)
}

// A session ends when it is not used, and whatever happens in the end.
func TestSessionEnds(t *testing.T) {
	o := newOffice(t)
	idle, used := o.logon("admin", ""), o.logon("admin", "")
	for spent := time.Duration(0); spent < 8*time.Hour-time.Minute; spent += 10 * time.Minute {
		must(0, o.SessionAlive(t.Context(), desk("192.0.2.1"), used))(t)
		o.wait(10 * time.Minute)
	}
	wantRefusal(t, o.view(with(idle), "user1", "master"), provision.SessionStopped)
	wantRefusal(t, o.view(with(used), "user1", "master"), provision.SessionStopped)
	again := o.logon("admin", "")
	if all := must(o.ListSessions(t.Context(), with(again), anySession, provision.SearchOptions{}))(t); all.Count != 1 {
		t.Errorf("%d sessions", all.Count)
	}
}

// The sweeper deletes the sessions that have ended, and leaves the others.
func TestSessionsAreSwept(t *testing.T) {
	o := newOffice(t)
	o.logon("admin", "")
	o.logon("admin", "")
	if swept := must(o.SweepSessions(t.Context(), operator()))(t); swept != 0 {
		t.Errorf("%d were swept that live", swept)
	}
	o.wait(24 * time.Hour)
	if swept := must(o.SweepSessions(t.Context(), operator()))(t); swept != 2 {
		t.Errorf("%d were swept, want 2", swept)
	}
	if swept := must(o.SweepSessions(t.Context(), operator()))(t); swept != 0 {
		t.Errorf("%d were swept again", swept)
	}
}

// What happens to the user's account ends the sessions.
func TestSessionOfUserWhoChanges(t *testing.T) {
	for name, change := range map[string]func(*office) error{
		"disabled": func(o *office) error {
			_, err := o.DisableUser(t.Context(), operator(), provision.NameUser{UserID: "admin"})
			return err
		},
		"another password": func(o *office) error {
			o.wait(time.Second)
			_, err := o.SetUserPassword(t.Context(), operator(), provision.SetUserPassword{NameUser: provision.NameUser{UserID: "admin"}, StaticPassword: "Password3"})
			return err
		},
		"locked by an administrator": func(o *office) error {
			locked := true
			_, err := o.SetUser(t.Context(), operator(), provision.SetUser{NameUser: provision.NameUser{UserID: "admin"}, UserFields: provision.UserFields{Locked: &locked}})
			return err
		},
		"expired": func(o *office) error {
			now := o.clock()
			_, err := o.SetUser(t.Context(), operator(), provision.SetUser{NameUser: provision.NameUser{UserID: "admin"}, UserFields: provision.UserFields{ExpiresAt: &now}})
			return err
		},
		"deleted and added anew": func(o *office) error {
			_, err := o.DeleteUser(t.Context(), operator(), provision.NameUser{UserID: "admin"})
			o.wait(time.Second)
			o.appoint("admin", "master", "all")
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t)
			session := o.logon("admin", "")
			must(0, change(o))(t)
			wantRefusal(t, o.view(with(session), "user1", "master"), provision.SessionStopped)
		})
	}
}

// Taking a privilege, or all of them, holds from the next command on.
func TestPrivilegeTaken(t *testing.T) {
	o := newOffice(t)
	session := o.logon("admin", "")
	must(o.SetAdministrator(t.Context(), operator(), provision.NameAdministrator{
		NameUser: provision.NameUser{UserID: "admin"}, Privileges: []string{"unlock_user"}}, false))(t)
	wantRefusal(t, o.view(with(session), "user1", "master"), provision.NoPermission)
	must(o.UnlockUser(t.Context(), with(session), provision.NameUser{UserID: "user1"}))(t)
	must(o.DeleteAdministrator(t.Context(), operator(), provision.NameUser{UserID: "admin"}, false))(t)
	_, err := o.UnlockUser(t.Context(), with(session), provision.NameUser{UserID: "user1"})
	wantRefusal(t, err, provision.NoPermission)
	_, err = o.tryLogon("admin", "", adminPassword)
	wantRefusal(t, err, provision.NoPermission)
}

func TestLogonRefused(t *testing.T) {
	o := newOffice(t)
	for name, try := range map[string]struct{ userID, password string }{
		"unknown user": {"nobody", adminPassword}, "wrong password": {"admin", "wrong"},
	} {
		if _, err := o.tryLogon(try.userID, "", try.password); err == nil {
			t.Error(name, "logs on")
		} else {
			wantRefusal(t, err, provision.InvalidCredentials)
		}
	}
	_, err := o.tryLogon("user1", "", "Password2")
	wantRefusal(t, err, provision.NoPermission)
	_, err = o.Logon(t.Context(), desk("198.51.100.1"), provision.Logon{UserID: "admin", Credential: provision.Credential{Combined: adminPassword}})
	wantRefusal(t, err, provision.NoComponent)
}

// An administrator reaches its own domain, and learns of no other.
func TestDomainOutOfReach(t *testing.T) {
	o := newOffice(t)
	must(o.AddDomain(t.Context(), operator(), provision.AddDomain{Name: "branch"}))(t)
	o.appoint("clerk", "branch", "view", "assign_digipass", "create_user", "create_domain")
	session := with(o.logon("clerk", "branch"))
	wantRefusal(t, o.view(session, "user1", "master"), provision.NoPermission)
	wantRefusal(t, o.view(session, "nobody", "master"), provision.NoPermission)
	wantRefusal(t, o.view(session, "user1", "nowhere"), provision.NoPermission)
	wantRefusal(t, o.view(session, "nobody", "branch"), provision.NotFound)
	_, err := o.ViewAuthenticator(t.Context(), session, "VDS1000140")
	wantRefusal(t, err, provision.NotFound)
	_, err = o.AssignAuthenticator(t.Context(), session, provision.AssignAuthenticator{SerialNumber: "VDS1000140", UserID: "clerk"})
	wantRefusal(t, err, provision.NotFound)
	_, err = o.AddUser(t.Context(), session, provision.AddUser{Domain: "master", UserID: "new", NoPassword: true})
	wantRefusal(t, err, provision.NoPermission)
	_, err = o.AddDomain(t.Context(), session, provision.AddDomain{Name: "another"})
	wantRefusal(t, err, provision.NoPermission)
	if _, err := o.DeleteDomain(t.Context(), session, "master"); err == nil {
		t.Error("it deletes a domain")
	}
	found := must(o.QueryUsers(t.Context(), session, provision.QueryUsers{Fits: func(provision.User) bool { return true }}))(t)
	if len(found.Records) != 1 || found.Records[0].UserID != "clerk" {
		t.Errorf("it finds %v", found.Records)
	}
}

// Nobody takes over the account of somebody who may do more, by password, by
// one-time password or by what leads to either.
func TestAccountOfWhoMayDoMore(t *testing.T) {
	o := newOffice(t)
	o.appoint("clerk", "master", "helpdesk", "update_user", "delete_user", "enable_user", "reset_digipass_application")
	session := with(o.logon("clerk", ""))
	admin := provision.NameUser{UserID: "admin"}
	must(o.UnassignAuthenticator(t.Context(), operator(), "VDS1000141"))(t)
	for name, order := range map[string]func() error{
		"password": func() error {
			_, err := o.SetUserPassword(t.Context(), session, provision.SetUserPassword{NameUser: admin, StaticPassword: "Password3"})
			return err
		},
		"no password": func() error { _, err := o.ResetUserPassword(t.Context(), session, admin); return err },
		"fields": func() error {
			mode := "None"
			_, err := o.SetUser(t.Context(), session, provision.SetUser{NameUser: admin, UserFields: provision.UserFields{LocalAuth: &mode}})
			return err
		},
		"delete":  func() error { _, err := o.DeleteUser(t.Context(), session, admin); return err },
		"disable": func() error { _, err := o.DisableUser(t.Context(), session, admin); return err },
		"assign": func() error {
			_, err := o.AssignAuthenticator(t.Context(), session, provision.AssignAuthenticator{SerialNumber: "VDS1000141", UserID: "admin"})
			return err
		},
	} {
		t.Run(name, func(t *testing.T) { wantRefusal(t, order(), provision.NoPermission) })
	}
	must(o.tryLogon("admin", "", adminPassword))(t)
	must(o.SetUserPassword(t.Context(), session, provision.SetUserPassword{NameUser: provision.NameUser{UserID: "clerk"}, StaticPassword: "Password3"}))(t)
}

func TestServiceUser(t *testing.T) {
	o := newOffice(t)
	must(o.AddUser(t.Context(), operator(), provision.AddUser{UserID: "robot", NoPassword: true}))(t)
	name := provision.NameAdministrator{NameUser: provision.NameUser{UserID: "robot"}, Privileges: []string{"all"}}
	added := must(o.AddServiceUser(t.Context(), operator(), provision.AddServiceUser{NameAdministrator: name}))(t)
	if len(added.Key) != 36 {
		t.Errorf("the key is %q", added.Key)
	}
	must(0, o.view(with("Apikey robot:"+added.Key), "user1", "master"))(t)
	must(0, o.view(with("apikey robot@master:"+added.Key), "user1", "master"))(t)
	header := provision.ReadAccess(desk("192.0.2.9"), "", "Apikey robot:"+added.Key)
	must(0, o.view(provision.Operator{Access: &header}, "user1", "master"))(t)
	for _, wrong := range []string{"Apikey robot:" + added.Key[1:], "Apikey nobody:" + added.Key, "Apikey :", "Apikey ", "Apikey robot", "Apikey admin:"} {
		wantRefusal(t, o.view(with(wrong), "user1", "master"), provision.InvalidCredentials)
	}
	elsewhere := provision.ReadAccess(desk("198.51.100.1"), "Apikey robot:"+added.Key, "")
	wantRefusal(t, o.view(provision.Operator{Access: &elsewhere}, "user1", "master"), provision.NoComponent)
	_, err := o.ListSessions(t.Context(), with("Apikey robot:"+added.Key), anySession, provision.SearchOptions{})
	wantRefusal(t, err, provision.UserUnknown)
	renewed := must(o.RenewServiceUser(t.Context(), operator(), name.NameUser))(t)
	wantRefusal(t, o.view(with("Apikey robot:"+added.Key), "user1", "master"), provision.InvalidCredentials)
	must(0, o.view(with("Apikey robot:"+renewed.Key), "user1", "master"))(t)
	if _, err := o.tryLogon("robot", "", "x"); err == nil {
		t.Error("a service user logs on")
	}
	must(o.DisableUser(t.Context(), operator(), name.NameUser))(t)
	wantRefusal(t, o.view(with("Apikey robot:"+renewed.Key), "user1", "master"), provision.InvalidCredentials)
}

// Sessions end where there are too many of one administrator: the one that was
// used least lately.
func TestTooManySessions(t *testing.T) {
	o := newOffice(t)
	first := o.logon("admin", "")
	for range 100 {
		o.wait(time.Second)
		o.logon("admin", "")
	}
	wantRefusal(t, o.view(with(first), "user1", "master"), provision.SessionStopped)
	var refusal *provision.Error
	if errors.As(o.view(with(o.logon("admin", "")), "user1", "master"), &refusal) {
		t.Error(refusal)
	}
}

func anySession(provision.AdminSession) bool { return true }
