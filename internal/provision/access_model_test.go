package provision_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/oath"
)

// TestPrivilegesNeverWiden has administrators give orders in any sequence, while
// an operator grants and takes privileges. Each order is granted if a model of
// the three rules says so, and never otherwise.
func TestPrivilegesNeverWiden(t *testing.T) {
	o := newOffice(t)
	must(o.AddDomain(t.Context(), operator(), provision.AddDomain{Name: "branch"}))(t)
	people := []provision.NameUser{{Domain: "master", UserID: "ann"}, {Domain: "master", UserID: "bob"}, {Domain: "branch", UserID: "eve"}}
	for _, who := range people {
		o.appoint(who.UserID, who.Domain, "administrative_logon")
	}
	sessions, authenticators := map[provision.NameUser]provision.Operator{}, map[provision.NameUser]string{}
	for n, who := range people {
		sessions[who] = with(o.logon(who.UserID, who.Domain))
		authenticators[who] = fmt.Sprintf("VDS10009%02d", n)
		must(o.AddAuthenticator(t.Context(), operator(), provision.AddAuthenticator{SerialNumber: authenticators[who], Domain: who.Domain,
			Parameters: oath.Parameters{Type: oath.HOTP, Algorithm: oath.SHA1, Digits: 6}}))(t)
		must(o.AssignAuthenticator(t.Context(), operator(), provision.AssignAuthenticator{SerialNumber: authenticators[who], UserID: who.UserID}))(t)
	}
	orders := map[provision.Privilege]func(provision.Operator, provision.NameUser) error{
		provision.MayViewUser: func(by provision.Operator, who provision.NameUser) error {
			_, err := o.ViewUser(t.Context(), by, who)
			return err
		},
		provision.MayUnlockUser: func(by provision.Operator, who provision.NameUser) error {
			_, err := o.UnlockUser(t.Context(), by, who)
			return err
		},
		provision.MayResetLastAuth: func(by provision.Operator, who provision.NameUser) error {
			_, err := o.ResetLastAuthentication(t.Context(), by, who)
			return err
		},
		provision.MayUpdateUser: func(by provision.Operator, who provision.NameUser) error {
			_, err := o.SetUser(t.Context(), by, provision.SetUser{NameUser: who})
			return err
		},
		provision.MayResetDigipassPIN: func(by provision.Operator, who provision.NameUser) error {
			_, err := o.ResetPIN(t.Context(), by, authenticators[who])
			return err
		},
	}
	choices := []provision.Privilege{provision.MayAccessAllDomains, provision.MayViewUser, provision.MayUnlockUser, provision.MayResetLastAuth,
		provision.MayUpdateUser, provision.MayResetDigipassPIN}
	granted := map[provision.NameUser][]provision.Privilege{}
	rapid.Check(t, func(rt *rapid.T) {
		for range rapid.IntRange(1, 12).Draw(rt, "steps") {
			by, on := rapid.SampledFrom(people).Draw(rt, "by"), rapid.SampledFrom(people).Draw(rt, "on")
			if rapid.Bool().Draw(rt, "grant") {
				names := []string{"administrative_logon"}
				granted[by] = rapid.SliceOfDistinct(rapid.SampledFrom(choices), rapid.ID).Draw(rt, "privileges")
				for _, p := range granted[by] {
					names = append(names, string(p))
				}
				must(o.SetAdministrator(t.Context(), operator(), provision.NameAdministrator{NameUser: by, Privileges: names}, false))(t)
				continue
			}
			needs := rapid.SampledFrom(choices[1:]).Draw(rt, "order")
			err := orders[needs](sessions[by], on)
			if want := allowed(granted, by, on, needs); (err == nil) != want {
				rt.Fatalf("%s of %v with %v on %v with %v: %v, want granted: %v", needs, by, granted[by], on, granted[on], err, want)
			}
			var refusal *provision.Error
			if err != nil && (!errors.As(err, &refusal) || refusal.Refusal != provision.NoPermission && refusal.Refusal != provision.NotFound) {
				rt.Fatal(err) // an authenticator out of reach is not there
			}
		}
	})
}

// allowed is the three rules: the privilege, the domain, and that nobody changes
// who may do more.
func allowed(granted map[provision.NameUser][]provision.Privilege, by, on provision.NameUser, needs provision.Privilege) bool {
	reaches := by.Domain == on.Domain || slices.Contains(granted[by], provision.MayAccessAllDomains)
	if !reaches || !slices.Contains(granted[by], needs) {
		return false
	}
	more := func(p provision.Privilege) bool { return !slices.Contains(granted[by], p) }
	return needs == provision.MayViewUser || !slices.ContainsFunc(granted[on], more)
}
