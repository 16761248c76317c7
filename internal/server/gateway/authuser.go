package gateway

import (
	"context"

	"github.com/dsappd/dsappd/internal/provision"
)

type authUserResult struct {
	UserID   string `json:"userID"`
	Domain   string `json:"domain"`
	OrgUnit  string `json:"orgUnit"`
	SerialNo string `json:"serialNo"`
}

// authUser logs a user in by a password in one text, as authUser of the SOAP
// interface does.
func (d *door) authUser(ctx context.Context, caller provision.Caller, in values) (any, error) {
	result, err := d.Service.AuthUser(ctx, caller, provision.AuthUser{
		UserID: in["userID"], Domain: in["domain"], Credential: provision.Credential{Combined: in["password"]},
	})
	return authUserResult{UserID: result.User.UserID, Domain: result.User.Domain, OrgUnit: result.User.OrgUnit, SerialNo: result.SerialNumber}, err
}
