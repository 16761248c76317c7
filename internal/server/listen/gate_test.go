package listen

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

func address(n int) netip.Prefix { return netip.MustParsePrefix(fmt.Sprintf("192.0.2.%d/32", n)) }

// One who asks a hundred times waits for itself: others take their turns
// between.
func TestGateTakesTurns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate(1)
		leave, _ := g.enter(t.Context(), address(1))
		var served []netip.Prefix
		wait := func(from netip.Prefix) {
			go func() {
				done, err := g.enter(t.Context(), from)
				if err != nil {
					t.Error(err)
					return
				}
				served = append(served, from)
				done()
				done() // a second time is none
			}()
			synctest.Wait()
		}
		for range 4 {
			wait(address(1))
		}
		wait(address(2))
		wait(address(3))
		wait(address(2))
		leave()
		synctest.Wait()
		want := []netip.Prefix{address(1), address(2), address(3), address(1), address(2), address(1), address(1)}
		if !slices.Equal(served, want) {
			t.Errorf("served %v, want %v", served, want)
		}
		if g.free != 1 || len(g.lines) != 0 || len(g.turns) != 0 {
			t.Errorf("left: %+v", g)
		}
	})
}

// A place that rests is busy half of the time, however many wait for it.
func TestGateRests(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate(1)
		g.rests = true
		began := time.Now()
		var begins []time.Duration
		for n := range 4 {
			go func() {
				done, err := g.enter(t.Context(), address(n))
				if err != nil {
					t.Error(err)
					return
				}
				begins = append(begins, time.Since(began))
				time.Sleep(time.Second)
				done()
				done()
			}()
		}
		time.Sleep(8 * time.Second)
		synctest.Wait()
		if want := []time.Duration{0, 2 * time.Second, 4 * time.Second, 6 * time.Second}; !slices.Equal(begins, want) {
			t.Errorf("began at %v, want %v", begins, want)
		}
		if g.free != 1 {
			t.Errorf("left: %+v", g)
		}
	})
}

// Whoever goes away while it waits takes nobody's place.
func TestGateIsLeftInLine(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate(1)
		leave, _ := g.enter(t.Context(), address(1))
		for n := range 5 {
			go func() {
				ctx, cancel := context.WithTimeout(t.Context(), time.Duration(n)*time.Second)
				defer cancel()
				done, err := g.enter(ctx, address(n%2))
				if (err == nil) != (n == 4) || err != nil && !errors.Is(err, context.DeadlineExceeded) {
					t.Errorf("%d: %v", n, err)
				}
				if err == nil {
					done()
				}
			}()
		}
		time.Sleep(3500 * time.Millisecond)
		leave()
		synctest.Wait()
		if g.free != 1 || len(g.lines) != 0 || len(g.turns) != 0 {
			t.Errorf("left: %+v", g)
		}
	})
}
