package provisioning

import (
	"context"
	"strconv"

	"github.com/dsappd/dsappd/dsapp"
	"github.com/dsappd/dsappd/internal/provision"
)

func (d *door) commandRegister(ctx context.Context, caller provision.Caller, in values) (values, error) {
	result, err := d.service.RegisterOutsideSRP(ctx, caller, in.register())
	return holder(result.User, result.SerialNumber).with("ACTIVATION_CODE", result.ActivationCode), err
}

func (d *door) commandActivate(ctx context.Context, caller provision.Caller, in values) (values, error) {
	result, err := d.service.ActivateOutsideSRP(ctx, caller, provision.ActivateOutsideSRP{
		UserID: in["USERID"], Domain: in["DOMAIN"], SerialNumber: in["SERIAL_NO"],
		Response: in["DP_RESPONSE"], DerivationCode: in["DERIVATION_CODE"],
	})
	return holder(result.User, result.SerialNumber), err
}

func (d *door) commandAssign(ctx context.Context, caller provision.Caller, in values) (values, error) {
	result, err := d.service.Assign(ctx, caller, provision.Assign{
		UserID: in["USERID"], Domain: in["DOMAIN"], StaticPassword: in["STATIC_PASSWORD"], SerialNumber: in["SERIAL_NO"],
	})
	return holder(result.User, result.SerialNumber), err
}

func (d *door) commandDSAPPRegister(ctx context.Context, caller provision.Caller, in values) (values, error) {
	result, err := d.service.DSAPPSRPRegister(ctx, caller, in.register())
	return holder(result.User, result.SerialNumber).
		with("REGISTRATIONID", result.RegistrationID).
		with("ACTIVATION_PASSWORD", result.ActivationPassword).
		with("GATEWAY_ID", result.DigipassGatewayID), err
}

func (d *door) commandDSAPPGenerateActivationData(ctx context.Context, caller provision.Caller, in values) (values, error) {
	result, err := d.service.DSAPPSRPGenerateActivationData(ctx, caller, provision.DSAPPSRPGenerateActivationData{
		RegistrationID: in["REGISTRATIONID"], ClientEvidenceMessage: in["CLIENT_EVIDENCE_MESSAGE"],
	})
	out := values{"SERVER_EVIDENCE_MESSAGE": result.ServerEvidenceMessage}
	if result.ActivationMessage != nil {
		return out.withItem("ACTIVATION_MESSAGE", *result.ActivationMessage), err
	}
	return out.withItem("ACTIVATION_CODE", result.ActivationCode).
		withItem("REACTIVATION_COUNTER", result.EventReactivationCounter), err
}

func (d *door) commandDSAPPActivate(ctx context.Context, caller provision.Caller, in values) (values, error) {
	result, err := d.service.DSAPPSRPActivate(ctx, caller, provision.DSAPPSRPActivate{
		RegistrationID: in["REGISTRATIONID"], Response: in["DP_RESPONSE"], DerivationCode: in["DERIVATION_CODE"],
	})
	return holder(result.User, result.SerialNumber), err
}

// register reads what all commands have that open a registration.
func (v values) register() provision.DSAPPSRPRegister {
	in := provision.DSAPPSRPRegister{
		UserID: v["USERID"], Domain: v["DOMAIN"], StaticPassword: v["STATIC_PASSWORD"], SerialNumber: v["SERIAL_NO"],
	}
	if activationType, err := strconv.Atoi(v["ACTIVATION_TYPE"]); err == nil {
		in.ActivationType = &activationType
	}
	return in
}

func holder(user provision.UserOutput, serialNumber string) values {
	return values{"USERID": user.UserID, "DOMAIN": user.Domain, "ORGANIZATIONAL_UNIT": user.OrgUnit, "SERIAL_NO": serialNumber}
}

func (v values) with(id, value string) values {
	v[id] = value
	return v
}

func (v values) withItem(id string, item dsapp.EncryptedData) values {
	return v.with(id+"_DATA", item.EncryptedData).with(id+"_COUNTER", item.EncryptedCounter).with(id+"_MAC", item.MAC)
}
