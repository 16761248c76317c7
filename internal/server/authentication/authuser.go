package authentication

import (
	"context"

	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/internal/server/operation"
	"github.com/dsappd/dsappd/soap"
	"github.com/dsappd/dsappd/wsdl"
)

func (d *door) authUser(ctx context.Context, r *soap.Request, in *wsdl.AuthUser) (*wsdl.CredentialAttributeSet, error) {
	return d.run(ctx, r, authUserForm, in.CredentialAttributeSet, func(ctx context.Context, caller provision.Caller, given operation.Values) (operation.Values, error) {
		credential, err := d.table.Credential(given)
		if err != nil {
			return nil, err
		}
		credential.ChallengeKey, credential.Challenge = given["CHALLENGE_KEY"], given["CHALLENGE"]
		result, err := d.Service.AuthUser(ctx, caller, provision.AuthUser{
			UserID: given["USERID"], Domain: given["DOMAIN"], Credential: credential, SerialNumber: given["SERIAL_NO"],
			NewPIN: given["NEW_PIN"], Confirmation: given["CONFIRM_NEW_PIN"],
		})
		return userOutput(result.User).With("SERIAL_NO", result.SerialNumber), err
	})
}

func replyAuthUser(dst []byte, status wsdl.CommandStatusResponse, result *wsdl.CredentialAttributeSet) []byte {
	return wsdl.AppendAuthUserResponse(dst, &wsdl.AuthUserResponse{AuthUserResults: wsdl.AuthUserResults{Results: results(status, result)}})
}
