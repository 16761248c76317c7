package store

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
)

// errConversion is a record that would not be the same any more.
var errConversion = errors.New("the record would change")

// Convert returns what makes values of this schema of those of an older one, for
// records of the kinds, under the key of the store that they are for. A value
// of this schema stays as it is.
func Convert(schema int, key []byte, kinds ...AnyKind) func(recordKey string, value []byte) ([]byte, error) {
	a, named := newAuthenticator(key), byName(kinds)
	return func(recordKey string, value []byte) ([]byte, error) {
		unreadable := func(cause error) error {
			return &UnreadableError{Kind: KindOf(recordKey), Key: splitKey(recordKey)[1:], Cause: cause}
		}
		if schema == Schema {
			if _, err := a.open(recordKey, value); err != nil {
				return nil, unreadable(err)
			}
			return value, nil
		}
		text, err := value, error(nil) // schema 1 had the record alone
		if schema > 1 {
			text, err = a.openEncoding(encodingJSON, recordKey, value)
		}
		if err != nil {
			return nil, unreadable(err)
		}
		kind, known := named[KindOf(recordKey)]
		if !known {
			return nil, fmt.Errorf("%w: %.80q", ErrUnknownKind, KindOf(recordKey))
		}
		return kind.fromJSON(a, recordKey, text)
	}
}

// fromJSON makes the value of a record from its JSON, which schemas before 3
// kept, and makes sure that it says the same.
func (k Kind[K, R]) fromJSON(a *authenticator, key string, text []byte) ([]byte, error) {
	var before R
	if err := json.Unmarshal(text, &before); err != nil {
		return nil, &UnreadableError{Kind: k.Name, Key: splitKey(key)[1:], Cause: err}
	}
	value, err := k.encode(a, key, before)
	if err != nil {
		return nil, err
	}
	after, err := k.Parse(value[valueHead:])
	if err != nil {
		return nil, err
	}
	was, err := json.Marshal(before)
	if err != nil {
		return nil, fmt.Errorf("convert %s: %w", k.Name, err)
	}
	if is, err := json.Marshal(after); err != nil || !bytes.Equal(was, is) {
		return nil, fmt.Errorf("convert %s: %w", k.Name, errors.Join(errConversion, err))
	}
	return value, nil
}

// JSONOf returns what makes the JSON of its record from an entry of a store with
// the key, as Convert reads it for schema 1.
func JSONOf(key []byte, kinds ...AnyKind) func(Entry) ([]byte, error) {
	a, named := newAuthenticator(key), byName(kinds)
	return func(entry Entry) ([]byte, error) {
		kind, known := named[KindOf(entry.Key)]
		if !known {
			return nil, fmt.Errorf("%w: %.80q", ErrUnknownKind, KindOf(entry.Key))
		}
		return kind.toJSON(a, entry)
	}
}

func (k Kind[K, R]) toJSON(a *authenticator, entry Entry) ([]byte, error) {
	record, err := k.decode(a, entry)
	if err != nil {
		return nil, err
	}
	return json.Marshal(record)
}

func byName(kinds []AnyKind) map[string]AnyKind {
	named := make(map[string]AnyKind)
	for _, k := range kinds {
		named[k.name()] = k
	}
	return named
}
