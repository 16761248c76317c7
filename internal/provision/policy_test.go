package provision_test

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/dsappd/dsappd/internal/audit"

	"github.com/google/go-cmp/cmp"

	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/store"
)

// golden compares with a file under testdata, or writes it anew.
func golden(t *testing.T, name, got string) {
	t.Helper()
	if flag.Lookup("update").Value.String() == "true" {
		must(0, os.WriteFile(name, []byte(got), 0o644))(t)
	}
	want := must(os.ReadFile(name))(t)
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s moved (go test ./internal/provision -update writes it anew):\n%s", name, diff)
	}
}

// documented compares a part of docs/policies.md, between its two marks.
func documented(t *testing.T, mark, want string) {
	t.Helper()
	page := string(must(os.ReadFile("../../docs/policies.md"))(t))
	_, rest, _ := strings.Cut(page, "<!-- "+mark+" -->\n")
	shown, _, _ := strings.Cut(rest, "<!-- /"+mark+" -->")
	if diff := cmp.Diff(want, shown); diff != "" {
		t.Errorf("the %s of docs/policies.md are not the code's:\n%s", mark, diff)
	}
}

// predefined adds the policies that every folder begins with.
func (p *play) predefined() (names []string) {
	p.t.Helper()
	for _, policy := range must(provision.PredefinedPolicies())(p.t) {
		must(p.AddPolicy(p.t.Context(), operator(), policy))(p.t)
		names = append(names, policy.Name)
	}
	return names
}

func TestPredefinedPolicies(t *testing.T) {
	p := newPlay(t)
	names := p.predefined()
	var table strings.Builder
	fmt.Fprintf(&table, "| setting | %s |\n|---|---|---|---|\n", strings.Join(names, " | "))
	rows := make(map[string][]string)
	for _, name := range names {
		for _, setting := range must(p.ShowPolicy(t.Context(), name))(t).Settings {
			cell := string(setting.Value)
			if setting.From != name {
				cell = "(" + cell + ")"
			}
			rows[setting.Name] = append(rows[setting.Name], cell)
		}
	}
	for _, name := range provision.SettingNames() {
		fmt.Fprintf(&table, "| %s | %s |\n", name, strings.Join(rows[name], " | "))
	}
	golden(t, "testdata/policies.golden", table.String())
	documented(t, "policies", table.String())
}

// The page says of each setting what it decides.
func TestSettingsAreDescribed(t *testing.T) {
	page := string(must(os.ReadFile("../../docs/policies.md"))(t))
	_, rest, _ := strings.Cut(page, "| setting | what it decides |\n")
	table, _, _ := strings.Cut(rest, "\n\n")
	var described []string
	for _, row := range strings.Split(table, "\n") {
		names, _, _ := strings.Cut(strings.TrimPrefix(row, "| "), " | ")
		described = append(described, strings.Split(names, ", ")...)
	}
	for _, name := range provision.SettingNames() {
		if !slices.Contains(described, name) {
			t.Errorf("docs/policies.md does not say what %s decides", name)
		}
	}
}

func TestStatusTable(t *testing.T) {
	var table strings.Builder
	table.WriteString("| refusal | returnCode | statusCode |\n|---|---|---|\n")
	for _, refusal := range []provision.Refusal{
		provision.Granted, provision.InvalidParameter, provision.NoComponent, provision.NotAllowed, provision.ActivationLimit,
		provision.AuthenticatorLimit, provision.InvalidCredentials, provision.UserLocked, provision.UserDisabled,
		provision.MessageExpired, provision.NotFound, provision.Exists, provision.InUse, provision.LicenceFull,
		provision.OutOfOrder, provision.Busy, provision.Unforeseen,
		provision.NoPermission, provision.SessionStopped, provision.UserUnknown, provision.MissingField,
		provision.InvalidData, provision.NotAvailable, provision.NotAssigned, provision.AuthenticatorError,
		provision.OTPIncorrect, provision.OTPUsed, provision.PasswordMismatch, provision.GracePeriodExpired,
		provision.NotLocal, provision.SignatureIncorrect, provision.ChallengeExpired,
	} {
		s := provision.DefaultStatusTable()[refusal]
		fmt.Fprintf(&table, "| %s | %d %s | %d %s |\n", refusal, s.ReturnCode, s.ReturnCodeEnum, s.StatusCode, s.StatusCodeEnum)
	}
	if rows := strings.Count(table.String(), "\n") - 2; rows != len(provision.DefaultStatusTable()) {
		t.Errorf("the table has %d rows, and this test knows %d", len(provision.DefaultStatusTable()), rows)
	}
	golden(t, "testdata/statuses.golden", table.String())
}

