package admin

import (
	"context"

	"github.com/dsappd/dsappd/internal/provision"
)

// RotateKeys asks for a new key that seals secrets, and a new master key.
type RotateKeys struct {
	// MasterKey is the new master key, 32 bytes, where the data folder does not
	// hold it.
	MasterKey []byte `json:"masterKey,omitempty"`

	// KeepMasterKey says that the master key stays.
	KeepMasterKey bool `json:"keepMasterKey,omitempty"`
}

// ShowKeys asks which keys there are.
type ShowKeys struct{}

// KeyStatus tells which keys a data folder has, and how far sealing anew has come.
type KeyStatus struct {
	provision.KeyStatus
	Source string `json:"source"` // of the master key
}

// Keys are what the door needs of a data folder's keys.
type Keys interface {
	RotateKeys(ctx context.Context, operator provision.Operator, in RotateKeys) (KeyStatus, error)
	KeyStatus() KeyStatus
}

func (d *Door) rotateKeys(ctx context.Context, operator provision.Operator, in RotateKeys) (KeyStatus, error) {
	return d.Keys.RotateKeys(ctx, operator, in)
}

func (d *Door) showKeys(context.Context, ShowKeys) (KeyStatus, error) { return d.Keys.KeyStatus(), nil }
