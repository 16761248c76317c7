package provisioning

import (
	"context"

	"github.com/dsappd/dsappd/dsapp"
	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/soap"
	"github.com/dsappd/dsappd/wsdl"
)

func (d *door) dsappSRPGenerateActivationData(ctx context.Context, r *soap.Request, in *wsdl.DsappSRPGenerateActivationData) (*wsdl.DSAPPSRPGenerateActivationDataResult, error) {
	caller, err := d.Caller(r, in.ComponentType)
	if err != nil {
		return nil, err
	}
	result, err := d.Service.DSAPPSRPGenerateActivationData(ctx, caller, provision.DSAPPSRPGenerateActivationData{
		RegistrationID:        in.RegistrationID,
		ClientEvidenceMessage: in.ClientEvidenceMessage,
	})
	if err != nil {
		return nil, err
	}
	if result.ActivationMessage != nil {
		return &wsdl.DSAPPSRPGenerateActivationDataResult{
			Mdl:                   &wsdl.DSAPPSRPMDLActivationData{ActivationMessage: encryptedData(*result.ActivationMessage)},
			ServerEvidenceMessage: result.ServerEvidenceMessage,
		}, nil
	}
	return &wsdl.DSAPPSRPGenerateActivationDataResult{
		Standard: &wsdl.DSAPPSRPStandardActivationData{
			ActivationCode:           encryptedData(result.ActivationCode),
			EventReactivationCounter: encryptedData(result.EventReactivationCounter),
		},
		ServerEvidenceMessage: result.ServerEvidenceMessage,
	}, nil
}

func encryptedData(e dsapp.EncryptedData) wsdl.DSAPPSRPEncryptedData {
	return wsdl.DSAPPSRPEncryptedData{EncryptedData: e.EncryptedData, EncryptedCounter: e.EncryptedCounter, Mac: e.MAC}
}

func replyDSAPPSRPGenerateActivationData(dst []byte, status wsdl.CommandStatusResponse, result *wsdl.DSAPPSRPGenerateActivationDataResult) []byte {
	return wsdl.AppendDsappSRPGenerateActivationDataResponse(dst, &wsdl.DsappSRPGenerateActivationDataResponse{Status: status, Result: result})
}
