package provision

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/dsappd/dsappd/internal/sealing"
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
	keys := s.Sealer.Keys()
	status := KeyStatus{MasterKey: keys.Master().ID.String(), Resealing: s.resealing.get()}
	for _, key := range keys.Sealing() {
		status.Sealing = append(status.Sealing, SealingKey{ID: key.ID.String(), MadeAt: key.MadeAt, Sealed: key.Sealed()})
	}
	return status
}

// RotateKeys makes a new key that seals secrets from now on, and keeps the older
// ones until Reseal has gone through the store. From the commit on, the store
// opens by the new master key alone, where one is given.
func (s *Service) RotateKeys(ctx context.Context, operator Operator, in RotateKeys) (KeyStatus, error) {
	s.rotation.Lock()
	defer s.rotation.Unlock()
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
func (f *frame) nextKeys(in RotateKeys) (*sealing.Keys, error) {
	now := f.keys
	key, err := drawKey(f.service.Rand)
	if err != nil {
		return nil, err
	}
	next, err := now.Rotated(key, f.now.UTC())
	if err != nil {
		return nil, err
	}
	f.checked("sealing key", fmt.Sprintf("%v, after %v", next.Current().ID, now.Current().ID))
	if in.MasterKey == nil {
		return next, nil
	}
	if next, err = next.WithMaster(in.MasterKey); err != nil {
		return nil, refuse(InvalidParameter, fmt.Sprintf("The master key has %d bytes, not %d.", len(in.MasterKey), sealing.KeySize))
	}
	if next.Master().ID == now.Master().ID {
		return nil, refuse(InvalidParameter, "The new master key is the one that the store has.")
	}
	f.checked("master key", fmt.Sprintf("%v, after %v", next.Master().ID, now.Master().ID))
	return next, nil
}

// drawKey draws a new key.
func drawKey(rand io.Reader) ([]byte, error) {
	key := make([]byte, sealing.KeySize)
	if _, err := io.ReadFull(rand, key); err != nil {
		return nil, fmt.Errorf("draw a key: %w", err)
	}
	return key, nil
}

// putKeys writes the keys at the commit, and puts them in force afterwards.
// fresh says that the current one is new.
func (f *frame) putKeys(next *sealing.Keys, fresh bool) error {
	var check KeyCheck
	err := f.read(func(v *store.View) (err error) {
		check, err = get(f, v, KeyChecks, masterKey)
		return err
	})
	if err != nil {
		return fmt.Errorf("the record of the keys: %w", err)
	}
	if check.Keys, err = next.SealRing(keyringPlace(), f.service.Rand); err != nil {
		return err
	}
	if check.Sealed, err = next.Master().Seal(keyCheckPlace(), nil, f.service.Rand); err != nil {
		return err
	}
	if fresh {
		check.CreatedAt, check.Secrets = f.now, 0
	}
	put(f, KeyChecks, check)
	f.committed = func() { f.service.Sealer.Use(next) }
	return nil
}
