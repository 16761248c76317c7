package signature

import (
	"context"
	"encoding/xml"
	"sync"

	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/internal/server/operation"
	"github.com/dsappd/dsappd/soap"
	"github.com/dsappd/dsappd/wsdl"
)

// Operations makes the operations of the interface, by their qualified names.
func Operations(shared operation.Door) (map[xml.Name]soap.Operation, error) {
	table, err := theTable()
	if err != nil {
		return nil, err
	}
	d := &door{Door: shared, table: table}
	name := func(local string) xml.Name { return xml.Name{Space: wsdl.Signature, Local: local} }
	return map[xml.Name]soap.Operation{
		name("authSignature"): operation.New(&d.Door, d.authSignature, replyAuthSignature),
		name("genRequest"):    operation.New(&d.Door, d.genRequest, replyGenRequest),
	}, nil
}

// References lists the attributes of the interface, and which operation takes
// them.
func References() ([]operation.Reference, error) {
	table, err := theTable()
	if err != nil {
		return nil, err
	}
	return []operation.Reference{table.Reference("Signatures", authSignatureForm(), genRequestForm())}, nil
}

type door struct {
	operation.Door
	table *operation.Table
}

// theTable is the same for every door and never changes.
var theTable = sync.OnceValues(func() (*operation.Table, error) {
	return operation.NewTable(attributePrefix, true, attributes(), authSignatureForm(), genRequestForm())
})

// run decides an operation by its attributes, and writes its own.
func (d *door) run(ctx context.Context, r *soap.Request, f operation.Form, set wsdl.SignatureAttributeSet,
	decide func(context.Context, provision.Caller, operation.Values) (operation.Values, error),
) (*wsdl.SignatureAttributeSet, error) {
	written, err := d.Run(ctx, r, d.table, f, operation.SentOf(set.Attributes), decide)
	if err != nil {
		return nil, err
	}
	out := attributesOf(written)
	return &out, nil
}

func attributesOf(all []operation.Written) wsdl.SignatureAttributeSet {
	return wsdl.SignatureAttributeSet{Attributes: operation.Attributes[wsdl.SignatureAttribute](all)}
}

// results returns the outcome of an operation. An attribute says a refusal once
// more, because some clients look for it there.
func results(status wsdl.CommandStatusResponse, result *wsdl.SignatureAttributeSet) wsdl.SignatureResults {
	out := wsdl.SignatureResults{ResultCodes: status.ResultCodes, ErrorStack: status.ErrorStack}
	if result != nil {
		out.ResultAttribute = *result
	} else {
		out.ResultAttribute = attributesOf(operation.StatusMessage(attributePrefix, status))
	}
	return out
}

// refuse refuses what is well-formed, by the name under which it came.
func refuse(name, problem, mend string) error {
	return &operation.AttributeError{
		FieldError: soap.FieldError{Path: name, Problem: problem, Mend: mend},
		Refusal:    provision.InvalidParameter,
	}
}
