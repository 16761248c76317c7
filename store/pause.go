package store

import (
	"context"
	"math/rand/v2"
	"time"
)

// The pauses between the attempts of one Update or operation: the longest of
// the first, and of all.
const (
	firstPause   = time.Millisecond
	longestPause = 64 * time.Millisecond
)

// Pause waits before attempt n, 1 for the first one that is repeated: for a time
// drawn at random from a range that doubles with each, so that those who were
// in each other's way do not meet again. It ends early with ctx, and returns its
// error.
func Pause(ctx context.Context, n int) error {
	most := longestPause
	if n < 8 {
		most = min(most, firstPause<<n)
	}
	timer := time.NewTimer(rand.N(most))
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
