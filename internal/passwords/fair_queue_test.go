package passwords

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func shareOf(door string, host int) Share {
	return Share{Door: door, Address: netip.PrefixFrom(netip.AddrFrom4([4]byte{192, 0, 2, byte(host)}), 32)}
}

// standIn queues for a share and returns what it is told by, or nil if it is
// sent away.
func standIn(t testing.TB, q *fairQueue, share Share) chan error {
	t.Helper()
	told, err := q.queue(share)
	if told == nil && !errors.Is(err, ErrBusy) {
		t.Fatalf("%v did not have to wait: %v", share, err)
	}
	return told
}

// order is in which order those who wait are let in, by the names of their
// doors and hosts.
func order(t testing.TB, q *fairQueue, waiting map[string]chan error) string {
	t.Helper()
	var names []string
	for len(waiting) > 0 {
		q.leave()
		next := ""
		for name, told := range waiting {
			select {
			case err := <-told:
				if err != nil || next != "" {
					t.Fatalf("%s is told %v after %s", name, err, next)
				}
				next = name
			default:
			}
		}
		delete(waiting, next)
		names = append(names, next)
	}
	return strings.Join(names, " ")
}

func TestDoorsAndAddressesTakeTurns(t *testing.T) {
	q := newFairQueue(1, 100)
	if told, err := q.queue(shareOf("", 1)); told != nil || err != nil {
		t.Fatalf("the first one has to wait: %v", err)
	}
	waiting := map[string]chan error{}
	for _, name := range []string{"page1a", "page1b", "page1c", "page2a", "page2b", "soap1a", "soap1b"} {
		share := shareOf(name[:4], int(name[4]-'0'))
		waiting[name] = standIn(t, q, share)
	}
	if got, want := order(t, q, waiting), "page1a soap1a page2a soap1b page1b page2b page1c"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

func TestProvenSharesComeFourTimesForOnce(t *testing.T) {
	q := newFairQueue(1, 100)
	q.prove(shareOf("soap", 1))
	standIn1, err := q.queue(shareOf("page", 1))
	if standIn1 != nil || err != nil {
		t.Fatal(err)
	}
	waiting := map[string]chan error{}
	for n := range 6 {
		waiting[fmt.Sprintf("p%d", n)] = standIn(t, q, shareOf("page", n))
	}
	for n := range 6 {
		waiting[fmt.Sprintf("s%d", n)] = standIn(t, q, shareOf("soap", 1))
	}
	if got, want := order(t, q, waiting), "s0 s1 s2 s3 p0 s4 s5 p1 p2 p3 p4 p5"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

// A queue that is full of one has room for another, who holds fewer places.
func TestFullQueueHasRoomForWhoHoldsFewer(t *testing.T) {
	for name, c := range map[string]struct {
		full       func(n int) Share
		proven     Share
		newcomer   Share
		mayWait    int // so many newcomers of eight
		mayNotWait string
	}{
		"another address": {func(int) Share { return shareOf("page", 1) }, Share{}, shareOf("page", 2), 4, ""},
		"another door":    {func(int) Share { return shareOf("page", 1) }, Share{}, shareOf("", 1), 4, ""},
		"itself":          {func(int) Share { return shareOf("page", 1) }, Share{}, shareOf("page", 1), 0, ""},
		"one of many":     {func(n int) Share { return shareOf("page", n) }, Share{}, shareOf("page", 99), 0, ""},
		"a door of one, beside one of many": {func(n int) Share { return shareOf("page", n) }, Share{},
			shareOf("", 1), 4, ""},
		"who has proved something":    {func(n int) Share { return shareOf("page", n) }, shareOf("", 1), shareOf("", 1), 8, ""},
		"beside who proved something": {func(int) Share { return shareOf("", 1) }, shareOf("", 1), shareOf("page", 1), 1, ""},
	} {
		q := newFairQueue(1, 8)
		if c.proven != (Share{}) {
			q.prove(c.proven)
		}
		works(t)(q.queue(shareOf("busy", 0)))
		var waiting []chan error
		for n := range 8 {
			waiting = append(waiting, standIn(t, q, c.full(n)))
		}
		got := 0
		for range 8 {
			if standIn(t, q, c.newcomer) != nil {
				got++
			}
		}
		sent := 0
		for _, told := range waiting {
			select {
			case err := <-told:
				if !errors.Is(err, ErrBusy) {
					t.Errorf("%s: one who waited is told %v", name, err)
				}
				sent++
			default:
			}
		}
		if got != c.mayWait || sent != got {
			t.Errorf("%s: %d of 8 newcomers may wait, want %d; %d were sent away for them", name, got, c.mayWait, sent)
		}
	}
}

func works(t testing.TB) func(chan error, error) {
	return func(told chan error, err error) {
		t.Helper()
		if told != nil || err != nil {
			t.Fatalf("it has to wait: %v", err)
		}
	}
}

// Whoever wants to wait no longer takes nobody's place with it.
func TestWithdrawn(t *testing.T) {
	q := newFairQueue(1, 2)
	works(t)(q.queue(shareOf("page", 1)))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := q.enter(ctx, shareOf("page", 1)); !errors.Is(err, context.Canceled) {
		t.Errorf("entered with %v", err)
	}
	told := standIn(t, q, shareOf("page", 1))
	q.leave() // its turn, while it goes away
	q.withdraw(shareOf("page", 1), told)
	works(t)(q.queue(shareOf("page", 2)))
}

// TestFairQueue holds any order of events to this: no more at once than may
// be, no more waiting than may, each is told once, and nobody is forgotten.
func TestFairQueue(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		atOnce, limit := rapid.IntRange(1, 3).Draw(rt, "at once"), rapid.IntRange(0, 5).Draw(rt, "limit")
		q := newFairQueue(atOnce, limit)
		type waiter struct {
			share Share
			told  chan error
		}
		working, waiting := 0, []waiter{}
		settle := func() {
			left := waiting[:0]
			for _, w := range waiting {
				select {
				case err := <-w.told:
					if err == nil {
						working++
					}
				default:
					left = append(left, w)
				}
			}
			waiting = left
		}
		rt.Repeat(map[string]func(*rapid.T){
			"": func(rt *rapid.T) {
				settle()
				if working+q.free != atOnce || len(waiting) > limit || q.waiting[0].length+q.waiting[1].length != len(waiting) ||
					q.free > 0 && len(waiting) > 0 {
					rt.Fatalf("%d work and %d may, %d wait, of %+v", working, q.free, len(waiting), q.waiting)
				}
			},
			"come": func(rt *rapid.T) {
				share := shareOf(rapid.SampledFrom([]string{"", "page"}).Draw(rt, "door"), rapid.IntRange(1, 3).Draw(rt, "host"))
				told, err := q.queue(share)
				switch {
				case told != nil:
					waiting = append(waiting, waiter{share, told})
				case err == nil:
					working++
				}
			},
			"leave": func(*rapid.T) {
				if working == 0 {
					return
				}
				working--
				q.leave()
			},
			"withdraw": func(rt *rapid.T) {
				if len(waiting) == 0 {
					return
				}
				w := rapid.SampledFrom(waiting).Draw(rt, "who")
				q.withdraw(w.share, w.told)
				for i := range waiting {
					if waiting[i].told == w.told {
						waiting = append(waiting[:i], waiting[i+1:]...)
						break
					}
				}
			},
			"prove": func(rt *rapid.T) {
				q.prove(shareOf(rapid.SampledFrom([]string{"", "page"}).Draw(rt, "door"), rapid.IntRange(1, 3).Draw(rt, "host")))
			},
		})
	})
}
