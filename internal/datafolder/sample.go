package datafolder

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/dsappd/dsappd/dsapp"
	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/oath"
)

// addDefaults gives an empty store what every folder has.
func addDefaults(ctx context.Context, service *provision.Service) error {
	if _, err := service.AddDomain(ctx, initOperator(), provision.AddDomain{Name: "master"}); err != nil {
		return err
	}
	predefined, err := provision.PredefinedPolicies()
	if err != nil {
		return err
	}
	return addPolicies(ctx, service, predefined)
}

func addPolicies(ctx context.Context, service *provision.Service, policies []provision.AddPolicy) error {
	for _, policy := range policies {
		if _, err := service.AddPolicy(ctx, initOperator(), policy); err != nil {
			return fmt.Errorf("policy %s: %w", policy.Name, err)
		}
	}
	return nil
}

// initOperator returns who the audit says made what a folder begins with.
func initOperator() provision.Operator {
	return provision.Operator{Name: "init", RequestID: "init"}
}

// addSample fills a new store with a lab: what its README's session with
// curl and its demo begin with.
func addSample(ctx context.Context, service *provision.Service) error {
	if err := addPolicies(ctx, service, samplePolicies()); err != nil {
		return fmt.Errorf("sample: %w", err)
	}
	for _, key := range sampleGatewayKeys() {
		if _, err := service.AddGatewayKey(ctx, initOperator(), key); err != nil {
			return fmt.Errorf("sample gateway key %s: %w", key.Name, err)
		}
	}
	if _, err := service.AddPlatformKey(ctx, initOperator(), samplePlatformKey()); err != nil {
		return fmt.Errorf("sample platform key: %w", err)
	}
	for _, component := range sampleComponents() {
		if _, err := service.AddComponent(ctx, initOperator(), component); err != nil {
			return fmt.Errorf("sample component %s: %w", component.ComponentType, err)
		}
	}
	for i, authenticator := range sampleAuthenticators() {
		if err := addSampleUser(ctx, service, fmt.Sprintf("user%d", i+1), authenticator); err != nil {
			return fmt.Errorf("sample user %d: %w", i+1, err)
		}
	}
	if _, err := service.SetPIN(ctx, initOperator(), provision.SetPIN{SerialNumber: pinnedAuthenticator, PIN: samplePIN, Confirmation: samplePIN}); err != nil {
		return fmt.Errorf("sample PIN: %w", err)
	}
	if err := addSampleAdministrators(ctx, service); err != nil {
		return err
	}
	for _, free := range sampleFree() {
		if _, err := service.AddAuthenticator(ctx, initOperator(), free); err != nil {
			return fmt.Errorf("sample authenticator %s: %w", free.SerialNumber, err)
		}
	}
	return nil
}

// The policies of the lab. All of them explain refusals on the wire, and
// labPolicy lets an authenticator be activated again and again.
const (
	labPolicy       = "lab"
	labDirectPolicy = "lab-direct"
	labMDLPolicy    = "lab-mdl"

	labPlatformPolicy = "lab-platform"

	labAdminPolicy = "lab-administration"

	labGracePolicy    = "lab-login-grace"
	labOnlyPolicy     = "lab-login-digipass-only"
	labPasswordPolicy = "lab-login-digipass-or-password"
)

// samplePIN is the server PIN of the last user's authenticator.
const samplePIN = "1234"

func samplePolicies() []provision.AddPolicy {
	return []provision.AddPolicy{
		{Name: labPolicy, Parent: provision.ProvisioningPolicy, Set: json.RawMessage(`{"MaximumActivations":0,"MinimumIntervalMinutes":0,"Explain":true}`)},
		{Name: labDirectPolicy, Parent: labPolicy, Set: json.RawMessage(`{"KeyExchangeRequired":false,"ActivationCodeOutsideSRP":true}`)},
		{Name: labMDLPolicy, Parent: provision.MDLProvisioningPolicy, Set: json.RawMessage(`{"OfflineMDL":true,"OTPInsteadOfSignature":true,"Explain":true}`)},
		{Name: labPlatformPolicy, Parent: labDirectPolicy, Set: json.RawMessage(`{"OfflineMDL":true,"OTPInsteadOfSignature":true,"ChallengeResponse":true,"SecureChannel":true,"VirtualOTP":true,"Explain":false}`)},
		{Name: labAdminPolicy, Parent: labDirectPolicy, Set: json.RawMessage(`{"LocalAuthentication":"DIGIPASS or Password","VirtualOTP":true}`)},
		{Name: labGracePolicy, Parent: labPolicy, Set: json.RawMessage(`{"LocalAuthentication":"DIGIPASS/Password during Grace Period","GenericStatusCodes":false,"ChallengeResponse":true,"SecureChannel":true}`)},
		{Name: labOnlyPolicy, Parent: labGracePolicy, Set: json.RawMessage(`{"LocalAuthentication":"Digipass Only"}`)},
		{Name: labPasswordPolicy, Parent: labGracePolicy, Set: json.RawMessage(`{"LocalAuthentication":"DIGIPASS or Password"}`)},
	}
}

