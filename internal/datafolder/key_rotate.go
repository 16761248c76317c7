package datafolder

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/dsappd/dsappd/internal/hint"
	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/internal/server/admin"
	"github.com/dsappd/dsappd/store"
)

// KeyStatus returns which keys the folder has, and where the master key comes from.
func (f *Folder) KeyStatus() admin.KeyStatus {
	return admin.KeyStatus{KeyStatus: f.Service.KeyStatus(), Source: f.Settings.MasterKey.String()}
}

// RotateKeys makes a new sealing key, and a new master key unless that is to stay,
// and has KeepKeys seal the store's secrets anew. A master key that the folder
// holds is drawn here, and the one before it is kept beside it; any other is given.
func (f *Folder) RotateKeys(ctx context.Context, operator provision.Operator, in admin.RotateKeys) (admin.KeyStatus, error) {
	if f.Shared != nil { // the other servers would not have the new keys
		return admin.KeyStatus{}, &provision.Error{Refusal: provision.InvalidParameter, Desc: "The keys of a store that servers share are rotated in a folder: end them all, and see dsappd copy."}
	}
	own := f.Settings.MasterKey.inFolder() && f.Engine != nil
	rotate := provision.RotateKeys{MasterKey: in.MasterKey}
	switch {
	case in.KeepMasterKey && in.MasterKey != nil:
		return admin.KeyStatus{}, &provision.Error{Refusal: provision.InvalidParameter, Desc: "The master key cannot both stay and be replaced."}
	case in.KeepMasterKey, f.Engine == nil: // the keys end with the memory that they are in
	case own && in.MasterKey != nil:
		return admin.KeyStatus{}, &provision.Error{Refusal: provision.InvalidParameter, Desc: "The master key is " + keyName + " in the data folder, where dsappd makes the new one itself."}
	case own:
		key, err := writeKey(f.Dir, newKeyName, f.Service.Rand)
		if err != nil {
			return admin.KeyStatus{}, fmt.Errorf("write the new master key: %w", err)
		}
		rotate.MasterKey = key
	case in.MasterKey == nil:
		return admin.KeyStatus{}, &provision.Error{Refusal: provision.InvalidParameter,
			Desc: "The master key comes from the " + f.Settings.MasterKey.String() + ": give the new one, or keep the one that there is."}
	}
	_, err := f.Service.RotateKeys(ctx, operator, rotate)
	drawn := own && rotate.MasterKey != nil
	switch {
	case drawn && err == nil:
		err = putKeyInPlace(f.Dir, f.Service.Now())
	case drawn && !errors.Is(err, store.ErrUncertain): // then the next start knows
		err = errors.Join(err, os.Remove(filepath.Join(f.Dir, newKeyName)))
	}
	f.rotated.Signal()
	return f.KeyStatus(), err
}

// KeepKeys seals anew what older keys have sealed: what an earlier run has left at
// once, and the rest after each rotation, until ctx ends.
func (f *Folder) KeepKeys(ctx context.Context) {
	for {
		f.reseal(ctx)
		select {
		case <-ctx.Done():
			return
		case <-f.rotated:
		}
	}
}

func (f *Folder) reseal(ctx context.Context) {
	if !f.Service.KeyStatus().Rotating() {
		return
	}
	operator, err := f.sweeper().operator()
	operator.Name = "key rotation"
	if err == nil {
		err = f.Service.Reseal(ctx, operator)
	}
	status := f.Service.KeyStatus()
	switch {
	case err == nil:
		f.Logger.Info("secrets are sealed anew", "request_id", operator.RequestID, "key", status.Sealing[0].ID, "secrets", status.Resealing.Secrets)
	case ctx.Err() == nil:
		f.Logger.Error("secrets are not all sealed anew: both keys stay in use", "request_id", operator.RequestID, "error", hint.Add(err, "the next start or rotation goes on"))
	}
}

// bell wakes one waiter; rung twice before that, it wakes once.
type bell chan struct{}

// Signal rings the bell.
func (b bell) Signal() {
	select {
	case b <- struct{}{}:
	default:
	}
}
