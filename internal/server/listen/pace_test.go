package listen

import (
	"net/netip"
	"testing"
	"time"
)

func TestPace(t *testing.T) {
	now := time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)
	p := &pace{perAddress: 10, inAll: 100}
	address := func(n int) netip.Prefix {
		return netip.PrefixFrom(netip.AddrFrom4([4]byte{192, 0, 2, byte(n)}), 32)
	}
	begun := func(n, times int) (allowed int) {
		for range times {
			if p.allows(address(n), now) {
				allowed++
			}
		}
		return allowed
	}
	if got := begun(1, 1000); got != 20 {
		t.Errorf("one address begins %d at once, want what two seconds allow, 20", got)
	}
	now = now.Add(time.Second)
	if got := begun(1, 1000); got != 10 {
		t.Errorf("one address begins %d a second, want 10", got)
	}
	if got := begun(2, 5); got != 5 {
		t.Errorf("beside it another begins %d of 5", got)
	}
	// A hundred that begin as many as they may leave others their share.
	for range 5 {
		now = now.Add(time.Second)
		all := 0
		for range 10 {
			for n := range 100 {
				all += begun(100+n, 1)
			}
		}
		if all > 300 {
			t.Errorf("a hundred addresses begin %d in a second", all)
		}
		if got := begun(3, 1); got != 1 {
			t.Error("one more begins none")
		}
	}
	now = now.Add(time.Minute)
	begun(4, 1)
	if len(p.addresses) != 1 {
		t.Errorf("%d addresses are remembered", len(p.addresses))
	}
}
