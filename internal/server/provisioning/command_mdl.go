package provisioning

import (
	"context"

	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/internal/server/operation"
)

func (d *door) commandMDLRegister(ctx context.Context, caller provision.Caller, in operation.Values) (operation.Values, error) {
	asked, offline := registerOf(in), int(provision.Offline)
	asked.MDL, asked.ActivationType = true, &offline
	result, err := d.Service.DSAPPSRPRegister(ctx, caller, asked)
	return holder(result.User, result.SerialNumber).
		With("REGISTRATIONID", result.RegistrationID).
		With("ACTIVATION_MESSAGE", result.ActivationPassword), err
}

func (d *door) commandMDLAddDevice(ctx context.Context, caller provision.Caller, in operation.Values) (operation.Values, error) {
	result, err := d.Service.AddDevice(ctx, caller, provision.AddDevice{RegistrationID: in["REGISTRATIONID"], DeviceCode: in["DEVICE_CODE"]})
	return holder(result.User, result.SerialNumber).With("ACTIVATION_MESSAGE2", result.ActivationMessage2), err
}

func (d *door) commandMDLActivate(ctx context.Context, caller provision.Caller, in operation.Values) (operation.Values, error) {
	result, err := d.Service.ActivateInstance(ctx, caller, provision.ActivateInstance{
		RegistrationID: in["REGISTRATIONID"], Signature: in["SIGNATURE"], Response: in["DP_RESPONSE"],
	})
	return holder(result.User, result.SerialNumber), err
}
