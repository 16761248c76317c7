package bolt_test

import (
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/dsappd/dsappd/internal/audit"

	"go.etcd.io/bbolt"

	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/store"
	"github.com/dsappd/dsappd/store/bolt"
)

// concurrency is that of the commits that are measured.
const concurrency = 64

// BenchmarkCommit measures durable commits a second of an Update as an
// operation makes it (read a registration, write it and an audit event),
// beside bbolt's own Batch putting the same bytes, and beside what no engine
// exceeds: groups of as many as there are workers, put one after the other. The
// three take turns, so that what else the machine does is in all.
func BenchmarkCommit(b *testing.B) {
	b.ReportAllocs()
	s, batch, drain := benchStore(b), benchBatch(b), benchDrained(b)
	var ours, reference, drained time.Duration
	b.ResetTimer()
	for turn := range turns {
		b.StartTimer()
		ours += measure(b, turn, func(worker, n int) error {
			return s.Update(b.Context(), func(tx *store.Tx) error { return activation(tx, worker, n) })
		})
		b.StopTimer()
		reference += measure(b, turn, batch)
		drained += drain(turn)
	}
	b.ReportMetric(float64(b.N)/ours.Seconds(), "commits/s")
	b.ReportMetric(float64(b.N)/reference.Seconds(), "Batch/s")
	b.ReportMetric(float64(b.N)/drained.Seconds(), "drained/s")
	b.ReportMetric(reference.Seconds()/ours.Seconds(), "times-Batch")
	b.ReportMetric(drained.Seconds()/ours.Seconds(), "times-drained")
}

const turns = 10

