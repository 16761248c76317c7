package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/dsappd/dsappd/internal/operators"
	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/internal/server/admin"
)

type platformKeyCommand struct {
	Add    platformKeyAddCommand    `cmd:"" help:"Draw a key and show it, once."`
	List   platformKeyListCommand   `cmd:"" help:"List the keys' names and scopes."`
	Delete platformKeyDeleteCommand `cmd:"" help:"Delete a key, which opens nothing from then on."`
}

type platformKeyAddCommand struct {
	doorFlags
	Scope []provision.PlatformScope `enum:"register,administer,render,login" placeholder:"SCOPE" help:"Let the key open register (enrol and activate), administer (users and authenticators), render (visual codes) or login; may be repeated. All of them if not given."`
	Name  string                    `arg:"" name:"name" help:"What the key is called in lists, in the log and in the audit."`
}

func (c *platformKeyAddCommand) Run(ctx context.Context, std streams) error {
	return order(ctx, std, c.doorFlags,
		func(door *operators.Door) (admin.AddedPlatformKey, error) {
			return door.AddPlatformKey(ctx, provision.AddPlatformKey{Name: c.Name, Scopes: c.Scope})
		},
		func(k admin.AddedPlatformKey) string {
			return fmt.Sprintf("added the key %s for %s, which is shown now and never again:\n%s", k.Name, scopes(k.PlatformKey), k.Key)
		})
}

func scopes(k admin.PlatformKey) string {
	var all []string
	for _, scope := range k.Scopes {
		all = append(all, string(scope))
	}
	return strings.Join(all, ", ")
}

type platformKeyListCommand struct {
	doorFlags
	listFlags
}

func (c *platformKeyListCommand) Run(ctx context.Context, std streams) error {
	return printList(ctx, std, c.doorFlags, c.listFlags, c.After,
		func(door *operators.Door, after string, limit int) (admin.Page[admin.PlatformKey, string], error) {
			return door.ListPlatformKeys(ctx, provision.ListPlatformKeys{After: after, Limit: limit})
		}, columns[admin.PlatformKey, string]{
			head: []string{"NAME", "SCOPES", "CREATED"},
			row:  func(k admin.PlatformKey) []string { return []string{k.Name, scopes(k), moment(k.CreatedAt)} },
			key:  func(name string) string { return name },
		})
}

type platformKeyDeleteCommand struct {
	doorFlags
	Name string `arg:"" name:"name" help:"The key's name."`
}

func (c *platformKeyDeleteCommand) Run(ctx context.Context, std streams) error {
	return order(ctx, std, c.doorFlags,
		func(door *operators.Door) (admin.PlatformKey, error) {
			return door.DeletePlatformKey(ctx, admin.NamePlatformKey{Name: c.Name})
		},
		func(k admin.PlatformKey) string { return fmt.Sprintf("deleted the key %s", k.Name) })
}
