package provision_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/store"
	"github.com/dsappd/dsappd/store/memory"
)

// furnished is every record that a course of operations has left: user1 with
// VDS1000140, a closed registration and a living one with a key exchange,
// user2 with VDS1000141, the free VDS1000142, the policy lab and its
// component.
type furnished struct {
	put []func(*store.Tx) error

	user          provision.User
	authenticator provision.Authenticator
	unassigned    provision.Authenticator
	living        provision.Registration
	closed        provision.Registration
	component     provision.Component
	policy        provision.Policy
}

func newFurnished(t *testing.T) *furnished {
	p := newPlay(t)
	must(p.AddAuthenticator(t.Context(), operator(), provision.AddAuthenticator{SerialNumber: "VDS1000142", Parameters: hotp()}))(t)
	closed := p.mustRegister("user1").RegistrationID
	living := p.mustRegister("user1").RegistrationID
	f := &furnished{}
	p.view(func(v *store.View) error {
		f.user = must(store.Get(v, provision.Users, provision.UserKey{Domain: "master", UserID: "user1"}))(t)
		f.authenticator = must(store.Get(v, provision.Authenticators, "VDS1000140"))(t)
		f.unassigned = must(store.Get(v, provision.Authenticators, "VDS1000142"))(t)
		f.living = must(store.Get(v, provision.Registrations, living))(t)
		f.closed = must(store.Get(v, provision.Registrations, closed))(t)
		f.component = must(store.Get(v, provision.Components, provision.ComponentKey{ComponentType: "srp-component", Location: netip.MustParsePrefix("127.0.0.0/8")}))(t)
		f.policy = must(store.Get(v, provision.Policies, "lab"))(t)
		return errors.Join(
			keep(f, provision.Domains, store.Scan(v, provision.Domains, "", "")),
			keep(f, provision.Users, store.Scan(v, provision.Users, provision.UserKey{}, provision.UserKey{})),
			keep(f, provision.Authenticators, store.Scan(v, provision.Authenticators, "", "")),
			keep(f, provision.FreeAuthenticators, store.Scan(v, provision.FreeAuthenticators, provision.FreeKey{}, provision.FreeKey{})),
			keep(f, provision.Registrations, store.Scan(v, provision.Registrations, "", "")),
			keep(f, provision.Expiries, store.Scan(v, provision.Expiries, provision.ExpiryKey{}, provision.ExpiryKey{})),
			keep(f, provision.Components, store.Scan(v, provision.Components, provision.ComponentKey{}, provision.ComponentKey{})),
			keep(f, provision.Policies, store.Scan(v, provision.Policies, "", "")),
		)
	})
	return f
}

func keep[K, R any](f *furnished, kind store.Kind[K, R], records func(func(R, error) bool)) error {
	for record, err := range records {
		if err != nil {
			return err
		}
		f.put = append(f.put, func(tx *store.Tx) error { return putIndexed(tx, kind, record) })
	}
	return nil
}

// problems are what a check finds after the damage.
func (f *furnished) problems(t *testing.T, damage func(*store.Tx) error) []store.Problem {
	t.Helper()
	s := store.New(new(memory.Engine), []byte("record key"))
	defer s.Close()
	err := s.Update(t.Context(), func(tx *store.Tx) error {
		for _, put := range f.put {
			if err := put(tx); err != nil {
				return err
			}
		}
		return damage(tx)
	})
	if err != nil {
		t.Fatal(err)
	}
	return must(provision.CheckRecords(t.Context(), s, f.living.CreatedAt))(t)
}

// putIndexed writes a record with its entries in an index, so that nothing but
// the record itself is damaged.
func putIndexed[K, R any](tx *store.Tx, kind store.Kind[K, R], record R) error {
	switch r := any(record).(type) {
	case provision.User:
		return provision.PutUser(tx, r)
	case provision.Authenticator:
		return provision.PutAuthenticator(tx, r)
	}
	return store.Put(tx, kind, record)
}

// changed is a damage: a record that is written changed.
func changed[K, R any](kind store.Kind[K, R], record R, change func(*R)) func(*store.Tx) error {
	change(&record)
	return func(tx *store.Tx) error { return putIndexed(tx, kind, record) }
}

type damage struct {
	name string
	do   func(*store.Tx) error
	want []string // "record: fault"
}

