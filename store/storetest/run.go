package storetest

import (
	"context"
	"errors"
	"runtime"
	"strings"
	"testing"

	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/store"
)

// Run tests what one caller at a time sees.
func Run(t *testing.T, open Open) {
	t.Run("Records", func(t *testing.T) {
		testRecords(t, open, domains())
		testRecords(t, open, users())
		testRecords(t, open, authenticators())
		testRecords(t, open, registrations())
		testRecords(t, open, components())
		testRecords(t, open, policies())
		testRecords(t, open, keyChecks())
		testRecords(t, open, expiries())
		testRecords(t, open, pastExpiries())
		testRecords(t, open, freeAuthenticators())
		testRecords(t, open, gatewayKeys())
		testRecords(t, open, strangers())
		testRecords(t, open, auditEvents())
		testRecords(t, open, auditRequests())
		testRecords(t, open, auditSeals())
		testRecords(t, open, auditRuns())
		testRecords(t, open, auditAnchors())
		testRecords(t, open, versions())
	})
	for name, test := range map[string]func(*testing.T, *store.Store){
		"Revisions":       testRevisions,
		"OwnWrites":       testOwnWrites,
		"Isolation":       testIsolation,
		"ClosureError":    testClosureError,
		"ClosurePanic":    testClosurePanic,
		"ClosureGoexit":   testClosureGoexit,
		"FailedPut":       testFailedPut,
		"Ended":           testEnded,
		"Context":         testContext,
		"Nothing":         testNothing,
		"Expect":          testExpect,
		"ExpectRace":      testExpectRace,
		"HostileKeys":     testHostileKeys,
		"RefusedKeys":     testRefusedKeys,
		"RefusedWithin":   testRefusedWithin,
		"Paging":          testPaging,
		"PrefixIsNoMatch": testPrefixIsNoMatch,
		"Closed":          testClosed,
		"Largest":         testLargest,
		"LongKeys":        testLongKeys,
	} {
		t.Run(name, func(t *testing.T) { test(t, fresh(t, open)) })
	}
	t.Run("GetMany", func(t *testing.T) { testGetMany(t, open) })
	t.Run("GetManyInTx", func(t *testing.T) { testGetManyInTx(t, open) })
	t.Run("Versions", func(t *testing.T) { testVersions(t, open) })
	t.Run("Tables", func(t *testing.T) { testTables(t, open) })
	t.Run("Unreadable", func(t *testing.T) { testUnreadable(t, open) })
	t.Run("Decisions", func(t *testing.T) { testDecisions(t, open) })
	t.Run("Undisturbed", func(t *testing.T) { testUndisturbed(t, open) })
	t.Run("Model", func(t *testing.T) { testModel(t, open) })
}

// testRecords puts, gets, scans and deletes a record with every member set.
func testRecords[K comparable, R any](t *testing.T, open Open, table table[K, R]) {
	t.Run(table.name, func(t *testing.T) {
		s := fresh(t, open)
		var none K
		key := table.key(table.whole)
		reads := func(want []R) {
			t.Helper()
			view(t, s, func(v *store.View) error {
				all, err := table.collect(v, none, none, 0)
				wantEqual(t, "scan", want, all)
				one, getErr := table.get(v, key)
				if len(want) == 0 {
					wantError(t, "get", getErr, store.ErrNotFound)
					return err
				}
				wantEqual(t, "get", want[0], one)
				return errors.Join(err, getErr)
			})
		}
		reads(nil)
		update(t, s, func(tx *store.Tx) error { return table.put(tx, table.whole) })
		reads([]R{table.whole})
		update(t, s, func(tx *store.Tx) error { return table.remove(tx, key) })
		reads(nil)
	})
}

func revisionOf(t failer, s *store.Store, name string) uint64 {
	t.Helper()
	var got, scanned uint64
	view(t, s, func(v *store.View) error {
		u, err := store.Get(v, provision.Users, counterKey(name))
		got = u.Revision
		for u, err := range store.Scan(v, provision.Users, counterKey(name), provision.UserKey{}) {
			if err != nil {
				return err
			}
			scanned = u.Revision
		}
		return err
	})
	if got != scanned || got == 0 {
		t.Errorf("revision %d by Get and %d by Scan", got, scanned)
	}
	return got
}

