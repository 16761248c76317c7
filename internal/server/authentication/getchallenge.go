package authentication

import (
	"context"

	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/internal/server/operation"
	"github.com/dsappd/dsappd/soap"
	"github.com/dsappd/dsappd/wsdl"
)

func (d *door) getChallenge(ctx context.Context, r *soap.Request, in *wsdl.GetChallenge) (*wsdl.CredentialAttributeSet, error) {
	return d.run(ctx, r, getChallengeForm, in.CredentialAttributeSet, func(ctx context.Context, caller provision.Caller, given operation.Values) (operation.Values, error) {
		result, err := d.Service.GetChallenge(ctx, caller, provision.GetChallenge{UserID: given["USERID"], Domain: given["DOMAIN"]})
		return operation.Values{"CHALLENGE": result.Challenge, "CHALLENGE_KEY": result.Key}, err
	})
}

func replyGetChallenge(dst []byte, status wsdl.CommandStatusResponse, result *wsdl.CredentialAttributeSet) []byte {
	return wsdl.AppendGetChallengeResponse(dst, &wsdl.GetChallengeResponse{Results: results(status, result)})
}
