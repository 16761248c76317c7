package provisioning

import (
	"context"

	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/soap"
	"github.com/dsappd/dsappd/wsdl"
)

// updateDevicePNID replaces the notification ID of a device. It has no result:
// the status says it all.
func (d *door) updateDevicePNID(ctx context.Context, r *soap.Request, in *wsdl.UpdateDevicePNID) (*struct{}, error) {
	caller, err := d.Caller(r, in.ComponentType)
	if err != nil {
		return nil, err
	}
	return nil, d.Service.UpdateDevicePNID(ctx, caller, provision.UpdateDevicePNID{
		Possession: possession(in.User, in.SerialNumber),
		DevicePNID: in.DevicePNID,
	})
}

func replyUpdateDevicePNID(dst []byte, status wsdl.CommandStatusResponse, _ *struct{}) []byte {
	return wsdl.AppendUpdateDevicePNIDResponse(dst, &wsdl.UpdateDevicePNIDResponse{Status: status})
}
