package main

import (
	"context"
	"fmt"

	"github.com/dsappd/dsappd/internal/operators"
	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/internal/server/admin"
)

type consoleKeyCommand struct {
	Add    consoleKeyAddCommand    `cmd:"" help:"Draw a key and show it, once."`
	List   consoleKeyListCommand   `cmd:"" help:"List the keys' names and what they allow."`
	Delete consoleKeyDeleteCommand `cmd:"" help:"Delete a key. Whoever signed in by it is signed out."`
}

type consoleKeyAddCommand struct {
	doorFlags
	ReadOnly bool   `help:"Let whoever signs in by it look, and change nothing."`
	Name     string `arg:"" name:"name" help:"Whose key it is: the name in lists, and in the audit of what is done with it."`
}

func (c *consoleKeyAddCommand) Run(ctx context.Context, std streams) error {
	return order(ctx, std, c.doorFlags,
		func(door *operators.Door) (admin.AddedOperatorKey, error) {
			return door.AddOperatorKey(ctx, provision.AddOperatorKey{Name: c.Name, ReadOnly: c.ReadOnly})
		},
		func(k admin.AddedOperatorKey) string {
			return fmt.Sprintf("added the operator's key %s, which %s. It is shown now and never again:\n%s", k.Name, allows(k.OperatorKey), k.Key)
		})
}

func allows(k admin.OperatorKey) string {
	if k.ReadOnly {
		return "looks only"
	}
	return "may do everything"
}

type consoleKeyListCommand struct {
	doorFlags
	listFlags
}

func (c *consoleKeyListCommand) Run(ctx context.Context, std streams) error {
	return printList(ctx, std, c.doorFlags, c.listFlags, c.After,
		func(door *operators.Door, after string, limit int) (admin.Page[admin.OperatorKey, string], error) {
			return door.ListOperatorKeys(ctx, provision.ListOperatorKeys{After: after, Limit: limit})
		}, columns[admin.OperatorKey, string]{
			head: []string{"NAME", "ALLOWS", "CREATED"},
			row:  func(k admin.OperatorKey) []string { return []string{k.Name, allows(k), moment(k.CreatedAt)} },
			key:  func(name string) string { return name },
		})
}

type consoleKeyDeleteCommand struct {
	doorFlags
	Name string `arg:"" name:"name" help:"The key's name."`
}

func (c *consoleKeyDeleteCommand) Run(ctx context.Context, std streams) error {
	return order(ctx, std, c.doorFlags,
		func(door *operators.Door) (admin.OperatorKey, error) {
			return door.DeleteOperatorKey(ctx, admin.NameOperatorKey{Name: c.Name})
		},
		func(k admin.OperatorKey) string { return fmt.Sprintf("deleted the operator's key %s", k.Name) })
}
