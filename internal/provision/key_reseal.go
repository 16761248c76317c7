package provision

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/dsappd/dsappd/internal/sealing"
	"github.com/dsappd/dsappd/store"
)

// resealBatch is how many records one commit seals anew, while nobody else
// writes them.
const resealBatch = 256

// Resealed tells how far sealing anew has come: the records that were looked at in
// this pass through the store, and the secrets that were sealed anew in this run
// of the server.
type Resealed struct {
	Running bool   `json:"running"`
	Looked  int    `json:"looked"`
	Secrets int    `json:"secrets"`
	Fault   string `json:"fault,omitempty"` // why it stopped; it goes on at the next start or rotation
}

// resealing holds what KeyStatus tells.
type resealing struct {
	mu   sync.Mutex
	done Resealed
}

func (r *resealing) get() Resealed {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.done
}

func (r *resealing) update(change func(*Resealed)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	change(&r.done)
}

// Reseal seals what older keys have sealed under the current one, until nothing is
// left, and then drops them. Operations go on meanwhile. Where ctx ends or the
// process is killed it leaves a store that opens, and the next call goes on. It
// returns at once where there is one key.
func (s *Service) Reseal(ctx context.Context, operator Operator) (err error) {
	s.resealing.update(func(r *Resealed) { *r = Resealed{Running: true} })
	defer func() {
		s.resealing.update(func(r *Resealed) {
			if r.Running = false; err != nil {
				r.Fault = err.Error()
			}
		})
	}()
	for {
		keys := s.Sealer.Keys()
		if !keys.Rotating() {
			return nil
		}
		before := s.resealing.get().Secrets
		if err := s.resealPass(ctx, keys); err != nil {
			return fmt.Errorf("seal anew: %w", err)
		}
		if s.resealing.get().Secrets > before {
			continue // until a pass finds nothing
		}
		if err := s.dropOlderKeys(ctx, operator, keys); err != nil {
			return fmt.Errorf("drop the older keys: %w", err)
		}
	}
}

// resealPass goes through the store once.
func (s *Service) resealPass(ctx context.Context, keys *sealing.Keys) error {
	s.resealing.update(func(r *Resealed) { r.Looked = 0 })
	return errors.Join(
		reseal(ctx, s, keys, Authenticators, (*Authenticator).secrets, func(a Authenticator) uint64 { return a.Revision }),
		reseal(ctx, s, keys, Registrations, (*Registration).secrets, func(r Registration) uint64 { return r.Revision }),
		reseal(ctx, s, keys, Replies, (*Reply).secrets, func(r Reply) uint64 { return r.Revision }),
	)
}

// reseal goes through the records of a kind, in batches. One of which a record has
// moved is read again, with fewer records.
func reseal[K, R any](ctx context.Context, s *Service, keys *sealing.Keys, kind store.Kind[K, R], secrets func(*R) []secret, revision func(R) uint64) error {
	var after K
	for size := resealBatch; ; {
		batch, last, err := staleRecords(ctx, s, keys, kind, after, secrets, size)
		if err != nil {
			return err
		}
		sealed, err := batch.reseal(s, keys, secrets)
		if err != nil {
			return err
		}
		if sealed > 0 {
			err = s.Store.Update(ctx, func(tx *store.Tx) error {
				for _, record := range batch.records {
					if err := store.Expect(tx, kind, kind.KeyOf(record), revision(record)); err != nil {
						return err
					}
					if err := store.Put(tx, kind, record); err != nil {
						return err
					}
				}
				return nil
			})
		}
		switch {
		case errors.Is(err, store.ErrMoved):
			size = max(1, size/2)
			continue
		case err != nil:
			return err
		}
		s.resealing.update(func(r *Resealed) { r.Looked += batch.looked; r.Secrets += sealed })
		if batch.looked < size {
			return nil
		}
		after, size = last, min(resealBatch, 2*size)
	}
}

// staleBatch is some records that follow each other: how many there were, and
// those of them that older keys have sealed.
type staleBatch[R any] struct {
	looked  int
	records []R
}

func staleRecords[K, R any](ctx context.Context, s *Service, keys *sealing.Keys, kind store.Kind[K, R], after K, secrets func(*R) []secret, size int) (batch staleBatch[R], last K, err error) {
	var all K
	err = s.Store.View(ctx, func(v *store.View) error {
		for record, err := range store.Scan(v, kind, all, after) {
			if err != nil {
				return err
			}
			last = kind.KeyOf(record)
			if slices.ContainsFunc(secrets(&record), func(s secret) bool { return s.stale(keys) }) {
				batch.records = append(batch.records, record)
			}
			if batch.looked++; batch.looked == size {
				return nil
			}
		}
		return nil
	})
	return batch, last, err
}

// stale reports whether there is a secret, under another key than the current
// one.
func (s secret) stale(keys *sealing.Keys) bool {
	return len(*s.sealed) > 0 && keys.Stale(*s.sealed)
}

// reseal seals the records' secrets under the current key.
func (b staleBatch[R]) reseal(s *Service, keys *sealing.Keys, secrets func(*R) []secret) (sealed int, err error) {
	for i := range b.records {
		for _, each := range secrets(&b.records[i]) {
			if !each.stale(keys) {
				continue
			}
			plaintext, err := keys.Open(each.at, *each.sealed)
			if err != nil {
				return sealed, err
			}
			if *each.sealed, err = keys.Current().Seal(each.at, plaintext, s.Rand); err != nil {
				return sealed, err
			}
			sealed++
		}
	}
	return sealed, nil
}

// dropOlderKeys keeps the current one of the keys alone, unless there is a newer
// one by now.
func (s *Service) dropOlderKeys(ctx context.Context, operator Operator, keys *sealing.Keys) error {
	s.rotation.Lock()
	defer s.rotation.Unlock()
	if s.Sealer.Keys() != keys {
		return nil
	}
	_, err := perform(ctx, s, operatorEvent("key reseal", operator), func(f *frame) (struct{}, error) {
		for _, key := range keys.Sealing() {
			if key != keys.Current() {
				f.checked("dropped key", key.ID.String())
			}
		}
		return struct{}{}, f.putKeys(keys.CurrentAlone(), false)
	})
	return err
}
