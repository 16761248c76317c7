package authentication

import (
	"context"

	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/internal/server/operation"
	"github.com/dsappd/dsappd/soap"
	"github.com/dsappd/dsappd/wsdl"
)

// The formats of a password (CREDFLD_PASSWORD_FORMAT).
const (
	combinedFormat = "0"
	apartFormat    = "4"
)

func (d *door) authUser(ctx context.Context, r *soap.Request, in *wsdl.AuthUser) (*wsdl.CredentialAttributeSet, error) {
	return d.run(ctx, r, authUserForm, in.CredentialAttributeSet, func(ctx context.Context, caller provision.Caller, given operation.Values) (operation.Values, error) {
		credential, err := d.credential(given)
		if err != nil {
			return nil, err
		}
		result, err := d.Service.AuthUser(ctx, caller, provision.AuthUser{
			UserID: given["USERID"], Domain: given["DOMAIN"], Credential: credential, SerialNumber: given["SERIAL_NO"],
			NewPIN: given["NEW_PIN"], Confirmation: given["CONFIRM_NEW_PIN"],
		})
		return userOutput(result.User).With("SERIAL_NO", result.SerialNumber), err
	})
}

// credential reads the credential by its format. The parts of the other format
// are refused: whoever sends them means them.
func (d *door) credential(given operation.Values) (provision.Credential, error) {
	c := provision.Credential{ChallengeKey: given["CHALLENGE_KEY"], Challenge: given["CHALLENGE"]}
	refused := []string{"PASSWORD"}
	switch given["PASSWORD_FORMAT"] {
	case combinedFormat:
		c.Combined = given["PASSWORD"]
		refused = []string{"STATIC_PASSWORD", "CURRENT_PIN", "DP_RESPONSE"}
	case apartFormat:
		c.StaticPassword, c.PIN, c.Response = given["STATIC_PASSWORD"], given["CURRENT_PIN"], given["DP_RESPONSE"]
	default:
		return c, d.refuse("PASSWORD_FORMAT", "is a format that this server does not know", "send 0 or 4: others are not public")
	}
	for _, id := range refused {
		if _, there := given[id]; there {
			return c, d.refuse(id, "does not go with CREDFLD_PASSWORD_FORMAT "+given["PASSWORD_FORMAT"], "send it in the other format, or leave it out")
		}
	}
	return c, nil
}

// refuse refuses an attribute that is well-formed.
func (d *door) refuse(id, problem, mend string) error {
	return &operation.AttributeError{
		FieldError: soap.FieldError{Path: attributePrefix + id, Problem: problem, Mend: mend},
		Refusal:    provision.InvalidParameter,
	}
}

func replyAuthUser(dst []byte, status wsdl.CommandStatusResponse, result *wsdl.CredentialAttributeSet) []byte {
	return wsdl.AppendAuthUserResponse(dst, &wsdl.AuthUserResponse{AuthUserResults: wsdl.AuthUserResults{Results: results(status, result)}})
}
