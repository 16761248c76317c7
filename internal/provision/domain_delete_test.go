package provision_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/dsappd/dsappd/dsapp"
	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/store"
)

func TestDeleteDomain(t *testing.T) {
	for name, furnish := range map[string]func(p *play){
		"a user": func(p *play) {
			must(p.AddUser(t.Context(), operator(), provision.AddUser{Domain: "branch", UserID: "ann", StaticPassword: "Password2"}))(t)
		},
		"an authenticator": func(p *play) {
			must(p.AddAuthenticator(t.Context(), operator(), provision.AddAuthenticator{Domain: "branch", SerialNumber: "VDS1000150", Parameters: hotp()}))(t)
		},
		"a disabled authenticator": func(p *play) {
			must(p.AddAuthenticator(t.Context(), operator(), provision.AddAuthenticator{Domain: "branch", SerialNumber: "VDS1000150", Parameters: hotp()}))(t)
			must(p.DisableAuthenticator(t.Context(), operator(), "VDS1000150"))(t)
		},
		"nothing": func(*play) {},
	} {
		p := newPlay(t)
		must(p.AddDomain(t.Context(), operator(), provision.AddDomain{Name: "branch"}))(t)
		furnish(p)
		_, err := p.DeleteDomain(t.Context(), operator(), "branch")
		if name == "nothing" {
			must(0, err)(t)
			_, err = p.DeleteDomain(t.Context(), operator(), "branch")
			p.refused(err, -13)
			must(p.AddDomain(t.Context(), operator(), provision.AddDomain{Name: "branch"}))(t)
			continue
		}
		wantRefusal(t, err, provision.InUse)
		// It is open again.
		must(p.AddUser(t.Context(), operator(), provision.AddUser{Domain: "branch", UserID: "bob", StaticPassword: "Password2"}))(t)
	}
	p := newPlay(t)
	_, err := p.DeleteDomain(t.Context(), operator(), "nowhere")
	p.refused(err, -13)
	_, err = p.DeleteDomain(t.Context(), operator(), "a@b")
	p.refused(err, -2)
}

// A server that ended while it deleted a domain leaves it shut, and says so.
func TestDeleteDomainThatWasCutOff(t *testing.T) {
	p := newPlay(t)
	must(p.AddDomain(t.Context(), operator(), provision.AddDomain{Name: "branch"}))(t)
	must(0, p.Store.Update(t.Context(), func(tx *store.Tx) error {
		d, err := store.Get(tx, provision.Domains, "branch")
		d.Shut = true
		return errors.Join(err, store.Put(tx, provision.Domains, d))
	}))(t)
	_, err := p.AddUser(t.Context(), operator(), provision.AddUser{Domain: "branch", UserID: "ann", StaticPassword: "Password2"})
	p.refused(err, -13)
	must(p.DeleteDomain(t.Context(), operator(), "branch"))(t)
}

// Whichever comes first, no user and no authenticator is left without its
// domain: the check at the end of the play sees it.
func TestDeleteDomainWhileItIsFilled(t *testing.T) {
	p := newPlay(t)
	for round := range 20 {
		domain := fmt.Sprint("branch", round)
		must(p.AddDomain(t.Context(), operator(), provision.AddDomain{Name: domain}))(t)
		var all sync.WaitGroup
		ctx := context.Background()
		all.Go(func() {
			p.AddUser(ctx, operator(), provision.AddUser{Domain: domain, UserID: "ann", StaticPassword: "Password2"})
		})
		all.Go(func() {
			p.AddAuthenticator(ctx, operator(), provision.AddAuthenticator{Domain: domain, SerialNumber: fmt.Sprintf("VDS20000%02d", round), Parameters: hotp()})
		})
		all.Go(func() { p.DeleteDomain(ctx, operator(), domain) })
		all.Wait()
	}
}

// Disabled is what an operator makes of an authenticator, and nothing else
// undoes it.
func TestDisableAuthenticator(t *testing.T) {
	p := newPlay(t)
	const serial = "VDS1000140"
	id := p.deliveredTo("user1")
	must(p.DisableAuthenticator(t.Context(), operator(), serial))(t)
	p.refused(p.activate(id, p.hotp([]byte(rfc4226Secret), 0)), -13)
	_, err := p.register("user1")
	p.refused(err, -13)
	must(p.EnableAuthenticator(t.Context(), operator(), serial))(t)
	must(0, p.activate(id, p.hotp([]byte(rfc4226Secret), 0)))(t)
	must(p.DisableAuthenticator(t.Context(), operator(), serial))(t)
	if a := must(p.EnableAuthenticator(t.Context(), operator(), serial))(t); a.State != provision.Active {
		t.Errorf("enabled, it is %s", a.State)
	}
	must(p.DisableAuthenticator(t.Context(), operator(), serial))(t)
	for _, order := range []func() (provision.Authenticator, error){
		func() (provision.Authenticator, error) {
			return p.ResetAuthenticator(t.Context(), operator(), provision.ResetAuthenticator{SerialNumber: serial})
		},
		func() (provision.Authenticator, error) {
			return p.UnassignAuthenticator(t.Context(), operator(), serial)
		},
	} {
		if a := must(order())(t); a.State != provision.Disabled {
			t.Errorf("it is %s", a.State)
		}
	}
	assign := provision.AssignAuthenticator{SerialNumber: serial, UserID: "user1"}
	_, err = p.AssignAuthenticator(t.Context(), operator(), assign)
	wantRefusal(t, err, provision.NotAllowed)
	must(p.EnableAuthenticator(t.Context(), operator(), serial))(t)
	must(p.AssignAuthenticator(t.Context(), operator(), assign))(t)
}

// A licence that is disabled refuses its devices, and gives no place.
func TestDisableLicence(t *testing.T) {
	p := newLicencePlay(t, 2)
	active, pending := p.add(), p.add()
	must(p.sign(active.id, active.signature))(t)
	must(p.DisableAuthenticator(t.Context(), operator(), licenceSerial))(t)
	_, err := p.sign(pending.id, pending.signature)
	wantRefusal(t, err, provision.NotFound)
	must(p.EnableAuthenticator(t.Context(), operator(), licenceSerial))(t)
	must(p.sign(pending.id, pending.signature))(t)
	_, err = p.DeleteAuthenticator(t.Context(), operator(), licenceSerial)
	wantRefusal(t, err, provision.InUse)
	must(p.UnassignAuthenticator(t.Context(), operator(), licenceSerial))(t)
	must(p.DeleteAuthenticator(t.Context(), operator(), licenceSerial))(t)
	_, err = p.ShowAuthenticator(t.Context(), dsapp.InstanceName(licenceSerial, 1))
	p.refused(err, -13)
}
