//go:build !race

package provision_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/dsappd/dsappd/internal/audit"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/oath"
	"github.com/dsappd/dsappd/store"
)

func serialNumbers() []string {
	return []string{"VDS1000140", "VDS1000141", "VDS1000142", "VDS1000143"}
}

func userIDs() []string { return []string{"user1", "user2", "user3"} }

// worldPlay is a play and what is expected of it.
type worldPlay struct {
	*play
	*world
	known     []string // IDs of registrations, also of those that are gone
	secret    map[string]string
	handset   map[string]handset // the newest of each registration
	code      string             // the last derivation code
	drifted   int64              // the last moving factor outside the window
	decisions map[string]int     // how often an operation was answered with a status
	runs      int
}

// The operations, in any order, with the clock going on and the store's file
// being opened again, do and answer what the world says.
func TestWorld(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		p := newWorldPlay(t, rt)
		rt.Repeat(map[string]func(*rapid.T){
			"":         p.compare,
			"register": p.tryRegister,
			"guess":    p.tryGuesses,
			"exchange": func(rt *rapid.T) { p.tryExchange(rt, p.anyRegistration(rt)) },
			"prove":    func(rt *rapid.T) { p.tryProve(rt, p.anyRegistration(rt)) },
			"activate": func(rt *rapid.T) { p.tryActivate(rt, p.anyRegistration(rt)) },
			"flow":     p.tryFlow,
			"spend":    p.trySpend,
			"outside":  p.tryOutside,
			"assign":   p.tryAssign,
			"users":    p.tryUsers,
			"close":    p.tryClose,
			"policy":   p.drawPolicy,
			"wait":     p.tryWait,
			"sweep":    p.trySweep,
			"restart":  p.tryRestart,
		})
		p.sound(rt)
	})
}

// newWorldPlay has user1 with two authenticators, user2 with one, user3 with
// none, and one that nobody has.
func newWorldPlay(t *testing.T, rt *rapid.T) *worldPlay {
	p := &worldPlay{play: stage(t), secret: map[string]string{}, handset: map[string]handset{}, known: []string{"nowhere1"}}
	rt.Cleanup(p.play.close)
	p.world = &world{now: p.clock(), at: "127.0.0.1/32", settings: provision.DefaultSettings(), Users: map[string]*worldUser{},
		Devices: map[string]*worldDevice{}, Registrations: map[string]*worldRegistration{}}
	p.bare("user3")
	p.stock(provision.AddAuthenticator{SerialNumber: "VDS1000142", Parameters: hotp(), Secret: []byte(rfc4226Secret)})
	p.stock(provision.AddAuthenticator{SerialNumber: "VDS1000143", Parameters: totp(), Secret: []byte(rfc4226Secret)})
	for _, userID := range userIDs() {
		p.Users[userID] = &worldUser{password: "Password2", Origins: map[string]worldOrigin{}}
	}
	for i, serialNumber := range serialNumbers() {
		parameters := []oath.Parameters{hotp(), totp(), hotp(), totp()}[i]
		p.Devices[serialNumber] = &worldDevice{State: provision.Unassigned, parameters: parameters,
			secret: []byte(rfc4226Secret), initial: []byte(rfc4226Secret)}
	}
	p.give("VDS1000140", "user1")
	p.give("VDS1000141", "user2")
	p.decisions = p.audited()
	p.drawPolicy(rt)
	p.order(rt, "authenticator assign", p.world.assign("VDS1000142", "user1"))(p.AssignAuthenticator(t.Context(), operator(),
		provision.AssignAuthenticator{SerialNumber: "VDS1000142", UserID: "user1", Policy: "lab"}))
	return p
}

// expect compares the status of an answer, and notes it for the audit.
func (p *worldPlay) expect(rt *rapid.T, operation string, want int, err error) {
	rt.Helper()
	got := 0
	if refusal, refused := errors.AsType[*provision.Error](err); refused {
		got = refusal.Status.StatusCode
	} else if err != nil {
		rt.Fatalf("%s: undecided: %v", operation, err)
	}
	if got != want {
		rt.Fatalf("%s: status %d (%v), want %d", operation, got, err, want)
	}
	p.decisions[answered(operation, want)]++
}

func answered(operation string, status int) string { return fmt.Sprintf("%s: %d", operation, status) }

// order expects the status of an operator's order.
func (p *worldPlay) order(rt *rapid.T, operation string, want int) func(any, error) {
	rt.Helper()
	return func(_ any, err error) {
		rt.Helper()
		p.expect(rt, operation, want, err)
	}
}

