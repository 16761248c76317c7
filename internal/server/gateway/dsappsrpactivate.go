package gateway

import (
	"context"

	"github.com/dsappd/dsappd/internal/provision"
)

// activateResult says who was activated on what.
type activateResult struct {
	UserID       string `json:"userID"`
	Domain       string `json:"domain"`
	SerialNumber string `json:"serialNumber"`
}

func newActivateResult(r provision.DSAPPSRPActivateResult) activateResult {
	return activateResult{UserID: r.User.UserID, Domain: r.User.Domain, SerialNumber: r.SerialNumber}
}

func (d *door) dsappSRPActivate(ctx context.Context, caller provision.Caller, in values) (any, error) {
	result, err := d.Service.DSAPPSRPActivate(ctx, caller, provision.DSAPPSRPActivate{
		RegistrationID: in["registrationIdentifier"],
		Response:       in["response"],
		DerivationCode: in["derivationCode"],
	})
	return newActivateResult(result), err
}