// sampleComponents may call from the machine itself, whichever of its
// protocols they take.
func sampleComponents() []provision.AddComponent {
	var all []provision.AddComponent
	for _, location := range []string{"127.0.0.0/8", "::1/128"} {
		all = append(all,
			provision.AddComponent{ComponentType: "srp-component", Location: location, Policy: labPolicy},
			provision.AddComponent{ComponentType: "srp-direct", Location: location, Policy: labDirectPolicy},
			provision.AddComponent{ComponentType: "mdl-component", Location: location, Policy: labMDLPolicy},
			provision.AddComponent{ComponentType: "Administration Program", Location: location, Policy: labAdminPolicy},
			provision.AddComponent{ComponentType: "SOAP Auth Client", Location: location, Policy: labGracePolicy},
			provision.AddComponent{ComponentType: "digipass-only", Location: location, Policy: labOnlyPolicy},
			provision.AddComponent{ComponentType: "digipass-or-password", Location: location, Policy: labPasswordPolicy})
	}
	return all
}

// The administrator and the service user of the sample. The key is as public as
// the passwords.
const (
	sampleAdministrator = "admin"
	sampleServiceUser   = "robot"
	sampleAPIKey        = "00000000-0000-4000-8000-000000000001"
)

// addSampleAdministrators adds somebody who logs on and a service user, who may
// do everything.
func addSampleAdministrators(ctx context.Context, service *provision.Service) error {
	named := func(userID string) provision.NameAdministrator {
		return provision.NameAdministrator{NameUser: provision.NameUser{UserID: userID}, Privileges: []string{"all"}}
	}
	_, err := service.AddUser(ctx, initOperator(), provision.AddUser{UserID: sampleAdministrator, StaticPassword: samplePassword})
	if err == nil {
		_, err = service.AddAdministrator(ctx, initOperator(), named(sampleAdministrator))
	}
	if err != nil {
		return fmt.Errorf("sample administrator: %w", err)
	}
	_, err = service.AddUser(ctx, initOperator(), provision.AddUser{UserID: sampleServiceUser, NoPassword: true})
	if err == nil {
		_, err = service.AddServiceUser(ctx, initOperator(), provision.AddServiceUser{NameAdministrator: named(sampleServiceUser), Key: sampleAPIKey})
	}
	if err != nil {
		return fmt.Errorf("sample service user: %w", err)
	}
	return nil
}

// sampleGatewayKeys returns keys that are as public as the sample's passwords.
func sampleGatewayKeys() []provision.AddGatewayKey {
	return []provision.AddGatewayKey{
		{Name: "lab-front", Side: provision.FrontEnd, Key: "lab-front-key"},
		{Name: "lab-back", Side: provision.BackEnd, Key: "lab-back-key"},
	}
}

func samplePlatformKey() provision.AddPlatformKey {
	return provision.AddPlatformKey{Name: "lab-platform", Key: "lab-platform-key"}
}

// sampleAuthenticators returns the authenticators of user1, user2 and so on.
func sampleAuthenticators() []provision.AddAuthenticator {
	return []provision.AddAuthenticator{
		{SerialNumber: "VDS1000140", Parameters: oath.Parameters{Type: oath.TOTP, Algorithm: oath.SHA256, Digits: 6}},
		// The test secret of RFC 4226, appendix D: its one-time passwords
		// are public, 755224 the first and 287082 the second.
		{SerialNumber: "VDS1000141", Parameters: oath.Parameters{Type: oath.HOTP, Algorithm: oath.SHA1, Digits: 6},
			Secret: []byte("12345678901234567890")},
		{SerialNumber: "VDS1000142", Parameters: oath.Parameters{Type: oath.TOTP, Algorithm: oath.SHA1, Digits: 6}},
		{SerialNumber: "VDS1000143", Parameters: oath.Parameters{Type: oath.HOTP, Algorithm: oath.SHA512, Digits: 8}},
		{SerialNumber: "VDS1000144", Parameters: oath.Parameters{Type: oath.TOTP, Algorithm: oath.SHA1, Digits: 6},
			ActivationType: provision.Offline, SecretSize: 16},
		// A licence for three devices. Its secret is the one that RFC 6238,
		// appendix B, tests SHA-256 with.
		{SerialNumber: "VDM1000001", Parameters: dsapp.InstanceParameters(), Limit: 3,
			Secret: []byte("12345678901234567890123456789012")},
		{SerialNumber: pinnedAuthenticator, Parameters: oath.Parameters{Type: oath.HOTP, Algorithm: oath.SHA1, Digits: 6},
			Secret: []byte("12345678901234567890")},
	}
}

// pinnedAuthenticator has the sample's PIN.
const pinnedAuthenticator = "VDS1000150"

// sampleFree returns authenticators that nobody has yet.
func sampleFree() []provision.AddAuthenticator {
	return []provision.AddAuthenticator{
		{SerialNumber: "VDS1000151", Parameters: oath.Parameters{Type: oath.TOTP, Algorithm: oath.SHA256, Digits: 6}},
		{SerialNumber: "VDM1000101", Parameters: dsapp.InstanceParameters(), Limit: 2},
	}
}

func addSampleUser(ctx context.Context, service *provision.Service, userID string, authenticator provision.AddAuthenticator) error {
	_, err := service.AddUser(ctx, initOperator(), provision.AddUser{UserID: userID, StaticPassword: samplePassword})
	if err != nil {
		return err
	}
	if _, err := service.AddAuthenticator(ctx, initOperator(), authenticator); err != nil {
		return err
	}
	_, err = service.AssignAuthenticator(ctx, initOperator(), provision.AssignAuthenticator{
		SerialNumber: authenticator.SerialNumber, UserID: userID, Policy: labPolicy})
	return err
}
