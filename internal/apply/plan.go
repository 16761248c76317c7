package apply

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"

	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/internal/server/admin"
	"github.com/dsappd/dsappd/oath"
)

// Change is a step of a plan.
type Change struct {
	Do     string `json:"do"`   // add, change or delete
	What   string `json:"what"` // the record, such as "user anna of master"
	Detail string `json:"detail,omitempty"`
	Key    string `json:"key,omitempty"` // that was drawn, once the change is made

	make func(context.Context, *admin.Client) (key string, err error)
}

// String returns the change as a line.
func (c Change) String() string {
	line := map[string]string{"add": "+ ", "change": "~ ", "delete": "- "}[c.Do] + c.What
	var details []string
	if c.Detail != "" {
		details = append(details, c.Detail)
	}
	if c.Key != "" {
		details = append(details, "key "+c.Key)
	}
	if len(details) > 0 {
		line += ": " + strings.Join(details, ", ")
	}
	return line
}

// Plan returns what makes the server's records what a file says, in the order in
// which it is done. With prune it deletes what the tables that the file has do not
// name. The error wraps ErrFile where something would then lack what it refers
// to; nothing has changed.
func Plan(ctx context.Context, c *admin.Client, f File, prune bool) ([]Change, error) {
	now, err := read(ctx, c)
	if err != nil {
		return nil, err
	}
	p := planner{now: now, file: f, prune: prune}
	for _, part := range []func(){p.domains, p.policies, p.components, p.users, p.authenticators, p.keys, p.deleteUsers, p.deleteRest} {
		part()
	}
	p.references()
	if err := errors.Join(p.faults...); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrFile, err)
	}
	return p.changes, nil
}

// Make makes the changes of a plan, in order, and tells each when it is made. The
// error says which one was refused; those before it stay.
func Make(ctx context.Context, c *admin.Client, plan []Change, told func(Change)) error {
	for _, change := range plan {
		key, err := change.make(ctx, c)
		if err != nil {
			return fmt.Errorf("%s: %w", change, err)
		}
		change.Key = key
		told(change)
	}
	return nil
}

type planner struct {
	now     records
	file    File
	prune   bool
	changes []Change
	faults  []error
}

// plan adds a step whose order answers nothing that matters.
func plan[In, Out any](p *planner, do, what, detail string, give func(*admin.Client, context.Context, In) (Out, error), in In) {
	p.changes = append(p.changes, Change{Do: do, What: what, Detail: detail, make: func(ctx context.Context, c *admin.Client) (string, error) {
		_, err := give(c, ctx, in)
		return "", err
	}})
}

func (p *planner) domains() {
	for _, d := range p.file.Domains {
		what := "domain " + d.Name
		switch is, found := p.now.domains[d.Name]; {
		case !found:
			plan(p, "add", what, d.Description, (*admin.Client).AddDomain, provision.AddDomain{Name: d.Name, Description: d.Description})
		case is.Description != d.Description:
			plan(p, "change", what, fmt.Sprintf("description %q", d.Description), (*admin.Client).SetDomain, provision.SetDomain{Name: d.Name, Description: &d.Description})
		}
	}
}

// policies plans a parent before its children.
func (p *planner) policies() {
	wanted := map[string]Policy{}
	for _, policy := range p.file.Policies {
		wanted[policy.Name] = policy
	}
	planned := map[string]bool{}
	var one func(Policy)
	one = func(policy Policy) {
		if planned[policy.Name] {
			return
		}
		planned[policy.Name] = true
		if parent, is := wanted[policy.Parent]; is {
			one(parent)
		}
		p.policy(policy)
	}
	for _, policy := range p.file.Policies {
		one(policy)
	}
}

func (p *planner) policy(policy Policy) {
	what := "policy " + policy.Name
	if policy.Set == nil {
		policy.Set = map[string]any{}
	}
	set, err := json.Marshal(policy.Set)
	if err != nil {
		p.faults = append(p.faults, fmt.Errorf("%s: %w", what, err))
		return
	}
	is, found := p.now.policies[policy.Name]
	if !found {
		plan(p, "add", what, "parent "+cmp.Or(policy.Parent, "none")+", "+string(set), (*admin.Client).AddPolicy, provision.AddPolicy{Name: policy.Name, Parent: policy.Parent, Set: set})
		return
	}
	changed, unset, err := settingsChanged(is.Set, set)
	if err != nil {
		p.faults = append(p.faults, fmt.Errorf("%s: %w", what, err))
		return
	}
	var details []string
	order := provision.SetPolicy{Name: policy.Name, Unset: unset}
	if is.Parent != policy.Parent {
		order.Parent, details = &policy.Parent, append(details, "parent "+cmp.Or(policy.Parent, "none"))
	}
	if len(changed) > 0 {
		order.Set, _ = json.Marshal(changed) // of raw messages
		details = append(details, "sets "+string(order.Set))
	}
	if len(unset) > 0 {
		details = append(details, "unsets "+strings.Join(unset, ", "))
	}
	if len(details) > 0 {
		plan(p, "change", what, strings.Join(details, ", "), (*admin.Client).SetPolicy, order)
	}
}

