package main

import (
	"context"
	"fmt"

	"github.com/dsappd/dsappd/internal/operators"

	"github.com/dsappd/dsappd/internal/server/admin"
)

type authenticatorDeleteCommand struct {
	doorFlags
	serialFlags
}

func (c *authenticatorDeleteCommand) Run(ctx context.Context, std streams) error {
	return order(ctx, std, c.doorFlags,
		func(door *operators.Door) (admin.Authenticator, error) {
			return door.DeleteAuthenticator(ctx, c.name())
		},
		func(a admin.Authenticator) string { return fmt.Sprintf("deleted authenticator %s", a.SerialNumber) })
}
