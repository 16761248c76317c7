package main

import (
	"context"
	"fmt"

	"github.com/dsappd/dsappd/internal/operators"

	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/internal/server/admin"
)

type gatewayKeyCommand struct {
	Add    gatewayKeyAddCommand    `cmd:"" help:"Draw an API key and show it, once."`
	List   gatewayKeyListCommand   `cmd:"" help:"List the API keys' names and sides."`
	Delete gatewayKeyDeleteCommand `cmd:"" help:"Delete an API key. From then on it opens nothing."`
}

type gatewayKeyAddCommand struct {
	doorFlags
	Side provision.GatewaySide `required:"" enum:"front,back" placeholder:"front|back" help:"Draw it for the front end (phones) or the back end (the site)."`
	Name string                `arg:"" name:"name" help:"What the key is called in lists and in the log."`
}

func (c *gatewayKeyAddCommand) Run(ctx context.Context, std streams) error {
	return order(ctx, std, c.doorFlags,
		func(door *operators.Door) (admin.AddedGatewayKey, error) {
			return door.AddGatewayKey(ctx, provision.AddGatewayKey{Name: c.Name, Side: c.Side})
		},
		func(k admin.AddedGatewayKey) string {
			return fmt.Sprintf("added %s-end key %s, which is shown now and never again:\n%s", k.Side, k.Name, k.Key)
		})
}

type gatewayKeyListCommand struct {
	doorFlags
	listFlags
}

func (c *gatewayKeyListCommand) Run(ctx context.Context, std streams) error {
	return printList(ctx, std, c.doorFlags, c.listFlags, c.After,
		func(door *operators.Door, after string, limit int) (admin.Page[admin.GatewayKey, string], error) {
			return door.ListGatewayKeys(ctx, provision.ListGatewayKeys{After: after, Limit: limit})
		}, columns[admin.GatewayKey, string]{
			head: []string{"NAME", "SIDE", "CREATED"},
			row:  func(k admin.GatewayKey) []string { return []string{k.Name, string(k.Side), moment(k.CreatedAt)} },
			key:  func(name string) string { return name },
		})
}

type gatewayKeyDeleteCommand struct {
	doorFlags
	Name string `arg:"" name:"name" help:"The key's name."`
}

func (c *gatewayKeyDeleteCommand) Run(ctx context.Context, std streams) error {
	return order(ctx, std, c.doorFlags,
		func(door *operators.Door) (admin.GatewayKey, error) {
			return door.DeleteGatewayKey(ctx, admin.NameGatewayKey{Name: c.Name})
		},
		func(k admin.GatewayKey) string { return fmt.Sprintf("deleted %s-end key %s", k.Side, k.Name) })
}
