package audit

import (
	"context"
	"errors"
	"sort"

	"github.com/dsappd/dsappd/store"
)

// nearbySeals is how many seals SealOf looks through from the first that can hold
// an event.
const nearbySeals = 64

// SealOf returns the seal that vouches for an event; sealed is false where there
// is none yet, or retention has removed it.
func (l *Log) SealOf(ctx context.Context, key EventKey) (seal Seal, sealed bool, err error) {
	err = l.Store.View(ctx, func(v *store.View) error {
		sealed = false
		from, err := firstSealFrom(v, key)
		if err != nil {
			return err
		}
		looked := 0
		for each, err := range store.Scan(v, Seals, SealKey{Run: key.Run}, SealKey{Run: key.Run, Number: from}) {
			if err != nil || looked == nearbySeals {
				return err
			}
			looked++
			for _, event := range each.Events {
				if event.key(key.Run).utc() == key.utc() {
					seal, sealed = each, true
					return nil
				}
			}
		}
		return nil
	})
	return seal, sealed, err
}

// firstSealFrom returns the number before that of the first seal of a run that was
// made after an event. Seals are numbered without a gap, in the order of their
// times; retention may have removed the first ones.
func firstSealFrom(v *store.View, key EventKey) (uint64, error) {
	first := uint64(1)
	for seal, err := range store.Scan(v, Seals, SealKey{Run: key.Run}, SealKey{}) {
		if err != nil {
			return 0, err
		}
		first = seal.Number
		break
	}
	var failed error
	late := func(number uint64) bool { // or there is none
		seal, err := store.Get(v, Seals, SealKey{key.Run, number})
		if errors.Is(err, store.ErrNotFound) {
			return true
		}
		failed = errors.Join(failed, err)
		return err != nil || !seal.Time.Before(key.Time)
	}
	reach := 1
	for !late(first + uint64(reach)) {
		reach *= 2
	}
	found := sort.Search(reach, func(i int) bool { return late(first + uint64(i)) })
	return first + uint64(found) - 1, failed
}
