package apply

import (
	"fmt"
	"slices"

	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/internal/server/admin"
)

// deleted reports whether a record that is there is to be deleted: the file has
// its table and does not name it.
func deleted[T any](p *planner, table []T, names func(T) bool) bool {
	return p.prune && len(table) > 0 && !slices.ContainsFunc(table, names)
}

func (p *planner) deletesUser(u provision.UserKey) bool {
	return deleted(p, p.file.Users, func(f User) bool { return f.ID == u.UserID && f.Domain == u.Domain })
}

func (p *planner) deletesAuthenticator(serial string) bool {
	return deleted(p, p.file.Authenticators, func(f Authenticator) bool { return f.Serial == serial })
}

func (p *planner) deletesComponent(c provision.NameComponent) bool {
	return c.Location != ownDoors && deleted(p, p.file.Components, func(f Component) bool { return f.Type == c.ComponentType && f.Location == c.Location })
}

// deletesPolicy spares those that every folder has.
func (p *planner) deletesPolicy(name string) bool {
	predefined, err := provision.PredefinedPolicies()
	if err != nil || slices.ContainsFunc(predefined, func(a provision.AddPolicy) bool { return a.Name == name }) {
		return false
	}
	return deleted(p, p.file.Policies, func(f Policy) bool { return f.Name == name })
}

func (p *planner) deletesDomain(name string) bool {
	return name != defaultDomain && deleted(p, p.file.Domains, func(f Domain) bool { return f.Name == name })
}

// deleteUsers plans the end of authenticators and users.
func (p *planner) deleteUsers() {
	for _, serial := range sorted(p.now.authenticators) {
		if !p.deletesAuthenticator(serial) {
			continue
		}
		if user := p.now.authenticators[serial].UserID; user != "" {
			plan(p, "change", "authenticator "+serial, "taken from "+user, (*admin.Client).UnassignAuthenticator, admin.NameAuthenticator{SerialNumber: serial})
		}
		plan(p, "delete", "authenticator "+serial, "", (*admin.Client).DeleteAuthenticator, admin.NameAuthenticator{SerialNumber: serial})
	}
	for _, u := range sorted(p.now.users) {
		if p.deletesUser(u) {
			plan(p, "delete", "user "+u.UserID+" of "+u.Domain, "", (*admin.Client).DeleteUser, provision.NameUser(u))
		}
	}
}

// deleteRest plans the end of what nothing refers to by then.
func (p *planner) deleteRest() {
	for _, c := range sorted(p.now.components) {
		if p.deletesComponent(c) {
			plan(p, "delete", "component "+c.ComponentType+" at "+c.Location, "", (*admin.Client).DeleteComponent, c)
		}
	}
	for _, name := range p.policiesLast() {
		plan(p, "delete", "policy "+name, "", (*admin.Client).DeletePolicy, admin.NamePolicy{Name: name})
	}
	for _, name := range sorted(p.now.domains) {
		if p.deletesDomain(name) {
			plan(p, "delete", "domain "+name, "", (*admin.Client).DeleteDomain, admin.NameDomain{Name: name})
		}
	}
	for _, name := range sorted(p.now.gatewayKeys) {
		if deleted(p, p.file.GatewayKeys, func(f GatewayKey) bool { return f.Name == name }) {
			plan(p, "delete", "gateway key "+name, "", (*admin.Client).DeleteGatewayKey, admin.NameGatewayKey{Name: name})
		}
	}
	for _, name := range sorted(p.now.platformKeys) {
		if deleted(p, p.file.PlatformKeys, func(f PlatformKey) bool { return f.Name == name }) {
			plan(p, "delete", "platform key "+name, "", (*admin.Client).DeletePlatformKey, admin.NamePlatformKey{Name: name})
		}
	}
}

// policiesLast lists the policies to delete, children before their parents.
func (p *planner) policiesLast() (names []string) {
	var one func(name string)
	one = func(name string) {
		if !p.deletesPolicy(name) || slices.Contains(names, name) {
			return
		}
		for _, child := range sorted(p.now.policies) {
			if p.now.policies[child].Parent == name {
				one(child)
			}
		}
		names = append(names, name)
	}
	for _, name := range sorted(p.now.policies) {
		one(name)
	}
	return names
}

// references refuses a plan after which a record would refer to one that is not
// there.
func (p *planner) references() {
	domain := func(what, name string) {
		_, is := p.now.domains[name]
		added := slices.ContainsFunc(p.file.Domains, func(d Domain) bool { return d.Name == name })
		if !added && (!is || p.deletesDomain(name)) {
			p.missing(what, "domain", name)
		}
	}
	policy := func(what, name string) {
		_, is := p.now.policies[name]
		added := slices.ContainsFunc(p.file.Policies, func(f Policy) bool { return f.Name == name })
		if name != "" && !added && (!is || p.deletesPolicy(name)) {
			p.missing(what, "policy", name)
		}
	}
	for _, f := range p.file.Policies {
		policy("policy "+f.Name, f.Parent)
	}
	for _, f := range p.file.Components {
		policy("component "+f.Type+" at "+f.Location, f.Policy)
	}
	for _, f := range p.file.Users {
		domain("user "+f.ID, f.Domain)
	}
	for _, f := range p.file.Authenticators {
		domain("authenticator "+f.Serial, f.Domain)
		key := provision.UserKey{Domain: f.Domain, UserID: f.User}
		_, is := p.now.users[key]
		added := slices.ContainsFunc(p.file.Users, func(u User) bool { return u.ID == f.User && u.Domain == f.Domain })
		if f.User != "" && !added && (!is || p.deletesUser(key)) {
			p.missing("authenticator "+f.Serial, "user", f.User+" of "+f.Domain)
		}
	}
	p.stays(domain, policy)
}

// stays looks at records that the file does not name and that stay.
func (p *planner) stays(domain, policy func(what, name string)) {
	if !p.prune {
		return
	}
	for _, name := range sorted(p.now.policies) {
		named := slices.ContainsFunc(p.file.Policies, func(f Policy) bool { return f.Name == name })
		if !named && !p.deletesPolicy(name) {
			policy("policy "+name, p.now.policies[name].Parent)
		}
	}
	for _, c := range sorted(p.now.components) {
		named := slices.ContainsFunc(p.file.Components, func(f Component) bool { return f.Type == c.ComponentType && f.Location == c.Location })
		if !named && !p.deletesComponent(c) {
			policy("component "+c.ComponentType+" at "+c.Location, p.now.components[c].Policy)
		}
	}
	for _, u := range sorted(p.now.users) {
		if !p.deletesUser(u) {
			domain("user "+u.UserID, u.Domain)
		}
	}
	for _, serial := range sorted(p.now.authenticators) {
		if !p.deletesAuthenticator(serial) {
			domain("authenticator "+serial, p.now.authenticators[serial].Domain)
		}
	}
}

func (p *planner) missing(what, kind, name string) {
	p.faults = append(p.faults, fmt.Errorf("%s would refer to the %s %s, which would not be there: name it in a [[%s]], or give another", what, kind, name, kind))
}
