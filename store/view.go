package store

import (
	"context"
	"fmt"
	"iter"
)

// View reads one snapshot. It lives as long as the closure that got it.
type View struct {
	authenticator *authenticator
	ctx           context.Context // of the one call of Store.View that it lives for
	snapshot      Snapshot
	ended         bool
}

func (v *View) close() {
	v.ended = true
	v.snapshot.Close()
}

func (v *View) macs() *authenticator { return v.authenticator }

// living returns ErrEnded once the View has ended. It is asked before every use
// of the snapshot.
func (v *View) living() error {
	if v.ended {
		return ErrEnded
	}
	if err := v.ctx.Err(); err != nil {
		return fmt.Errorf("view: %w", err)
	}
	return nil
}

func (v *View) get(key string) ([]byte, uint64, error) {
	if err := v.living(); err != nil {
		return nil, 0, err
	}
	return v.snapshot.Get(key)
}

// entries scans the snapshot as long as the view lives.
func (v *View) entries(prefix, after string) iter.Seq2[Entry, error] {
	return func(yield func(Entry, error) bool) {
		if err := v.living(); err != nil {
			yield(Entry{}, err)
			return
		}
		for entry, err := range v.snapshot.Scan(prefix, after) {
			if !yield(entry, err) {
				return
			}
			if err := v.living(); err != nil {
				yield(Entry{}, err)
				return
			}
		}
	}
}