func TestPolicyInherits(t *testing.T) {
	p := newPlay(t)
	add := func(name, parent, set string) {
		t.Helper()
		must(p.AddPolicy(t.Context(), operator(), provision.AddPolicy{Name: name, Parent: parent, Set: json.RawMessage(set)}))(t)
	}
	add("top", "", `{"Attempts": 5, "GraceDays": 1}`)
	add("middle", "top", `{"GraceDays": 2, "Explain": true}`)
	add("bottom", "middle", `{"KeyRequests": 4}`)
	got := must(p.ShowPolicy(t.Context(), "bottom"))(t)
	if diff := cmp.Diff([]string{"middle", "top"}, got.Line); diff != "" {
		t.Errorf("line: %s", diff)
	}
	shown := make(map[string]string)
	for _, s := range got.Settings {
		if s.From != "" || s.Name == "LockThreshold" {
			shown[s.Name] = string(s.Value) + " from " + s.From
		}
	}
	want := map[string]string{"Attempts": "5 from top", "GraceDays": "2 from middle", "Explain": "true from middle",
		"KeyRequests": "4 from bottom", "LockThreshold": "3 from "}
	if diff := cmp.Diff(want, shown); diff != "" {
		t.Error(diff)
	}
	if len(got.Settings) != len(provision.SettingNames()) {
		t.Errorf("%d settings shown of %d", len(got.Settings), len(provision.SettingNames()))
	}
}

func TestPolicySetAndUnset(t *testing.T) {
	p := newPlay(t)
	p.predefined()
	provisioning := provision.ProvisioningPolicy
	set := func(in provision.SetPolicy) string {
		t.Helper()
		in.Name = "site"
		return string(must(p.SetPolicy(t.Context(), operator(), in))(t).Set)
	}
	must(p.AddPolicy(t.Context(), operator(), provision.AddPolicy{Name: "site"}))(t)
	for _, c := range []struct {
		in   provision.SetPolicy
		want string
	}{
		{provision.SetPolicy{Set: json.RawMessage(`{"Explain": true, "Attempts": 4}`)}, `{"Attempts":4,"Explain":true}`},
		{provision.SetPolicy{Set: json.RawMessage(`{"Attempts": 6}`), Unset: []string{"GraceDays"}}, `{"Attempts":6,"Explain":true}`},
		{provision.SetPolicy{Unset: []string{"Explain"}, Parent: &provisioning}, `{"Attempts":6}`},
		{provision.SetPolicy{Unset: []string{"Attempts"}}, ``},
	} {
		if got := set(c.in); got != c.want {
			t.Errorf("policy says %s, want %s", got, c.want)
		}
	}
	if got := must(p.ShowPolicy(t.Context(), "site"))(t); got.Parent != provisioning || len(got.Line) != 2 {
		t.Errorf("%+v", got)
	}
}

func TestPolicyRefusals(t *testing.T) {
	p := newPlay(t)
	p.predefined()
	name := func(s string) *string { return &s }
	raw := func(s string) json.RawMessage { return json.RawMessage(s) }
	for _, c := range []struct {
		in     provision.SetPolicy
		status int
		words  string
	}{
		{provision.SetPolicy{Set: raw(`{"LockTreshold": 3}`)}, -2, `the nearest is "LockThreshold"`},
		{provision.SetPolicy{Set: raw(`{"lockthreshold": 3}`)}, -2, `the nearest is "LockThreshold"`},
		{provision.SetPolicy{Unset: []string{"Lock"}}, -2, `There is no setting "Lock"`},
		{provision.SetPolicy{Set: raw(`{"LockThreshold": "3"}`)}, -2, "a whole number"},
		{provision.SetPolicy{Set: raw(`{"LockThreshold": 3.5}`)}, -2, "a whole number"},
		{provision.SetPolicy{Set: raw(`{"LockThreshold": null}`)}, -2, "a whole number"},
		{provision.SetPolicy{Set: raw(`{"Explain": 1}`)}, -2, "true or false"},
		{provision.SetPolicy{Set: raw(`{"RegistrationIDAlphabet": 1}`)}, -2, "a word"},
		{provision.SetPolicy{Set: raw(`{"RegistrationIDAlphabet": "greek"}`)}, -2, "RegistrationIDAlphabet"},
		{provision.SetPolicy{Set: raw(`{"ActivationPasswordLength": 6}`)}, -2, "ActivationPasswordLength"}, // under 40 bits
		{provision.SetPolicy{Set: raw(`{"Attempts": 0}`)}, -2, "from 1 to 100"},
		{provision.SetPolicy{Set: raw(`[]`)}, -2, "one JSON object"},
		{provision.SetPolicy{Set: raw(`{"Attempts": 2}`), Unset: []string{"Attempts"}}, -2, "at once"},
		{provision.SetPolicy{Parent: name("nobody")}, -13, `no policy "nobody"`},
		{provision.SetPolicy{Parent: name(provision.ProvisioningPolicy)}, -2, "itself"},
	} {
		c.in.Name = provision.ProvisioningPolicy
		_, err := p.SetPolicy(t.Context(), operator(), c.in)
		if refusal := p.refused(err, c.status); !strings.Contains(refusal.Desc, c.words) {
			t.Errorf("%s: does not say %q", refusal.Desc, c.words)
		}
	}
	_, err := p.SetPolicy(t.Context(), operator(), provision.SetPolicy{Name: "nobody"})
	p.refused(err, -13)
	_, err = p.SetPolicy(t.Context(), operator(), provision.SetPolicy{Name: provision.BasePolicy, Parent: name(provision.MDLProvisioningPolicy)})
	if refusal := p.refused(err, -2); !strings.Contains(refusal.Desc, "circle") {
		t.Error(refusal.Desc)
	}
	_, err = p.AddPolicy(t.Context(), operator(), provision.AddPolicy{Name: provision.BasePolicy})
	p.refused(err, -14)
	_, err = p.AddPolicy(t.Context(), operator(), provision.AddPolicy{Name: "x", Parent: "nobody"})
	p.refused(err, -13)
}

