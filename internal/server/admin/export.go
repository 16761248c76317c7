package admin

import (
	"encoding/hex"

	"github.com/dsappd/dsappd/internal/provision"
)

// ExportedAuthenticator is an authenticator as an import takes it, and who has it.
type ExportedAuthenticator struct {
	AddAuthenticator
	UserID string `json:"userID,omitempty"`
}

func showExportedAuthenticator(a provision.ExportedAuthenticator) ExportedAuthenticator {
	out := ExportedAuthenticator{UserID: a.UserID, AddAuthenticator: AddAuthenticator{
		SerialNumber: a.SerialNumber, Domain: a.Domain, Type: a.Type, Algorithm: a.Algorithm, Digits: a.Digits,
		Secret: hex.EncodeToString(a.Plain), MovingFactor: a.NextMovingFactor, ExpiresAt: a.ExpiresAt,
	}}
	if a.Licence != nil {
		out.Limit = a.Licence.Limit
	}
	return out
}

func showExportedUser(u provision.User) ImportUser {
	return ImportUser{
		AddUser: provision.AddUser{Domain: u.Domain, UserID: u.UserID, OrgUnit: u.OrgUnit, PasswordHash: u.PasswordHash},
		Name:    u.Name, Email: u.Email, Mobile: u.Mobile, Phone: u.Phone, Description: u.Description, Disabled: u.Disabled,
	}
}