func testRevisions(t *testing.T, s *store.Store) {
	put := func(name string) {
		update(t, s, func(tx *store.Tx) error { return store.Put(tx, provision.Users, counter(name, 1)) })
	}
	seen := map[uint64]bool{}
	for range 4 {
		put("a")
		revision := revisionOf(t, s, "a")
		if seen[revision] {
			t.Errorf("revision %d came before", revision)
		}
		seen[revision] = true
		put("b")
		if again := revisionOf(t, s, "a"); again != revision {
			t.Errorf("revision %d became %d by a write elsewhere", revision, again)
		}
		update(t, s, func(tx *store.Tx) error {
			if u, err := store.Get(tx, provision.Users, counterKey("a")); err != nil || u.Revision != revision {
				t.Errorf("in Update: revision %d, %v, want %d", u.Revision, err, revision)
			}
			return store.Delete(tx, provision.Users, counterKey("a"))
		})
	}
}

func testOwnWrites(t *testing.T, s *store.Store) {
	update(t, s, func(tx *store.Tx) error {
		want := func(what string, n int, err error) {
			t.Helper()
			u, got := store.Get(tx, provision.Users, counterKey("a"))
			wantError(t, what, got, err)
			if u.WrongPasswords != n || u.Revision != 0 {
				t.Errorf("%s: counter %d of revision %d", what, u.WrongPasswords, u.Revision)
			}
		}
		want("at first", 0, store.ErrNotFound)
		for n := 1; n <= 2; n++ {
			if err := store.Put(tx, provision.Users, counter("a", n)); err != nil {
				return err
			}
			want("after Put", n, nil)
		}
		if err := store.Delete(tx, provision.Users, counterKey("a")); err != nil {
			return err
		}
		want("after Delete", 0, store.ErrNotFound)
		if err := store.Put(tx, provision.Users, counter("a", 3)); err != nil {
			return err
		}
		want("after Put again", 3, nil)
		return nil
	})
	wantCount(t, s, "a", 3)
}

func testIsolation(t *testing.T, s *store.Store) {
	update(t, s, func(tx *store.Tx) error { return increment(tx, "a") })
	view(t, s, func(v *store.View) error {
		for range 3 {
			update(t, s, func(tx *store.Tx) error { return errors.Join(increment(tx, "a"), increment(tx, "b")) })
			n, err := count(v, "a")
			if err != nil || n != 1 {
				t.Errorf("the snapshot's counter went to %d, %v", n, err)
			}
			found, err := users().collect(v, provision.UserKey{}, provision.UserKey{}, 0)
			if err != nil {
				return err
			}
			wantEqual(t, "the snapshot's users", []provision.User{counter("a", 1)}, found)
		}
		return nil
	})
	wantCount(t, s, "a", 4)
	wantCount(t, s, "b", 3)
}

// errClosure is an error that no store knows.
var errClosure = errors.New("the closure's own error")

func testClosureError(t *testing.T, s *store.Store) {
	err := s.Update(t.Context(), func(tx *store.Tx) error {
		return errors.Join(increment(tx, "a"), errClosure)
	})
	wantError(t, "Update", err, errClosure)
	if err := s.Update(t.Context(), func(*store.Tx) error { return errClosure }); err != errClosure {
		t.Errorf("Update does not return the closure's error as it is: %v", err)
	}
	if err := s.View(t.Context(), func(*store.View) error { return errClosure }); err != errClosure {
		t.Errorf("View does not return the closure's error as it is: %v", err)
	}
	wantCount(t, s, "a", 0)
}

func testClosurePanic(t *testing.T, s *store.Store) {
	panics := func(what string, run func()) {
		t.Helper()
		defer func() {
			t.Helper()
			if got := recover(); got != errClosure {
				t.Errorf("%s: recovered %v", what, got)
			}
		}()
		run()
	}
	panics("Update", func() {
		_ = s.Update(t.Context(), func(tx *store.Tx) error {
			if err := increment(tx, "a"); err != nil {
				return err
			}
			panic(errClosure)
		})
	})
	panics("View", func() {
		_ = s.View(t.Context(), func(*store.View) error { panic(errClosure) })
	})
	wantCount(t, s, "a", 0)
	update(t, s, func(tx *store.Tx) error { return increment(tx, "a") })
	wantCount(t, s, "a", 1)
}