// What a policy bequeaths must stay within what its children can follow.
func TestPolicyMustNotBreakItsChildren(t *testing.T) {
	p := newPlay(t)
	p.policy("parent", `{"RegistrationIDLength": 13}`)
	must(p.AddPolicy(t.Context(), operator(), provision.AddPolicy{Name: "child", Parent: "parent"}))(t)
	must(p.AddPolicy(t.Context(), operator(), provision.AddPolicy{Name: "grandchild", Parent: "child",
		Set: json.RawMessage(`{"RegistrationIDAlphabet": "numeric"}`)}))(t)
	_, err := p.SetPolicy(t.Context(), operator(), provision.SetPolicy{Name: "parent", Unset: []string{"RegistrationIDLength"}})
	if refusal := p.refused(err, -2); !strings.Contains(refusal.Desc, "grandchild") {
		t.Error(refusal.Desc)
	}
	none := ""
	_, err = p.SetPolicy(t.Context(), operator(), provision.SetPolicy{Name: "child", Parent: &none})
	p.refused(err, -2)
}

func TestPolicyDepth(t *testing.T) {
	p := newPlay(t)
	parent := ""
	for n := range 16 {
		name := fmt.Sprintf("policy %d", n)
		must(p.AddPolicy(t.Context(), operator(), provision.AddPolicy{Name: name, Parent: parent}))(t)
		parent = name
	}
	_, err := p.AddPolicy(t.Context(), operator(), provision.AddPolicy{Name: "one more", Parent: parent})
	p.refused(err, -2)
}

func TestPolicyInUseIsNotDeleted(t *testing.T) {
	p := newPlay(t)
	p.policy("other", `{}`)
	inUse := func(by string) {
		t.Helper()
		_, err := p.DeletePolicy(t.Context(), operator(), "lab")
		if refusal := p.refused(err, -1); refusal.Refusal != provision.InUse || !strings.Contains(refusal.Desc, by) {
			t.Errorf("%+v", refusal)
		}
	}
	must(p.AddPolicy(t.Context(), operator(), provision.AddPolicy{Name: "child", Parent: "lab"}))(t)
	inUse(`policy "child"`)
	must(p.DeletePolicy(t.Context(), operator(), "child"))(t)
	inUse(`component "srp-component" at 127.0.0.0/8`)
	first := p.mustRegister("user1")
	second := p.mustRegister("user2")
	must(p.DeleteComponent(t.Context(), operator(), provision.NameComponent{ComponentType: "srp-component", Location: "127.0.0.0/8"}))(t)
	p.component("srp-component", "127.0.0.0/8", "other")
	for _, r := range []provision.DSAPPSRPRegisterResult{first, second} {
		inUse("registration")
		must(p.CloseRegistration(t.Context(), operator(), provision.CloseRegistration{RegistrationID: r.RegistrationID}))(t)
	}
	must(p.DeletePolicy(t.Context(), operator(), "lab"))(t)
	p.refused(p.activate(first.RegistrationID, "755224"), -13) // whose policy is gone
	_, err := p.DeletePolicy(t.Context(), operator(), "lab")
	p.refused(err, -13)
}

