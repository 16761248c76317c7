package labtest

import (
	"sync/atomic"
	"time"
)

// Clock runs ahead of the system's clock. Its zero value shows the same time.
type Clock struct{ ahead atomic.Int64 } // nanoseconds

// Now returns the time.
func (c *Clock) Now() time.Time { return time.Now().Add(time.Duration(c.ahead.Load())) }

// Pass moves the clock on.
func (c *Clock) Pass(d time.Duration) { c.ahead.Add(int64(d)) }
