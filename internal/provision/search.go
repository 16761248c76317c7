package provision

import (
	"errors"
	"fmt"
	"iter"
	"slices"

	"github.com/dsappd/dsappd/store"
)

// SearchOptions say which of the objects that fit are returned.
type SearchOptions struct {
	Offset     int  // how many to pass over
	Limit      int  // how many to return at most; 0: maxFound
	Count      bool // only say how many there are
	Descending bool // the last key first
}

// maxFound is the most objects that one search returns.
const maxFound = 10000

// Found is what a search found.
type Found[R any] struct {
	Records []R
	Count   int // how many there are in Records, or, for Count, at all
}

// check refuses options that nothing can follow.
func (o SearchOptions) check() error {
	if o.Offset < 0 || o.Limit < 0 {
		return refuse(InvalidData, "The offset and the number of rows are at least 0.")
	}
	return nil
}

// gather reads what fits, in the order of the keys.
func gather[R any](o SearchOptions, records iter.Seq2[R, error]) (Found[R], error) {
	limit := o.Limit
	if limit == 0 || limit > maxFound {
		limit = maxFound
	}
	if o.Descending && !o.Count {
		return gatherLast(o.Offset, limit, records)
	}
	var found Found[R]
	passed := 0
	for record, err := range records {
		switch {
		case err != nil:
			return Found[R]{}, err
		case o.Count:
			found.Count++
			continue
		case passed < o.Offset:
			passed++
			continue
		}
		found.Records = append(found.Records, record)
		if found.Count++; found.Count == limit {
			break
		}
	}
	return found, nil
}

// gatherLast keeps the last records that it may have to return, and turns them
// round.
func gatherLast[R any](offset, limit int, records iter.Seq2[R, error]) (Found[R], error) {
	room := min(offset, maxFound*100) + limit
	var last []R
	for record, err := range records {
		if err != nil {
			return Found[R]{}, err
		}
		if len(last) == 2*room {
			last = append(last[:0], last[room:]...)
		}
		last = append(last, record)
	}
	last = last[max(0, len(last)-room):]
	slices.Reverse(last)
	last = last[min(offset, len(last)):]
	return Found[R]{Records: last, Count: len(last)}, nil
}

// reachable returns the domains that a search goes through: those that are
// asked for, or else all, as far as the administrator reaches them.
func (f *frame) reachable(v *store.View, asked []string) ([]string, error) {
	var all []string
	if len(asked) > 0 {
		for _, text := range asked {
			name, err := f.domainNamed(v, text)
			if err != nil {
				return nil, err
			}
			if _, err = store.Get(v, Domains, name); errors.Is(err, store.ErrNotFound) {
				continue
			} else if err != nil {
				return nil, fmt.Errorf("domain: %w", err)
			}
			all = append(all, name)
		}
	} else {
		for domain, err := range store.Scan(v, Domains, "", "") {
			if err != nil {
				return nil, fmt.Errorf("domains: %w", err)
			}
			all = append(all, domain.Name)
		}
	}
	slices.Sort(all)
	return slices.DeleteFunc(slices.Compact(all), func(d string) bool { return f.admin != nil && !f.admin.reaches(d) }), nil
}
