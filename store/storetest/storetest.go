// Package storetest is the suite that every engine of the store passes. It
// tests through store.Store, as the domain sees it, and ends every test with
// a consistency check.
package storetest

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"testing"
	"time"

	"github.com/dsappd/dsappd/internal/audit"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/oath"
	"github.com/dsappd/dsappd/store"
)

// Open opens the engine that is kept in the folder dir, and makes it when it
// is not there yet.
type Open func(dir string) (store.Engine, error)

// fresh returns a new store that is checked and closed when the test ends.
func fresh(t *testing.T, open Open) *store.Store {
	t.Helper()
	return opened(t, open, t.TempDir())
}

func opened(t *testing.T, open Open, dir string) *store.Store {
	t.Helper()
	engine, err := open(dir)
	if err != nil {
		t.Fatal(err)
	}
	s := store.New(engine, []byte("record key"))
	t.Cleanup(func() { checkAndClose(t, s) })
	return s
}

// failer is a testing.T or a rapid.T.
type failer interface {
	Helper()
	Errorf(format string, args ...any)
}

func checkAndClose(t failer, s *store.Store) {
	t.Helper()
	problems, err := s.Check(context.Background(), provision.Kinds()...)
	if err != nil && !errors.Is(err, store.ErrClosed) {
		t.Errorf("check: %v", err)
	}
	for _, problem := range problems {
		t.Errorf("check: %v", problem)
	}
	if err := s.Close(); err != nil {
		t.Errorf("close: %v", err)
	}
}

func update(t failer, s *store.Store, write func(*store.Tx) error) {
	t.Helper()
	if err := s.Update(context.Background(), write); err != nil {
		t.Errorf("Update: %v", err)
	}
}

func view(t failer, s *store.Store, read func(*store.View) error) {
	t.Helper()
	if err := s.View(context.Background(), read); err != nil {
		t.Errorf("View: %v", err)
	}
}

func wantError(t failer, what string, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("%s: got error %v, want %v", what, err, want)
	}
}

// comparing compares records by what they say, not by revision.
func comparing() cmp.Options {
	return cmp.Options{cmpopts.EquateComparable(netip.Prefix{}), cmpopts.IgnoreTypes(store.Revised{})}
}

