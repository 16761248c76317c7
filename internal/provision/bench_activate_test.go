package provision_test

import (
	"fmt"
	"runtime"
	"testing"
	"time"

	"github.com/dsappd/dsappd/internal/cputime"
)

// BenchmarkActivate is DSAPPSRPActivate with a one-time password, by one goroutine, on
// the memory engine. The registrations that it takes are not measured.
func BenchmarkActivate(b *testing.B) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	const users = 128
	p := stage(b)
	b.Cleanup(p.close)
	p.policy("lab", `{"KeyExchangeRequired": false, "MaximumActivations": 0, "MinimumIntervalMinutes": 0}`)
	for i := range users {
		p.user(fmt.Sprintf("bench%d", i), fmt.Sprintf("VDS3000%03d", i), hotp())
	}
	b.ReportAllocs()
	b.ResetTimer()
	var spent time.Duration
	var ids [users]string
	for n := range b.N {
		if n%users == 0 {
			b.StopTimer()
			for i := range ids {
				ids[i] = p.mustRegister(fmt.Sprintf("bench%d", i)).RegistrationID
			}
			b.StartTimer()
		}
		response := p.hotp([]byte(rfc4226Secret), uint64(n/users))
		begin := cputime.Thread()
		err := p.activate(ids[n%users], response)
		spent += cputime.Thread() - begin
		if err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(spent.Nanoseconds())/1000/float64(b.N), "cpu-µs")
}
