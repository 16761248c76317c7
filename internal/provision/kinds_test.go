package provision

import (
	"net/netip"
	"testing"
	"time"

	"github.com/dsappd/dsappd/internal/audit"
)

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
	key, err := Domains.Key("master")
	want(key, err, "domain\x00master\x00")
	key, err = Users.Key(UserKey{Domain: "master", UserID: "user1"})
	want(key, err, "user\x00master\x00user1\x00")
	key, err = Authenticators.Key("VDS1000140")
	want(key, err, "authenticator\x00VDS1000140\x00")
	key, err = Registrations.Key("xiOb8GC2")
	want(key, err, "registration\x00xiOb8GC2\x00")
	key, err = Components.Key(ComponentKey{ComponentType: "srp-component", Location: netip.MustParsePrefix("127.0.0.0/8")})
	want(key, err, "component\x00srp-component\x00127.0.0.0/8\x00")
	key, err = Policies.Key("lab")
	want(key, err, "policy\x00lab\x00")
	key, err = audit.Events.Key(audit.EventKey{Run: "run", Time: at, Random: "00ff"})
	want(key, err, "audit\x00run\x002026-11-22T00:02:03.000000004Z\x0000ff\x00")
}
