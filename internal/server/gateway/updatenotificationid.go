package gateway

import (
	"context"

	"github.com/dsappd/dsappd/internal/provision"
)

// updateNotificationID replaces the notification ID of a device. It has no
// result: the codes say it all. The request names its user without a password,
// and any phone's key may replace the notification ID of any device, so do not
// trust one.
func (d *door) updateNotificationID(ctx context.Context, caller provision.Caller, in values) (any, error) {
	return nil, d.Service.UpdateDevicePNID(ctx, caller, provision.UpdateDevicePNID{
		Possession: provision.Possession{UserID: in["userID"], Domain: in["domain"], SerialNumber: in["digipassInstanceID"]},
		DevicePNID: in["encryptedNotificationID"],
	})
}
