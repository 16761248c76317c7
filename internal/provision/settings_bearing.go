package provision

import (
	"encoding/json"
	"fmt"
	"reflect"
)

// bearing returns the settings that bear on a check, with their values.
func (s Settings) bearing(check string) json.RawMessage {
	names := bearing(check)
	if len(names) == 0 {
		return nil
	}
	values, text := reflect.ValueOf(s), []byte("{")
	for i, name := range names {
		value, err := json.Marshal(values.FieldByName(name).Interface())
		if err != nil {
			continue // numbers, words and truth values all have their JSON
		}
		if i > 0 {
			text = append(text, ',')
		}
		text = fmt.Appendf(text, "%q:%s", name, value)
	}
	return append(text, '}')
}

// bearing names the settings that bear on a check. A check without a row has
// none.
func bearing(check string) []string {
	switch check {
	case "password":
		return []string{"LockThreshold"}
	case "virtual one-time password":
		return []string{"VirtualOTP"}
	case "session":
		return []string{"SessionIdleMinutes", "SessionMinutes"}
	case "disabled and locked":
		return []string{"GenericStatusCodes", "UnlockMinutes", "UnlockBackOff", "OverallLockThreshold"}
	case "authenticator":
		return []string{"AutoAssign"}
	case "auto-assignment":
		return []string{"AutoAssignType"}
	case "authenticators of the user":
		return []string{"AuthenticatorLimit"}
	case "activations":
		return []string{"MaximumActivations", "MinimumIntervalMinutes"}
	case "lifetime":
		return []string{"RegistrationMinutes"}
	case "state":
		return []string{"KeyExchangeRequired"}
	case "key requests":
		return []string{"KeyRequests"}
	case "device codes":
		return []string{"DeviceCodes"}
	case "evidence", "device code", "signature":
		return []string{"Attempts"}
	case "kind of credential":
		return []string{"DerivationCodeRequired"}
	case "one-time password", "derivation code":
		return []string{"EventWindow", "TimeWindowBack", "TimeWindowAhead", "ResynchronizationWindow", "Attempts"}
	}
	return bearingOnForms(check)
}

// bearingOnForms names the settings that allow or bound what leaves the plain
// course.
func bearingOnForms(check string) []string {
	switch check {
	case "activation outside SRP":
		return []string{"ActivationCodeOutsideSRP"}
	case "offline activation":
		return []string{"OfflineMDL"}
	case "activation message 1":
		return []string{"MessageMinutes"}
	case "credential of an instance":
		return []string{"OTPInsteadOfSignature"}
	case "local authentication":
		return []string{"LocalAuthentication"}
	case "register by one-time password":
		return []string{"RegisterByOTP"}
	case "grace period":
		return []string{"GraceDays"}
	case "challenge":
		return []string{"ChallengeResponse", "ChallengeSeconds", "SecureChannel"}
	case "secure channel":
		return []string{"SecureChannel", "RequestSeconds"}
	case "transaction signature":
		return []string{"SignatureOnce", "EventWindow", "TimeWindowBack", "TimeWindowAhead", "ResynchronizationWindow"}
	case "new PIN":
		return []string{"MinimumPINLength"}
	case "one-time password instead of a signature":
		return []string{"OTPInsteadOfSignature", "Attempts"}
	}
	return nil
}
