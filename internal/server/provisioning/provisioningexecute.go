package provisioning

import (
	"context"

	"github.com/dsappd/dsappd/internal/server/operation"
	"github.com/dsappd/dsappd/soap"
	"github.com/dsappd/dsappd/wsdl"
)

func (d *door) provisioningExecute(ctx context.Context, r *soap.Request, in *wsdl.ProvisioningExecute) (*wsdl.AttributeSet, error) {
	command, ok := d.table.commands[in.Cmd]
	if !ok {
		return nil, &soap.FieldError{Path: "cmd", Problem: "is no command of this server", Mend: "it is one of " + d.table.names()}
	}
	sent := sent(in.AttributeSet.Attributes)
	given, err := d.Read(r, d.table.Table, command.Form, sent)
	if err != nil {
		return nil, err
	}
	caller, err := d.Caller(r, given["COMPONENT_TYPE"])
	if err != nil {
		return nil, err
	}
	caller.Command = in.Cmd
	result, err := command.run(d, ctx, caller, given)
	if err != nil {
		return nil, d.table.WithoutMasked(err, command.Form, sent)
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

// sent returns the attributes of a request.
func sent(attributes []wsdl.ProvisioningAttribute) []operation.Sent {
	var out []operation.Sent
	for _, a := range attributes {
		out = append(out, operation.Sent{ID: a.AttributeID, Value: a.Value, Options: (*wsdl.AttributeOptions)(a.AttributeOptions)})
	}
	return out
}

// write makes the attributes of a reply, in the order of the command's table.
func (t *commandTable) write(c command, result operation.Values) *wsdl.AttributeSet {
	var set wsdl.AttributeSet
	for _, w := range t.Write(c.Form, result) {
		a := wsdl.ProvisioningAttribute{AttributeID: w.ID, Value: &w.Value}
		if w.Masked {
			a.AttributeOptions = &wsdl.ProvisioningAttributeOptions{Masked: &w.Masked}
		}
		set.Attributes = append(set.Attributes, a)
	}
	return &set
}
