package datafolder

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"

	"github.com/dsappd/dsappd/replay/transcript"

	"github.com/dsappd/dsappd/internal/provision"
)

// addReplaySample makes the sample data of a transcript, as an operator would.
func addReplaySample(ctx context.Context, service *provision.Service, sample transcript.Sample) error {
	for _, p := range sample.Policies {
		set, err := json.Marshal(p.Set)
		if err != nil {
			return fmt.Errorf("policy %s: %w", p.Name, err)
		}
		add := provision.AddPolicy{Name: p.Name, Parent: p.Parent}
		if len(p.Set) > 0 {
			add.Set = set
		}
		if _, err := service.AddPolicy(ctx, initOperator(), add); err != nil {
			return fmt.Errorf("policy %s: %w", p.Name, err)
		}
	}
	for _, c := range sample.Components {
		if err := addReplayComponent(ctx, service, c); err != nil {
			return fmt.Errorf("component %s: %w", c.ComponentType, err)
		}
	}
	for _, d := range sample.Domains {
		if _, err := service.AddDomain(ctx, initOperator(), provision.AddDomain{Name: d.Name, Description: d.Description}); err != nil {
			return fmt.Errorf("domain %s: %w", d.Name, err)
		}
	}
	for _, u := range sample.Users {
		if err := addReplayUser(ctx, service, u); err != nil {
			return fmt.Errorf("user %s: %w", u.UserID, err)
		}
	}
	for _, a := range sample.Authenticators {
		if err := addReplayAuthenticator(ctx, service, a); err != nil {
			return fmt.Errorf("authenticator %s: %w", a.SerialNumber, err)
		}
	}
	for _, a := range sample.Administrators {
		if err := addReplayAdministrator(ctx, service, a); err != nil {
			return fmt.Errorf("administrator %s: %w", a.UserID, err)
		}
	}
	return addReplayKeys(ctx, service, sample)
}

// addReplayComponent adds a component. That of a door of the server's own is
// there already, and gets the policy.
func addReplayComponent(ctx context.Context, service *provision.Service, c transcript.Component) error {
	add := provision.AddComponent{ComponentType: c.ComponentType, Location: cmp.Or(c.Location, "127.0.0.1"), Policy: c.Policy}
	if c.Location == ownDoor {
		found, err := service.HasOwnDoor(ctx, c.ComponentType)
		if err != nil {
			return err
		}
		if found {
			named := provision.NameComponent{ComponentType: c.ComponentType, Location: ownDoor}
			_, err := service.SetComponent(ctx, initOperator(), provision.SetComponent{NameComponent: named, Policy: c.Policy})
			return err
		}
	}
	_, err := service.AddComponent(ctx, initOperator(), add)
	return err
}

// addReplayKeys adds the keys of the doors that are REST.
func addReplayKeys(ctx context.Context, service *provision.Service, sample transcript.Sample) error {
	for _, k := range sample.PlatformKeys {
		add := provision.AddPlatformKey{Name: k.Name, Key: k.Key}
		for _, scope := range k.Scopes {
			add.Scopes = append(add.Scopes, provision.PlatformScope(scope))
		}
		if _, err := service.AddPlatformKey(ctx, initOperator(), add); err != nil {
			return fmt.Errorf("platform key %s: %w", k.Name, err)
		}
	}
	for _, k := range sample.GatewayKeys {
		add := provision.AddGatewayKey{Name: k.Name, Side: provision.GatewaySide(k.Side), Key: k.Key}
		if _, err := service.AddGatewayKey(ctx, initOperator(), add); err != nil {
			return fmt.Errorf("gateway key %s: %w", k.Name, err)
		}
	}
	return nil
}

func addReplayAdministrator(ctx context.Context, service *provision.Service, a transcript.Administrator) error {
	named := provision.NameAdministrator{NameUser: provision.NameUser{UserID: a.UserID, Domain: a.Domain}, Privileges: a.Privileges}
	if a.Key == "" {
		_, err := service.AddAdministrator(ctx, initOperator(), named)
		return err
	}
	_, err := service.AddServiceUser(ctx, initOperator(), provision.AddServiceUser{NameAdministrator: named, Key: a.Key})
	return err
}

func addReplayUser(ctx context.Context, service *provision.Service, u transcript.User) error {
	_, err := service.AddUser(ctx, initOperator(), provision.AddUser{
		UserID: u.UserID, Domain: u.Domain, OrgUnit: u.OrgUnit, StaticPassword: u.StaticPassword, NoPassword: u.NoPassword})
	if err != nil {
		return err
	}
	name := provision.NameUser{UserID: u.UserID, Domain: u.Domain}
	if u.LocalAuthentication != "" {
		if _, err := service.SetUser(ctx, initOperator(), provision.SetUser{NameUser: name, UserFields: provision.UserFields{LocalAuth: &u.LocalAuthentication}}); err != nil {
			return err
		}
	}
	if !u.Disabled {
		return nil
	}
	_, err = service.DisableUser(ctx, initOperator(), name)
	return err
}

func addReplayAuthenticator(ctx context.Context, service *provision.Service, a transcript.Authenticator) error {
	secret, err := a.SecretBytes()
	if err != nil {
		return err
	}
	activationType := provision.Online
	if a.ActivationType == "offline" {
		activationType = provision.Offline
	}
	_, err = service.AddAuthenticator(ctx, initOperator(), provision.AddAuthenticator{
		SerialNumber: a.SerialNumber, Domain: a.Domain, Parameters: a.Parameters(), ActivationType: activationType,
		Secret: secret, MovingFactor: a.MovingFactor, Limit: a.Limit, Model: a.Model,
	})
	if err != nil {
		return err
	}
	if a.PIN != "" {
		if _, err := service.SetPIN(ctx, initOperator(), provision.SetPIN{SerialNumber: a.SerialNumber, PIN: a.PIN, Confirmation: a.PIN}); err != nil {
			return err
		}
	}
	if a.UserID == "" {
		return nil
	}
	_, err = service.AssignAuthenticator(ctx, initOperator(), provision.AssignAuthenticator{SerialNumber: a.SerialNumber, UserID: a.UserID})
	return err
}
