// Package labtest holds what the tests of several rooms share.
package labtest

import (
	"crypto/rand"
	"testing"
	"time"

	"github.com/dsappd/dsappd/dsapp"
	"github.com/dsappd/dsappd/internal/passwords"
	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/internal/sealing"
	"github.com/dsappd/dsappd/store"
)

// Service returns the domain over a store, as a server has it, but with
// cheap password hashes and fixed keys.
func Service(t testing.TB, records *store.Store, run string, now func() time.Time) *provision.Service {
	t.Helper()
	sealer := must(sealing.NewSealer(make([]byte, 32), rand.Reader))(t)
	return &provision.Service{
		Store:     records,
		Sealer:    sealer,
		SRP:       must(dsapp.NewSRP())(t),
		Passwords: must(passwords.New(passwords.Cost{MemoryKiB: 8, Time: 1, Parallelism: 1}, 2, 1000, rand.Reader))(t),
		Statuses:  provision.DefaultStatusTable(),
		Audit:     must(provision.NewAudit(records, sealer, run, now, rand.Reader))(t),
		GatewayID: "0123456789",
		Now:       now,
		Rand:      rand.Reader,
	}
}

func must[T any](value T, err error) func(testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return value
	}
}
