package gateway

import (
	"context"

	"github.com/dsappd/dsappd/internal/provision"
)

type mdlRegisterResult struct {
	RegistrationIdentifier string `json:"registrationIdentifier"`
	ActivationMessageImage string `json:"activationMessageImage"`
}

// mdlRegister performs PROVISIONCMD_MDL_REGISTER: the image is Activation
// Message 1 in hex.
func (d *door) mdlRegister(ctx context.Context, caller provision.Caller, in values) (any, error) {
	offline := int(provision.Offline)
	result, err := d.Service.DSAPPSRPRegister(ctx, caller, provision.DSAPPSRPRegister{
		ActivationType: &offline, MDL: true,
		UserID: in["userID"], Domain: in["domain"], StaticPassword: in["password"],
	})
	return mdlRegisterResult{RegistrationIdentifier: result.RegistrationID, ActivationMessageImage: result.ActivationPassword}, err
}
