package provision

import "time"

// allowance is how many bytes a kind of events may add to the store: so many a
// day, and what was left over, for up to a day.
type allowance struct {
	perDay int64
	left   int64 // in bytes, of what time has brought so far
	at     time.Time
}

// take takes bytes at a time, and reports whether they were left.
func (a *allowance) take(size int64, now time.Time) bool {
	switch since := now.Sub(a.at); {
	case a.at.IsZero() || since >= 24*time.Hour:
		a.left, a.at = a.perDay, now
	case since >= time.Second:
		a.left = min(a.perDay, a.left+int64(since.Seconds()*float64(a.perDay)/(24*60*60)))
		a.at = now
	case since < 0: // the clock was set back
		a.at = now
	}
	if size > a.left {
		return false
	}
	a.left -= size
	return true
}

// roomOf returns how many bytes an event adds to the store if its line has that
// length. It counts the event's entry in the index of requests and a seal of
// its own. Pages of the store are not full, and a long value fills some alone.
func roomOf(line int) int64 { return 2600 + 2*int64(line) }
