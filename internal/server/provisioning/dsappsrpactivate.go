package provisioning

import (
	"context"

	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/soap"
	"github.com/dsappd/dsappd/wsdl"
)

func (d *door) dsappSRPActivate(ctx context.Context, r *soap.Request, in *wsdl.DsappSRPActivate) (*wsdl.DSAPPSRPActivateResult, error) {
	caller, err := d.Caller(r, in.ComponentType)
	if err != nil {
		return nil, err
	}
	result, err := d.Service.DSAPPSRPActivate(ctx, caller, provision.DSAPPSRPActivate{
		RegistrationID: in.RegistrationID,
		Response:       value(in.Credential.Response),
		DerivationCode: value(in.Credential.DerivationCode),
	})
	if err != nil {
		return nil, err
	}
	return &wsdl.DSAPPSRPActivateResult{User: userOutput(result.User), SerialNumber: result.SerialNumber}, nil
}

func replyDSAPPSRPActivate(dst []byte, status wsdl.CommandStatusResponse, result *wsdl.DSAPPSRPActivateResult) []byte {
	return wsdl.AppendDsappSRPActivateResponse(dst, &wsdl.DsappSRPActivateResponse{Status: status, Result: result})
}
