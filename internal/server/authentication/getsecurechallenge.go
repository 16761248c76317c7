package authentication

import (
	"cmp"
	"context"

	"github.com/dsappd/dsappd/dsapp"
	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/internal/server/operation"
	"github.com/dsappd/dsappd/soap"
	"github.com/dsappd/dsappd/wsdl"
)

func (d *door) getSecureChallenge(ctx context.Context, r *soap.Request, in *wsdl.GetSecureChallenge) (*wsdl.CredentialAttributeSet, error) {
	return d.run(ctx, r, getSecureChallengeForm, in.CredentialAttributeSet, func(ctx context.Context, caller provision.Caller, given operation.Values) (operation.Values, error) {
		result, err := d.Service.GetSecureChallenge(ctx, caller, provision.AskDevice{
			UserID: given["USERID"], Domain: given["DOMAIN"], SerialNumber: given["SERIAL_NO"], Title: given["TRANSACTION_TITLE"],
			Fields: []dsapp.RequestField{{Value: cmp.Or(given["CHALLENGE_MESSAGE"], given["REQUEST_BODY"])}},
		})
		return userOutput(result.User).With("SERIAL_NO", result.SerialNumber).
			With("CHALLENGE_KEY", result.Key).With("REQUEST_MESSAGE", result.Message), err
	})
}

func replyGetSecureChallenge(dst []byte, status wsdl.CommandStatusResponse, result *wsdl.CredentialAttributeSet) []byte {
	return wsdl.AppendGetSecureChallengeResponse(dst, &wsdl.GetSecureChallengeResponse{Results: results(status, result)})
}
