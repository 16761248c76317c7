package main

import (
	"context"
	"fmt"

	"github.com/dsappd/dsappd/internal/operators"
	"github.com/dsappd/dsappd/internal/provision"

	"github.com/dsappd/dsappd/internal/server/admin"
)

type domainCommand struct {
	Add    domainAddCommand    `cmd:"" help:"Add a domain."`
	List   domainListCommand   `cmd:"" help:"List domains."`
	Set    domainSetCommand    `cmd:"" help:"Describe a domain."`
	Delete domainDeleteCommand `cmd:"" help:"Delete a domain that has no users and no authenticators."`
}

type domainAddCommand struct {
	doorFlags
	Name        string `arg:"" name:"domain" help:"The domain's name."`
	Description string `placeholder:"TEXT" help:"Describe it, in up to 1024 characters."`
}

func (c *domainAddCommand) Run(ctx context.Context, std streams) error {
	return order(ctx, std, c.doorFlags,
		func(door *operators.Door) (admin.Domain, error) {
			return door.AddDomain(ctx, provision.AddDomain{Name: c.Name, Description: c.Description})
		},
		func(d admin.Domain) string { return fmt.Sprintf("added domain %s", d.Name) })
}

type domainSetCommand struct {
	doorFlags
	Name        string `arg:"" name:"domain" help:"The domain's name."`
	Description string `required:"" placeholder:"TEXT" help:"Describe it, in up to 1024 characters; an empty text takes the description away."`
}

func (c *domainSetCommand) Run(ctx context.Context, std streams) error {
	return order(ctx, std, c.doorFlags,
		func(door *operators.Door) (admin.Domain, error) {
			return door.SetDomain(ctx, provision.SetDomain{Name: c.Name, Description: &c.Description})
		},
		func(d admin.Domain) string { return fmt.Sprintf("described domain %s", d.Name) })
}

type domainListCommand struct {
	doorFlags
	listFlags
}

func (c *domainListCommand) Run(ctx context.Context, std streams) error {
	return printList(ctx, std, c.doorFlags, c.listFlags, c.After,
		func(door *operators.Door, after string, limit int) (admin.Page[admin.Domain, string], error) {
			return door.ListDomains(ctx, provision.ListDomains{After: after, Limit: limit})
		}, columns[admin.Domain, string]{
			head: []string{"DOMAIN", "CREATED", "DESCRIPTION"},
			row:  func(d admin.Domain) []string { return []string{d.Name, moment(d.CreatedAt), orDash(d.Description)} },
			key:  func(name string) string { return name },
		})
}