func testClosureGoexit(t *testing.T, s *store.Store) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = s.Update(t.Context(), func(tx *store.Tx) error {
			defer runtime.Goexit()
			return increment(tx, "a")
		})
	}()
	<-done
	wantCount(t, s, "a", 0)
}

// A closure that overlooks a failed Put must not commit the rest.
func testFailedPut(t *testing.T, s *store.Store) {
	bad := counter("bad", 1)
	bad.OrgUnit = strings.Repeat("x", store.MaxValueSize)
	err := s.Update(t.Context(), func(tx *store.Tx) error {
		if err := store.Put(tx, provision.Users, bad); !errors.Is(err, store.ErrTooLarge) {
			t.Errorf("Put of a record too large: %v", err)
		}
		return increment(tx, "a")
	})
	wantError(t, "Update", err, store.ErrTooLarge)
	wantCount(t, s, "a", 0)
}

func testEnded(t *testing.T, s *store.Store) {
	update(t, s, func(tx *store.Tx) error { return increment(tx, "a") })
	var v *store.View
	var tx *store.Tx
	view(t, s, func(leaked *store.View) error { v = leaked; return nil })
	update(t, s, func(leaked *store.Tx) error { tx = leaked; return nil })
	_, err := store.Get(v, provision.Users, counterKey("a"))
	wantError(t, "Get of a View", err, store.ErrEnded)
	_, err = users().collect(v, provision.UserKey{}, provision.UserKey{}, 0)
	wantError(t, "Scan of a View", err, store.ErrEnded)
	_, err = store.Get(tx, provision.Users, counterKey("a"))
	wantError(t, "Get of an Update", err, store.ErrEnded)
	wantError(t, "Put of an Update", store.Put(tx, provision.Users, counter("a", 7)), store.ErrEnded)
	wantError(t, "Delete of an Update", store.Delete(tx, provision.Users, counterKey("a")), store.ErrEnded)
	wantCount(t, s, "a", 1)
}

func testContext(t *testing.T, s *store.Store) {
	ctx, cancel := context.WithCancel(t.Context())
	err := s.Update(ctx, func(tx *store.Tx) error { cancel(); return increment(tx, "a") })
	wantError(t, "Update cancelled by its closure", err, context.Canceled)
	fails := func(*store.Tx) error { t.Error("the closure runs though the context has ended"); return nil }
	wantError(t, "Update", s.Update(ctx, fails), context.Canceled)
	err = s.View(ctx, func(*store.View) error { t.Error("the closure runs though the context has ended"); return nil })
	wantError(t, "View", err, context.Canceled)
	wantCount(t, s, "a", 0)

	update(t, s, func(tx *store.Tx) error { return errors.Join(increment(tx, "a"), increment(tx, "b")) })
	ctx, cancel = context.WithCancel(t.Context())
	seen := 0
	err = s.View(ctx, func(v *store.View) error {
		for _, err := range store.Scan(v, provision.Users, provision.UserKey{}, provision.UserKey{}) {
			if err != nil {
				return err
			}
			seen++
			cancel()
		}
		return nil
	})
	wantError(t, "a scan cancelled on its way", err, context.Canceled)
	if seen != 1 {
		t.Errorf("%d records after the context had ended", seen-1)
	}
}

func testNothing(t *testing.T, s *store.Store) {
	update(t, s, func(*store.Tx) error { return nil })
	update(t, s, func(tx *store.Tx) error { return store.Delete(tx, provision.Users, counterKey("a")) })
	update(t, s, func(tx *store.Tx) error { _, err := count(tx, "a"); return err })
	wantCount(t, s, "a", 0)
}

func testClosed(t *testing.T, s *store.Store) {
	update(t, s, func(tx *store.Tx) error { return increment(tx, "a") })
	for range 2 {
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	wantError(t, "Update", s.Update(t.Context(), func(*store.Tx) error { return nil }), store.ErrClosed)
	wantError(t, "View", s.View(t.Context(), func(*store.View) error { return nil }), store.ErrClosed)
	_, err := s.Check(t.Context(), provision.Kinds()...)
	wantError(t, "Check", err, store.ErrClosed)
}
