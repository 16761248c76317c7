package storetest

import (
	"context"
	"errors"
	"testing"

	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/store"
)

// counted returns a store on an engine that counts.
func counted(t *testing.T, open Open) (*store.Store, *Counting) {
	t.Helper()
	engine, err := open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	c := &Counting{Engine: engine}
	s := store.New(c, []byte("record key"))
	t.Cleanup(func() { checkAndClose(t, s) })
	return s, c
}

// testGetMany reads records of several kinds at once: those that are there,
// those that are not, one twice, and one that cannot be.
func testGetMany(t *testing.T, open Open) {
	s, c := counted(t, open)
	update(t, s, func(tx *store.Tx) error {
		return errors.Join(store.Put(tx, provision.Users, counter("a", 1)), store.Put(tx, provision.Domains, provision.Domain{Name: "d"}))
	})
	c.Take()
	view(t, s, func(v *store.View) error {
		var a, again, absent, none store.Found[provision.User]
		var d store.Found[provision.Domain]
		err := store.GetMany(v, store.Want(provision.Users, counterKey("a"), &a), store.Want(provision.Users, counterKey("b"), &absent),
			store.Want(provision.Domains, "d", &d), store.Want(provision.Users, provision.UserKey{}, &none), store.Want(provision.Users, counterKey("a"), &again))
		wantEqual(t, "a", counter("a", 1), a.Record)
		wantEqual(t, "a again", a, again)
		wantEqual(t, "d", "d", d.Record.Name)
		wantError(t, "an absent record", absent.Err, store.ErrNotFound)
		wantError(t, "a key that no record has", none.Err, store.ErrNotFound)
		if a.Err != nil || d.Err != nil || a.Revision == 0 || a.Revision != a.Record.Revision || absent.Revision != 0 {
			t.Errorf("found %+v, %+v, %+v", a, d, absent)
		}
		return err
	})
	if got, want := c.Take(), (Trips{Snapshots: 1, Reads: 1}); got != want {
		t.Errorf("GetMany: %+v, want %+v", got, want)
	}
}

// testGetManyInTx sees the transaction's own writes, and has its commit depend
// on all that it has read.
func testGetManyInTx(t *testing.T, open Open) {
	s, c := counted(t, open)
	update(t, s, func(tx *store.Tx) error { return store.Put(tx, provision.Users, counter("a", 1)) })
	for _, moving := range []string{"a", "absent"} {
		c.Take()
		runs := 0
		update(t, s, func(tx *store.Tx) error {
			runs++
			if err := store.Put(tx, provision.Users, counter("own", 7)); err != nil {
				return err
			}
			var a, absent, own store.Found[provision.User]
			err := store.GetMany(tx, store.Want(provision.Users, counterKey("own"), &own),
				store.Want(provision.Users, counterKey("a"), &a), store.Want(provision.Users, counterKey("absent"), &absent))
			if own.Record.WrongPasswords != 7 || own.Err != nil {
				t.Errorf("its own write: %+v", own)
			}
			if runs == 1 { // another writes meanwhile
				update(t, s, func(tx *store.Tx) error { return store.Put(tx, provision.Users, counter(moving, 2)) })
			}
			return err
		})
		if runs != 2 {
			t.Errorf("%s moved, and the closure ran %d times", moving, runs)
		}
		if got := c.Take(); got.Reads != 2 || got.Scans != 0 {
			t.Errorf("two runs: %+v", got)
		}
	}
}

// testVersions holds that the version of a kind moves with each of its records,
// and with no others.
func testVersions(t *testing.T, open Open) {
	s, _ := counted(t, open)
	version := func() (version uint64) {
		view(t, s, func(v *store.View) (err error) {
			version, err = store.LookVersion(v, provision.Domains)
			return err
		})
		return version
	}
	seen := map[uint64]bool{version(): true}
	for name, write := range map[string]func(*store.Tx) error{
		"put":            func(tx *store.Tx) error { return store.Put(tx, provision.Domains, provision.Domain{Name: "a"}) },
		"put as it is":   func(tx *store.Tx) error { return store.Put(tx, provision.Domains, provision.Domain{Name: "a"}) },
		"delete":         func(tx *store.Tx) error { return store.Delete(tx, provision.Domains, "a") },
		"delete of none": func(tx *store.Tx) error { return store.Delete(tx, provision.Domains, "none") },
		"put and deleted": func(tx *store.Tx) error {
			return errors.Join(store.Put(tx, provision.Domains, provision.Domain{Name: "b"}), store.Delete(tx, provision.Domains, "b"))
		},
	} {
		update(t, s, write)
		if now := version(); seen[now] {
			t.Errorf("%s: version %d came before", name, now)
		} else {
			seen[now] = true
		}
	}
	before := version()
	update(t, s, func(tx *store.Tx) error { return store.Put(tx, provision.Users, counter("a", 1)) })
	if version() != before {
		t.Error("a record of another kind moved the version")
	}
}

// testTables lets two stores share one engine: the commit refuses what one
// keeps as soon as the other has changed a record.
func testTables(t *testing.T, open Open) {
	s, c := counted(t, open)
	other := store.New(c, []byte("record key"))
	var table store.Table[[]string]
	read := func() (made store.Made[[]string]) {
		view(t, s, func(v *store.View) (err error) {
			made, err = store.Tabulate(v, provision.Domains, &table, func(all []provision.Domain, _ []*store.UnreadableError) []string {
				names := []string{}
				for _, d := range all {
					names = append(names, d.Name)
				}
				return names
			})
			return err
		})
		return made
	}
	decide := func() error {
		return s.Update(context.Background(), func(tx *store.Tx) error {
			kept, _ := table.Kept()
			return errors.Join(store.ExpectVersion(tx, provision.Domains, kept.Version), store.Put(tx, provision.Users, counter("a", 1)))
		})
	}
	wantEqual(t, "no domains", []string{}, read().Value)
	wantError(t, "a decision by none", decide(), nil)
	update(t, other, func(tx *store.Tx) error { return store.Put(tx, provision.Domains, provision.Domain{Name: "a"}) })
	wantError(t, "a decision by what has moved", decide(), store.ErrMoved)
	wantEqual(t, "domains", []string{"a"}, read().Value)
	wantError(t, "a decision", decide(), nil)
	c.Take()
	read()
	if got, want := c.Take(), (Trips{Snapshots: 1, Reads: 1}); got != want {
		t.Errorf("what has not moved: %+v, want %+v", got, want)
	}
	update(t, other, func(tx *store.Tx) error { return store.Delete(tx, provision.Domains, "a") })
	wantError(t, "a decision by what is gone", decide(), store.ErrMoved)
	wantEqual(t, "no domains any more", []string{}, read().Value)
}
