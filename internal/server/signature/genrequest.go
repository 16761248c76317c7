package signature

import (
	"context"

	"github.com/dsappd/dsappd/dsapp"
	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/internal/server/operation"
	"github.com/dsappd/dsappd/soap"
	"github.com/dsappd/dsappd/wsdl"
)

func (d *door) genRequest(ctx context.Context, r *soap.Request, in *wsdl.GenRequest) (*wsdl.SignatureAttributeSet, error) {
	return d.run(ctx, r, genRequestForm(), in.AttributeSet, func(ctx context.Context, caller provision.Caller, given operation.Values) (operation.Values, error) {
		fields, err := requestFields(given["REQUEST_BODY"], in.DataFieldList)
		if err != nil {
			return nil, err
		}
		result, err := d.Service.GenRequest(ctx, caller, provision.AskDevice{
			UserID: given["USERID"], Domain: given["DOMAIN"], SerialNumber: given["SERIAL_NO"],
			Title: given["TRANSACTION_TITLE"], Fields: fields,
		})
		return operation.Values{
			"REQUEST_KEY": result.Key, "REQUEST_MESSAGE": result.Message, "SERIAL_NO": result.SerialNumber,
			"USERID": result.User.UserID, "DOMAIN": result.User.Domain, "ORGANIZATIONAL_UNIT": result.User.OrgUnit,
		}, err
	})
}

// requestFields returns the lines that the device shows: the body, or the list.
func requestFields(body string, list *wsdl.DataFieldList) ([]dsapp.RequestField, error) {
	var fields []dsapp.RequestField
	if list != nil {
		for _, f := range list.DataField {
			var key string
			if f.Key != nil {
				key = *f.Key
			}
			fields = append(fields, dsapp.RequestField{Key: key, Value: f.Value})
		}
	}
	switch {
	case body != "" && len(fields) > 0:
		return nil, refuse("dataFieldList", "is there together with "+attributePrefix+"REQUEST_BODY", "send one or the other")
	case body != "":
		fields = []dsapp.RequestField{{Value: body}}
	}
	return fields, nil
}

func replyGenRequest(dst []byte, status wsdl.CommandStatusResponse, result *wsdl.SignatureAttributeSet) []byte {
	return wsdl.AppendGenRequestResponse(dst, &wsdl.GenRequestResponse{Results: results(status, result)})
}