// measure runs one turn's share of b.N commits from the concurrent workers.
func measure(b *testing.B, turn int, commit func(worker, n int) error) time.Duration {
	var next atomic.Int64
	next.Store(int64(turn * b.N / turns))
	last := (turn + 1) * b.N / turns
	var workers sync.WaitGroup
	began := time.Now()
	for worker := range concurrency {
		workers.Go(func() {
			for n := int(next.Add(1)); n <= last; n = int(next.Add(1)) {
				if err := commit(worker, n); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	workers.Wait()
	return time.Since(began)
}

// benchBatch is the same commit by bbolt's Batch, without records.
func benchBatch(b *testing.B) func(worker, n int) error {
	db, put := bareStore(b)
	return func(worker, n int) error {
		return db.Batch(func(tx *bbolt.Tx) error { return put(tx, worker, n) })
	}
}

// benchDrained puts one turn's share of b.N commits in full groups, without records.
func benchDrained(b *testing.B) func(turn int) time.Duration {
	db, put := bareStore(b)
	return func(turn int) time.Duration {
		next, last := turn*b.N/turns, (turn+1)*b.N/turns
		began := time.Now()
		for next < last {
			err := db.Update(func(tx *bbolt.Tx) error {
				var all error
				for worker := 0; worker < concurrency && next < last; worker++ {
					next++
					all = errors.Join(all, put(tx, worker, next))
				}
				return all
			})
			if err != nil {
				b.Fatal(err)
			}
		}
		return time.Since(began)
	}
}

// bareStore is a file of bbolt's, and how one commit's bytes get into it.
func bareStore(b *testing.B) (*bbolt.DB, func(tx *bbolt.Tx, worker, n int) error) {
	registration, event := sample(b)
	db, err := bbolt.Open(filepath.Join(b.TempDir(), "bare.db"), 0o600, &bbolt.Options{
		FreelistType: bbolt.FreelistMapType, NoStatistics: true, InitialMmapSize: 1 << 30,
	})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = db.Close() })
	bucket := []byte("records")
	err = db.Update(func(tx *bbolt.Tx) error { _, err := tx.CreateBucket(bucket); return err })
	if err != nil {
		b.Fatal(err)
	}
	return db, func(tx *bbolt.Tx, worker, n int) error {
		records := tx.Bucket(bucket)
		key := numbered(registration.Key, worker)
		_ = records.Get(key)
		return errors.Join(records.Put(key, registration.Value), records.Put(numbered(event.Key, n), event.Value))
	}
}

// numbered is a key of the same length that ends in the number.
func numbered(key string, n int) []byte {
	suffix := fmt.Sprintf("%08d", n)
	return append([]byte(key[:len(key)-len(suffix)]), suffix...)
}

func benchStore(b *testing.B) *store.Store {
	engine, err := openIn(b.TempDir())
	if err != nil {
		b.Fatal(err)
	}
	s := store.New(engine, []byte("record key"))
	b.Cleanup(func() { _ = s.Close() })
	for worker := range concurrency {
		err := s.Update(b.Context(), func(tx *store.Tx) error { return store.Put(tx, provision.Registrations, registrationOf(worker)) })
		if err != nil {
			b.Fatal(err)
		}
	}
	return s
}

// sample is what one commit of the benchmark puts into the file.
func sample(b *testing.B) (registration, event store.Entry) {
	path := filepath.Join(b.TempDir(), "sample.db")
	engine, err := bolt.Create(path)
	if err != nil {
		b.Fatal(err)
	}
	defer engine.Close()
	s := store.New(engine, []byte("record key"))
	err = s.Update(b.Context(), func(tx *store.Tx) error {
		return errors.Join(store.Put(tx, provision.Registrations, registrationOf(0)), activation(tx, 0, 0))
	})
	if err != nil {
		b.Fatal(err)
	}
	snapshot, err := engine.Snapshot(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	defer snapshot.Close()
	var entries []store.Entry
	for entry, err := range snapshot.Scan("", "") {
		if err != nil {
			b.Fatal(err)
		}
		entry.Value = append(make([]byte, 8), entry.Value...) // with the revision
		entries = append(entries, entry)
	}
	return entries[1], entries[0] // "audit" sorts before "registration"
}

func benchTime() time.Time { return time.Date(2026, 11, 22, 9, 30, 0, 123456789, time.UTC) }

func registrationOf(worker int) provision.Registration {
	return provision.Registration{
		ID: fmt.Sprintf("%08d", worker), State: provision.DataIssued, Domain: "master", UserID: "user1",
		SerialNumber: "VDS0000001", ComponentType: "srp-component", Policy: "lab",
		CreatedAt: benchTime(), ExpiresAt: benchTime().Add(10 * time.Minute), KeyRequests: 1,
		Salt: make([]byte, 16+28), Verifier: make([]byte, 256+28),
	}
}

// activation is the Update of an operation.
func activation(tx *store.Tx, worker, n int) error {
	r, err := store.Get(tx, provision.Registrations, registrationOf(worker).ID)
	if err != nil {
		return err
	}
	r.Attempts = n
	status := provision.Status{ReturnCodeEnum: "RET_SUCCESS", StatusCodeEnum: "STAT_SUCCESS"}
	return errors.Join(store.Put(tx, provision.Registrations, r), store.Put(tx, audit.Events, audit.Event{
		EventKey:  audit.EventKey{Run: "20261122T093000Z", Time: benchTime(), Random: fmt.Sprintf("%016d", n)},
		RequestID: "0123456789abcdef", Operation: "dsappSRPActivate", ComponentType: "srp-component", Address: "127.0.0.1",
		Domain: "master", UserID: "user1", SerialNumber: "VDS0000001", RegistrationID: r.ID,
		Status: status, Wire: status, Reason: "granted",
		Checks: []audit.Check{{Name: "component", Detail: "srp-component at 127.0.0.1"}, {Name: "registration", Detail: "DataIssued"}, {Name: "one-time password"}},
	}))
}

// BenchmarkGet measures a View that gets one record.
func BenchmarkGet(b *testing.B) {
	b.ReportAllocs()
	s := benchStore(b)
	id := registrationOf(1).ID
	for b.Loop() {
		err := s.View(b.Context(), func(v *store.View) error { _, err := store.Get(v, provision.Registrations, id); return err })
		if err != nil {
			b.Fatal(err)
		}
	}
}