func wantEqual(t failer, what string, want, got any) {
	t.Helper()
	if diff := cmp.Diff(want, got, comparing()); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

// counter returns a user whose count of wrong passwords the tests count with.
func counter(name string, n int) provision.User {
	return provision.User{Domain: "counters", UserID: name, PasswordHash: "none", WrongPasswords: n}
}

func counterKey(name string) provision.UserKey { return counter(name, 0).Key() }

// count reads a counter; one that is not there stands at 0.
func count(r store.Reader, name string) (int, error) {
	u, err := store.Get(r, provision.Users, counterKey(name))
	if errors.Is(err, store.ErrNotFound) {
		return 0, nil
	}
	return u.WrongPasswords, err
}

func increment(tx *store.Tx, name string) error {
	n, err := count(tx, name)
	if err != nil {
		return err
	}
	return store.Put(tx, provision.Users, counter(name, n+1))
}

func wantCount(t failer, s *store.Store, name string, want int) {
	t.Helper()
	view(t, s, func(v *store.View) error {
		n, err := count(v, name)
		if err == nil && n != want {
			t.Errorf("counter %s stands at %d, want %d", name, n, want)
		}
		return err
	})
}

func day(n int) time.Time { return time.Date(2026, 11, n, 9, 30, 0, 123456789, time.UTC) }

// event returns an audit event of the run "run", unique by its name.
func event(name string) audit.Event {
	return audit.Event{
		EventKey:  audit.EventKey{Run: "run", Time: day(1), Random: name},
		Operation: "test",
	}
}

// events returns the names of all events.
func events(t failer, s *store.Store) map[string]bool {
	t.Helper()
	names := map[string]bool{}
	view(t, s, func(v *store.View) error {
		for e, err := range store.Scan(v, audit.Events, audit.EventKey{}, audit.EventKey{}) {
			if err != nil {
				return err
			}
			names[e.Random] = true
		}
		return nil
	})
	return names
}

// The records of every kind with every member set.

func wholeDomain() provision.Domain { return provision.Domain{Name: "master", CreatedAt: day(1)} }

func wholeUser() provision.User {
	return provision.User{
		Domain: "master", UserID: "user1", OrgUnit: "unit",
		PasswordHash: "$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$aGFzaA",
		Disabled:     true, WrongPasswords: 3, LockedAt: day(2), Locks: 1,
		SerialNumbers: []string{"VDS0000001", "VDS0000002"},
		CreatedAt:     day(1),
	}
}

func wholeAuthenticator() provision.Authenticator {
	return provision.Authenticator{
		SerialNumber: "VDS0000001", Domain: "master", State: provision.Active, UserID: "user1",
		Parameters:     oath.Parameters{Type: oath.HOTP, Algorithm: oath.SHA256, Digits: 8},
		ActivationType: provision.Offline,
		Secret:         []byte{0, 1, 255}, InitialSecret: []byte{2, 0}, Diversifier: []byte("12345678"), DevicePNID: []byte{5, 6},
		NextMovingFactor: 1<<64 - 1, AssignedMovingFactor: 1 << 63, PeakMovingFactor: 1<<64 - 2,
		Drift:      -3,
		AssignedAt: day(1), GraceEndsAt: day(2), LastActivatedAt: day(3), Activations: 2,
		Licence: &provision.Licence{Limit: 99, NextSequenceNumber: 3, Instances: []provision.Instance{{
			SequenceNumber: 2, State: provision.InstancePending, RegistrationID: "xiOb8GC2", DeviceType: 7, Description: "a phone", ExpiresAt: day(2),
			Secret: []byte{3}, NextMovingFactor: 4, DevicePNID: []byte{6}, ActivatedAt: day(3)}}},
		OpenRegistration: "xiOb8GC2", CreatedAt: day(1),
	}
}

func wholeRegistration() provision.Registration {
	return provision.Registration{
		ID: "xiOb8GC2", State: provision.KeyExchanged, Domain: "master", UserID: "user1",
		SerialNumber: "VDS0000001", ActivationType: provision.Offline,
		ComponentType: "srp-component", Policy: "lab",
		CreatedAt: day(1), ExpiresAt: day(2), EndedAt: day(3), Attempts: 1, KeyRequests: 2,
		Drifted: &provision.Drifted{MovingFactor: 1<<64 - 1, Diversifier: []byte("12345678")},
		Salt:    []byte("s"), Verifier: []byte("v"),
		ClientPublicKey: []byte("A"), ServerPublicKey: []byte("B"), ServerSecret: []byte("b"),
		MDL: true, Message1: []byte("1"), DeviceCode: []byte("c"), Message2: []byte("2"),
		DerivationCode: []byte("d"), ClosedBecause: "superseded",
	}
}

func wholeComponent() provision.Component {
	return provision.Component{
		ComponentType: "Push Notification Client", Location: netip.MustParsePrefix("2001:db8::/32"),
		Policy: "lab", CreatedAt: day(1),
	}
}

func wholeKeyCheck() provision.KeyCheck {
	return provision.KeyCheck{Name: "master", Sealed: []byte{0, 1, 2, 255}, CreatedAt: day(1)}
}

func wholeExpiry() provision.Expiry {
	return provision.Expiry{ExpiryKey: provision.ExpiryKey{ExpiresAt: day(2), RegistrationID: "xiOb8GC2"}}
}

func wholeFreeAuthenticator() provision.FreeAuthenticator {
	return provision.FreeAuthenticator{FreeKey: provision.FreeKey{Domain: "master", Type: provision.EventBased, SerialNumber: "VDS0000001"}}
}

func wholeStranger() provision.Stranger {
	return provision.Stranger{Slot: "0f", Filling: "xxxx"}
}

func wholeGatewayKey() provision.GatewayKey {
	return provision.GatewayKey{Name: "phones", Side: provision.FrontEnd, Digest: []byte{0, 1, 2, 255}, CreatedAt: day(1)}
}

func wholePolicy() provision.Policy {
	return provision.Policy{Name: "lab", Parent: "base", Set: []byte(`{"Attempts":5}`)}
}

func wholeEvent() audit.Event {
	return audit.Event{
		EventKey:  audit.EventKey{Run: "20261122T093000Z", Time: day(4), Random: "0123456789abcdef"},
		RequestID: "r1", Operation: "dsappSRPActivate", ComponentType: "srp-component", Address: "127.0.0.1",
		Domain: "master", UserID: "user1", SerialNumber: "VDS0000001", RegistrationID: "xiOb8GC2",
		Status: provision.Status{ReturnCode: -1, ReturnCodeEnum: "RET_FAILURE", StatusCode: 1007, StatusCodeEnum: "STAT_LOCKED"},
		Wire:   provision.Status{ReturnCode: -1, ReturnCodeEnum: "RET_FAILURE", StatusCode: 1000, StatusCodeEnum: "STAT_INVCREDENTIALS"},
		Policy: "lab",
		Checks: []audit.Check{{Name: "component", Detail: "srp-component"}, {Name: "user", Settings: []byte(`{"Attempts":5}`)}},
		Reason: `locked "for" <ever> & a day`,
		MAC:    digest(1),
	}
}

func wholeRequest() audit.Request {
	return audit.Request{RequestKey: audit.RequestKey{RequestID: "r1", EventKey: wholeEvent().EventKey}}
}

func wholeSeal() audit.Seal {
	run := wholeEvent().Run
	return audit.Seal{
		SealKey: audit.SealKey{Run: run, Number: 1<<64 - 1}, Time: day(4), By: "20261123T093000Z", Final: true,
		After:  []audit.SealDigest{{SealKey: audit.SealKey{Run: run, Number: 1<<64 - 2}, Digest: digest(3)}},
		Events: []audit.EventDigest{{Time: day(4), Random: "0123456789abcdef", Digest: digest(4)}},
		MAC:    digest(5),
	}
}

func digest(fill byte) (d audit.Digest) {
	for i := range d {
		d[i] = fill
	}
	return d
}

// numbered makes names that sort in their order.
func numbered(format string, n int) []string {
	names := make([]string, n)
	for i := range names {
		names[i] = fmt.Sprintf(format, i)
	}
	return names
}