// Every damage is found, and nothing but it; every problem says how to mend.
func TestCheckRecords(t *testing.T) {
	f := newFurnished(t)
	damages := slices.Concat(f.userDamages(), f.authenticatorDamages(), f.registrationDamages(), f.policyDamages())
	damages = append(damages, damage{"none", func(*store.Tx) error { return nil }, nil})
	names := strings.NewReplacer(f.living.ID, "LIVING", f.closed.ID, "CLOSED")
	for _, d := range damages {
		t.Run(d.name, func(t *testing.T) {
			var got []string
			for _, problem := range f.problems(t, d.do) {
				got = append(got, names.Replace(problem.Record+": "+problem.Fault))
				if problem.Mend == "" {
					t.Errorf("%v: nothing mends it", problem)
				}
			}
			if diff := cmp.Diff(d.want, got); diff != "" {
				t.Errorf("problems (-want +got):\n%s", diff)
			}
		})
	}
}

const (
	user1  = `user "user1" of domain "master": `
	first  = `authenticator VDS1000140: `
	third  = `authenticator VDS1000142: `
	living = `registration "LIVING": `
	ended  = `registration "CLOSED": `
)

func (f *furnished) userDamages() []damage {
	user := func(change func(*provision.User)) func(*store.Tx) error {
		return changed(provision.Users, f.user, change)
	}
	return []damage{
		{"no domain", func(tx *store.Tx) error { return store.Delete(tx, provision.Domains, "master") }, []string{
			user1 + `its domain does not exist`, `user "user2" of domain "master": its domain does not exist`,
			first + `its domain "master" does not exist`, `authenticator VDS1000141: its domain "master" does not exist`, third + `its domain "master" does not exist`,
		}},
		{"negative counter", user(func(u *provision.User) { u.Locks = -1 }), []string{user1 + `a counter is negative`}},
		{"no list", user(func(u *provision.User) { u.SerialNumbers = nil }), []string{
			first + `it is assigned to the user "user1" of domain "master", who does not list it`,
		}},
		{"listed twice", user(func(u *provision.User) { u.SerialNumbers = []string{"VDS1000140", "VDS1000140"} }), []string{
			user1 + `its authenticators are not listed in ascending order, each once`,
		}},
		{"lists another's", user(func(u *provision.User) { u.SerialNumbers = []string{"VDS1000141", "VDS1000140"} }), []string{
			user1 + `its authenticators are not listed in ascending order, each once`,
			user1 + `it lists authenticator VDS1000141, which is assigned to "user2" of domain "master"`,
		}},
		{"lists none that is", user(func(u *provision.User) { u.SerialNumbers = append(u.SerialNumbers, "VDS9999999") }), []string{
			user1 + `it lists authenticator VDS9999999, which does not exist`,
		}},
		{"no user", func(tx *store.Tx) error { return provision.DeleteUserOnly(tx, f.user.Key()) }, []string{
			first + `it is assigned to the user "user1" of domain "master", who does not exist`,
			living + `it goes on, and its user "user1" of domain "master" does not exist`,
		}},
	}
}