// settingsChanged compares what a policy sets with what it shall set.
func settingsChanged(is, shall json.RawMessage) (changed map[string]json.RawMessage, unset []string, err error) {
	now, then := map[string]json.RawMessage{}, map[string]json.RawMessage{}
	if err := errors.Join(json.Unmarshal(is, &now), json.Unmarshal(shall, &then)); err != nil {
		return nil, nil, err
	}
	changed = map[string]json.RawMessage{}
	for name, value := range then {
		var compact bytes.Buffer
		if err := json.Compact(&compact, now[name]); err != nil && now[name] != nil {
			return nil, nil, err
		}
		if !bytes.Equal(compact.Bytes(), value) {
			changed[name] = value
		}
	}
	for name := range now {
		if _, stays := then[name]; !stays {
			unset = append(unset, name)
		}
	}
	slices.Sort(unset)
	return changed, unset, nil
}

func (p *planner) components() {
	for i := range p.file.Components {
		c := &p.file.Components[i]
		c.Location = p.location(c.Location)
		name := provision.NameComponent{ComponentType: c.Type, Location: c.Location}
		what := "component " + c.Type + " at " + c.Location
		switch is, found := p.now.components[name]; {
		case !found:
			plan(p, "add", what, "policy "+c.Policy, (*admin.Client).AddComponent, provision.AddComponent{ComponentType: c.Type, Location: c.Location, Policy: c.Policy})
		case is.Policy != c.Policy:
			plan(p, "change", what, "policy "+is.Policy+" becomes "+c.Policy, (*admin.Client).SetComponent, provision.SetComponent{NameComponent: name, Policy: c.Policy})
		}
	}
}

// location returns a location as the server shows it.
func (p *planner) location(given string) string {
	prefix, err := provision.ParseLocation(given)
	if err != nil {
		p.faults = append(p.faults, fmt.Errorf("location %q: %w", given, err))
		return given
	}
	if prefix.IsSingleIP() {
		return prefix.Addr().String()
	}
	return prefix.String()
}

func (p *planner) users() {
	for _, u := range p.file.Users {
		name := provision.NameUser{UserID: u.ID, Domain: u.Domain}
		what := u.record()
		is, found := p.now.users[provision.UserKey{Domain: u.Domain, UserID: u.ID}]
		switch {
		case !found && u.Password == "":
			p.faults = append(p.faults, fmt.Errorf("%s is new and needs a password: add a line such as password = \"Password2\"", what))
		case !found:
			plan(p, "add", what, "", (*admin.Client).AddUser, provision.AddUser{UserID: u.ID, Domain: u.Domain, StaticPassword: u.Password})
		}
		switch {
		case u.Disabled && !is.Disabled:
			plan(p, "change", what, "disabled", (*admin.Client).DisableUser, name)
		case found && !u.Disabled && is.Disabled:
			plan(p, "change", what, "enabled", (*admin.Client).EnableUser, name)
		}
	}
}

func (p *planner) authenticators() {
	for _, a := range p.file.Authenticators {
		what := "authenticator " + a.Serial
		is, found := p.now.authenticators[a.Serial]
		if !found {
			plan(p, "add", what, a.Type, (*admin.Client).AddAuthenticator, admin.AddAuthenticator{
				SerialNumber: a.Serial, Domain: a.Domain, Type: oath.Type(a.Type), Algorithm: oath.Algorithm(cmp.Or(a.Algorithm, string(oath.SHA256))), Digits: cmp.Or(a.Digits, 6),
				ActivationType: admin.ActivationType(a.Activation), Secret: a.Secret, Limit: a.Limit,
			})
		}
		if found && is.Domain != a.Domain {
			p.faults = append(p.faults, fmt.Errorf("%s is in domain %s and does not move to %s: delete it first, or name its domain", what, is.Domain, a.Domain))
			continue
		}
		if is.UserID != "" && is.UserID != a.User {
			plan(p, "change", what, "taken from "+is.UserID, (*admin.Client).UnassignAuthenticator, admin.NameAuthenticator{SerialNumber: a.Serial})
		}
		if a.User != "" && is.UserID != a.User {
			plan(p, "change", what, "assigned to "+a.User, (*admin.Client).AssignAuthenticator, provision.AssignAuthenticator{SerialNumber: a.Serial, UserID: a.User})
		}
	}
}

func (p *planner) keys() {
	for _, k := range p.file.GatewayKeys {
		if is, found := p.now.gatewayKeys[k.Name]; found && string(is.Side) != k.Side {
			p.faults = append(p.faults, fmt.Errorf("gateway key %s is of side %s, and a key changes none: give the other another name", k.Name, is.Side))
		} else if !found {
			p.changes = append(p.changes, Change{Do: "add", What: gatewayKey + k.Name, Detail: "side " + k.Side, make: func(ctx context.Context, c *admin.Client) (string, error) {
				made, err := c.AddGatewayKey(ctx, provision.AddGatewayKey{Name: k.Name, Side: provision.GatewaySide(k.Side)})
				return made.Key, err
			}})
		}
	}
	for _, k := range p.file.PlatformKeys {
		if _, found := p.now.platformKeys[k.Name]; !found {
			p.changes = append(p.changes, Change{Do: "add", What: platformKey + k.Name, make: func(ctx context.Context, c *admin.Client) (string, error) {
				made, err := c.AddPlatformKey(ctx, provision.AddPlatformKey{Name: k.Name})
				return made.Key, err
			}})
		}
	}
}

// ownDoors is the location of the components of the server's own doors, which
// nobody prunes.
var ownDoors = netip.IPv4Unspecified().String()

// sorted yields the keys of a map in the order of their texts.
func sorted[K comparable, R any](m map[K]R) []K {
	return slices.SortedFunc(maps.Keys(m), func(a, b K) int { return strings.Compare(fmt.Sprint(a), fmt.Sprint(b)) })
}