func TestExpiredRegistrationNeedsNoPolicy(t *testing.T) {
	p := newPlay(t)
	p.policy("other", `{}`)
	r := p.mustRegister("user1")
	must(p.DeleteComponent(t.Context(), operator(), provision.NameComponent{ComponentType: "srp-component", Location: "127.0.0.0/8"}))(t)
	p.component("srp-component", "127.0.0.0/8", "other")
	p.wait(10*time.Minute - 1)
	_, err := p.DeletePolicy(t.Context(), operator(), "lab")
	p.refused(err, -1)
	p.wait(1)
	must(p.DeletePolicy(t.Context(), operator(), "lab"))(t)
	p.refused(p.activate(r.RegistrationID, "755224"), -13)
}

func TestComponentsOtherPolicyIsForWhatItRegistersFromThenOn(t *testing.T) {
	p := newPlay(t)
	p.policy("other", `{"KeyExchangeRequired": false}`)
	before := p.mustRegister("user1")
	in := provision.SetComponent{NameComponent: provision.NameComponent{ComponentType: "srp-component", Location: "127.0.0.0/8"}, Policy: "other"}
	must(p.SetComponent(t.Context(), operator(), in))(t)
	p.refused(p.activate(before.RegistrationID, "755224"), -1) // the exchange is required
	after := p.mustRegister("user1")
	if err := p.activate(after.RegistrationID, "755224"); err != nil {
		t.Error(err)
	}
	in.Policy = "none"
	_, err := p.SetComponent(t.Context(), operator(), in)
	p.refused(err, -13)
	in.Policy, in.Location = "other", "10.0.0.0/8"
	_, err = p.SetComponent(t.Context(), operator(), in)
	p.refused(err, -13)
	if got := must(p.ShowComponent(t.Context(), provision.NameComponent{ComponentType: "srp-component", Location: "127.1.1.1/8"}))(t); got.Policy != "other" {
		t.Errorf("%+v", got)
	}
}

// A policy that is deleted while others begin to refer to it: either it stays,
// or they are refused.
func TestPolicyDeletedWhileReferredTo(t *testing.T) {
	p := newPlay(t)
	for round := range 16 {
		name := fmt.Sprintf("policy %d", round)
		p.policy(name, `{}`)
		errs := make([]error, 5)
		atOnce(len(errs), func(i int) (err error) {
			switch i {
			case 0:
				_, err = p.DeletePolicy(t.Context(), operator(), name)
			case 1:
				_, err = p.AddPolicy(t.Context(), operator(), provision.AddPolicy{Name: name + " child", Parent: name})
			case 2:
				_, err = p.AddComponent(t.Context(), operator(), provision.AddComponent{
					ComponentType: name, Location: "127.0.0.1", Policy: name})
			case 4:
				_, err = p.SetComponent(t.Context(), operator(), provision.SetComponent{Policy: name,
					NameComponent: provision.NameComponent{ComponentType: "srp-component", Location: "127.0.0.0/8"}})
			case 3:
				_, err = p.SetPolicy(t.Context(), operator(), provision.SetPolicy{Name: "lab", Parent: &name})
			}
			errs[i] = err
			return err
		})
		deleted := errs[0] == nil
		for i, err := range errs[1:] {
			if deleted == (err == nil) {
				t.Errorf("round %d: deleted %v, and reference %d: %v", round, deleted, i+1, err)
			}
		}
	} // and the check at the end finds no name that nothing has
}

func TestPolicySettingsReachTheAudit(t *testing.T) {
	p := newPlay(t)
	must(p.SetPolicy(t.Context(), operator(), provision.SetPolicy{Name: "lab", Set: json.RawMessage(`{"Attempts":7}`), Unset: []string{"Explain"}}))(t)
	events := p.events("policy set")
	want := []audit.Check{{Name: "setting", Detail: "Attempts 7"}, {Name: "policy", Detail: "lab"}, {Name: "unset", Detail: "Explain"}}
	if diff := cmp.Diff(want, events[len(events)-1].Checks); diff != "" {
		t.Error(diff)
	}
}

// A setting of a later version, as an older program finds it.
func TestPolicyThatSaysTheUnknownCanBeMended(t *testing.T) {
	p := newPlay(t)
	must(0, p.Store.Update(t.Context(), func(tx *store.Tx) error {
		return errors.Join(store.Put(tx, provision.Policies, provision.Policy{Name: "late", Set: json.RawMessage(`{"Future":1,"Attempts":0}`)}))
	}))(t)
	_, err := p.SetPolicy(t.Context(), operator(), provision.SetPolicy{Name: "late", Unset: []string{"Future"}})
	p.refused(err, -2) // its attempts are still out of range
	got := must(p.SetPolicy(t.Context(), operator(), provision.SetPolicy{Name: "late", Unset: []string{"Future", "Attempts"}}))(t)
	if len(got.Set) != 0 {
		t.Errorf("%s", got.Set)
	}
}
