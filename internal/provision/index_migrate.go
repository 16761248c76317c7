package provision

import (
	"context"
	"fmt"

	"github.com/dsappd/dsappd/store"
)

// indexBatch is how many records get their entries in one commit.
const indexBatch = 500

// IndexRecords writes the entries of the indexes of users and authenticators
// for records of programs that had none. It may run again.
func (s *Service) IndexRecords(ctx context.Context) ([]string, error) {
	users, err := indexAll(ctx, s, Users, func(tx *store.Tx, u User) error {
		return putAll(tx, UserIndex, u.entries())
	})
	if err != nil {
		return nil, fmt.Errorf("index users: %w", err)
	}
	authenticators, err := indexAll(ctx, s, Authenticators, func(tx *store.Tx, a Authenticator) error {
		return putAll(tx, AuthenticatorIndex, a.entries())
	})
	if err != nil {
		return nil, fmt.Errorf("index authenticators: %w", err)
	}
	if users+authenticators == 0 {
		return nil, nil
	}
	return []string{fmt.Sprintf("indexed %d users and %d authenticators", users, authenticators)}, nil
}

func indexAll[K, R any](ctx context.Context, s *Service, kind store.Kind[K, R], index func(*store.Tx, R) error) (done int, err error) {
	var all, after K
	for more := true; more; {
		var batch []R
		more = false
		err := s.Store.View(ctx, func(v *store.View) error {
			for record, err := range store.Scan(v, kind, all, after) {
				if err != nil {
					return err
				}
				batch = append(batch, record)
				if after = kind.KeyOf(record); len(batch) == indexBatch {
					more = true
					return nil
				}
			}
			return nil
		})
		if err != nil {
			return done, err
		}
		err = s.Store.Update(ctx, func(tx *store.Tx) error {
			for _, record := range batch {
				if err := index(tx, record); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return done, err
		}
		done += len(batch)
	}
	return done, nil
}

func putAll[K, R any](tx *store.Tx, kind store.Kind[K, R], records []R) error {
	for _, record := range records {
		if err := store.Put(tx, kind, record); err != nil {
			return err
		}
	}
	return nil
}
