package gateway

import (
	"context"

	"github.com/dsappd/dsappd/internal/provision"
)

type addDeviceResult struct {
	InstanceActivationMessage string `json:"instanceActivationMessage"`
}

func (d *door) mdlAddDevice(ctx context.Context, caller provision.Caller, in values) (any, error) {
	result, err := d.Service.AddDevice(ctx, caller, provision.AddDevice{
		RegistrationID: in["registrationIdentifier"],
		DeviceCode:     in["deviceCode"],
		Description:    in["description"],
	})
	return addDeviceResult{InstanceActivationMessage: result.ActivationMessage2}, err
}
