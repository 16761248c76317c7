package cputime

import (
	"runtime"
	"testing"
)

// Work takes time on both clocks, and waiting on none.
func TestClocksAdvance(t *testing.T) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	process, thread := Process(), Thread()
	for n := uint64(1); Thread() == thread || Process() == process; n *= 3 {
		runtime.KeepAlive(n)
	}
	if Thread() < thread || Process() < process {
		t.Error("a clock went back")
	}
}
