package gateway

import (
	"context"

	"github.com/dsappd/dsappd/internal/provision"
)

func (d *door) mdlActivate(ctx context.Context, caller provision.Caller, in values) (any, error) {
	result, err := d.Service.ActivateInstance(ctx, caller, provision.ActivateInstance{
		RegistrationID: in["registrationIdentifier"],
		Signature:      in["signature"],
	})
	return newActivateResult(result), err
}
