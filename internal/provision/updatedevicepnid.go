package provision

import (
	"context"
	"encoding/hex"

	"github.com/dsappd/dsappd/dsapp"
)

// UpdateDevicePNID gives an authenticator the notification ID of its device.
type UpdateDevicePNID struct {
	Possession
	DevicePNID string // hex, opaque, at most 1070 characters
}

// maxDevicePNID is the published limit of a notification ID in bytes.
const maxDevicePNID = 535

// UpdateDevicePNID keeps a notification ID, sealed and as it is given: it is
// encrypted for somebody else. A later one replaces it. A caller at a door of
// the server's own is no site but any phone, and is not told which users and
// authenticators there are.
func (s *Service) UpdateDevicePNID(ctx context.Context, caller Caller, in UpdateDevicePNID) error {
	_, err := perform(ctx, s, callEvent("updateDevicePNID", caller), func(f *frame) (Authenticator, error) {
		f.alike = caller.OwnDoor
		_, a, err := f.possessor(caller, in.Possession)
		if err != nil {
			return a, err
		}
		f.checked("devicePNID", "")
		id, err := hex.DecodeString(in.DevicePNID)
		if err != nil || len(id) == 0 || len(id) > maxDevicePNID {
			return a, refuse(InvalidParameter, "devicePNID must be 1 to 535 pairs of hexadecimal characters.")
		}
		a, err = f.notify(a, in)
		if err != nil {
			return a, err
		}
		put(f, Authenticators, a)
		return a, nil
	})
	return err
}

// notify gives the notification ID to the authenticator, or to the instance
// that is named.
func (f *frame) notify(a Authenticator, in UpdateDevicePNID) (Authenticator, error) {
	_, sequenceNumber, err := dsapp.ParseInstanceName(in.SerialNumber)
	i, found := a.instance(sequenceNumber)
	if err != nil || !found {
		a.DevicePNID, err = f.service.Sealer.Seal(authenticatorPlace(a.SerialNumber, "notification ID"), []byte(in.DevicePNID))
		return a, err
	}
	i.DevicePNID, err = f.service.Sealer.Seal(instancePlace(a.SerialNumber, sequenceNumber, "notification ID"), []byte(in.DevicePNID))
	a.Licence = a.Licence.with(i)
	return a, err
}
