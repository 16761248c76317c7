package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/dsappd/dsappd/internal/operators"
	"github.com/dsappd/dsappd/internal/provision"

	"github.com/dsappd/dsappd/internal/server/admin"
)

type componentCommand struct {
	Add    componentAddCommand    `cmd:"" help:"Add a client component."`
	List   componentListCommand   `cmd:"" help:"List client components."`
	Show   componentShowCommand   `cmd:"" help:"Show a client component."`
	Set    componentSetCommand    `cmd:"" help:"Give a client component another policy."`
	Delete componentDeleteCommand `cmd:"" help:"Delete a client component."`
}

// componentFlags name a component.
type componentFlags struct {
	ComponentType string `arg:"" name:"type" help:"The component type, as requests carry it."`
	Location      string `arg:"" name:"location" help:"The address it calls from, or a prefix such as 192.0.2.0/24."`
}

func (f componentFlags) key() provision.NameComponent {
	return provision.NameComponent{ComponentType: f.ComponentType, Location: f.Location}
}

func componentSaid(done string) func(admin.Component) string {
	return func(c admin.Component) string {
		return fmt.Sprintf("%s component %s at %s", done, c.ComponentType, c.Location)
	}
}

type componentAddCommand struct {
	doorFlags
	componentFlags
	policyFlags
}

func (c *componentAddCommand) Run(ctx context.Context, std streams) error {
	in := provision.AddComponent{ComponentType: c.ComponentType, Location: c.Location, Policy: c.Policy}
	return order(ctx, std, c.doorFlags,
		func(door *operators.Door) (admin.Component, error) { return door.AddComponent(ctx, in) }, componentSaid("added"))
}

type componentListCommand struct {
	doorFlags
	listFlags
	Type string `placeholder:"TYPE" help:"List only the components of this type."`
}

func (c *componentListCommand) Run(ctx context.Context, std streams) error {
	after, err := parseComponentKey(c.After)
	if err != nil {
		return err
	}
	return printList(ctx, std, c.doorFlags, c.listFlags, after,
		func(door *operators.Door, after provision.NameComponent, limit int) (admin.Page[admin.Component, provision.NameComponent], error) {
			return door.ListComponents(ctx, provision.ListComponents{ComponentType: c.Type, After: after, Limit: limit})
		}, columns[admin.Component, provision.NameComponent]{
			head: []string{"TYPE", "LOCATION", "POLICY"},
			row: func(c admin.Component) []string {
				return []string{c.ComponentType, c.Location, orDash(c.Policy)}
			},
			key: func(k provision.NameComponent) string { return k.ComponentType + "@" + k.Location },
		})
}

// parseComponentKey reads TYPE@LOCATION; no location holds an @.
func parseComponentKey(s string) (provision.NameComponent, error) {
	at := strings.LastIndexByte(s, '@')
	if s != "" && at < 0 {
		return provision.NameComponent{}, fmt.Errorf("--after is %q: give TYPE@LOCATION", s)
	}
	if s == "" {
		return provision.NameComponent{}, nil
	}
	return provision.NameComponent{ComponentType: s[:at], Location: s[at+1:]}, nil
}

type componentDeleteCommand struct {
	doorFlags
	componentFlags
}

func (c *componentDeleteCommand) Run(ctx context.Context, std streams) error {
	return order(ctx, std, c.doorFlags,
		func(door *operators.Door) (admin.Component, error) { return door.DeleteComponent(ctx, c.key()) }, componentSaid("deleted"))
}

type componentShowCommand struct {
	doorFlags
	componentFlags
}

func (c *componentShowCommand) Run(ctx context.Context, std streams) error {
	return order(ctx, std, c.doorFlags,
		func(door *operators.Door) (admin.Component, error) { return door.ShowComponent(ctx, c.key()) },
		func(c admin.Component) string {
			return fields("type", c.ComponentType, "location", c.Location, "policy", orDash(c.Policy), "created", moment(c.CreatedAt))
		})
}

type componentSetCommand struct {
	doorFlags
	componentFlags
	Policy string `required:"" placeholder:"POLICY" help:"Apply this policy to what it registers from now on; \"\" for the default settings."`
}

func (c *componentSetCommand) Run(ctx context.Context, std streams) error {
	in := provision.SetComponent{NameComponent: c.key(), Policy: c.Policy}
	return order(ctx, std, c.doorFlags,
		func(door *operators.Door) (admin.Component, error) { return door.SetComponent(ctx, in) }, componentSaid("changed"))
}
