package store

import (
	"errors"
	"sync/atomic"
)

// Table keeps what was made of all records of a Versioned kind, so that they
// are read and decoded once for each version. Whoever decides by what Kept
// returns has the commit expect its version: another server may have changed
// the records. Its zero value is empty and ready, and may be used by several
// goroutines at once.
type Table[T any] struct{ kept atomic.Pointer[Made[T]] }

// Made is what was made of the records of a kind at a version.
type Made[T any] struct {
	Value   T
	Version uint64
}

// Kept returns what was made last, without a look at the store; false: nothing
// yet.
func (t *Table[T]) Kept() (Made[T], bool) {
	if kept := t.kept.Load(); kept != nil {
		return *kept, true
	}
	return Made[T]{}, false
}

// Forget makes the next look read the records anew.
func (t *Table[T]) Forget() { t.kept.Store(nil) }

// Tabulate returns what a table holds of a kind in a view. It reads the version
// alone where nothing has moved. Otherwise it calls make with all records, in
// the order of their keys, and with those that cannot be read.
func Tabulate[K, R, T any](v *View, kind Kind[K, R], t *Table[T], make func([]R, []*UnreadableError) T) (Made[T], error) {
	version, err := LookVersion(v, kind)
	if err != nil {
		return Made[T]{}, err
	}
	if kept := t.kept.Load(); kept != nil && kept.Version == version {
		return *kept, nil
	}
	records, unreadable, err := readAll(v, kind)
	if err != nil {
		return Made[T]{}, err
	}
	made := &Made[T]{Value: make(records, unreadable), Version: version}
	t.kept.Store(made)
	return *made, nil
}

// readAll reads every record of a kind, past those that are damaged.
func readAll[K, R any](v *View, kind Kind[K, R]) (records []R, unreadable []*UnreadableError, err error) {
	var all K
	prefix, err := kind.prefix(all)
	if err != nil {
		return nil, nil, err
	}
	for entry, err := range v.entries(prefix, "") {
		if err != nil {
			return nil, nil, err
		}
		record, err := kind.decode(v.authenticator, entry)
		if fault, damaged := errors.AsType[*UnreadableError](err); damaged {
			unreadable = append(unreadable, fault)
			continue
		}
		if err != nil {
			return nil, nil, err
		}
		records = append(records, record)
	}
	return records, unreadable, nil
}
