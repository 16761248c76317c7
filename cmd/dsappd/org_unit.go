package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"github.com/dsappd/dsappd/internal/names"
	"github.com/dsappd/dsappd/internal/operators"
	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/internal/server/admin"
)

type orgUnitCommand struct {
	Add    orgUnitAddCommand    `cmd:"" help:"Add an organizational unit to a domain."`
	List   orgUnitListCommand   `cmd:"" help:"List organizational units."`
	Set    orgUnitSetCommand    `cmd:"" help:"Describe an organizational unit, or move it below another."`
	Delete orgUnitDeleteCommand `cmd:"" help:"Delete an organizational unit that no other is below. Users keep its name."`
}

// orgUnitFlags name a unit.
type orgUnitFlags struct {
	Name   string `arg:"" name:"unit" help:"The unit's name."`
	Domain string `placeholder:"DOMAIN" help:"Name its domain; master if not given."`
}

// orgUnitSaid says in a sentence what was done to a unit.
func orgUnitSaid(done string) func(admin.OrgUnit) string {
	return func(u admin.OrgUnit) string {
		return fmt.Sprintf("%s unit %s of domain %s", done, names.Shown(u.Name), names.Shown(u.Domain))
	}
}

type orgUnitAddCommand struct {
	doorFlags
	orgUnitFlags
	Parent      *string `placeholder:"UNIT" help:"Put it below this unit of the domain."`
	Description *string `placeholder:"TEXT" help:"Describe it, in up to 1024 characters."`
}

func (c *orgUnitAddCommand) Run(ctx context.Context, std streams) error {
	unit := provision.SetOrgUnit{Domain: c.Domain, Name: c.Name, Parent: c.Parent, Description: c.Description}
	return order(ctx, std, c.doorFlags,
		func(door *operators.Door) (admin.OrgUnit, error) { return door.AddOrgUnit(ctx, unit) }, orgUnitSaid("added"))
}

type orgUnitListCommand struct {
	doorFlags
	listFlags
	Domain string `placeholder:"DOMAIN" help:"List only the units of this domain."`
}

func (c *orgUnitListCommand) Run(ctx context.Context, std streams) error {
	at, err := parseUserKey(c.After)
	if err != nil {
		return err
	}
	return printList(ctx, std, c.doorFlags, c.listFlags, provision.OrgUnitKey{Domain: at.Domain, Name: at.UserID},
		func(door *operators.Door, after provision.OrgUnitKey, limit int) (admin.Page[admin.OrgUnit, provision.OrgUnitKey], error) {
			return door.ListOrgUnits(ctx, provision.ListOrgUnits{Domain: c.Domain, After: after, Limit: limit})
		}, columns[admin.OrgUnit, provision.OrgUnitKey]{
			head: []string{"UNIT", "DOMAIN", "BELOW", "DESCRIPTION"},
			row: func(u admin.OrgUnit) []string {
				return []string{u.Name, u.Domain, orDash(u.Parent), orDash(u.Description)}
			},
			key: func(k provision.OrgUnitKey) string { return k.Name + "@" + k.Domain },
		})
}

type orgUnitSetCommand struct {
	doorFlags
	orgUnitFlags
	Parent      *string `placeholder:"UNIT" help:"Put it below this unit of the domain; an empty text puts it below none."`
	Description *string `placeholder:"TEXT" help:"Describe it, in up to 1024 characters; an empty text takes the description away."`
}

// Validate refuses a command that changes nothing.
func (c *orgUnitSetCommand) Validate() error {
	if c.Parent == nil && c.Description == nil {
		return errors.New("there is nothing to set: give --parent or --description")
	}
	return nil
}

func (c *orgUnitSetCommand) Run(ctx context.Context, std streams) error {
	unit := provision.SetOrgUnit{Domain: c.Domain, Name: c.Name, Parent: c.Parent, Description: c.Description}
	return order(ctx, std, c.doorFlags,
		func(door *operators.Door) (admin.OrgUnit, error) { return door.SetOrgUnit(ctx, unit) }, orgUnitSaid("set"))
}

type orgUnitDeleteCommand struct {
	doorFlags
	orgUnitFlags
}

func (c *orgUnitDeleteCommand) Run(ctx context.Context, std streams) error {
	unit := provision.OrgUnitKey{Domain: cmp.Or(c.Domain, "master"), Name: c.Name}
	return order(ctx, std, c.doorFlags,
		func(door *operators.Door) (admin.OrgUnit, error) { return door.DeleteOrgUnit(ctx, unit) }, orgUnitSaid("deleted"))
}
