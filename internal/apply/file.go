// Package apply makes a server's records what one file says: domains, policies,
// components, users, authenticators and keys. It gives the operators' orders, so
// that every rule is theirs.
package apply

import (
	"cmp"
	"errors"
	"fmt"
	"strings"

	"github.com/BurntSushi/toml"
)

// ErrFile is a file that cannot be applied. The words around it name each fault.
var ErrFile = errors.New("the file cannot be applied")

// File is what a file says.
type File struct {
	Domains        []Domain        `toml:"domain"`
	Policies       []Policy        `toml:"policy"`
	Components     []Component     `toml:"component"`
	Users          []User          `toml:"user"`
	Authenticators []Authenticator `toml:"authenticator"`
	GatewayKeys    []GatewayKey    `toml:"gateway_key"`
	PlatformKeys   []PlatformKey   `toml:"platform_key"`
}

// Domain is a domain.
type Domain struct {
	Name        string `toml:"name"`
	Description string `toml:"description"`
}

// Policy is a policy: what it sets itself.
type Policy struct {
	Name   string         `toml:"name"`
	Parent string         `toml:"parent"`
	Set    map[string]any `toml:"set"`
}

// Component is a client that may call.
type Component struct {
	Type     string `toml:"type"`
	Location string `toml:"location"` // empty: 127.0.0.1
	Policy   string `toml:"policy"`
}

// User is a user. The password is for a user who is made; one who is there keeps
// the own.
type User struct {
	ID       string `toml:"id"`
	Domain   string `toml:"domain"` // empty: master
	Password string `toml:"password"`
	Disabled bool   `toml:"disabled"`
}

// Authenticator is an authenticator, or a licence where it has a limit. Its
// parameters and secret are for one that is made; one that is there keeps its own.
type Authenticator struct {
	Serial     string `toml:"serial"`
	Domain     string `toml:"domain"`     // empty: master
	User       string `toml:"user"`       // who has it; empty: nobody
	Type       string `toml:"type"`       // totp or hotp; empty: totp
	Algorithm  string `toml:"algorithm"`  // SHA1, SHA256 or SHA512; empty: SHA256
	Digits     int    `toml:"digits"`     // 0: 6
	Secret     string `toml:"secret"`     // hex; empty: drawn
	Activation string `toml:"activation"` // online or offline; empty: online
	Limit      int    `toml:"limit"`
}

// GatewayKey is an API key of the gateway. The key itself is drawn when it is
// made, and shown once.
type GatewayKey struct {
	Name string `toml:"name"`
	Side string `toml:"side"` // front or back
}

// PlatformKey is a key of the Platform API, likewise.
type PlatformKey struct {
	Name string `toml:"name"`
}

// Parse reads a file. The error wraps ErrFile and names what is unknown, missing
// or there twice.
func Parse(text string) (File, error) {
	var f File
	meta, err := toml.Decode(text, &f)
	if err != nil {
		return File{}, fmt.Errorf("%w: %w", ErrFile, err)
	}
	var faults []error
	for _, key := range meta.Undecoded() {
		if len(key) > 1 && key[0] == "policy" && key[1] == "set" {
			continue
		}
		faults = append(faults, fmt.Errorf("%q says nothing here: the tables are [[domain]], [[policy]], [[component]], [[user]], [[authenticator]], [[gateway_key]] and [[platform_key]], and docs/apply.md has their members", key))
	}
	faults = append(faults, f.fill()...)
	if err := errors.Join(faults...); err != nil {
		return File{}, fmt.Errorf("%w: %w", ErrFile, err)
	}
	return f, nil
}

// defaultDomain is that of users and authenticators which name none.
const defaultDomain = "master"

// fill puts the defaults in place, and names what is missing or there twice.
func (f *File) fill() (faults []error) {
	seen := map[string]bool{}
	named := func(table, member, name, whole string) {
		if name == "" {
			faults = append(faults, fmt.Errorf("a [[%s]] has no %s: add a line such as %s = \"example\"", table, member, member))
		} else if seen[table+" "+whole] {
			faults = append(faults, fmt.Errorf("[[%s]] %s is there twice: remove one", table, whole))
		}
		seen[table+" "+whole] = true
	}
	for i := range f.Domains {
		named("domain", "name", f.Domains[i].Name, f.Domains[i].Name)
	}
	for i := range f.Policies {
		named("policy", "name", f.Policies[i].Name, f.Policies[i].Name)
	}
	for i := range f.Components {
		c := &f.Components[i]
		if c.Location == "" {
			c.Location = "127.0.0.1"
		}
		named("component", "type", c.Type, c.Type+" at "+c.Location)
	}
	for i := range f.Users {
		u := &f.Users[i]
		if u.Domain == "" {
			u.Domain = defaultDomain
		}
		named("user", "id", u.ID, u.ID+" of "+u.Domain)
	}
	for i := range f.Authenticators {
		a := &f.Authenticators[i]
		if a.Domain == "" {
			a.Domain = defaultDomain
		}
		a.Type = strings.ToLower(cmp.Or(a.Type, "totp"))
		named("authenticator", "serial", a.Serial, a.Serial)
	}
	for i := range f.GatewayKeys {
		named("gateway_key", "name", f.GatewayKeys[i].Name, f.GatewayKeys[i].Name)
	}
	for i := range f.PlatformKeys {
		named("platform_key", "name", f.PlatformKeys[i].Name, f.PlatformKeys[i].Name)
	}
	return faults
}
