package provisioning

import (
	"context"

	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/soap"
	"github.com/dsappd/dsappd/wsdl"
)

func (d *door) dsappSRPRegister(ctx context.Context, r *soap.Request, in *wsdl.DsappSRPRegister) (*wsdl.DSAPPSRPRegisterResult2, error) {
	caller, err := d.Caller(r, in.ComponentType)
	if err != nil {
		return nil, err
	}
	asked := provision.DSAPPSRPRegister{
		UserID:         in.User.UserID,
		Domain:         value(in.User.Domain),
		StaticPassword: in.Credential.StaticPassword,
		SerialNumber:   value(in.SerialNumber),
	}
	if in.ActivationType != nil {
		activationType := int(*in.ActivationType)
		asked.ActivationType = &activationType
	}
	result, err := d.Service.DSAPPSRPRegister(ctx, caller, asked)
	if err != nil {
		return nil, err
	}
	return &wsdl.DSAPPSRPRegisterResult2{
		RegistrationID:     result.RegistrationID,
		ActivationPassword: result.ActivationPassword,
		User:               userOutput(result.User),
		SerialNumber:       result.SerialNumber,
		DigipassGatewayID:  result.DigipassGatewayID,
	}, nil
}

func replyDSAPPSRPRegister(dst []byte, status wsdl.CommandStatusResponse, result *wsdl.DSAPPSRPRegisterResult2) []byte {
	return wsdl.AppendDsappSRPRegisterResponse(dst, &wsdl.DsappSRPRegisterResponse{Status: status, Result: result})
}
