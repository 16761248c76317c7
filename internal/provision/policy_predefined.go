package provision

import (
	"encoding/json"
	"fmt"
)

// The policies that every data folder begins with. The top one has the
// vendor's name; those of the other two are ours.
const (
	BasePolicy            = "Base Policy"
	ProvisioningPolicy    = "Provisioning"
	MDLProvisioningPolicy = "MDL Provisioning"
)

// PredefinedPolicies returns them in the order in which they can be added.
//
// Base Policy sets every setting to its default: a later version's defaults
// change nothing in a folder that exists. The two below it say what
// the vendor documents for provisioning, and nothing else, so that it holds
// whatever becomes of Base Policy:
//
//   - LockThreshold: 3 wrong passwords lock;
//   - MaximumActivations, MinimumIntervalMinutes: at most 3 activations of an
//     authenticator, 1440 minutes apart; for single-device licensing only, as
//     the limit of a multi-device licence is that of its instances;
//   - RegistrationMinutes, MessageMinutes: the activation password lives 10
//     minutes, the figure of the vendor's cloud, where that of an offline
//     registration is Activation Message 1;
//   - RegistrationIDLength, ActivationPasswordLength and their alphabets: 8
//     characters of either case and digits, as in the documented examples.
//
// All other defaults are decisions of dsappd.
func PredefinedPolicies() ([]AddPolicy, error) {
	base, err := json.Marshal(DefaultSettings())
	if err != nil {
		return nil, fmt.Errorf("encode the default settings: %w", err)
	}
	return []AddPolicy{
		{Name: BasePolicy, Set: base},
		{Name: ProvisioningPolicy, Parent: BasePolicy, Set: json.RawMessage(`{
			"LockThreshold": 3, "MaximumActivations": 3, "MinimumIntervalMinutes": 1440, "RegistrationMinutes": 10,
			"RegistrationIDLength": 8, "RegistrationIDAlphabet": "mixed",
			"ActivationPasswordLength": 8, "ActivationPasswordAlphabet": "mixed"}`)},
		{Name: MDLProvisioningPolicy, Parent: BasePolicy, Set: json.RawMessage(`{
			"LockThreshold": 3, "MaximumActivations": 0, "MinimumIntervalMinutes": 0, "RegistrationMinutes": 10, "MessageMinutes": 10,
			"RegistrationIDLength": 8, "RegistrationIDAlphabet": "mixed",
			"ActivationPasswordLength": 8, "ActivationPasswordAlphabet": "mixed"}`)},
	}, nil
}
