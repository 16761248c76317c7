package provision

import (
	"context"
	"encoding/hex"
)

// UpdateDevicePNID gives an authenticator the notification ID of its device.
type UpdateDevicePNID struct {
	Possession
	DevicePNID string // hex, opaque, at most 1070 characters
}

// maxDevicePNID is the published limit of a notification ID in bytes.
const maxDevicePNID = 535

// UpdateDevicePNID keeps a notification ID, sealed and as it is given: it is
// encrypted for somebody else. A later one replaces it.
func (s *Service) UpdateDevicePNID(ctx context.Context, caller Caller, in UpdateDevicePNID) error {
	_, err := perform(ctx, s, callEvent("updateDevicePNID", caller), func(f *frame) (Authenticator, error) {
		_, a, err := f.possessor(caller, in.Possession)
		if err != nil {
			return a, err
		}
		f.checked("devicePNID", "")
		id, err := hex.DecodeString(in.DevicePNID)
		if err != nil || len(id) == 0 || len(id) > maxDevicePNID {
			return a, refuse(InvalidParameter, "devicePNID must be 1 to 535 pairs of hexadecimal characters.")
		}
		a.DevicePNID, err = f.service.Sealer.seal(authenticatorPlace(a.SerialNumber, "notification ID"), []byte(in.DevicePNID))
		if err != nil {
			return a, err
		}
		put(f, Tx.PutAuthenticator, a)
		return a, nil
	})
	return err
}
