package listen

import (
	"context"
	"net/netip"
	"slices"
	"sync"
	"time"
)

// gate lets a bounded number of costly pieces of work run at once. Whoever
// waits takes turns by address, so that one that asks often waits for itself.
type gate struct {
	// rests makes a place rest after a piece of work for as long as the work
	// took: the places are busy half of the time at most.
	rests bool

	mu    sync.Mutex
	free  int
	lines map[netip.Prefix][]chan struct{} // of those who wait, the first first
	turns []netip.Prefix                   // whose turn is next; each has a line
}

func newGate(places int) *gate {
	return &gate{free: places, lines: make(map[netip.Prefix][]chan struct{})}
}

// enter waits for a place. The error is the context's.
func (g *gate) enter(ctx context.Context, from netip.Prefix) (leave func(), err error) {
	g.mu.Lock()
	if g.free > 0 {
		g.free--
		g.mu.Unlock()
		return g.begin(), nil
	}
	called := make(chan struct{}, 1)
	if len(g.lines[from]) == 0 {
		g.turns = append(g.turns, from)
	}
	g.lines[from] = append(g.lines[from], called)
	g.mu.Unlock()
	select {
	case <-called:
		return g.begin(), nil
	case <-ctx.Done():
		g.quit(from, called)
		return nil, context.Cause(ctx)
	}
}

// begin returns what ends the piece of work that begins now.
func (g *gate) begin() (leave func()) {
	if !g.rests {
		return sync.OnceFunc(g.leave)
	}
	began := time.Now()
	return sync.OnceFunc(func() { time.AfterFunc(time.Since(began), g.leave) })
}

// leave hands the place to whoever is next.
func (g *gate) leave() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if len(g.turns) == 0 {
		g.free++
		return
	}
	next := g.turns[0]
	line := g.lines[next]
	g.turns = g.turns[1:]
	line[0] <- struct{}{}
	if len(line) == 1 {
		delete(g.lines, next)
		return
	}
	g.lines[next] = line[1:]
	g.turns = append(g.turns, next)
}

// quit leaves the line, or the place that was given at the same moment.
func (g *gate) quit(from netip.Prefix, called chan struct{}) {
	g.mu.Lock()
	line := g.lines[from]
	at := slices.Index(line, called)
	if at < 0 {
		g.mu.Unlock()
		g.leave()
		return
	}
	defer g.mu.Unlock()
	if len(line) > 1 {
		g.lines[from] = slices.Delete(line, at, at+1)
		return
	}
	delete(g.lines, from)
	g.turns = slices.DeleteFunc(g.turns, func(p netip.Prefix) bool { return p == from })
}