func (f *furnished) authenticatorDamages() []damage {
	authenticator := func(change func(*provision.Authenticator)) func(*store.Tx) error {
		return changed(provision.Authenticators, f.authenticator, change)
	}
	unassigned := func(change func(*provision.Authenticator)) func(*store.Tx) error {
		return changed(provision.Authenticators, f.unassigned, change)
	}
	return []damage{
		{"no authenticator", func(tx *store.Tx) error { return provision.DeleteAuthenticatorOnly(tx, "VDS1000140") }, []string{
			user1 + `it lists authenticator VDS1000140, which does not exist`,
			living + `it goes on, and its authenticator VDS1000140 does not exist`,
		}},
		{"unknown state", authenticator(func(a *provision.Authenticator) { a.State = "Lost" }), []string{first + `its state "Lost" is not known`}},
		{"nobody's", authenticator(func(a *provision.Authenticator) { a.UserID = "" }), []string{
			user1 + `it lists authenticator VDS1000140, which is assigned to "" of domain "master"`,
			first + `it is Assigned and has no user`,
		}},
		{"unassigned with a user", unassigned(func(a *provision.Authenticator) { a.UserID = "user2" }), []string{
			third + `it is Unassigned and has the user "user2"`,
			third + `it is assigned to the user "user2" of domain "master", who does not list it`,
		}},
		{"unassigned and bound", unassigned(func(a *provision.Authenticator) { a.Diversifier = make([]byte, 8) }), []string{
			third + `it is Unassigned and bound to a device`,
		}},
		{"short diversifier", authenticator(func(a *provision.Authenticator) { a.Diversifier = make([]byte, 7) }), []string{
			first + `its diversifier has 7 bytes, not 8`,
		}},
		{"digits", authenticator(func(a *provision.Authenticator) { a.Digits = 5 }), []string{
			first + `one-time password parameters: 5 digits are not 6, 7 or 8`,
		}},
		{"activation type", authenticator(func(a *provision.Authenticator) { a.ActivationType = 2 }), []string{first + `its activation type 2 is not known`}},
		{"no secret", authenticator(func(a *provision.Authenticator) { a.Secret = nil }), []string{first + `it has no secret`}},
		{"moving factor", authenticator(func(a *provision.Authenticator) { a.AssignedMovingFactor = 1 }), []string{
			first + `its moving factor is below that of its assignment`,
		}},
		{"activations", authenticator(func(a *provision.Authenticator) { a.Activations = -1 }), []string{
			first + `it counts a negative number of activations`,
		}},
		{"open registration gone", func(tx *store.Tx) error { return store.Delete(tx, provision.Registrations, f.living.ID) }, []string{
			first + `its open registration "LIVING" does not exist`,
			`lifetime of registration "LIVING": no registration has this lifetime`,
		}},
		{"another's open registration", unassigned(func(a *provision.Authenticator) { a.OpenRegistration = f.closed.ID }), []string{
			third + `its open registration "CLOSED" is of authenticator VDS1000140`,
		}},
	}
}

func (f *furnished) registrationDamages() []damage {
	alive := func(change func(*provision.Registration)) func(*store.Tx) error {
		return changed(provision.Registrations, f.living, change)
	}
	over := func(change func(*provision.Registration)) func(*store.Tx) error {
		return changed(provision.Registrations, f.closed, change)
	}
	some := []byte("x")
	return []damage{
		{"unknown registration state", alive(func(r *provision.Registration) { r.State = "Expired" }), []string{living + `its state "Expired" is not known`}},
		{"no exchange", alive(func(r *provision.Registration) { r.State = provision.KeyExchanged }), []string{
			living + `it is KeyExchanged and does not hold its key exchange`,
		}},
		{"exchange left", alive(func(r *provision.Registration) { r.ServerSecret = some }), []string{living + `it is Registered and still holds a key exchange`}},
		{"no verifier", alive(func(r *provision.Registration) { r.Verifier = nil }), []string{living + `it is Registered and holds no salt or verifier`}},
		{"an end", alive(func(r *provision.Registration) { r.EndedAt = r.CreatedAt }), []string{living + `it is Registered and has an end`}},
		{"a reason", alive(func(r *provision.Registration) { r.ClosedBecause = "x" }), []string{living + `it is Registered and has a reason to be closed`}},
		{"a derivation code", alive(func(r *provision.Registration) { r.DerivationCode = some }), []string{living + `it is Registered and holds a derivation code`}},
		{"lifetime", alive(func(r *provision.Registration) { r.CreatedAt = r.ExpiresAt.Add(time.Second) }), []string{living + `it expires before it begins`}},
		{"attempts", alive(func(r *provision.Registration) { r.Attempts = -1 }), []string{living + `a counter is negative`}},
		{"registration's type", alive(func(r *provision.Registration) { r.ActivationType = -1 }), []string{living + `its activation type -1 is not known`}},
		{"registration's policy", alive(func(r *provision.Registration) { r.Policy = "gone" }), []string{living + `its policy "gone" does not exist`}},
		{"expired and its policy gone", alive(func(r *provision.Registration) {
			r.Policy, r.CreatedAt, r.ExpiresAt = "gone", f.closed.CreatedAt.Add(-time.Hour), r.CreatedAt
		}), []string{living + `it is not listed among the lifetimes, and is never swept`, `lifetime of registration "LIVING": no registration has this lifetime`}},
		{"swept", f.swept(func(r *provision.Registration) { r.Salt, r.Verifier = nil, nil }), nil},
		{"swept and kept", f.swept(func(*provision.Registration) {}), []string{living + `it has expired and was swept, and still holds secrets`}},
		{"swept early", f.swept(func(r *provision.Registration) {
			r.Salt, r.Verifier, r.CreatedAt, r.ExpiresAt = nil, nil, f.living.CreatedAt, f.living.ExpiresAt
		}), []string{living + `it was swept, and its lifetime goes on`}},
		{"no policy is the default", alive(func(r *provision.Registration) { r.Policy = "" }), nil},
		{"two go on", over(func(r *provision.Registration) { *r, r.ID, r.ExpiresAt = f.living, f.closed.ID, f.closed.ExpiresAt }), []string{
			ended + `it goes on, and its authenticator VDS1000140 has the open registration "LIVING"`,
		}},
		{"no end", over(func(r *provision.Registration) { r.EndedAt = time.Time{} }), []string{ended + `it is Closed and has no end`}},
		{"salt left", over(func(r *provision.Registration) { r.Salt = some }), []string{ended + `it is Closed and still holds its salt or verifier`}},
		{"b left", over(func(r *provision.Registration) { r.ServerSecret = some }), []string{ended + `it is Closed and still holds a key exchange`}},
		{"ended without its user", over(func(r *provision.Registration) { r.UserID, r.SerialNumber, r.Policy = "gone", "VDS9999999", "gone" }), nil},
	}
}

