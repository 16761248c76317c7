package gateway

import (
	"context"

	"github.com/dsappd/dsappd/internal/provision"
)

type ephemeralKeyResult struct {
	ServerEphemeralPublicKey string `json:"serverEphemeralPublicKey"`
	Salt                     string `json:"salt"`
}

func (d *door) dsappSRPGenerateEphemeralKey(ctx context.Context, caller provision.Caller, in values) (any, error) {
	result, err := d.Service.DSAPPSRPGenerateEphemeralKey(ctx, caller, provision.DSAPPSRPGenerateEphemeralKey{
		RegistrationID:           in["registrationIdentifier"],
		ClientEphemeralPublicKey: in["clientEphemeralPublicKey"],
	})
	return ephemeralKeyResult(result), err
}
