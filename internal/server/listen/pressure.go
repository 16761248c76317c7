package listen

import (
	"log/slog"
	"slices"
	"time"
)

// watch makes a sweep come soon while connections are short.
func (t *table) watch() {
	if !t.sweeping && t.short() {
		t.sweeping = true
		time.AfterFunc(t.pressed/4, t.sweep)
	}
}

// short reports whether more than three quarters of what unknown addresses may
// have is taken.
func (t *table) short() bool {
	return 4*t.pools[unknown].open > 3*(t.limits.Connections-t.share())
}

// sweep closes connections of unknown addresses that have waited for their
// peers for too long to be kept while connections are short, the longest wait
// first, until they are not short.
func (t *table) sweep() {
	t.mu.Lock()
	t.sweeping = false
	var closed []*conn
	for _, c := range t.waitingBefore(time.Now().Add(-t.pressed)) {
		if !t.short() {
			break
		}
		t.forget(c)
		closed = append(closed, c)
	}
	t.watch()
	t.tell(len(closed), 0)
	t.mu.Unlock()
	for _, c := range closed {
		_ = c.Close()
	}
}

// waitingBefore lists the connections of unknown addresses that have waited
// since before a time, the longest wait first.
func (t *table) waitingBefore(since time.Time) []*conn {
	var all []*conn
	for _, g := range t.pools[unknown].groups {
		for i := range g.waiting {
			for e := g.waiting[i].Front(); e != nil && e.Value.(*conn).since.Before(since); e = e.Next() {
				c := e.Value.(*conn)
				if idle, _ := c.idle(); idle {
					all = append(all, c)
				}
			}
		}
	}
	slices.SortFunc(all, func(a, b *conn) int { return a.since.Compare(b.since) })
	return all
}

// untold is what the log has not heard yet.
type untold struct {
	closed, refused int
	hurried         int // refused because their addresses begin too many
	last            time.Time
}

// tellEvery is how often the log hears that connections are short.
const tellEvery = time.Minute

// turnedAway counts a connection for which there was no room.
func (t *table) turnedAway() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.tell(0, 1)
}

// tell logs what was closed and refused, the first time at once.
func (t *table) tell(closed, refused int) {
	t.told.closed += closed
	t.told.refused += refused
	if t.told.closed+t.told.refused+t.told.hurried == 0 || time.Since(t.told.last) < tellEvery {
		return
	}
	t.log.Warn("connections are short: the idlest are closed for the sake of new ones, and who begins too many is refused", "door", t.name,
		"open", t.pools[unknown].open+t.pools[familiar].open, "unknown", t.pools[unknown].open, "addresses", len(t.groups),
		slog.Group("since", "closed", t.told.closed, "refused", t.told.refused, "too_fast", t.told.hurried))
	t.told = untold{last: time.Now()}
}
