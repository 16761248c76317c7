package store

import (
	"cmp"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

type userKey struct{ Domain, UserID string }

var users = Kind[userKey, userKey]{
	Name:      "user",
	PartNames: []string{"Domain", "UserID"},
	Split:     func(k userKey) Parts { return Parts{k.Domain, k.UserID} },
	KeyOf:     func(k userKey) userKey { return k },
}

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
		prefix, err := users.prefix(userKey{Domain: domainA})
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
	key, err := users.Key(userKey{Domain: domain, UserID: userID})
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
		if got, want := strings.Compare(TimePart(a), TimePart(b)), a.Compare(b); got != want && !a.IsZero() && !b.IsZero() {
			t.Errorf("%q compares to %q as %d, the times as %d", TimePart(a), TimePart(b), got, want)
		}
		if back, err := time.Parse(timeLayout, TimePart(a)); err != nil || !back.Equal(a) {
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
		if got := TimePart(test.time); got != test.want {
			t.Errorf("%v: got %q, want %q", test.time, got, test.want)
		}
	}
}
