package provisioning

import (
	"context"

	"github.com/dsappd/dsappd/soap"
	"github.com/dsappd/dsappd/wsdl"
)

func (d *door) provisioningExecute(ctx context.Context, r *soap.Request, in *wsdl.ProvisioningExecute) (*wsdl.AttributeSet, error) {
	command, ok := d.table.commands[in.Cmd]
	if !ok {
		return nil, &soap.FieldError{Path: "cmd", Problem: "is no command of this server", Mend: "it is one of " + d.table.names()}
	}
	given, passedOver, err := d.table.read(command, in.AttributeSet.Attributes, d.strict)
	for _, name := range passedOver {
		r.PassOver(name)
	}
	if err != nil {
		return nil, err
	}
	caller, err := d.caller(r, given["COMPONENT_TYPE"])
	if err != nil {
		return nil, err
	}
	caller.Command = in.Cmd
	result, err := command.run(d, ctx, caller, given)
	if err != nil {
		return nil, withoutMasked(err, command, in.AttributeSet.Attributes)
	}
	return d.table.write(command, result), nil
}

func replyProvisioningExecute(dst []byte, status wsdl.CommandStatusResponse, result *wsdl.AttributeSet) []byte {
	reply := wsdl.ProvisioningExecuteResponse{Results: wsdl.ProvisioningResults{ResultCodes: status.ResultCodes, ErrorStack: status.ErrorStack}}
	if result != nil {
		reply.Results.ResultAttribute = *result
	}
	return wsdl.AppendProvisioningExecuteResponse(dst, &reply)
}

// write makes the attributes of a reply, in the order of the command's table.
func (t *commandTable) write(c command, result values) *wsdl.AttributeSet {
	var set wsdl.AttributeSet
	for _, id := range c.out {
		value, ok := result[id]
		if !ok || value == "" {
			continue
		}
		known := t.attributes[attributePrefix+id]
		a := wsdl.ProvisioningAttribute{AttributeID: attributePrefix + id, Value: &wsdl.Value{Type: known.xsdType, Text: value}}
		if known.masked {
			masked := true
			a.AttributeOptions = &wsdl.AttributeOptions{Masked: &masked}
		}
		set.Attributes = append(set.Attributes, a)
	}
	return &set
}
