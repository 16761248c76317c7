package main

import (
	"context"
	"fmt"

	"github.com/dsappd/dsappd/internal/operators"

	"github.com/dsappd/dsappd/internal/server/admin"
)

type authenticatorEnableCommand struct {
	doorFlags
	serialFlags
}

func (c *authenticatorEnableCommand) Run(ctx context.Context, std streams) error {
	return order(ctx, std, c.doorFlags,
		func(door *operators.Door) (admin.Authenticator, error) {
			return door.EnableAuthenticator(ctx, c.name())
		},
		func(a admin.Authenticator) string {
			return fmt.Sprintf("enabled authenticator %s; it is %s", a.SerialNumber, a.State)
		})
}

type authenticatorDisableCommand struct {
	doorFlags
	serialFlags
}

func (c *authenticatorDisableCommand) Run(ctx context.Context, std streams) error {
	return order(ctx, std, c.doorFlags,
		func(door *operators.Door) (admin.Authenticator, error) {
			return door.DisableAuthenticator(ctx, c.name())
		},
		func(a admin.Authenticator) string { return fmt.Sprintf("disabled authenticator %s", a.SerialNumber) })
}
