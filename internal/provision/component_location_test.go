package provision

import "testing"

// Whatever is read as a location is in the one form that is read as itself.
func FuzzParseLocation(f *testing.F) {
	for _, seed := range []string{
		"192.0.2.7", "192.0.2.99/24", "::ffff:192.0.2.8", "::ffff:10.1.2.3/104", "::ffff:1.2.3.4/64", "2001:db8::1/32", "::/0", "0.0.0.0/0",
		"", "192.0.2.7/33", "fe80::1%eth0", "fe80::1%eth0/64", "example.net", "192.0.2.07", "1.2.3",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		location, err := ParseLocation(s)
		if err != nil {
			return
		}
		if location != location.Masked() || location.Addr().Is4In6() && location.Bits() >= mappedBits || location.Addr().Zone() != "" {
			t.Errorf("%q is read as %s", s, location)
		}
		if again, err := ParseLocation(location.String()); err != nil || again != location {
			t.Errorf("%q is read as %s, and that as %s, %v", s, location, again, err)
		}
	})
}
