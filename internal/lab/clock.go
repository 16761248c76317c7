package lab

import (
	"fmt"
	"sync"
	"time"
)

// Clock is a clock that tests freeze and move. It never goes back, except by
// Reset. Its zero value is not ready: NewClock makes one.
type Clock struct {
	system func() time.Time

	mu     sync.RWMutex
	shift  time.Duration // of the clock before the system's, while it runs
	frozen time.Time     // zero: it runs
}

// ClockState says what a clock shows.
type ClockState struct {
	Now          time.Time `json:"now"`
	Frozen       bool      `json:"frozen"`
	AheadSeconds float64   `json:"aheadSeconds"` // of the system's clock
}

// latest bounds what a clock may be set to: RFC 3339 and the store's records end
// with the year 9999, and lifetimes are added to the time.
var latest = time.Date(9000, 1, 1, 0, 0, 0, 0, time.UTC)

// NewClock returns a clock that follows the system's.
func NewClock(system func() time.Time) *Clock { return &Clock{system: system} }

// Now returns the time.
func (c *Clock) Now() time.Time {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.now()
}

func (c *Clock) now() time.Time {
	if !c.frozen.IsZero() {
		return c.frozen
	}
	return c.system().Add(c.shift)
}

// State returns what the clock shows.
func (c *Clock) State() ClockState {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.state()
}

func (c *Clock) state() ClockState {
	now := c.now()
	return ClockState{Now: now.UTC().Round(0), Frozen: !c.frozen.IsZero(), AheadSeconds: now.Sub(c.system()).Seconds()}
}

// Freeze stops the clock at a time, or where it stands if that is zero. The
// error wraps ErrRefused, as that of each control.
func (c *Clock) Freeze(at time.Time) (ClockState, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if at.IsZero() {
		at = c.now()
	} else if err := c.check(at); err != nil {
		return ClockState{}, err
	}
	c.frozen = at.Round(0)
	return c.state(), nil
}

// Set puts the clock to a time. A frozen clock stays frozen there, another runs
// on from it.
func (c *Clock) Set(to time.Time) (ClockState, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.check(to); err != nil {
		return ClockState{}, err
	}
	c.move(to)
	return c.state(), nil
}

// Advance moves the clock forward.
func (c *Clock) Advance(by time.Duration) (ClockState, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if by <= 0 {
		return ClockState{}, fmt.Errorf("%w: the clock can only be moved forward, and %v is not: give a time such as 10m", ErrRefused, by)
	}
	to := c.now().Add(by)
	if err := c.check(to); err != nil {
		return ClockState{}, err
	}
	c.move(to)
	return c.state(), nil
}

// Release lets a frozen clock run on from where it stands.
func (c *Clock) Release() ClockState {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.frozen.IsZero() {
		stood := c.frozen
		c.frozen = time.Time{}
		c.move(stood)
	}
	return c.state()
}

// Reset makes the clock follow the system's again, back in time if need be. The
// caller makes sure that nothing stored is later.
func (c *Clock) Reset() ClockState {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.frozen, c.shift = time.Time{}, 0
	return c.state()
}

func (c *Clock) move(to time.Time) {
	if !c.frozen.IsZero() {
		c.frozen = to.Round(0)
		return
	}
	c.shift = to.Sub(c.system())
}

func (c *Clock) check(to time.Time) error {
	now := c.now()
	switch {
	case to.Before(now):
		return fmt.Errorf("%w: the clock shows %s and does not go back, because what is stored would then be in the future: give a later time, or begin at the earlier one with: dsappd dev --at %s",
			ErrRefused, shown(now), shown(to))
	case to.After(latest):
		return fmt.Errorf("%w: %s is too far in the future: give a time before %s", ErrRefused, shown(to), shown(latest))
	}
	return nil
}

func shown(t time.Time) string { return t.UTC().Format(time.RFC3339) }
