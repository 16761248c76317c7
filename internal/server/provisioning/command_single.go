package provisioning

import (
	"context"
	"strconv"

	"github.com/dsappd/dsappd/dsapp"
	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/internal/server/operation"
)

func (d *door) commandRegister(ctx context.Context, caller provision.Caller, in operation.Values) (operation.Values, error) {
	result, err := d.Service.RegisterOutsideSRP(ctx, caller, registerOf(in))
	return holder(result.User, result.SerialNumber).With("ACTIVATION_CODE", result.ActivationCode), err
}

func (d *door) commandActivate(ctx context.Context, caller provision.Caller, in operation.Values) (operation.Values, error) {
	result, err := d.Service.ActivateOutsideSRP(ctx, caller, provision.ActivateOutsideSRP{
		UserID: in["USERID"], Domain: in["DOMAIN"], SerialNumber: in["SERIAL_NO"],
		Response: in["DP_RESPONSE"], DerivationCode: in["DERIVATION_CODE"],
	})
	return holder(result.User, result.SerialNumber), err
}

func (d *door) commandAssign(ctx context.Context, caller provision.Caller, in operation.Values) (operation.Values, error) {
	result, err := d.Service.Assign(ctx, caller, provision.Assign{
		UserID: in["USERID"], Domain: in["DOMAIN"], StaticPassword: in["STATIC_PASSWORD"], SerialNumber: in["SERIAL_NO"],
	})
	return holder(result.User, result.SerialNumber), err
}

func (d *door) commandDSAPPRegister(ctx context.Context, caller provision.Caller, in operation.Values) (operation.Values, error) {
	result, err := d.Service.DSAPPSRPRegister(ctx, caller, registerOf(in))
	return holder(result.User, result.SerialNumber).
		With("REGISTRATIONID", result.RegistrationID).
		With("ACTIVATION_PASSWORD", result.ActivationPassword).
		With("GATEWAY_ID", result.DigipassGatewayID), err
}

func (d *door) commandDSAPPGenerateActivationData(ctx context.Context, caller provision.Caller, in operation.Values) (operation.Values, error) {
	result, err := d.Service.DSAPPSRPGenerateActivationData(ctx, caller, provision.DSAPPSRPGenerateActivationData{
		RegistrationID: in["REGISTRATIONID"], ClientEvidenceMessage: in["CLIENT_EVIDENCE_MESSAGE"],
	})
	out := operation.Values{"SERVER_EVIDENCE_MESSAGE": result.ServerEvidenceMessage}
	if result.ActivationMessage != nil {
		return withItem(out, "ACTIVATION_MESSAGE", *result.ActivationMessage), err
	}
	out = withItem(out, "ACTIVATION_CODE", result.ActivationCode)
	return withItem(out, "REACTIVATION_COUNTER", result.EventReactivationCounter), err
}

func (d *door) commandDSAPPActivate(ctx context.Context, caller provision.Caller, in operation.Values) (operation.Values, error) {
	result, err := d.Service.DSAPPSRPActivate(ctx, caller, provision.DSAPPSRPActivate{
		RegistrationID: in["REGISTRATIONID"], Response: in["DP_RESPONSE"], DerivationCode: in["DERIVATION_CODE"],
	})
	return holder(result.User, result.SerialNumber), err
}

// registerOf reads what all commands have that open a registration.
func registerOf(v operation.Values) provision.DSAPPSRPRegister {
	in := provision.DSAPPSRPRegister{
		UserID: v["USERID"], Domain: v["DOMAIN"], StaticPassword: v["STATIC_PASSWORD"], SerialNumber: v["SERIAL_NO"],
	}
	if activationType, err := strconv.Atoi(v["ACTIVATION_TYPE"]); err == nil {
		in.ActivationType = &activationType
	}
	return in
}

func holder(user provision.UserOutput, serialNumber string) operation.Values {
	return operation.Values{"USERID": user.UserID, "DOMAIN": user.Domain, "ORGANIZATIONAL_UNIT": user.OrgUnit, "SERIAL_NO": serialNumber}
}

func withItem(v operation.Values, id string, item dsapp.EncryptedData) operation.Values {
	return v.With(id+"_DATA", item.EncryptedData).With(id+"_COUNTER", item.EncryptedCounter).With(id+"_MAC", item.MAC)
}
