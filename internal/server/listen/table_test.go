package listen

import (
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// peer is a connection without a socket.
type peer struct {
	net.Conn
	from net.TCPAddr
}

func (p *peer) RemoteAddr() net.Addr { return &p.from }
func (p *peer) Close() error         { return nil }

// Whatever connections do, in whatever order, the table counts them right,
// holds no more than it may, and turns nobody away while another is idle.
func TestTable(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		table := &table{
			name: "test", limits: Limits{Connections: 12, PerAddress: 4}, pressed: time.Hour, known: new(Known), log: slog.New(slog.DiscardHandler),
			groups: make(map[netip.Prefix]*group), remotes: make(map[string]*conn),
		}
		table.known.keep("test", []netip.Prefix{netip.MustParsePrefix("192.0.2.8/31")})
		var open []*conn
		port := 0
		one := func() *conn { return rapid.SampledFrom(open).Draw(t, "conn") }
		some := func(act func(*conn)) func(*rapid.T) {
			return func(*rapid.T) {
				if len(open) > 0 {
					act(one())
				}
			}
		}
		t.Repeat(map[string]func(*rapid.T){
			"connect": func(t *rapid.T) {
				port++
				from := rapid.SampledFrom([]string{"192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.4", "192.0.2.9"}).Draw(t, "from")
				c := table.admit(&peer{from: net.TCPAddr{IP: net.ParseIP(from), Port: port}})
				if idle := idlest(table.crowd(crowded(table, from))...); c == nil && idle != nil {
					t.Fatalf("%s is turned away while %s is idle", from, idle.RemoteAddr())
				}
				if c != nil {
					open = append(open, c)
				}
			},
			"begin": some((*conn).begin),
			"done":  some((*conn).done),
			"rest":  some((*conn).rest),
			"wait":  some(func(c *conn) { c.wait(time.Now()) }),
			"work":  some((*conn).work),
			"close": some(func(c *conn) { _ = c.Close() }),
			"known": func(t *rapid.T) {
				table.known.Add(netip.MustParseAddr(rapid.SampledFrom([]string{"192.0.2.3", "192.0.2.4"}).Draw(t, "known")))
			},
			"": func(t *rapid.T) { check(t, table, &open) },
		})
	})
}

// crowded is the group of an address, or what it would be.
func crowded(t *table, from string) *group {
	t.mu.Lock()
	defer t.mu.Unlock()
	g := t.group(key(net.JoinHostPort(from, "1")))
	t.tidy(g)
	return g
}

// check counts everything anew.
func check(t *rapid.T, table *table, open *[]*conn) {
	var left []*conn
	by := map[netip.Prefix]int{}
	for _, c := range *open {
		if !c.gone {
			left = append(left, c)
			by[c.group.from]++
		}
	}
	*open = left
	total := 0
	for i := range table.pools {
		sum := 0
		for place, g := range table.pools[i].groups {
			sum += g.open
			if g.place != place || g.pool != i || g.open != by[g.from] || g.open == 0 || table.groups[g.from] != g {
				t.Fatalf("group %v: %+v; %d are open", g.from, g, by[g.from])
			}
			if place > 0 && table.pools[i].Less(place, (place-1)/2) {
				t.Fatalf("pool %d is no heap", i)
			}
			for _, line := range g.lines() {
				for e := line.Front(); e != nil; e = e.Next() {
					if c := e.Value.(*conn); c.gone || c.waiting != e || c.line != line || e.Prev() != nil && e.Prev().Value.(*conn).since.After(c.since) {
						t.Fatalf("group %v: a connection waits in the wrong place", g.from)
					}
				}
			}
		}
		if sum != table.pools[i].open {
			t.Fatalf("pool %d counts %d, of %d", i, table.pools[i].open, sum)
		}
		total += sum
	}
	if total != len(left) || total > table.limits.Connections || len(table.groups) != len(by) || len(table.remotes) != total {
		t.Fatalf("%d connections are counted, %d are open: %s", total, len(left), fmt.Sprint(by))
	}
}

// A lower limit closes nothing by itself; the next connection has the idlest
// ones make room, until the limit holds.
func TestLowerLimit(t *testing.T) {
	table := &table{
		name: "test", limits: Limits{Connections: 12, PerAddress: 12}, pressed: time.Hour, known: new(Known), log: slog.New(slog.DiscardHandler),
		groups: make(map[netip.Prefix]*group), remotes: make(map[string]*conn),
	}
	connect := func(port int) *conn {
		return table.admit(&peer{from: net.TCPAddr{IP: net.ParseIP("192.0.2.1"), Port: port}})
	}
	for port := range 8 {
		if connect(port) == nil {
			t.Fatalf("connection %d is turned away", port)
		}
	}
	table.limit(4, 4)
	if open := len(table.remotes); open != 8 {
		t.Errorf("%d are open after the limit was lowered, want 8", open)
	}
	if connect(8) == nil {
		t.Error("a new connection is turned away while others are idle")
	}
	if open := len(table.remotes); open > 3 {
		t.Errorf("%d are open, and strangers may have 3 of 4", open)
	}
	table.limit(100, 100)
	if connect(9) == nil || len(table.remotes) != 4 {
		t.Errorf("after the limit was raised %d are open, want 4", len(table.remotes))
	}
}
