package provisioning

import (
	"context"

	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/soap"
	"github.com/dsappd/dsappd/wsdl"
)

func (d *door) dsappSRPGenerateEphemeralKey(ctx context.Context, r *soap.Request, in *wsdl.DsappSRPGenerateEphemeralKey) (*wsdl.DSAPPSRPGenerateEphemeralKeyResult, error) {
	caller, err := d.Caller(r, in.ComponentType)
	if err != nil {
		return nil, err
	}
	result, err := d.Service.DSAPPSRPGenerateEphemeralKey(ctx, caller, provision.DSAPPSRPGenerateEphemeralKey{
		RegistrationID:           in.RegistrationID,
		ClientEphemeralPublicKey: in.ClientEphemeralPublicKey,
	})
	if err != nil {
		return nil, err
	}
	return &wsdl.DSAPPSRPGenerateEphemeralKeyResult{
		ServerEphemeralPublicKey: result.ServerEphemeralPublicKey,
		Salt:                     result.Salt,
	}, nil
}

func replyDSAPPSRPGenerateEphemeralKey(dst []byte, status wsdl.CommandStatusResponse, result *wsdl.DSAPPSRPGenerateEphemeralKeyResult) []byte {
	return wsdl.AppendDsappSRPGenerateEphemeralKeyResponse(dst, &wsdl.DsappSRPGenerateEphemeralKeyResponse{Status: status, Result: result})
}
