package store

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
)

// Parts are the parts of a key, from the left; those that are not set are
// empty.
type Parts [4]string

// Kind says how one kind of record R is kept under its keys K.
type Kind[K, R any] struct {
	// Name is unique among the kinds of a store. Its keys begin with it.
	Name string

	// PartNames name the parts of a key, for messages: as many as a whole key
	// has.
	PartNames []string

	// Split takes a key apart.
	Split func(K) Parts

	// KeyOf returns the key of a record.
	KeyOf func(R) K

	// Fields lists the fields of a record, as they are kept.
	Fields func(*R, *Fields)

	// Versioned has every Put and Delete move the version of the kind, by
	// which a Table knows that nothing has moved. It is for kinds of few
	// records that hardly ever change.
	Versioned bool
}

// Revised is what a record embeds: the revision that it was read with. The
// engine keeps revisions beside records.
type Revised struct {
	Revision uint64 `json:"-"`
}

// revised is what a pointer to a record is.
type revised interface{ setRevision(uint64) }

func (r *Revised) setRevision(revision uint64) { r.Revision = revision }

// OnePart splits a key of a single part.
func OnePart(key string) Parts { return Parts{key} }

// Key returns the whole key, as engines know it. The error is a *KeyError: no
// part may be empty.
func (k Kind[K, R]) Key(key K) (string, error) {
	p, n := k.Split(key), len(k.PartNames)
	for i, part := range p[:n] {
		if part == "" {
			return "", &KeyError{k.Name, k.PartNames[i], "is empty"}
		}
	}
	if err := k.check(p); err != nil {
		return "", err
	}
	whole := joinKey(k.Name, p, n)
	if len(whole) > MaxKeySize {
		return "", &KeyError{k.Name, "the whole", fmt.Sprintf("is %d bytes long, at most %d are allowed", len(whole), MaxKeySize)}
	}
	return whole, nil
}

// prefix returns what the keys begin with that share the leading set parts of
// within.
func (k Kind[K, R]) prefix(within K) (string, error) {
	p, n := k.Split(within), 0
	for n < len(p) && p[n] != "" {
		n++
	}
	return joinKey(k.Name, p, n), k.check(p)
}

// after returns a place among the keys, which needs not be the key of a record:
// a part that is not set comes before all others.
func (k Kind[K, R]) after(key K) (string, error) {
	p := k.Split(key)
	return joinKey(k.Name, p, len(k.PartNames)), k.check(p)
}

func (k Kind[K, R]) check(p Parts) error {
	for i, part := range p[:len(k.PartNames)] {
		if fault := faultOf(part); fault != "" {
			return &KeyError{k.Name, k.PartNames[i], fault}
		}
	}
	return nil
}

// Append appends the fields of a record, as they are kept.
func (k Kind[K, R]) Append(to []byte, record R) ([]byte, error) {
	return k.write(new(Fields), to, &record)
}

func (k Kind[K, R]) write(f *Fields, to []byte, record *R) ([]byte, error) {
	if k.Fields == nil {
		return nil, fmt.Errorf("encode %s: %w", k.Name, ErrNoFields)
	}
	*f = Fields{writing: true, out: to}
	k.Fields(record, f)
	if f.err != nil {
		return nil, fmt.Errorf("encode %s: %w", k.Name, f.err)
	}
	return f.out, nil
}

// Parse reads a record from its fields. The errors are ErrFields, ErrNewerFields
// and ErrTime.
func (k Kind[K, R]) Parse(fields []byte) (record R, err error) {
	if err := k.read(new(Fields), fields, &record); err != nil {
		var none R
		return none, err
	}
	return record, nil
}

// read reads a record, which keeps a copy of the fields.
func (k Kind[K, R]) read(f *Fields, fields []byte, record *R) error {
	if k.Fields == nil {
		return fmt.Errorf("decode %s: %w", k.Name, ErrNoFields)
	}
	*f = Fields{in: bytes.Clone(fields), end: len(fields)}
	k.Fields(record, f)
	if f.ended(); f.err != nil {
		return fmt.Errorf("decode %s: %w", k.Name, f.err)
	}
	return nil
}

// encode makes the value under key of a record.
func (k Kind[K, R]) encode(a *authenticator, key string, record R) ([]byte, error) {
	w := a.work.Get().(*work)
	defer a.work.Put(w)
	made, err := k.write(&w.fields, append(w.room[:0], make([]byte, valueHead)...), &record)
	if err != nil {
		return nil, err
	}
	w.room = made
	if len(made) > MaxValueSize {
		return nil, fmt.Errorf("encode %s: %w: %d bytes, at most %d are allowed", k.Name, ErrTooLarge, len(made), MaxValueSize)
	}
	value := slices.Clone(made)
	a.seal(key, value)
	return value, nil
}

// decode reads a record, which has to be the one of its key.
func (k Kind[K, R]) decode(a *authenticator, entry Entry) (record R, err error) {
	err = k.decodeInto(a, entry, &record)
	return record, err
}

// decodeInto leaves the record zero with an error.
func (k Kind[K, R]) decodeInto(a *authenticator, entry Entry, record *R) error {
	w := a.work.Get().(*work)
	defer a.work.Put(w)
	plain, err := a.open(entry.Key, entry.Value)
	if err == nil {
		err = k.read(&w.fields, plain, record)
	}
	if err == nil {
		if own := k.Split(k.KeyOf(*record)); k.check(own) != nil || !isKey(entry.Key, k.Name, own, len(k.PartNames)) {
			err = ErrMisplaced
		}
	}
	if err != nil {
		var none R
		*record = none
		return &UnreadableError{Kind: k.Name, Key: splitKey(entry.Key)[1:], Cause: err}
	}
	if r, ok := any(record).(revised); ok {
		r.setRevision(entry.Revision)
	}
	return nil
}

// Unchecked decodes the stored value under a whole key of an engine without
// looking at its MAC. It is for a record that is read before the store's key is
// known, and vouches for itself.
func Unchecked[K, R any](kind Kind[K, R], key string, value []byte) (record R, err error) {
	if len(value) < valueHead || value[0] != encodingFields {
		return record, &UnreadableError{Kind: kind.Name, Key: splitKey(key)[1:], Cause: ErrEncoding}
	}
	err = kind.read(new(Fields), value[valueHead:], &record)
	return record, err
}

// AnyKind is a Kind of any key and record.
type AnyKind interface {
	name() string
	checkEntry(a *authenticator, entry Entry) error
	fromJSON(a *authenticator, key string, text []byte) ([]byte, error)
	toJSON(a *authenticator, entry Entry) ([]byte, error)
}

func (k Kind[K, R]) name() string { return k.Name }

// checkEntry says what is wrong with an entry; nil: nothing.
func (k Kind[K, R]) checkEntry(a *authenticator, entry Entry) error {
	_, err := k.decode(a, entry)
	if unreadable, ok := errors.AsType[*UnreadableError](err); ok {
		return unreadable.Cause
	}
	return err
}

// UnreadableError says that a record is there and is damaged, or belongs under
// another key.
type UnreadableError struct {
	Kind  string
	Key   []string // the parts of the key that it stands under
	Cause error
}

func (e *UnreadableError) Error() string {
	return fmt.Sprintf("record %s %q cannot be read: %v", e.Kind, e.Key, e.Cause)
}

func (e *UnreadableError) Unwrap() error { return e.Cause }
