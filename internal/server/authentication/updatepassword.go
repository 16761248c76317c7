package authentication

import (
	"cmp"
	"context"

	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/internal/server/operation"
	"github.com/dsappd/dsappd/soap"
	"github.com/dsappd/dsappd/wsdl"
)

// updatePassword takes the present password and the confirmation under either
// of the names that the vendor's pages have for them.
func (d *door) updatePassword(ctx context.Context, r *soap.Request, in *wsdl.UpdatePassword) (*wsdl.CredentialAttributeSet, error) {
	return d.run(ctx, r, updatePasswordForm, in.CredentialAttributeSet, func(ctx context.Context, caller provision.Caller, given operation.Values) (operation.Values, error) {
		present := cmp.Or(given["STATIC_PASSWORD"], given["PASSWORD"])
		confirmation := cmp.Or(given["CONFIRM_STATIC_PASSWORD"], given["CONFIRM_NEW_STATIC_PASSWORD"])
		switch {
		case present == "":
			return nil, missing("STATIC_PASSWORD", "send the present static password")
		case confirmation == "":
			return nil, missing("CONFIRM_STATIC_PASSWORD", "send the new static password again")
		}
		user, err := d.Service.UpdatePassword(ctx, caller, provision.UpdatePassword{
			UserID: given["USERID"], Domain: given["DOMAIN"], StaticPassword: present,
			NewStaticPassword: given["NEW_STATIC_PASSWORD"], Confirmation: confirmation,
		})
		return userOutput(user), err
	})
}

func missing(id, mend string) error {
	return &operation.AttributeError{
		FieldError: soap.FieldError{Path: attributePrefix + id, Problem: "is missing", Mend: mend},
		Refusal:    provision.MissingField,
	}
}

func replyUpdatePassword(dst []byte, status wsdl.CommandStatusResponse, result *wsdl.CredentialAttributeSet) []byte {
	return wsdl.AppendUpdatePasswordResponse(dst, &wsdl.UpdatePasswordResponse{Results: results(status, result)})
}
