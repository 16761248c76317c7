package admin_test

import (
	"fmt"
	"sync"
	"testing"

	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/internal/server/admin"
)

const contestants = 8

// together runs the contestants at once.
func together(run func(n int)) {
	var ready, ended sync.WaitGroup
	ready.Add(contestants)
	for n := range contestants {
		ended.Go(func() {
			ready.Done()
			ready.Wait()
			run(n)
		})
	}
	ended.Wait()
}

func TestRaceToAssign(t *testing.T) {
	o := openOffice(t)
	o.addAuthenticator(t, serial)
	for n := range contestants {
		o.addUser(t, fmt.Sprintf("user%d", n))
	}
	errs := make([]error, contestants)
	together(func(n int) {
		_, errs[n] = o.as(t, fmt.Sprintf("operator%d", n)).AssignAuthenticator(t.Context(),
			provision.AssignAuthenticator{SerialNumber: serial, UserID: fmt.Sprintf("user%d", n)})
	})
	won := 0
	for n, err := range errs {
		if err == nil {
			won++
			if got := o.authenticator(t).UserID; got != fmt.Sprintf("user%d", n) {
				t.Errorf("operator%d was told of success, and %s has the authenticator", n, got)
			}
		} else if refusal(err) != provision.Exists {
			t.Errorf("a loser: %v", err)
		}
	}
	if won != 1 {
		t.Errorf("%d operators assigned one authenticator", won)
	}
}

// Whichever comes first, nothing of the user is left behind; the office's
// check at the end sees the rest.
func TestDeleteUserDuringRegister(t *testing.T) {
	o := openOffice(t)
	caller, _ := o.furnish(t)
	ids := make([]string, contestants)
	together(func(n int) {
		if n == 0 {
			if _, err := o.DeleteUser(t.Context(), provision.NameUser{UserID: "user1"}); err != nil {
				t.Error(err)
			}
			return
		}
		result, err := o.service.DSAPPSRPRegister(t.Context(), caller, provision.DSAPPSRPRegister{UserID: "user1", StaticPassword: password})
		if err == nil {
			ids[n] = result.RegistrationID
		}
	})
	for _, id := range ids {
		if id == "" {
			continue
		}
		r, err := o.ShowRegistration(t.Context(), admin.NameRegistration{ID: id})
		if err != nil || r.State != provision.Closed {
			t.Errorf("registration of the deleted user: %+v, %v", r, err)
		}
	}
	if got := o.authenticator(t); got.State != provision.Unassigned || got.OpenRegistration != "" {
		t.Errorf("authenticator of the deleted user: %+v", got)
	}
}

func TestRaceOfOneAuthenticatorsOrders(t *testing.T) {
	o := openOffice(t)
	o.furnish(t)
	together(func(n int) {
		client, name := o.as(t, "bob"), admin.NameAuthenticator{SerialNumber: serial}
		switch n % 3 {
		case 0:
			client.UnassignAuthenticator(t.Context(), name)
		case 1:
			client.AssignAuthenticator(t.Context(), provision.AssignAuthenticator{SerialNumber: serial, UserID: "user1"})
		case 2:
			client.ResetAuthenticator(t.Context(), provision.ResetAuthenticator{SerialNumber: serial})
		}
	})
}
