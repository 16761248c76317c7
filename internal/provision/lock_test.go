package provision_test

import (
	"fmt"
	"net/netip"
	"slices"
	"testing"
	"time"

	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/store"
)

// guess signs in at the page from an address.
func (p *play) guess(from, password string) error {
	c := caller()
	c.Address, c.OwnDoor, c.ComponentType = netip.MustParseAddr(from), true, "page"
	_, err := p.SelfSignIn(p.t.Context(), c, provision.SignIn{UserID: "user1", StaticPassword: password})
	return err
}

// newPage is a play with a page that is open to the world, under the default
// settings.
func newPage(t *testing.T) *play {
	t.Helper()
	p := stage(t)
	t.Cleanup(p.close)
	p.policy("page", `{}`)
	p.component("page", "0.0.0.0", "page")
	return p
}

// Three anonymous sign-ins keep nobody out but whoever made them, and that one
// for a quarter of an hour.
func TestLockIsForTheAddressThatGuessed(t *testing.T) {
	p := newPage(t)
	for range 3 {
		p.refused(p.guess("192.0.2.1", "wrong"), 1000)
	}
	p.refused(p.guess("192.0.2.1", "Password2"), 1000)
	must(0, p.guess("192.0.2.2", "Password2"))(t)
	p.mustRegister("user1") // over SOAP
	if u := p.account("user1"); u.LockedFor[0].String() != "192.0.2.1/32" || !u.LockedUntil.Equal(p.clock().Add(15*time.Minute)) {
		t.Errorf("locked until %s for %v", u.LockedUntil, u.LockedFor)
	}
	p.wait(15*time.Minute - time.Second)
	p.refused(p.guess("192.0.2.1", "Password2"), 1000)
	p.wait(time.Second)
	for range 3 { // the second lock lasts twice as long
		p.refused(p.guess("192.0.2.1", "wrong"), 1000)
	}
	p.wait(30*time.Minute - time.Second)
	p.refused(p.guess("192.0.2.1", "Password2"), 1000)
	p.wait(time.Second)
	must(0, p.guess("192.0.2.1", "Password2"))(t)
	if u := p.account("user1"); u.Locks != 0 || !u.LockedAt.IsZero() || u.WrongPasswords != 0 {
		t.Errorf("a right password leaves %+v", u)
	}
}

// Right passwords from elsewhere do not shorten the back-off of who guesses.
func TestBackOffIsOfTheAddressThatGuessed(t *testing.T) {
	p := newPage(t)
	for lock := range 3 {
		for range 3 {
			p.refused(p.guess("192.0.2.1", "wrong"), 1000)
			must(0, p.guess("192.0.2.2", "Password2"))(t)
		}
		p.wait(15*time.Minute<<lock - time.Second)
		p.refused(p.guess("192.0.2.1", "Password2"), 1000)
		must(0, p.guess("192.0.2.2", "Password2"))(t)
		p.wait(time.Second)
	}
}

// Who guesses from a hundred addresses has thirty guesses, and then keeps out
// who is as unfamiliar, and nobody who is not.
func TestGuessesFromManyAddresses(t *testing.T) {
	p := newPage(t)
	must(0, p.guess("192.0.2.200", "Password2"))(t)
	for n := range 30 {
		p.refused(p.guess(fmt.Sprintf("192.0.2.%d", n/2), "wrong"), 1000)
	}
	p.refused(p.guess("192.0.2.99", "Password2"), 1000)
	must(0, p.guess("192.0.2.200", "Password2"))(t)
	if u := p.account("user1"); len(u.Origins) > 16 {
		t.Errorf("%d addresses are remembered", len(u.Origins))
	}
	for range 3 { // familiar is not free
		p.refused(p.guess("192.0.2.200", "wrong"), 1000)
	}
	p.refused(p.guess("192.0.2.200", "Password2"), 1000)
	p.wait(15 * time.Minute)
	must(0, p.guess("192.0.2.99", "Password2"))(t)
}

func TestAddressIsFamiliarForAWhile(t *testing.T) {
	for days, locked := range map[int]bool{89: false, 90: true} {
		p := newPage(t)
		must(0, p.guess("192.0.2.200", "Password2"))(t)
		p.wait(time.Duration(days) * 24 * time.Hour)
		for n := range 30 {
			p.refused(p.guess(fmt.Sprintf("192.0.2.%d", n/2), "wrong"), 1000)
		}
		if err := p.guess("192.0.2.200", "Password2"); (err != nil) != locked {
			t.Errorf("after %d days: %v", days, err)
		}
	}
}

// A host of IPv6 has a /64, and IPv4 is the same whichever way it is written.
func TestAddressesThatAreOneHost(t *testing.T) {
	for _, hosts := range [][]string{
		{"2001:db8:1:2::1", "2001:db8:1:2:ffff::2", "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::9"},
		{"192.0.2.1", "::ffff:192.0.2.1", "192.0.2.1", "::ffff:192.0.2.1"},
	} {
		p := newPage(t)
		for _, host := range hosts[:3] {
			p.refused(p.guess(host, "wrong"), 1000)
		}
		p.refused(p.guess(hosts[3], "Password2"), 1000)
		must(0, p.guess("2001:db8:1:3::1", "Password2"))(t)
	}
}

// A familiar address is remembered whatever comes from others.
func TestFamiliarAddressIsNotPushedOut(t *testing.T) {
	p := newPage(t)
	p.policy("page", `{"OverallLockThreshold": 0}`)
	must(0, p.guess("192.0.2.200", "Password2"))(t)
	for n := range 200 {
		p.refused(p.guess(fmt.Sprintf("192.0.2.%d", n), "wrong"), 1000)
	}
	u := p.account("user1")
	if !slices.ContainsFunc(u.Origins, func(o provision.Origin) bool { return !o.RightAt.IsZero() }) || len(u.Origins) != 16 {
		t.Errorf("%+v", u.Origins)
	}
}

// Somebody who knows the password does not shorten the back-off of locks that
// came of guessing one-time passwords.
func TestBackOffOfSpentRegistrationsOutlivesRightPasswords(t *testing.T) {
	p := newPlay(t)
	for lock := range 3 {
		for range 3 {
			p.spend(p.mustRegister("user1"))
		}
		p.wait(15*time.Minute<<lock - time.Second)
		_, err := p.register("user1")
		p.refused(err, 1000)
		p.wait(time.Second)
		p.mustRegister("user1")
	}
	r := p.mustRegister("user1")
	p.deliver(r)
	must(0, p.activate(r.RegistrationID, p.hotp([]byte(rfc4226Secret), 0)))(t)
	p.mustRegister("user1")
	if u := p.account("user1"); u.SpentLocks != 0 || u.Locks != 0 {
		t.Errorf("an activation leaves %+v", u)
	}
}

// A lock that was made by a program before this one is for everybody, and a
// policy that says UnlockMinutes keeps it.
func TestLockOfBefore(t *testing.T) {
	p := newPlay(t)
	p.policy("lab", `{"UnlockMinutes": 0}`)
	u := p.account("user1")
	u.WrongPasswords, u.Locks, u.LockedAt = 3, 1, p.clock()
	must(0, p.Store.Update(t.Context(), func(tx *store.Tx) error { return provision.PutUser(tx, u) }))(t)
	p.wait(365 * 24 * time.Hour)
	_, err := p.register("user1")
	p.refused(err, 1000)
	must(p.UnlockUser(t.Context(), operator(), provision.NameUser{UserID: "user1"}))(t)
	p.mustRegister("user1")
}
