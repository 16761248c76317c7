package phone

import (
	"context"
	"encoding/xml"
	"fmt"

	"github.com/dsappd/dsappd/wsdl"
)

// field is a string attribute of provisioningExecute, its ID without
// PROVFLD_.
type field struct{ id, value string }

// AddDevice calls PROVISIONCMD_MDL_ADD_DEVICE.
func (s *SOAP) AddDevice(ctx context.Context, registrationID, deviceCode string) (activationMessage2 string, err error) {
	reply, err := s.execute(ctx, "PROVISIONCMD_MDL_ADD_DEVICE", field{"REGISTRATIONID", registrationID}, field{"DEVICE_CODE", deviceCode})
	if err != nil {
		return "", err
	}
	return reply.value("ACTIVATION_MESSAGE2")
}

// ActivateInstance calls PROVISIONCMD_MDL_ACTIVATE.
func (s *SOAP) ActivateInstance(ctx context.Context, registrationID string, c InstanceCredential) (ActivateResult, error) {
	fields := []field{{"REGISTRATIONID", registrationID}}
	if c.Signature != "" {
		fields = append(fields, field{"SIGNATURE", c.Signature})
	}
	if c.Response != "" {
		fields = append(fields, field{"DP_RESPONSE", c.Response})
	}
	reply, err := s.execute(ctx, "PROVISIONCMD_MDL_ACTIVATE", fields...)
	if err != nil {
		return ActivateResult{}, err
	}
	var out ActivateResult
	for _, want := range []struct {
		id   string
		into *string
	}{{"USERID", &out.UserID}, {"DOMAIN", &out.Domain}, {"SERIAL_NO", &out.SerialNumber}} {
		if *want.into, err = reply.value(want.id); err != nil {
			return ActivateResult{}, err
		}
	}
	return out, nil
}

// execution is the successful reply to a command.
type execution struct {
	command    string
	attributes []wsdl.ProvisioningAttribute
}

// execute sends a command of provisioningExecute. A refusal names the command.
func (s *SOAP) execute(ctx context.Context, command string, fields ...field) (execution, error) {
	in := wsdl.ProvisioningExecute{Cmd: command}
	for _, f := range append([]field{{"COMPONENT_TYPE", s.ComponentType}}, fields...) {
		in.AttributeSet.Attributes = append(in.AttributeSet.Attributes, wsdl.ProvisioningAttribute{
			AttributeID: "PROVFLD_" + f.id, Value: &wsdl.Value{Type: "string", Text: f.value},
		})
	}
	element, err := wsdl.AppendProvisioningExecute(nil, &in)
	if err != nil {
		return execution{}, fmt.Errorf("%s: %w", command, err)
	}
	var reply wsdl.ProvisioningExecuteResponse
	name := xml.Name{Space: wsdl.Provisioning, Local: "provisioningExecuteResponse"}
	if err := s.Client.Call(ctx, element, name, &reply); err != nil {
		return execution{}, fmt.Errorf("%s: %w", command, err)
	}
	if err := refused(command, reply.Results.ResultCodes, reply.Results.ErrorStack); err != nil {
		return execution{}, err
	}
	return execution{command, reply.Results.ResultAttribute.Attributes}, nil
}

// value returns the attribute's, which must be there once.
func (e execution) value(id string) (string, error) {
	value, times := "", 0
	for _, a := range e.attributes {
		if a.AttributeID == "PROVFLD_"+id && a.Value != nil {
			value, times = a.Value.Text, times+1
		}
	}
	if times != 1 {
		return "", fmt.Errorf("%w: %s succeeded with %d values of PROVFLD_%s, must be 1", ErrReply, e.command, times, id)
	}
	return value, nil
}
