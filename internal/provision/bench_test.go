package provision_test

import (
	"crypto/rand"
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/dsappd/dsappd/internal/cputime"
	"github.com/dsappd/dsappd/internal/passwords"

	"golang.org/x/crypto/argon2"
)

// BenchmarkRegister is what share of a register's CPU time is the hash at the default
// Argon2id cost: with as many callers as there are cores, and with 64, most of whom
// wait. The hash alone is measured in turn with them. Registers and hashes a second
// are those of the wall clock.
func BenchmarkRegister(b *testing.B) {
	for name, callers := range map[string]int{"idle": runtime.NumCPU(), "64": 64} {
		b.Run(name, func(b *testing.B) { benchRegister(b, callers) })
	}
}

func benchRegister(b *testing.B, callers int) {
	p := newPlay(b)
	p.Passwords = must(passwords.New(passwords.DefaultCost(), runtime.NumCPU(), 1000, rand.Reader))(b)
	for i := range callers {
		p.user(fmt.Sprintf("bench%d", i), fmt.Sprintf("VDS20000%02d", i), hotp())
	}
	const calls = 64
	var registers, hashes, registersCPU, hashesCPU time.Duration
	done := 0
	for b.Loop() {
		before := cputime.Process()
		registers += crowd(callers, calls, func(i int) {
			p.mustRegister(fmt.Sprintf("bench%d", i))
		})
		between := cputime.Process()
		hashes += crowd(runtime.NumCPU(), calls, func(int) { bareHash() })
		registersCPU += between - before
		hashesCPU += cputime.Process() - between
		done += calls
	}
	perSecond := func(d time.Duration) float64 { return float64(done) / d.Seconds() }
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(perSecond(registers), "registers/s")
	b.ReportMetric(perSecond(hashes), "argon2id/s")
	b.ReportMetric(100*hashesCPU.Seconds()/registersCPU.Seconds(), "%-of-argon2id")
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
