package provision

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/dsappd/dsappd/store"
)

// RotateKeys asks for a new key that seals secrets.
type RotateKeys struct {
	// MasterKey replaces the master key, 32 bytes; nil: it stays.
	MasterKey []byte
}

// KeyStatus tells which keys a store has.
type KeyStatus struct {
	MasterKey string       `json:"masterKey"` // its ID
	Sealing   []SealingKey `json:"sealing"`   // the last is current; secrets under the others are being sealed anew
	Resealing Resealed     `json:"resealing"`
}

// SealingKey is a key that seals secrets.
type SealingKey struct {
	ID     string    `json:"id"`
	MadeAt time.Time `json:"madeAt,omitzero"` // zero: with the store
	Sealed uint64    `json:"sealed"`          // secrets, as far as is known
}

// Rotating reports whether older keys are still needed.
func (k KeyStatus) Rotating() bool { return len(k.Sealing) > 1 }

// KeyStatus returns which keys the store has, and how far sealing anew has come.
func (s *Service) KeyStatus() KeyStatus {
	keys := s.Sealer.keys.Load()
	status := KeyStatus{MasterKey: keys.master.id.String(), Resealing: s.resealing.get()}
	for _, key := range keys.sealing {
		status.Sealing = append(status.Sealing, SealingKey{ID: key.id.String(), MadeAt: key.madeAt, Sealed: key.total()})
	}
	return status
}

// RotateKeys makes a new key that seals secrets from now on, and keeps the older
// ones until Reseal has gone through the store. From the commit on, the store
// opens by the new master key alone, where one is given.
func (s *Service) RotateKeys(ctx context.Context, operator Operator, in RotateKeys) (KeyStatus, error) {
	s.Sealer.rotation.Lock()
	defer s.Sealer.rotation.Unlock()
	_, err := perform(ctx, s, operatorEvent("key rotate", operator), func(f *frame) (struct{}, error) {
		next, err := f.nextKeys(in)
		if err != nil {
			return struct{}{}, err
		}
		return struct{}{}, f.putKeys(next, true)
	})
	return s.KeyStatus(), err
}

// nextKeys returns the keys with a new one, under another master key where one is
// asked for.
func (f *frame) nextKeys(in RotateKeys) (*Keys, error) {
	now := f.keys
	key, err := drawKey(f.service.Rand)
	if err != nil {
		return nil, err
	}
	sealing, err := newSealingKey(key, f.now.UTC())
	if err != nil {
		return nil, err
	}
	next := &Keys{master: now.master, root: now.root, sealing: append(now.sealing[:len(now.sealing):len(now.sealing)], sealing)}
	f.checked("sealing key", fmt.Sprintf("%v, after %v", sealing.id, now.current().id))
	if in.MasterKey == nil {
		return next, nil
	}
	if next.master, err = newSealingKey(in.MasterKey, time.Time{}); err != nil {
		return nil, refuse(InvalidParameter, fmt.Sprintf("The master key has %d bytes, not %d.", len(in.MasterKey), keySize))
	}
	if next.master.id == now.master.id {
		return nil, refuse(InvalidParameter, "The new master key is the one that the store has.")
	}
	f.checked("master key", fmt.Sprintf("%v, after %v", next.master.id, now.master.id))
	return next, nil
}

// drawKey draws a new key.
func drawKey(rand io.Reader) ([]byte, error) {
	key := make([]byte, keySize)
	if _, err := io.ReadFull(rand, key); err != nil {
		return nil, fmt.Errorf("draw a key: %w", err)
	}
	return key, nil
}

// putKeys has the keys written, and put in force once they are. fresh says that
// the current one is new.
func (f *frame) putKeys(next *Keys, fresh bool) error {
	var check KeyCheck
	err := f.read(func(v *store.View) (err error) {
		check, err = get(f, v, KeyChecks, masterKey)
		return err
	})
	if err != nil {
		return fmt.Errorf("the record of the keys: %w", err)
	}
	if check.Keys, err = next.sealed(f.service.Rand); err != nil {
		return err
	}
	if check.Sealed, err = next.master.seal(keyCheckPlace(), nil, f.service.Rand); err != nil {
		return err
	}
	if fresh {
		check.CreatedAt, check.Secrets = f.now, 0
	}
	put(f, KeyChecks, check)
	f.committed = func() { f.service.Sealer.use(next) }
	return nil
}