// swept is the living registration expired and listed as swept, and changed.
func (f *furnished) swept(change func(*provision.Registration)) func(*store.Tx) error {
	entry := func(r provision.Registration) provision.ExpiryKey {
		return provision.ExpiryKey{ExpiresAt: r.ExpiresAt, RegistrationID: r.ID}
	}
	r := f.living
	r.CreatedAt, r.ExpiresAt = f.living.CreatedAt.Add(-time.Hour), f.living.CreatedAt
	change(&r)
	return func(tx *store.Tx) error {
		return errors.Join(store.Delete(tx, provision.Expiries, entry(f.living)), store.Put(tx, provision.PastExpiries, provision.Expiry{ExpiryKey: entry(r)}), store.Put(tx, provision.Registrations, r))
	}
}

func (f *furnished) policyDamages() []damage {
	policy := func(change func(*provision.Policy)) func(*store.Tx) error {
		return changed(provision.Policies, f.policy, change)
	}
	component := func(change func(*provision.Component)) func(*store.Tx) error {
		return changed(provision.Components, f.component, change)
	}
	const lab = `policy "lab": nothing can be governed by it: `
	return []damage{
		{"component's policy", component(func(c *provision.Component) { c.Policy = "gone" }), []string{
			`component "srp-component" at 127.0.0.0/8: its policy "gone" does not exist`,
		}},
		{"location", component(func(c *provision.Component) { c.Location = netip.MustParsePrefix("10.1.2.3/8") }), []string{
			`component "srp-component" at 10.1.2.3/8: its location has bits set beyond its prefix`,
		}},
		{"parent", policy(func(p *provision.Policy) { p.Parent = "gone" }), []string{
			lab + `policy "gone", which "lab" inherits from: record not found`,
		}},
		{"circle", policy(func(p *provision.Policy) { p.Parent = "lab" }), []string{lab + `policy settings: "lab" inherits in a circle: from "lab"`}},
		{"setting", policy(func(p *provision.Policy) { p.Set = json.RawMessage(`{"Attempts":0}`) }), []string{
			lab + `policy settings: of "lab": setting Attempts is 0: it must be from 1 to 100`,
		}},
	}
}

// Records beyond one page are checked too, and a check that is cancelled
// says so.
func TestCheckRecordsPages(t *testing.T) {
	p := newPlay(t)
	const many = 600
	name := func(i int) provision.User {
		return provision.User{Domain: "master", UserID: fmt.Sprintf("many%03d", i), WrongPasswords: -1}
	}
	each := func(do func(*store.Tx, int) error) {
		t.Helper()
		err := p.Store.Update(t.Context(), func(tx *store.Tx) error {
			for i := range many {
				if err := do(tx, i); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	each(func(tx *store.Tx, i int) error { return provision.PutUser(tx, name(i)) })
	problems := must(provision.CheckRecords(t.Context(), p.Store, p.clock()))(t)
	if len(problems) != many {
		t.Errorf("%d problems, want %d", len(problems), many)
	}
	for i, problem := range problems {
		if want := fmt.Sprintf("user %q of domain %q", name(i).UserID, "master"); problem.Record != want {
			t.Fatalf("problem %d is of %s, want %s", i, problem.Record, want)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := provision.CheckRecords(ctx, p.Store, p.clock()); !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled check: %v", err)
	}
	each(func(tx *store.Tx, i int) error { return provision.DeleteUserOnly(tx, name(i).Key()) })
}
