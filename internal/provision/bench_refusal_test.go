package provision_test

import (
	"crypto/rand"
	"math"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/dsappd/dsappd/internal/passwords"
	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/store"
)

// BenchmarkRefusal shows side by side how long four refusals take, 10,000
// samples in all, taken in turn: the median of each in microseconds, and
// Welch's t of its mean against a wrong password's. Every wrong password is
// counted: an operator unlocks the user in good time.
func BenchmarkRefusal(b *testing.B) {
	p := newPlay(b)
	p.policy("lab", `{"LockThreshold": 1000, "UnlockMinutes": 0}`)
	p.user("locked", "VDS1000150", hotp())
	u := p.account("locked")
	u.LockedAt = p.clock()
	must(0, p.Store.Update(b.Context(), func(tx *store.Tx) error { return provision.PutUser(tx, u) }))(b)
	must(p.DisableUser(b.Context(), operator(), provision.NameUser{UserID: "user2"}))(b)
	cases := []struct{ name, userID, password string }{
		{"wrong", "user1", "Password3"}, {"unknown", "nobody", "Password2"},
		{"locked", "locked", "Password2"}, {"disabled", "user2", "Password2"},
	}
	samples := make([][]float64, len(cases))
	for b.Loop() {
		for n := range 10_000 {
			c := cases[n%len(cases)]
			begin := time.Now()
			_, err := p.DSAPPSRPRegister(b.Context(), caller(), provision.DSAPPSRPRegister{
				UserID: c.userID, Domain: "master", StaticPassword: c.password})
			samples[n%len(cases)] = append(samples[n%len(cases)], float64(time.Since(begin).Nanoseconds())/1000)
			p.refused(err, 1000)
			if n%2000 == 0 {
				must(p.UnlockUser(b.Context(), operator(), provision.NameUser{UserID: "user1"}))(b)
			}
		}
	}
	for i, c := range cases {
		slices.Sort(samples[i])
		b.ReportMetric(samples[i][len(samples[i])/2], c.name+"-median-µs")
		b.ReportMetric(welch(samples[i], samples[0]), c.name+"-t")
	}
}

// welch is Welch's t of two samples.
func welch(a, b []float64) float64 {
	meanA, errorA := meanAndError(a)
	meanB, errorB := meanAndError(b)
	return (meanA - meanB) / math.Sqrt(errorA+errorB)
}

// meanAndError is the mean, and the square of its standard error.
func meanAndError(x []float64) (mean, squared float64) {
	n := float64(len(x))
	for _, v := range x {
		mean += v / n
	}
	for _, v := range x {
		squared += (v - mean) * (v - mean) / (n - 1) / n
	}
	return mean, squared
}

// BenchmarkLoginRefusal shows side by side how long the refusals of authUser take
// where the policy is generic, at the default cost of a password, 10,000 samples
// in all, taken in turn: the greatest Welch's t of a mean against that of a wrong
// password. An operator unlocks the user in good time.
func BenchmarkLoginRefusal(b *testing.B) {
	p := newLogin(b, `"GenericStatusCodes": true, "LockThreshold": 1000, "OverallLockThreshold": 0, "UnlockMinutes": 0, `+either)
	p.Passwords = must(passwords.New(passwords.DefaultCost(), runtime.NumCPU(), 1000, rand.Reader))(b)
	for _, user := range []string{"locked", "disabled", "bare"} {
		p.bare(user)
	}
	for _, user := range []string{"user1", "user2"} { // whose hashes cost next to nothing
		must(p.SetUserPassword(b.Context(), operator(), provision.SetUserPassword{NameUser: provision.NameUser{UserID: user}, StaticPassword: "Password2"}))(b)
	}
	u := p.account("locked")
	u.LockedAt = p.clock()
	must(0, p.Store.Update(b.Context(), func(tx *store.Tx) error { return provision.PutUser(tx, u) }))(b)
	must(p.DisableUser(b.Context(), operator(), provision.NameUser{UserID: "disabled"}))(b)
	cases := []struct{ name, userID, text string }{
		{"wrong", "user1", "Password3"}, {"unknown", "nobody", "Password3"}, {"unknown-otp", "nobody", "123456"}, {"otp", "user2", "123456"},
		{"bare-otp", "bare", "123456"}, {"locked", "locked", "Password2"}, {"disabled", "disabled", "Password2"},
	}
	samples := make([][]float64, len(cases))
	for b.Loop() {
		for n := range 10_000 {
			c := cases[n%len(cases)]
			begin := time.Now()
			l := p.combined(c.userID, c.text)
			samples[n%len(cases)] = append(samples[n%len(cases)], float64(time.Since(begin).Nanoseconds())/1000)
			p.refused(l.err, 1000)
			if n%2000 == 0 {
				for _, user := range []string{"user1", "user2", "bare"} {
					must(p.UnlockUser(b.Context(), operator(), provision.NameUser{UserID: user}))(b)
				}
			}
		}
	}
	worst := 0.0
	for i, c := range cases {
		slices.Sort(samples[i])
		t := welch(samples[i], samples[0])
		b.ReportMetric(samples[i][len(samples[i])/2], c.name+"-median-µs")
		b.ReportMetric(t, c.name+"-t")
		worst = max(worst, math.Abs(t))
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(worst, "worst-t")
}