// audited counts the decisions in the audit, by what the wire showed.
func (p *worldPlay) audited() map[string]int {
	counts := make(map[string]int)
	p.view(func(v *store.View) error {
		for event, err := range store.Scan(v, audit.Events, audit.EventKey{}, audit.EventKey{}) {
			if err != nil {
				return err
			}
			counts[answered(event.Operation, event.Wire.StatusCode)]++
		}
		return nil
	})
	return counts
}

// sound is the end of a world: its records agree with each other, and the
// audit has every decision once.
func (p *worldPlay) sound(rt *rapid.T) {
	problems, err := provision.CheckRecords(context.Background(), p.Store, p.clock())
	if err != nil || len(problems) > 0 {
		rt.Fatalf("%v, %v", problems, err)
	}
	if diff := cmp.Diff(p.decisions, p.audited()); diff != "" {
		rt.Fatalf("decisions (-want +got):\n%s", diff)
	}
}

// compare compares every record.
func (p *worldPlay) compare(rt *rapid.T) {
	got := &world{Users: map[string]*worldUser{}, Devices: map[string]*worldDevice{}, Registrations: map[string]*worldRegistration{}}
	p.view(func(v *store.View) error {
		return errors.Join(
			gather(got.Users, store.Scan(v, provision.Users, provision.UserKey{}, provision.UserKey{}), userOf),
			gather(got.Devices, store.Scan(v, provision.Authenticators, "", ""), deviceOf),
			gather(got.Registrations, store.Scan(v, provision.Registrations, "", ""), registrationOf),
			markSwept(got.Registrations, store.Scan(v, provision.PastExpiries, provision.ExpiryKey{}, provision.ExpiryKey{})),
		)
	})
	hidden := cmp.Options{cmpopts.IgnoreUnexported(world{}, worldUser{}, worldDevice{}, worldRegistration{}), cmpopts.EquateEmpty()}
	if diff := cmp.Diff(p.world, got, hidden); diff != "" {
		rt.Fatalf("records (-want +got):\n%s", diff)
	}
}

func gather[R, W any](all map[string]*W, records func(func(R, error) bool), of func(R) (string, *W)) error {
	for record, err := range records {
		if err != nil {
			return err
		}
		name, plain := of(record)
		all[name] = plain
	}
	return nil
}

func markSwept(all map[string]*worldRegistration, entries func(func(provision.Expiry, error) bool)) error {
	for entry, err := range entries {
		if err != nil {
			return err
		}
		if r := all[entry.RegistrationID]; r != nil {
			r.Swept = true
		}
	}
	return nil
}

func userOf(u provision.User) (string, *worldUser) {
	origins := map[string]worldOrigin{}
	for _, o := range u.Origins {
		origins[o.Prefix.String()] = worldOrigin{Wrong: o.WrongPasswords, RightAt: o.RightAt}
	}
	var lockedFor []string
	for _, prefix := range u.LockedFor {
		lockedFor = append(lockedFor, prefix.String())
	}
	return u.UserID, &worldUser{Disabled: u.Disabled, Wrong: u.WrongPasswords, Proofs: u.WrongProofs, Spent: u.SpentRegistrations,
		SpentLocks: u.SpentLocks, Lock: u.Locks, LockedAt: u.LockedAt, LockedFor: lockedFor, Origins: origins, Has: u.SerialNumbers}
}

func deviceOf(a provision.Authenticator) (string, *worldDevice) {
	return a.SerialNumber, &worldDevice{State: a.State, UserID: a.UserID, Next: a.NextMovingFactor,
		AssignedNext: a.AssignedMovingFactor, Peak: a.PeakMovingFactor, Drift: a.Drift, Bound: a.Diversifier != nil, Activations: a.Activations,
		AssignedAt: a.AssignedAt, GraceEnds: a.GraceEndsAt, LastActivatedAt: a.LastActivatedAt, Open: a.OpenRegistration, ActivatedBy: a.ActivatedBy}
}

func registrationOf(r provision.Registration) (string, *worldRegistration) {
	return r.ID, &worldRegistration{State: r.State, UserID: r.UserID, SerialNumber: r.SerialNumber,
		Because: r.ClosedBecause, CreatedAt: r.CreatedAt, ExpiresAt: r.ExpiresAt, EndedAt: r.EndedAt,
		Attempts: r.Attempts, KeyRequests: r.KeyRequests, Drifted: r.Drifted,
		Verifier: r.Verifier != nil, Code: r.DerivationCode != nil}
}
