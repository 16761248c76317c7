package provision_test

import (
	"strings"
	"testing"

	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/store"
)

// free lists the serial numbers in the index of free authenticators.
func (p *play) free() (serialNumbers []string) {
	p.t.Helper()
	p.view(func(v *store.View) error {
		for free, err := range store.Scan(v, provision.FreeAuthenticators, provision.FreeKey{}, provision.FreeKey{}) {
			if err != nil {
				return err
			}
			serialNumbers = append(serialNumbers, free.SerialNumber)
		}
		return nil
	})
	return serialNumbers
}

func TestFreeAuthenticatorsAreListed(t *testing.T) {
	p := newPlay(t)
	listed := func(when, want string) {
		t.Helper()
		if got := strings.Join(p.free(), " "); got != want {
			t.Errorf("%s: free are %q, want %q", when, got, want)
		}
	}
	listed("all assigned", "")
	must(p.AddAuthenticator(t.Context(), operator(), provision.AddAuthenticator{SerialNumber: "VDS1000150", Parameters: hotp()}))(t)
	listed("one added", "VDS1000150")
	must(p.AssignAuthenticator(t.Context(), operator(), provision.AssignAuthenticator{SerialNumber: "VDS1000150", UserID: "user1"}))(t)
	listed("and assigned", "")
	must(p.UnassignAuthenticator(t.Context(), operator(), "VDS1000140"))(t)
	listed("another unassigned", "VDS1000140")
	must(p.DeleteUser(t.Context(), operator(), provision.NameUser{UserID: "user1"}))(t)
	listed("its user deleted", "VDS1000140 VDS1000150")
}

// A check has to see what an index lost or kept too long.
func TestCheckFindsBrokenIndexes(t *testing.T) {
	p := newPlay(t)
	r := p.registration(p.mustRegister("user1").RegistrationID)
	expiry := provision.Expiry{ExpiryKey: provision.ExpiryKey{ExpiresAt: r.ExpiresAt, RegistrationID: r.ID}}
	must(p.UnassignAuthenticator(t.Context(), operator(), "VDS1000141"))(t)
	free := provision.FreeAuthenticator{FreeKey: provision.FreeKey{Domain: "master", Type: provision.TimeBased, SerialNumber: "VDS1000141"}}
	taken := free
	taken.Type, taken.SerialNumber = provision.EventBased, "VDS1000140"
	elsewhere := free
	elsewhere.Domain = "branch"
	late := expiry
	late.ExpiresAt = late.ExpiresAt.Add(1)

	for fault, c := range map[string]struct{ damage, mend func(*store.Tx) error }{
		"not listed among the lifetimes": {
			func(tx *store.Tx) error { return store.Delete(tx, provision.Expiries, expiry.Key()) },
			func(tx *store.Tx) error { return store.Put(tx, provision.Expiries, expiry) }},
		"no registration has this lifetime": {
			func(tx *store.Tx) error { return store.Put(tx, provision.Expiries, late) },
			func(tx *store.Tx) error { return store.Delete(tx, provision.Expiries, late.Key()) }},
		"not listed among the free": {
			func(tx *store.Tx) error { return store.Delete(tx, provision.FreeAuthenticators, free.Key()) },
			func(tx *store.Tx) error { return store.Put(tx, provision.FreeAuthenticators, free) }},
		"the authenticator is Assigned": {
			func(tx *store.Tx) error { return store.Put(tx, provision.FreeAuthenticators, taken) },
			func(tx *store.Tx) error { return store.Delete(tx, provision.FreeAuthenticators, taken.Key()) }},
		"under another domain or type": {
			func(tx *store.Tx) error { return store.Put(tx, provision.FreeAuthenticators, elsewhere) },
			func(tx *store.Tx) error { return store.Delete(tx, provision.FreeAuthenticators, elsewhere.Key()) }},
	} {
		if err := p.Store.Update(t.Context(), c.damage); err != nil {
			t.Fatal(err)
		}
		problems := must(provision.CheckRecords(t.Context(), p.Store, p.clock()))(t)
		if len(problems) != 1 || !strings.Contains(problems[0].Fault, fault) {
			t.Errorf("%s: found %v", fault, problems)
		}
		if err := p.Store.Update(t.Context(), c.mend); err != nil {
			t.Fatal(err)
		}
	}
}
