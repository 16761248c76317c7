package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/dsappd/dsappd/internal/operators"
	"github.com/dsappd/dsappd/internal/provision"

	"github.com/dsappd/dsappd/internal/server/admin"
)

type policyCommand struct {
	Add    policyAddCommand    `cmd:"" help:"Add a policy."`
	List   policyListCommand   `cmd:"" help:"List policies."`
	Show   policyShowCommand   `cmd:"" help:"Show every setting that holds under a policy, and the policy that it comes from."`
	Set    policySetCommand    `cmd:"" help:"Change settings of a policy, or its parent."`
	Unset  policyUnsetCommand  `cmd:"" help:"Let a policy inherit settings from its parent again."`
	Delete policyDeleteCommand `cmd:"" help:"Delete a policy that nothing refers to."`
}

// policyNameFlags name a policy.
type policyNameFlags struct {
	Name string `arg:"" name:"policy" help:"The policy's name."`
}

// policySaid says in a sentence what was done to a policy, with a line for each
// setting that was named and that the policy sets itself now.
func policySaid(done string, named ...assignment) func(admin.Policy) string {
	return func(p admin.Policy) string {
		says, err := policySays(p)
		if err != nil {
			return fmt.Sprintf("%s policy %s", done, p.Name)
		}
		text := fmt.Sprintf("%s policy %s, parent %s; it says itself: %s", done, p.Name, orDash(p.Parent), countSettings(len(says)))
		for _, a := range named {
			text += fmt.Sprintf("\n  %s=%s", a.name, says[a.name])
		}
		return text
	}
}

// policySays returns the settings that a policy sets itself.
func policySays(p admin.Policy) (map[string]json.RawMessage, error) {
	says := make(map[string]json.RawMessage)
	err := json.Unmarshal(p.Set, &says)
	return says, err
}

func countSettings(n int) string {
	if n == 1 {
		return "1 setting"
	}
	return fmt.Sprintf("%d settings", n)
}

type policyAddCommand struct {
	doorFlags
	policyNameFlags
	Parent   string       `default:"Base Policy" placeholder:"POLICY" help:"Inherit from this policy; Base Policy if not given, \"\" for the default settings."`
	Settings []assignment `arg:"" optional:"" name:"setting=value" help:"The settings that the policy sets itself."`
}

func (c *policyAddCommand) Run(ctx context.Context, std streams) error {
	set, err := joinSettings(c.Settings)
	if err != nil {
		return err
	}
	in := provision.AddPolicy{Name: c.Name, Parent: c.Parent, Set: set}
	return order(ctx, std, c.doorFlags,
		func(door *operators.Door) (admin.Policy, error) { return door.AddPolicy(ctx, in) }, policySaid("added", c.Settings...))
}

// assignment is a setting and its value, as they are typed.
type assignment struct{ name, value string }

// UnmarshalText reads Setting=value.
func (a *assignment) UnmarshalText(text []byte) error {
	name, value, found := strings.Cut(string(text), "=")
	if !found || name == "" {
		return fmt.Errorf("%q is no setting: give SETTING=VALUE, such as Attempts=3", text)
	}
	*a = assignment{name, value}
	return nil
}

// joinSettings makes the JSON object of all assignments: numbers, true and
// false as they are, anything else a text.
func joinSettings(all []assignment) (json.RawMessage, error) {
	set := make(map[string]json.RawMessage)
	for _, a := range all {
		if _, twice := set[a.name]; twice {
			return nil, fmt.Errorf("the setting %s is given twice", a.name)
		}
		value := json.RawMessage(a.value)
		if !json.Valid(value) {
			var err error
			if value, err = json.Marshal(a.value); err != nil {
				return nil, err
			}
		}
		set[a.name] = value
	}
	return json.Marshal(set)
}

type policySetCommand struct {
	doorFlags
	policyNameFlags
	Parent   *string      `placeholder:"POLICY" help:"Inherit from this policy from now on; \"\" for the default settings."`
	Settings []assignment `arg:"" optional:"" name:"setting=value" help:"The settings that the policy sets from now on."`
}

func (c *policySetCommand) Run(ctx context.Context, std streams) error {
	set, err := joinSettings(c.Settings)
	if err != nil {
		return err
	}
	return c.change(ctx, std, c.doorFlags, provision.SetPolicy{Parent: c.Parent, Set: set}, c.Settings...)
}

// change changes a policy, and prints what the policy sets then.
func (p policyNameFlags) change(ctx context.Context, std streams, f doorFlags, in provision.SetPolicy, named ...assignment) error {
	in.Name = p.Name
	return order(ctx, std, f,
		func(door *operators.Door) (admin.Policy, error) { return door.SetPolicy(ctx, in) }, policySaid("changed", named...))
}

type policyUnsetCommand struct {
	doorFlags
	policyNameFlags
	Settings []string `arg:"" name:"setting" help:"The settings that the policy inherits again."`
}

func (c *policyUnsetCommand) Run(ctx context.Context, std streams) error {
	return c.change(ctx, std, c.doorFlags, provision.SetPolicy{Unset: c.Settings})
}

type policyShowCommand struct {
	doorFlags
	policyNameFlags
}

func (c *policyShowCommand) Run(ctx context.Context, std streams) error {
	return order(ctx, std, c.doorFlags,
		func(door *operators.Door) (admin.EffectivePolicy, error) {
			return door.ShowPolicy(ctx, admin.NamePolicy{Name: c.Name})
		}, effectivePolicy)
}

func effectivePolicy(p admin.EffectivePolicy) string {
	var text strings.Builder
	table := newTable(&text)
	fmt.Fprintf(table, "policy %s, which inherits from %s\n", p.Name, orDash(strings.Join(p.Line, ", ")))
	fmt.Fprintln(table, "SETTING\tVALUE\tFROM")
	for _, setting := range p.Settings {
		fmt.Fprintf(table, "%s\t%s\t%s\n", setting.Name, setting.Value, orDash(setting.From))
	}
	table.Flush()
	return strings.TrimSuffix(text.String(), "\n")
}

type policyListCommand struct {
	doorFlags
	listFlags
}

func (c *policyListCommand) Run(ctx context.Context, std streams) error {
	return printList(ctx, std, c.doorFlags, c.listFlags, c.After,
		func(door *operators.Door, after string, limit int) (admin.Page[admin.Policy, string], error) {
			return door.ListPolicies(ctx, provision.ListPolicies{After: after, Limit: limit})
		}, columns[admin.Policy, string]{
			head: []string{"POLICY", "PARENT", "SAYS"},
			row:  policyRow,
			key:  func(name string) string { return name },
		})
}

func policyRow(p admin.Policy) []string {
	says, err := policySays(p)
	if err != nil {
		return []string{p.Name, orDash(p.Parent), "unreadable: " + err.Error()}
	}
	return []string{p.Name, orDash(p.Parent), countSettings(len(says))}
}

type policyDeleteCommand struct {
	doorFlags
	policyNameFlags
}

func (c *policyDeleteCommand) Run(ctx context.Context, std streams) error {
	return order(ctx, std, c.doorFlags,
		func(door *operators.Door) (admin.Policy, error) {
			return door.DeletePolicy(ctx, admin.NamePolicy{Name: c.Name})
		},
		func(p admin.Policy) string { return "deleted policy " + p.Name })
}
