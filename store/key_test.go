package store

import (
	"cmp"
	"errors"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/dsappd/dsappd/provision"
)

// FuzzKey makes keys of two users: each comes apart into what it was made
// of, their order is that of their parts, and the prefix of a domain is that
// of its users' keys alone.
func FuzzKey(f *testing.F) {
	f.Fuzz(func(t *testing.T, domainA, userA, domainB, userB string) {
		a, okA := keyOf(t, domainA, userA)
		b, okB := keyOf(t, domainB, userB)
		if !okA || !okB {
			return
		}
		want := cmp.Or(strings.Compare(domainA, domainB), strings.Compare(userA, userB))
		if got := strings.Compare(a, b); got != want {
			t.Errorf("%q compares to %q as %d, their parts as %d", a, b, got, want)
		}
		prefix, err := users().prefix(provision.UserKey{Domain: domainA})
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.HasPrefix(b, prefix); got != (domainA == domainB) {
			t.Errorf("%q begins with %q: %v", b, prefix, got)
		}
	})
}

// keyOf makes a key and takes it apart, if it is not refused; it must be
// where its parts are no parts of a key.
func keyOf(t *testing.T, domain, userID string) (string, bool) {
	t.Helper()
	key, err := users().key(provision.UserKey{Domain: domain, UserID: userID})
	wrong := slices.ContainsFunc([]string{domain, userID}, func(part string) bool {
		return part == "" || strings.ContainsRune(part, 0) || strings.ToValidUTF8(part, "") != part || len(part) > MaxKeySize/2
	}) || len(domain)+len(userID)+len("user")+3 > MaxKeySize
	var refused *KeyError
	if wrong != errors.As(err, &refused) || wrong != (err != nil) {
		t.Fatalf("key of %q and %q: %v", domain, userID, err)
	}
	if err != nil {
		return "", false
	}
	if got := splitKey(key); !slices.Equal(got, []string{"user", domain, userID}) {
		t.Errorf("%q comes apart as %q", key, got)
	}
	if len(key) > MaxKeySize {
		t.Errorf("key of %d bytes", len(key))
	}
	return key, true
}

func TestTimePart(t *testing.T) {
	instant := rapid.Custom(func(t *rapid.T) time.Time {
		zone := time.FixedZone("", rapid.IntRange(-14*3600, 14*3600).Draw(t, "zone"))
		seconds := rapid.Int64Range(-62167219200, 253402300799).Draw(t, "seconds") // years 0 to 9999
		return time.Unix(seconds, rapid.Int64Range(0, 999_999_999).Draw(t, "nanoseconds")).In(zone)
	})
	rapid.Check(t, func(t *rapid.T) {
		a := instant.Draw(t, "a")
		b := rapid.OneOf(instant, rapid.Just(a.UTC()), rapid.Just(a.Add(1))).Draw(t, "b")
		if got, want := strings.Compare(timePart(a), timePart(b)), a.Compare(b); got != want && !a.IsZero() && !b.IsZero() {
			t.Errorf("%q compares to %q as %d, the times as %d", timePart(a), timePart(b), got, want)
		}
		if back, err := time.Parse(timeLayout, timePart(a)); err != nil || !back.Equal(a) {
			t.Errorf("%v comes back as %v, %v", a, back, err)
		}
	})
	for _, test := range []struct {
		time time.Time
		want string
	}{
		{time.Time{}, ""},
		{time.Date(-1, 12, 31, 0, 0, 0, 0, time.UTC), ""},
		{time.Date(1, 1, 1, 0, 0, 0, 1, time.UTC), "0001-01-01T00:00:00.000000001Z"},
		{time.Date(9999, 12, 31, 23, 59, 59, 999999999, time.UTC), "9999-12-31T23:59:59.999999999Z"},
		{time.Date(9999, 12, 31, 23, 59, 59, 0, time.FixedZone("", -1)), "~"},
	} {
		if got := timePart(test.time); got != test.want {
			t.Errorf("%v: got %q, want %q", test.time, got, test.want)
		}
	}
}

// What stands on disk and on the wire of a cluster must not change by
// accident: another form of keys is another Schema.
func TestKeyForm(t *testing.T) {
	at := time.Date(2026, 11, 22, 1, 2, 3, 4, time.FixedZone("", 3600))
	want := func(got string, err error, want string) {
		t.Helper()
		if err != nil || got != want {
			t.Errorf("got %q, %v, want %q", got, err, want)
		}
	}
	key, err := domains().key("master")
	want(key, err, "domain\x00master\x00")
	key, err = users().key(provision.UserKey{Domain: "master", UserID: "user1"})
	want(key, err, "user\x00master\x00user1\x00")
	key, err = authenticators().key("VDS1000140")
	want(key, err, "authenticator\x00VDS1000140\x00")
	key, err = registrations().key("xiOb8GC2")
	want(key, err, "registration\x00xiOb8GC2\x00")
	key, err = components().key(provision.ComponentKey{ComponentType: "srp-component", Location: netip.MustParsePrefix("127.0.0.0/8")})
	want(key, err, "component\x00srp-component\x00127.0.0.0/8\x00")
	key, err = policies().key("lab")
	want(key, err, "policy\x00lab\x00")
	key, err = auditEvents().key(provision.AuditKey{Run: "run", Time: at, Random: "00ff"})
	want(key, err, "audit\x00run\x002026-11-22T00:02:03.000000004Z\x0000ff\x00")
}
