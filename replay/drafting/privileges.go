package drafting

import (
	"slices"
	"strings"
)

// privilegeFor returns the privilege that a search or a command needs; empty: not
// known.
func privilegeFor(operation string) string {
	if known, ok := privileges[operation]; ok {
		return known
	}
	object, verb, _ := strings.Cut(operation, "CMD_")
	if noun := nouns[object]; noun != "" && slices.Contains(verbs, verb) {
		return strings.ToLower(verb) + "_" + noun
	}
	return ""
}

var verbs = []string{"VIEW", "CREATE", "UPDATE", "DELETE", "ENABLE", "UNLOCK", "ASSIGN", "UNASSIGN"}

var nouns = map[string]string{
	"USER": "user", "USERATTRIBUTE": "user_attribute", "DIGIPASS": "digipass", "DOMAIN": "domain", "ORGUNIT": "organizational_unit",
}

var privileges = map[string]string{
	"userQuery": "view_user", "userattributeQuery": "view_user_attribute", "digipassQuery": "view_digipass",
	"domainQuery": "view_domain", "orgunitQuery": "view_organizational_unit", "adminSessionQuery": "view_administrative_session",
	"USERCMD_DISABLE": "enable_user", "USERCMD_SET_PASSWORD": "set_user_password", "USERCMD_RESET_PASSWORD": "reset_user_password",
	"USERCMD_RESET_LAST_AUTH_TIME": "reset_last_authentication_time", "USERCMD_SET_EXPIRATION": "set_user_expiration",
	"DIGIPASSCMD_GENERATE_ACTIVATION_DATA": "generate_activation_data", "DIGIPASSAPPLCMD_TEST_OTP": "test_otp",
	"DIGIPASSAPPLCMD_SET_PIN": "set_digipass_pin", "DIGIPASSAPPLCMD_RESET_PIN": "reset_digipass_pin",
	"DIGIPASSAPPLCMD_RESET_ERROR_COUNT": "reset_digipass_error_count", "DIGIPASSAPPLCMD_RESET_APPL": "reset_digipass_application",
	"DIGIPASSAPPLCMD_GETINFO": "view_digipass", "DIGIPASSAPPLCMD_GEN_VOTP": "generate_virtual_otp",
	"DIGIPASSAPPLCMD_GENERATE_ACTIVATION_DATA": "generate_activation_data",
}
