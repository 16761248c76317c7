package signature

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/internal/server/operation"
	"github.com/dsappd/dsappd/soap"
	"github.com/dsappd/dsappd/wsdl"
)

func (d *door) authSignature(ctx context.Context, r *soap.Request, in *wsdl.AuthSignature) (*wsdl.SignatureAttributeSet, error) {
	return d.run(ctx, r, authSignatureForm(), in.AttributeSet, func(ctx context.Context, caller provision.Caller, given operation.Values) (operation.Values, error) {
		asked, err := signatureOf(given)
		if err != nil {
			return nil, err
		}
		if in.DataFieldList != nil && len(in.DataFieldList.DataField) > 0 {
			if asked.RequestKey == "" || d.Strict {
				return nil, refuse("dataFieldList", "holds data fields", "send them as "+attributePrefix+"DATA_FIELD_1 to 8, which have no names")
			}
			r.PassOver("dataFieldList") // the request has them
		}
		result, err := d.Service.AuthSignature(ctx, caller, asked)
		return signatureOutput(result), err
	})
}

// signatureOf reads what is to be verified.
func signatureOf(given operation.Values) (provision.AuthSignature, error) {
	in := provision.AuthSignature{
		UserID: given["USERID"], Domain: given["DOMAIN"], SerialNumber: given["SERIAL_NO"],
		Signature: given["SIGNATURE"], RequestKey: given["REQUEST_KEY"],
	}
	ids := dataFields()
	for n, id := range ids {
		if given[id] != "" {
			in.Fields = append(in.Fields, make([]string, n-len(in.Fields))...)
			in.Fields = append(in.Fields, given[id])
		}
	}
	var err error
	if text, there := given["REQUEST_CONFIRM_CODE"]; there {
		if in.Confirm, err = strconv.ParseBool(text); err != nil {
			return in, fmt.Errorf("read REQUEST_CONFIRM_CODE: %w", err)
		}
	}
	if text, there := given["DEFERRED_EVENT_VALUE"]; there {
		event, err := strconv.ParseUint(text, 10, 32)
		if err != nil {
			return in, fmt.Errorf("read DEFERRED_EVENT_VALUE: %w", err)
		}
		in.DeferredEvent = &event
	}
	if text, there := given["DEFERRED_DATETIME"]; there {
		in.DeferredAt = operation.ParseDateTime(text)
	}
	return in, nil
}

func signatureOutput(result provision.AuthSignatureResult) operation.Values {
	out := operation.Values{
		"USERID": result.User.UserID, "DOMAIN": result.User.Domain, "ORGANIZATIONAL_UNIT": result.User.OrgUnit,
		"SERIAL_NO": result.SerialNumber, "CONFIRM_CODE": result.ConfirmationCode,
	}
	if !result.VerifiedAt.IsZero() {
		out["VERIFIED_DATETIME"] = result.VerifiedAt.UTC().Format(time.RFC3339)
	}
	if result.VerifiedEvent != nil {
		out["VERIFIED_EVENT_VALUE"] = strconv.FormatUint(*result.VerifiedEvent, 10)
	}
	return out
}

func replyAuthSignature(dst []byte, status wsdl.CommandStatusResponse, result *wsdl.SignatureAttributeSet) []byte {
	return wsdl.AppendAuthSignatureResponse(dst, &wsdl.AuthSignatureResponse{Results: results(status, result)})
}
