package authentication

import "github.com/dsappd/dsappd/internal/server/operation"

// attributePrefix begins the name of every attribute.
const attributePrefix = "CREDFLD_"

// attributes returns all that a credential has, in this interface or another.
func attributes() []operation.Attribute {
	const (
		text    = operation.TypeString
		number  = operation.TypeUnsignedInt
		name    = `(?s).{1,255}`
		letters = "1 to 255 characters"
	)
	return []operation.Attribute{
		{ID: "COMPONENT_TYPE", Type: text, Pattern: name, Takes: letters},
		{ID: "USERID", Type: text, Pattern: name, Takes: letters},
		{ID: "DOMAIN", Type: text, Pattern: name, Takes: letters},
		{ID: "ORGANIZATIONAL_UNIT", Type: text, Takes: letters},
		{ID: "PASSWORD_FORMAT", Type: number, Takes: "0 for one text in CREDFLD_PASSWORD, 4 for parts of their own"},
		{ID: "PASSWORD", Type: text, Pattern: name, Takes: "the static password, the PIN and the one-time password in one text, each of which may be missing", Masked: true},
		{ID: "STATIC_PASSWORD", Type: text, Pattern: name, Takes: letters, Masked: true},
		{ID: "CURRENT_PIN", Type: text, Pattern: `[0-9]{1,8}`, Takes: "1 to 8 digits", Masked: true},
		{ID: "DP_RESPONSE", Type: text, Pattern: `[0-9]{1,27}`, Takes: "1 to 27 digits", Masked: true},
		{ID: "NEW_PIN", Type: text, Pattern: name, Takes: "as many digits as the policy wants, 8 at most", Masked: true},
		{ID: "CONFIRM_NEW_PIN", Type: text, Pattern: name, Takes: "the new PIN again", Masked: true},
		{ID: "NEW_STATIC_PASSWORD", Type: text, Pattern: name, Takes: letters, Masked: true},
		{ID: "CONFIRM_STATIC_PASSWORD", Type: text, Pattern: name, Takes: "the new static password again", Masked: true},
		{ID: "CONFIRM_NEW_STATIC_PASSWORD", Type: text, Pattern: name, Takes: "the same, under its other name", Masked: true},
		{ID: "SERIAL_NO", Type: text, Pattern: `[A-Z0-9]{3}[0-9]{7}(-[1-9][0-9]{0,2})?`, Takes: "three of A-Z 0-9 and seven digits, for an instance also a hyphen and its number"},
		{ID: "CHALLENGE", Type: text, Pattern: `[0-9]{1,16}`, Takes: "1 to 16 digits"},
		{ID: "CHALLENGE_KEY", Type: text, Pattern: `[0-9]{10}`, Takes: "10 digits"},
		{ID: "CHALLENGE_MESSAGE", Type: text, Pattern: `(?s).{1,471}`, Takes: "as much text as fits into a request"},
		{ID: "REQUEST_BODY", Type: text, Pattern: `(?s).{1,471}`, Takes: "as much text as fits into a request"},
		{ID: "TRANSACTION_TITLE", Type: text, Pattern: name, Takes: letters},
		{ID: "REQUEST_MESSAGE", Type: text, Takes: "the request in hex"},
		{ID: "AUTH_TYPE", Unsupported: "its values are not public"},
		{ID: "STATUS_MESSAGE", Type: text, Takes: "why the command failed, in words"},

		// What other interfaces and versions have, and what this server has no use for.
		{ID: "AUXILIARY_MESSAGE", Type: text}, {ID: "CRYPTO_APP_INDEX", Type: number}, {ID: "CRYPTO_APP_NAME", Type: text}, {ID: "USER_ATTRIBUTE_GROUP", Type: text},
		{ID: "NONCE", Type: text}, {ID: "REQUEST_HOST_CODE", Type: number}, {ID: "SESSION_ID", Type: text}, {ID: "USER_LOCATION", Type: text},
		{ID: "LAST_LOGON_TIME", Type: operation.TypeDateTime}, {ID: "LOGICAL_ADMIN_PRIVILEGES", Type: text}, {ID: "ADMIN_PRIVILEGES", Type: text},
	}
}

// The forms of the operations.
var (
	authUserForm = operation.Form{
		Name:     "authUser",
		Required: []string{"COMPONENT_TYPE", "USERID", "PASSWORD_FORMAT"},
		Optional: []string{"DOMAIN", "PASSWORD", "STATIC_PASSWORD", "CURRENT_PIN", "DP_RESPONSE", "NEW_PIN", "CONFIRM_NEW_PIN", "SERIAL_NO", "CHALLENGE", "CHALLENGE_KEY"},
		Out:      []string{"USERID", "DOMAIN", "ORGANIZATIONAL_UNIT", "SERIAL_NO", "STATUS_MESSAGE"},
	}
	getChallengeForm = operation.Form{
		Name:     "getChallenge",
		Required: []string{"COMPONENT_TYPE"},
		Optional: []string{"USERID", "DOMAIN"},
		Out:      []string{"CHALLENGE", "CHALLENGE_KEY", "STATUS_MESSAGE"},
	}
	getSecureChallengeForm = operation.Form{
		Name:     "getSecureChallenge",
		Required: []string{"COMPONENT_TYPE", "USERID"},
		OneOf:    []string{"CHALLENGE_MESSAGE", "REQUEST_BODY"},
		Optional: []string{"DOMAIN", "SERIAL_NO", "TRANSACTION_TITLE"},
		Out:      []string{"CHALLENGE_KEY", "REQUEST_MESSAGE", "USERID", "DOMAIN", "ORGANIZATIONAL_UNIT", "SERIAL_NO", "STATUS_MESSAGE"},
	}
	cancelAuthUserForm = operation.Form{
		Name:     "cancelAuthUser",
		Required: []string{"COMPONENT_TYPE", "CHALLENGE_KEY"},
		Optional: []string{"USERID", "DOMAIN"},
		Out:      []string{"STATUS_MESSAGE"},
	}
	updatePasswordForm = operation.Form{
		Name:     "updatePassword",
		Required: []string{"COMPONENT_TYPE", "USERID", "NEW_STATIC_PASSWORD"},
		Optional: []string{"DOMAIN", "STATIC_PASSWORD", "PASSWORD", "CONFIRM_STATIC_PASSWORD", "CONFIRM_NEW_STATIC_PASSWORD"},
		Out:      []string{"USERID", "DOMAIN", "ORGANIZATIONAL_UNIT", "STATUS_MESSAGE"},
	}
)
