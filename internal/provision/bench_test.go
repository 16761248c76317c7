package provision_test

import (
	"crypto/rand"
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/dsappd/dsappd/internal/passwords"

	"golang.org/x/crypto/argon2"
)

// BenchmarkRegister is registers a second at the default Argon2id cost, with
// many callers waiting, beside the bare rate of the hash on the same cores.
// The two are measured in turn, so that a drift of the machine's speed meets
// both.
func BenchmarkRegister(b *testing.B) {
	p := newPlay(b)
	p.Passwords = must(passwords.New(passwords.DefaultCost(), runtime.NumCPU(), 1000, rand.Reader))(b)
	const callers = 16
	for i := range callers {
		p.user(fmt.Sprintf("bench%d", i), fmt.Sprintf("VDS20000%02d", i), hotp())
	}
	var registers, hashes time.Duration
	done := 0
	for b.Loop() {
		registers += crowd(callers, 4*callers, func(i int) {
			p.mustRegister(fmt.Sprintf("bench%d", i))
		})
		hashes += crowd(runtime.NumCPU(), 4*callers, func(int) { bareHash() })
		done += 4 * callers
	}
	perSecond := func(d time.Duration) float64 { return float64(done) / d.Seconds() }
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(perSecond(registers), "registers/s")
	b.ReportMetric(perSecond(hashes), "argon2id/s")
	b.ReportMetric(100*hashes.Seconds()/registers.Seconds(), "%-of-argon2id")
}

func bareHash() {
	cost := passwords.DefaultCost()
	argon2.IDKey([]byte("Password2"), []byte("sixteen byte s.."), cost.Time, cost.MemoryKiB, cost.Parallelism, 32)
}

// crowd has so many goroutines share the calls, and says how long they took.
func crowd(goroutines, calls int, call func(goroutine int)) time.Duration {
	var wait sync.WaitGroup
	var taken atomic.Int64
	begin := time.Now()
	for i := range goroutines {
		wait.Go(func() {
			for taken.Add(1) <= int64(calls) {
				call(i)
			}
		})
	}
	wait.Wait()
	return time.Since(begin)
}
