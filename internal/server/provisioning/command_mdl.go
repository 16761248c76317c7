package provisioning

import (
	"context"

	"github.com/dsappd/dsappd/internal/provision"
)

func (d *door) commandMDLRegister(ctx context.Context, caller provision.Caller, in values) (values, error) {
	asked, offline := in.register(), int(provision.Offline)
	asked.MDL, asked.ActivationType = true, &offline
	result, err := d.service.DSAPPSRPRegister(ctx, caller, asked)
	return holder(result.User, result.SerialNumber).
		with("REGISTRATIONID", result.RegistrationID).
		with("ACTIVATION_MESSAGE", result.ActivationPassword), err
}

func (d *door) commandMDLAddDevice(ctx context.Context, caller provision.Caller, in values) (values, error) {
	result, err := d.service.AddDevice(ctx, caller, provision.AddDevice{RegistrationID: in["REGISTRATIONID"], DeviceCode: in["DEVICE_CODE"]})
	return holder(result.User, result.SerialNumber).with("ACTIVATION_MESSAGE2", result.ActivationMessage2), err
}

func (d *door) commandMDLActivate(ctx context.Context, caller provision.Caller, in values) (values, error) {
	result, err := d.service.ActivateInstance(ctx, caller, provision.ActivateInstance{
		RegistrationID: in["REGISTRATIONID"], Signature: in["SIGNATURE"], Response: in["DP_RESPONSE"],
	})
	return holder(result.User, result.SerialNumber), err
}
