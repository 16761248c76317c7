package authentication

import (
	"context"

	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/internal/server/operation"
	"github.com/dsappd/dsappd/soap"
	"github.com/dsappd/dsappd/wsdl"
)

func (d *door) cancelAuthUser(ctx context.Context, r *soap.Request, in *wsdl.CancelAuthUser) (*wsdl.CredentialAttributeSet, error) {
	return d.run(ctx, r, cancelAuthUserForm, in.CredentialAttributeSet, func(ctx context.Context, caller provision.Caller, given operation.Values) (operation.Values, error) {
		_, err := d.Service.CancelAuthUser(ctx, caller, provision.CancelAuthUser{
			Key: given["CHALLENGE_KEY"], UserID: given["USERID"], Domain: given["DOMAIN"],
		})
		return operation.Values{}, err
	})
}

func replyCancelAuthUser(dst []byte, status wsdl.CommandStatusResponse, result *wsdl.CredentialAttributeSet) []byte {
	return wsdl.AppendCancelAuthUserResponse(dst, &wsdl.CancelAuthUserResponse{Results: results(status, result)})
}
