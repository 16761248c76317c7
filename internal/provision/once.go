package provision

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/dsappd/dsappd/internal/audit"
	"github.com/dsappd/dsappd/store"
)

// ErrReplayed means that a request was carried out before: FindReply has its
// answer. Nothing was decided.
var ErrReplayed = errors.New("the request was carried out before, and its answer is kept")

// Once names a request that may be repeated: whatever is decided is committed
// with its answer, so that the same request is carried out once, whichever
// server gets it and whatever crashes.
type Once struct {
	Name     string // of the request; at most 64 characters
	Request  []byte // the digest of what is asked
	Lifetime time.Duration

	// Encode makes the answer of a decision, sealed under a key that the store
	// does not see.
	Encode func(result any, refusal *Error) ([]byte, error)
}

// Reply is the answer to a request that may be repeated.
type Reply struct {
	store.Revised
	Name      string
	Request   []byte // the digest of what was asked
	Sealed    []byte
	ExpiresAt time.Time
}

// ReplyExpiryKey orders replies by their ends.
type ReplyExpiryKey struct {
	ExpiresAt time.Time
	Name      string
}

// ReplyExpiry is the entry of a reply in the index of their ends.
type ReplyExpiry struct {
	store.Revised
	ReplyExpiryKey
}

// Key names the entry.
func (e ReplyExpiry) Key() ReplyExpiryKey { return e.ReplyExpiryKey }

// asked is an operation that somebody asks for: what its audit event says so
// far, and whether it is to be carried out once.
type asked struct {
	audit.Event
	once *Once
}

// keeping writes the answer of a decision; nil: it is not kept.
type keeping func(*frame) error

func (o *Once) keeping(result any, refusal *Error) keeping {
	if o == nil {
		return nil
	}
	return func(f *frame) error {
		encoded, err := o.Encode(result, refusal)
		if err != nil {
			return fmt.Errorf("encode the answer: %w", err)
		}
		sealed, err := f.service.Sealer.Seal(replyPlace(o.Name), encoded)
		if err != nil {
			return err
		}
		expiry := ReplyExpiryKey{ExpiresAt: f.now.Add(o.Lifetime), Name: o.Name}
		put(f, Replies, Reply{Name: o.Name, Request: o.Request, Sealed: sealed, ExpiresAt: expiry.ExpiresAt})
		put(f, ReplyExpiries, ReplyExpiry{ReplyExpiryKey: expiry})
		return nil
	}
}

// first makes sure that the request was not carried out before, nor is by the
// time of the commit.
func (f *frame) first(o *Once) error {
	if o == nil {
		return nil
	}
	return f.read(func(v *store.View) error {
		kept, err := get(f, v, Replies, o.Name)
		switch {
		case errors.Is(err, store.ErrNotFound):
			return nil
		case err != nil:
			return fmt.Errorf("answer: %w", err)
		case f.now.Before(kept.ExpiresAt):
			return ErrReplayed
		}
		return nil
	})
}

func (f *frame) keepReply(keep keeping) error {
	if keep == nil {
		return nil
	}
	return keep(f)
}

// FindReply returns the answer that is kept for a request by its name, with
// Sealed as Encode made it. One that has expired is not found.
func (s *Service) FindReply(ctx context.Context, name string) (reply Reply, found bool, err error) {
	err = s.Store.View(ctx, func(v *store.View) error {
		reply, err = store.Get(v, Replies, name)
		if errors.Is(err, store.ErrNotFound) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("answer: %w", err)
		}
		reply.Sealed, err = s.Sealer.Open(replyPlace(name), reply.Sealed)
		found = s.Now().Before(reply.ExpiresAt)
		return err
	})
	return reply, found, err
}

// SweepReplies deletes the answers that have expired. It decides nothing and
// leaves no event.
func (s *Service) SweepReplies(ctx context.Context) error {
	for {
		due, err := s.dueReplies(ctx)
		if err != nil || len(due) == 0 {
			return err
		}
		err = s.Store.Update(ctx, func(tx *store.Tx) error {
			for _, key := range due {
				if err := dropReply(tx, key); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return fmt.Errorf("answers: %w", err)
		}
	}
}

// dropReply deletes an entry of the index, and the reply if it is still the one
// that the entry is of.
func dropReply(tx *store.Tx, key ReplyExpiryKey) error {
	kept, err := store.Get(tx, Replies, key.Name)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	if err == nil && kept.ExpiresAt.Equal(key.ExpiresAt) {
		if err := store.Delete(tx, Replies, key.Name); err != nil {
			return err
		}
	}
	return store.Delete(tx, ReplyExpiries, key)
}

func (s *Service) dueReplies(ctx context.Context) (due []ReplyExpiryKey, err error) {
	now := s.Now()
	err = s.Store.View(ctx, func(v *store.View) error {
		for expiry, err := range store.Scan(v, ReplyExpiries, ReplyExpiryKey{}, ReplyExpiryKey{}) {
			if err != nil {
				return fmt.Errorf("answers: %w", err)
			}
			if now.Before(expiry.ExpiresAt) || len(due) == sweepBatch {
				return nil
			}
			due = append(due, expiry.Key())
		}
		return nil
	})
	return due, err
}
