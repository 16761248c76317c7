package provision

// Operations lists what the doors decide, by the names that the audit has for
// them. Those of provisioning commands stand in the door of SOAP.
func Operations() []string {
	return []string{
		"administrator add", "administrator delete", "administrator set", "authSignature", "authUser", "cancelAuthUser", "authenticator add", "authenticator assign", "authenticator deactivate",
		"authenticator delete", "authenticator disable", "authenticator enable", "authenticator generate-activation-data", "authenticator generate-virtual-otp",
		"authenticator reset", "authenticator reset-errors", "authenticator reset-pin", "authenticator set", "authenticator set-pin", "authenticator test-otp",
		"authenticator unassign", "component add", "component delete", "component set", "domain add", "domain delete", "domain set", "dsappSRPActivate",
		"dsappSRPGenerateActivationData", "dsappSRPGenerateEphemeralKey", "dsappSRPRegister", "generate-activation-data", "generate-activation-message",
		"genRequest", "getAppUpgradeInfo", "getChallenge", "getSecureChallenge", "logoff", "logon", "orgunit add", "orgunit delete", "orgunit set", "policy add", "policy delete", "policy set",
		"registration close", "request", "self-management cancel", "self-management deactivate", "self-management password", "self-management register",
		"self-management request", "self-management sign-in", "updateDevicePNID", "updatePassword", "user add",
		"user delete", "user disable", "user enable", "user set", "user set-password", "user unlock", "user-attribute add", "user-attribute delete",
		"user-attribute set", "users/register",
	}
}
