package forwarded

import (
	"net/netip"
	"os"
	"strings"
	"testing"
)

func testProxies() Proxies {
	return Proxies{netip.MustParsePrefix("127.0.0.1/32"), netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("2001:db8:ffff::/48")}
}

// forwardedCase is a line of testdata/forwarded.txt.
type forwardedCase struct {
	what, peer string
	lines      []string
	address    string
	how        string // local, far, or words of the doubt
}

func forwardedCases(t testing.TB) []forwardedCase {
	t.Helper()
	text, err := os.ReadFile("testdata/forwarded.txt")
	if err != nil {
		t.Fatal(err)
	}
	var all []forwardedCase
	for line := range strings.Lines(string(text)) {
		if strings.HasPrefix(line, "#") || strings.TrimSpace(line) == "" {
			continue
		}
		fields := strings.Split(line, "|")
		if len(fields) != 5 {
			t.Fatalf("not five fields: %s", line)
		}
		for i := range fields {
			fields[i] = strings.TrimSpace(fields[i])
		}
		c := forwardedCase{what: fields[0], peer: fields[1], address: fields[3], how: fields[4]}
		if fields[2] != "-" {
			c.lines = strings.Split(fields[2], "&&")
		}
		all = append(all, c)
	}
	return all
}

func TestForwarded(t *testing.T) {
	for _, c := range forwardedCases(t) {
		got := testProxies().origin(plain(netip.MustParseAddr(c.peer)), c.lines)
		how := "far"
		if got.Local {
			how = "local"
		}
		if got.Doubt != nil {
			how = got.Doubt.Error()
		}
		if got.Address.String() != c.address || !strings.Contains(how, c.how) || got.Local && got.Doubt != nil {
			t.Errorf("%s: %s (%s), want %s (%s)", c.what, got.Address, how, c.address, c.how)
		}
	}
}

// FuzzForwarded takes any header: a caller is an address that a component can
// have and no proxy's, and nothing that stands before it changes who it is.
func FuzzForwarded(f *testing.F) {
	for _, c := range forwardedCases(f) {
		f.Add(c.peer, strings.Join(c.lines, ","), "127.0.0.1, "+c.what)
	}
	f.Fuzz(func(t *testing.T, from, list, before string) {
		peer, err := netip.ParseAddr(from)
		if err != nil {
			return
		}
		peer = plain(peer)
		trusted := testProxies()
		got := trusted.origin(peer, []string{list})
		if got.Address != plain(got.Address) || !got.Address.IsValid() {
			t.Errorf("the address %s is in a form that no component has", got.Address)
		}
		if got.Local && !(peer.IsLoopback() && got.Address.IsLoopback()) {
			t.Errorf("%s by %s counts as local", got.Address, peer)
		}
		if got.Proxied != trusted.contain(peer) || (!got.Proxied || got.Doubt != nil) && got.Address != peer {
			t.Errorf("%+v of %s, whose word does not count", got, peer)
		}
		if !got.Proxied || got.Doubt != nil {
			return
		}
		if trusted.contain(got.Address) {
			t.Errorf("%s is a proxy", got.Address)
		}
		for _, lines := range [][]string{{before, list}, {before + "," + list}} {
			if spoiled := trusted.origin(peer, lines); spoiled != got {
				t.Errorf("%q makes %+v of %+v", before, spoiled, got)
			}
		}
		if !got.Address.IsLoopback() {
			if longer := trusted.origin(peer, []string{list + ", [::ffff:10.1.2.3]:80"}); longer != got {
				t.Errorf("one more proxy makes %+v of %+v", longer, got)
			}
		}
	})
}
