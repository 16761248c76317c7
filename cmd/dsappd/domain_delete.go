package main

import (
	"context"
	"fmt"

	"github.com/dsappd/dsappd/internal/operators"

	"github.com/dsappd/dsappd/internal/server/admin"
)

type domainDeleteCommand struct {
	doorFlags
	Name string `arg:"" name:"domain" help:"The domain's name."`
}

func (c *domainDeleteCommand) Run(ctx context.Context, std streams) error {
	return order(ctx, std, c.doorFlags,
		func(door *operators.Door) (admin.Domain, error) {
			return door.DeleteDomain(ctx, admin.NameDomain{Name: c.Name})
		},
		func(d admin.Domain) string { return fmt.Sprintf("deleted domain %s", d.Name) })
}
