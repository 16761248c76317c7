package apply

import (
	"context"

	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/internal/server/admin"
)

// records are those that a server has.
type records struct {
	domains        map[string]admin.Domain
	policies       map[string]admin.Policy
	components     map[provision.NameComponent]admin.Component
	users          map[provision.UserKey]admin.User
	authenticators map[string]admin.Authenticator
	gatewayKeys    map[string]admin.GatewayKey
	platformKeys   map[string]admin.PlatformKey
}

// read reads all of them.
func read(ctx context.Context, c *admin.Client) (r records, err error) {
	if r.domains, err = all(func(after string) (admin.Page[admin.Domain, string], error) {
		return c.ListDomains(ctx, provision.ListDomains{After: after})
	}, func(d admin.Domain) string { return d.Name }); err != nil {
		return r, err
	}
	if r.policies, err = all(func(after string) (admin.Page[admin.Policy, string], error) {
		return c.ListPolicies(ctx, provision.ListPolicies{After: after})
	}, func(p admin.Policy) string { return p.Name }); err != nil {
		return r, err
	}
	if r.components, err = all(func(after provision.NameComponent) (admin.Page[admin.Component, provision.NameComponent], error) {
		return c.ListComponents(ctx, provision.ListComponents{After: after})
	}, func(c admin.Component) provision.NameComponent {
		return provision.NameComponent{ComponentType: c.ComponentType, Location: c.Location}
	}); err != nil {
		return r, err
	}
	if r.users, err = all(func(after provision.UserKey) (admin.Page[admin.User, provision.UserKey], error) {
		return c.ListUsers(ctx, provision.ListUsers{After: after})
	}, func(u admin.User) provision.UserKey { return provision.UserKey{Domain: u.Domain, UserID: u.UserID} }); err != nil {
		return r, err
	}
	if r.authenticators, err = all(func(after string) (admin.Page[admin.Authenticator, string], error) {
		return c.ListAuthenticators(ctx, provision.ListAuthenticators{After: after})
	}, func(a admin.Authenticator) string { return a.SerialNumber }); err != nil {
		return r, err
	}
	if r.gatewayKeys, err = all(func(after string) (admin.Page[admin.GatewayKey, string], error) {
		return c.ListGatewayKeys(ctx, provision.ListGatewayKeys{After: after})
	}, func(k admin.GatewayKey) string { return k.Name }); err != nil {
		return r, err
	}
	r.platformKeys, err = all(func(after string) (admin.Page[admin.PlatformKey, string], error) {
		return c.ListPlatformKeys(ctx, provision.ListPlatformKeys{After: after})
	}, func(k admin.PlatformKey) string { return k.Name })
	return r, err
}

// all reads every page of a list.
func all[R any, K comparable](page func(after K) (admin.Page[R, K], error), key func(R) K) (map[K]R, error) {
	found := map[K]R{}
	for after := *new(K); ; {
		p, err := page(after)
		if err != nil {
			return nil, err
		}
		for _, item := range p.Items {
			found[key(item)] = item
		}
		if p.Next == nil {
			return found, nil
		}
		after = *p.Next
	}
}
