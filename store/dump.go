package store

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
)

// Dumped is one record in text.
type Dumped struct {
	Kind     string          `json:"kind"`
	Key      []string        `json:"key"`
	Revision uint64          `json:"revision"`
	Record   json.RawMessage `json:"record,omitempty"`
	Fault    string          `json:"fault,omitempty"` // why there is no Record
}

// Dump yields every record of the kinds in the order of their keys, each page of
// them from a snapshot of its own. It yields at most one error, last.
func (s *Store) Dump(ctx context.Context, kinds ...AnyKind) iter.Seq2[Dumped, error] {
	named := byName(kinds)
	return func(yield func(Dumped, error) bool) {
		for after, more := "", true; more; {
			var page []Dumped
			var err error
			page, after, more, err = s.dumpPage(ctx, named, after)
			for _, d := range page {
				if !yield(d, nil) {
					return
				}
			}
			if err != nil {
				yield(Dumped{}, fmt.Errorf("dump store: %w", err))
				return
			}
		}
	}
}

func (s *Store) dumpPage(ctx context.Context, kinds map[string]AnyKind, after string) (page []Dumped, last string, more bool, err error) {
	snapshot, err := s.engine.Snapshot(ctx)
	if err != nil {
		return nil, after, false, err
	}
	defer snapshot.Close()
	for entry, err := range snapshot.Scan("", after) {
		if err != nil {
			return page, after, false, err
		}
		after = entry.Key
		page = append(page, s.dump(kinds, entry))
		if len(page) == checkPage {
			return page, after, true, nil
		}
	}
	return page, after, false, nil
}

func (s *Store) dump(kinds map[string]AnyKind, entry Entry) Dumped {
	parts := splitKey(entry.Key)
	d := Dumped{Kind: parts[0], Key: parts[1:], Revision: entry.Revision}
	kind, known := kinds[d.Kind]
	if !known {
		d.Fault = ErrUnknownKind.Error()
		return d
	}
	text, err := kind.toJSON(s.authenticator, entry)
	if err != nil {
		d.Fault = err.Error()
		return d
	}
	d.Record = text
	return d
}
