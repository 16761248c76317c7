package listen

import (
	"container/heap"
	"container/list"
	"context"
	"log/slog"
	"net"
	"net/netip"
	"sync"
	"time"
)

// table is the open connections of one endpoint, by address.
type table struct {
	name    string
	limits  Limits
	pressed time.Duration
	known   *Known
	pace    pace
	log     *slog.Logger

	mu       sync.Mutex
	groups   map[netip.Prefix]*group
	remotes  map[string]*conn // by the peer's address and port
	pools    [2]pool
	sweeping bool // a sweep is due
	told     untold
}

// The two pools of addresses. Each has a share of the connections that the
// other cannot take.
const (
	unknown = iota
	familiar
)

// pool is the addresses that are known, or those that are not. Its groups are
// a heap: the one with the most waiting connections is the first.
type pool struct {
	open   int // connections
	groups []*group
}

// group is an address and its connections.
type group struct {
	from  netip.Prefix
	pool  int
	place int // in the pool
	open  int

	// waiting are the connections that wait for their peers, the longest wait
	// first: those that never had an answer, and those that did.
	waiting [2]list.List
}

func (g *group) waits() int { return g.waiting[0].Len() + g.waiting[1].Len() }

// lines returns the two lists of waiting, the longer first: an attack makes it
// so.
func (g *group) lines() [2]*list.List {
	if g.waiting[1].Len() > g.waiting[0].Len() {
		return [2]*list.List{&g.waiting[1], &g.waiting[0]}
	}
	return [2]*list.List{&g.waiting[0], &g.waiting[1]}
}

func (p *pool) Len() int           { return len(p.groups) }
func (p *pool) Less(i, j int) bool { return p.groups[i].waits() > p.groups[j].waits() }
func (p *pool) Swap(i, j int) {
	p.groups[i], p.groups[j] = p.groups[j], p.groups[i]
	p.groups[i].place, p.groups[j].place = i, j
}
func (p *pool) Push(g any) {
	g.(*group).place = len(p.groups)
	p.groups = append(p.groups, g.(*group))
}
func (p *pool) Pop() any {
	last := p.groups[len(p.groups)-1]
	p.groups = p.groups[:len(p.groups)-1]
	return last
}

// limit changes the limits. What is open over the new ones stays until it ends,
// or until a new connection needs its place.
func (t *table) limit(connections, perAddress int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.limits.Connections, t.limits.PerAddress = connections, perAddress
	t.watch()
}

// share returns the number of connections that each pool keeps for itself.
func (t *table) share() int { return t.limits.Connections / 4 }

// admit counts a new connection. Where there is no room it takes the place of
// the idlest that stands in its way, which is closed; nil if none is idle.
func (t *table) admit(raw net.Conn) *conn {
	remote := raw.RemoteAddr().String()
	t.mu.Lock()
	g := t.group(key(remote))
	var victims []*conn
	for crowd := t.crowd(g); crowd != nil; crowd = t.crowd(g) {
		victim := idlest(crowd...)
		if victim == nil {
			break
		}
		t.forget(victim)
		victims = append(victims, victim)
	}
	var admitted *conn
	if t.crowd(g) == nil {
		admitted = &conn{Conn: raw, table: t, group: g}
		admitted.open, admitted.end = context.WithCancel(context.Background())
		g.open++
		t.pools[g.pool].open++
		t.remotes[remote] = admitted
		admitted.rested = time.Now()
		t.wait(admitted, admitted.rested)
		t.watch()
	}
	t.tidy(g)
	t.tell(len(victims), 0)
	t.mu.Unlock()
	for _, victim := range victims {
		_ = victim.Close()
	}
	return admitted
}

// group returns the group of an address, in the pool where it belongs now.
func (t *table) group(from netip.Prefix) *group {
	g := t.groups[from]
	if g == nil {
		g = &group{from: from}
		t.groups[from] = g
		heap.Push(&t.pools[g.pool], g)
	}
	belongs := unknown
	if t.known.has(from) {
		belongs = familiar
	}
	if g.pool != belongs {
		heap.Remove(&t.pools[g.pool], g.place)
		t.pools[g.pool].open -= g.open
		g.pool = belongs
		t.pools[g.pool].open += g.open
		heap.Push(&t.pools[g.pool], g)
	}
	return g
}

// crowd returns the groups of which one has to give up a connection before
// this group can have another, in the order in which they are asked; nil if
// there is room.
func (t *table) crowd(g *group) [][]*group {
	strangers, familiars := &t.pools[unknown], &t.pools[familiar]
	open := strangers.open + familiars.open
	switch {
	case g.pool == unknown && g.open >= t.limits.PerAddress && 2*open >= t.limits.Connections:
		return [][]*group{{g}}
	case g.pool == unknown && strangers.open >= t.limits.Connections-t.share():
		return [][]*group{strangers.groups}
	case open < t.limits.Connections:
		return nil
	case strangers.open > t.share():
		return [][]*group{strangers.groups, familiars.groups}
	}
	return [][]*group{familiars.groups}
}

// candidates is how many connections of a pool are looked at for the idlest, at
// most.
const candidates = 16

// idlest returns the connection that has waited for its peer for longest, in
// the first group that has one, or rather one whose peer has closed it; nil if
// none waits.
func idlest(pools ...[]*group) *conn {
	for _, groups := range pools {
		var found *conn
		looked := 0
		for _, g := range groups {
			for _, line := range g.lines() {
				for e := line.Front(); e != nil && looked < candidates; e = e.Next() {
					looked++
					c := e.Value.(*conn)
					idle, gone := c.idle()
					if gone {
						return c
					}
					if idle && found == nil {
						found = c
					}
				}
			}
		}
		if found != nil {
			return found
		}
	}
	return nil
}

// wait counts a connection as waiting for its peer.
func (t *table) wait(c *conn, since time.Time) {
	if c.gone {
		return
	}
	t.work(c)
	c.since, c.line = since, &c.group.waiting[0]
	if c.answered {
		c.line = &c.group.waiting[1]
	}
	before := c.line.Back()
	for before != nil && before.Value.(*conn).since.After(since) {
		before = before.Prev()
	}
	if before == nil {
		c.waiting = c.line.PushFront(c)
	} else {
		c.waiting = c.line.InsertAfter(c, before)
	}
	heap.Fix(&t.pools[c.group.pool], c.group.place)
}

// work counts a connection as one that does not wait.
func (t *table) work(c *conn) {
	if c.line == nil {
		return
	}
	c.line.Remove(c.waiting)
	c.line = nil
	heap.Fix(&t.pools[c.group.pool], c.group.place)
}

// leave forgets a connection that is closed.
func (t *table) leave(c *conn) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.forget(c)
	t.tidy(c.group)
}

func (t *table) forget(c *conn) {
	if c.gone {
		return
	}
	t.work(c)
	c.gone = true
	c.group.open--
	t.pools[c.group.pool].open--
	if remote := c.RemoteAddr().String(); t.remotes[remote] == c {
		delete(t.remotes, remote)
	}
}

// tidy forgets a group without connections.
func (t *table) tidy(g *group) {
	if g.open == 0 && t.groups[g.from] == g {
		delete(t.groups, g.from)
		heap.Remove(&t.pools[g.pool], g.place)
	}
}

// find returns the connection of a request.
func (t *table) find(remote string) *conn {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.remotes[remote]
}
