package main

import (
	"context"
	"fmt"
	"strconv"

	"github.com/dsappd/dsappd/internal/names"
	"github.com/dsappd/dsappd/internal/operators"
	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/internal/server/admin"
)

type userAttributeCommand struct {
	Add    userAttributeAddCommand    `cmd:"" help:"Keep an attribute with a user."`
	List   userAttributeListCommand   `cmd:"" help:"List a user's attributes."`
	Set    userAttributeSetCommand    `cmd:"" help:"Change an attribute of a user."`
	Delete userAttributeDeleteCommand `cmd:"" help:"Take an attribute from a user."`
}

// userAttributeFlags name an attribute of a user.
type userAttributeFlags struct {
	userFlags
	Group string `arg:"" name:"group" help:"The attribute's group."`
	Name  string `arg:"" name:"name" help:"The attribute's name."`
}

// valueFlags are what an attribute says.
type valueFlags struct {
	Value     *string `placeholder:"TEXT" help:"Set its value, up to 1024 characters."`
	Qualifier *string `placeholder:"TEXT" help:"Set its usage qualifier, such as REPLY."`
	Options   *uint32 `placeholder:"N" help:"Set its options: 1 for a RADIUS attribute, 0 for others."`
}

func (f userAttributeFlags) with(v valueFlags) provision.SetUserAttribute {
	return provision.SetUserAttribute{NameUser: f.name(), Group: f.Group, Name: f.Name, Value: v.Value, UsageQualifier: v.Qualifier, Options: v.Options}
}

// userAttributeSaid says in a sentence what was done to an attribute.
func userAttributeSaid(done string) func(admin.UserAttribute) string {
	return func(a admin.UserAttribute) string {
		return fmt.Sprintf("%s attribute %s of group %s of user %s", done, names.Shown(a.Name), names.Shown(a.Group), names.Shown(a.UserID))
	}
}

type userAttributeAddCommand struct {
	doorFlags
	userAttributeFlags
	valueFlags
}

func (c *userAttributeAddCommand) Run(ctx context.Context, std streams) error {
	return order(ctx, std, c.doorFlags,
		func(door *operators.Door) (admin.UserAttribute, error) {
			return door.AddUserAttribute(ctx, c.with(c.valueFlags))
		}, userAttributeSaid("added"))
}

type userAttributeListCommand struct {
	doorFlags
	userFlags
}

func (c *userAttributeListCommand) Run(ctx context.Context, std streams) error {
	return printList(ctx, std, c.doorFlags, listFlags{}, provision.UserAttributeKey{},
		func(door *operators.Door, after provision.UserAttributeKey, limit int) (admin.Page[admin.UserAttribute, provision.UserAttributeKey], error) {
			return door.ListUserAttributes(ctx, provision.ListUserAttributes{NameUser: c.name(), After: after, Limit: limit})
		}, columns[admin.UserAttribute, provision.UserAttributeKey]{
			head: []string{"GROUP", "NAME", "QUALIFIER", "OPTIONS", "VALUE"},
			row: func(a admin.UserAttribute) []string {
				return []string{a.Group, a.Name, orDash(a.UsageQualifier), strconv.FormatUint(uint64(a.Options), 10), orDash(a.Value)}
			},
			key: func(k provision.UserAttributeKey) string { return k.Group + "/" + k.Name },
		})
}

type userAttributeSetCommand struct {
	doorFlags
	userAttributeFlags
	valueFlags
}

func (c *userAttributeSetCommand) Run(ctx context.Context, std streams) error {
	return order(ctx, std, c.doorFlags,
		func(door *operators.Door) (admin.UserAttribute, error) {
			return door.SetUserAttribute(ctx, c.with(c.valueFlags))
		}, userAttributeSaid("set"))
}

type userAttributeDeleteCommand struct {
	doorFlags
	userAttributeFlags
}

func (c *userAttributeDeleteCommand) Run(ctx context.Context, std streams) error {
	return order(ctx, std, c.doorFlags,
		func(door *operators.Door) (admin.UserAttribute, error) {
			return door.DeleteUserAttribute(ctx, c.with(valueFlags{}))
		}, userAttributeSaid("deleted"))
}
