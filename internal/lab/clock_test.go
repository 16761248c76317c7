package lab

import (
	"errors"
	"testing"
	"time"

	"pgregory.net/rapid"
)

var noon = time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)

func TestClock(t *testing.T) {
	system := noon
	c := NewClock(func() time.Time { return system })
	want := func(what string, now time.Time, frozen bool) {
		t.Helper()
		if got := c.State(); !got.Now.Equal(now) || got.Frozen != frozen {
			t.Errorf("%s: %+v, want %v, frozen %v", what, got, now, frozen)
		}
	}
	c.Advance(time.Hour)
	system = noon.Add(time.Minute)
	want("it runs on from where it was moved", noon.Add(time.Hour+time.Minute), false)
	c.Freeze(time.Time{})
	system = noon.Add(2 * time.Minute)
	want("it stands", noon.Add(time.Hour+time.Minute), true)
	c.Advance(time.Minute)
	want("it is moved and stands", noon.Add(time.Hour+2*time.Minute), true)
	c.Release()
	system = noon.Add(3 * time.Minute)
	want("it runs on from where it stood", noon.Add(time.Hour+3*time.Minute), false)
	c.Set(noon.Add(48 * time.Hour))
	want("it is set", noon.Add(48*time.Hour), false)
	c.Reset()
	want("it follows the system's", system, false)
}

// Nothing but Reset puts the clock back, and what is refused changes nothing.
func TestClockNeverGoesBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		system := noon
		c := NewClock(func() time.Time { return system })
		for range rapid.IntRange(1, 20).Draw(t, "steps") {
			system = system.Add(time.Duration(rapid.IntRange(0, 1e10).Draw(t, "passes")))
			before := c.State()
			by := time.Duration(rapid.Int64Range(-1e15, 1e15).Draw(t, "by"))
			to := before.Now.Add(by)
			var err error
			switch rapid.IntRange(0, 3).Draw(t, "control") {
			case 0:
				_, err = c.Freeze(to)
			case 1:
				_, err = c.Set(to)
			case 2:
				_, err = c.Advance(by)
			case 3:
				by = 1
				c.Release()
			}
			after := c.State()
			if by < 0 && (!errors.Is(err, ErrRefused) || after != before) {
				t.Fatalf("back by %v: %v, and the clock went from %v to %v", by, err, before, after)
			}
			if by > 0 && err != nil || after.Now.Before(before.Now) {
				t.Fatalf("%v to %v: %v", before, after, err)
			}
		}
	})
}

func TestClockEndsBeforeRecordsDo(t *testing.T) {
	c := NewClock(func() time.Time { return noon })
	if _, err := c.Set(latest.Add(time.Second)); !errors.Is(err, ErrRefused) {
		t.Error(err)
	}
	if _, err := c.Freeze(time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)); !errors.Is(err, ErrRefused) {
		t.Error(err)
	}
}
