package provisioning

import (
	"context"

	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/soap"
	"github.com/dsappd/dsappd/wsdl"
)

func (d *door) getAppUpgradeInfo(ctx context.Context, r *soap.Request, in *wsdl.GetAppUpgradeInfo) (*wsdl.GetAppUpgradeInfoResult, error) {
	caller, err := d.Caller(r, in.ComponentType)
	if err != nil {
		return nil, err
	}
	message, err := d.Service.GetAppUpgradeInfo(ctx, caller, possession(in.User, in.SerialNumber))
	if err != nil {
		return nil, err
	}
	return &wsdl.GetAppUpgradeInfoResult{UpgradeMessage: message}, nil
}

func possession(user wsdl.UserInput, serialNumber string) provision.Possession {
	return provision.Possession{UserID: user.UserID, Domain: value(user.Domain), SerialNumber: serialNumber}
}

func replyGetAppUpgradeInfo(dst []byte, status wsdl.CommandStatusResponse, result *wsdl.GetAppUpgradeInfoResult) []byte {
	return wsdl.AppendGetAppUpgradeInfoResponse(dst, &wsdl.GetAppUpgradeInfoResponse{Status: status, Result: result})
}
